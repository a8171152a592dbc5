import { listPromotions, listVersions, type PromotionTag } from '../../registry/index.ts';
import { checkName, git, LockstepError, type Workspace } from '../../workspace/index.ts';
import { readEvents } from '../branch/merged-event.ts';
import { historyPaths, readTip, type Tip } from '../branch/tip.ts';

/** Something that happened to a model: who, when, what, on which evidence. */
export interface HistoryEvent {
  readonly event:
    | 'registration'
    | 'promotion'
    | 'rollback'
    | 'hold'
    | 'release'
    | 'request'
    | 'refusal'
    | 'by hand';
  readonly time: string;
  readonly by: string;
  readonly version: string | null;
  readonly environment: string | null;
  readonly from: string | null;
  /** `name@sha256:…` */
  readonly image: string | null;
  /** Digest of the evaluation that the verdict rests on. */
  readonly evaluation: string | null;
  readonly reason: string | null;
  readonly tag: string | null;
  readonly commit: string;
}

const nothing = { environment: null, from: null, image: null, evaluation: null, reason: null, tag: null };

/**
 * A model's life, newest first: versions from their tags, what runs from the branch, tags that asked for something
 * the branch never did. Promotions keep the order of the branch, and so of their counters.
 * Errors: E_NAME, E_VERSION_UNKNOWN when nothing ever happened.
 */
export async function historyOf(workspace: Workspace, model: string): Promise<HistoryEvent[]> {
  checkName(model, 'model');
  const tip = await readTip(workspace, { tagsOf: model });
  const versions = await listVersions(workspace.root, model);
  const promotions = await listPromotions(workspace.root, model);
  const commits = withTags(await branchEvents(workspace, tip, model), promotions);
  const done = new Set(commits.map(({ tag }) => tag));
  const tags: HistoryEvent[] = [
    ...versions.map(({ time, by, email, version, tag, commit }) => ({
      ...nothing,
      event: 'registration' as const,
      time,
      by: `${by} <${email}>`,
      version,
      tag,
      commit,
    })),
    ...promotions
      .filter(({ tag }) => !done.has(tag))
      .map(({ time, by, email, version, environment, event, tag, commit, subject }) => ({
        ...nothing,
        event: event === 'assign' ? ('request' as const) : ('refusal' as const),
        time,
        by: `${by} <${email}>`,
        version,
        environment,
        tag,
        commit,
        reason: subject,
      })),
  ];
  if (commits.length + tags.length > 0) return inOrder(commits.toReversed(), tags).reverse();
  throw new LockstepError('E_VERSION_UNKNOWN', {
    what: `nothing has happened to a model ${model} yet`,
    allowed: 'a model with registered versions',
    fix: `lockstep register ${model}`,
  });
}

async function branchEvents(workspace: Workspace, tip: Tip, model: string): Promise<HistoryEvent[]> {
  if (tip.commit === null) return [];
  const log = await git(
    [
      'log',
      '--first-parent',
      '--format=%H%x00%an <%ae>%x00%ct%x00%B%x01',
      tip.commit,
      '--',
      ...historyPaths(model),
    ],
    { cwd: workspace.root },
  );
  const commits = log
    .split('\x01')
    .map((entry) => entry.replace(/^\n/, ''))
    .filter(Boolean)
    .map((entry) => {
      const [commit, by, seconds, message] = entry.split('\0') as [string, string, string, string];
      return { commit, by, seconds, message };
    });
  const events = await readEvents(workspace, commits);
  return commits.map(({ commit, by, seconds, message }): HistoryEvent => {
    const told = events.get(commit);
    const base = { ...nothing, by, commit, time: new Date(Number(seconds) * 1000).toISOString() };
    if (told?.model !== model)
      return { ...base, event: 'by hand', version: null, reason: message.split('\n')[0]! };
    const {
      event,
      version,
      environment = null,
      from = null,
      image = null,
      evaluation = null,
      reason = null,
      tag = null,
    } = told;
    return { ...base, event, version, environment, from, image, evaluation, reason, tag };
  });
}

/** Where tags stand alone the commit names none: the first one of this environment and version, in the order of both. */
function withTags(newestFirst: readonly HistoryEvent[], promotions: readonly PromotionTag[]): HistoryEvent[] {
  const named = new Set(newestFirst.map(({ tag }) => tag));
  const free = promotions.filter(({ tag, event }) => event === 'assign' && !named.has(tag));
  return newestFirst
    .toReversed()
    .map((event) => {
      if (event.tag !== null || (event.event !== 'promotion' && event.event !== 'rollback')) return event;
      const { environment, version } = event;
      const at = free.findIndex((tag) => tag.environment === environment && tag.version === version);
      return at < 0 ? event : { ...event, tag: free.splice(at, 1)[0]!.tag };
    })
    .reverse();
}

/**
 * Oldest first. The branch has its own order, whatever its makers' clocks said; versions and unanswered tags are put
 * between its commits by their time.
 */
function inOrder(branch: readonly HistoryEvent[], tags: readonly HistoryEvent[]): HistoryEvent[] {
  let latest = '';
  const commits = branch.map((event) => {
    latest = event.time > latest ? event.time : latest;
    return { event, time: latest, rank: 1 };
  });
  // Of one second, a version comes before what was done with it, and a request after.
  const rest = tags.map((event) => ({
    event,
    time: event.time,
    rank: event.event === 'registration' ? 0 : 2,
  }));
  const byTime = [...commits, ...rest].sort((a, b) =>
    a.time < b.time ? -1 : a.time > b.time ? 1 : a.rank - b.rank,
  );
  return byTime.map(({ event }) => event);
}
