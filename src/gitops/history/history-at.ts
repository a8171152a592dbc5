import {
  type Approval,
  baseCommit,
  type ObservationRecord,
  type Trust,
  trustedKeys,
} from '../../registry/index.ts';
import { checkName, type Digest, digestOf, git, type Workspace } from '../../workspace/index.ts';
import type { BranchEvent } from '../branch/commit-message.ts';
import { readEvents } from '../branch/merged-event.ts';
import {
  type Folder,
  momentPaths,
  readFolders,
  readTip,
  type Tip,
  tagStandsAlone,
  tipAt,
} from '../branch/tip.ts';
import { folderOf, placeOf } from '../folder/environment-folder.ts';
import type { VerifiedRelease } from '../folder/evidence.ts';
import { verifyFolder } from '../folder/verify-folder.ts';
import { type Hold, readHolds } from '../holds.ts';
import { type ObservedFile, promotionDigest, readAllObserved, recordedOf } from '../observation/observed.ts';
import { readApprovals } from '../tags/standing-tag.ts';

/** What one environment named at a moment, who put it there, and what that rests on. */
export interface Placed {
  readonly model: string;
  readonly environment: string;
  /** Null where the folder's evidence does not hold. */
  readonly version: string | null;
  /** `name@sha256:…` */
  readonly image: string | null;
  readonly event: BranchEvent['event'] | 'by hand';
  /** Author and time of the commit that put it there. */
  readonly by: string;
  readonly since: string;
  readonly from: string | null;
  readonly reason: string | null;
  readonly tag: string | null;
  readonly commit: string;
  readonly evidence: PlacedEvidence | null;
  /** What had been recorded of it by then; null where nobody had seen it run and said so. */
  readonly recorded: Pick<ObservationRecord, 'observed' | 'verified'> | null;
  /** First of what `verify` says of it today. */
  readonly problem: string | null;
}

/** Digests of what was judged and signed, and whose signatures those are. */
export interface PlacedEvidence {
  readonly verdict: Digest;
  readonly evaluation: Digest;
  readonly policy: Digest;
  readonly model: Digest;
  /** Of release.json as it lay there. */
  readonly release: Digest;
  readonly promotedBy: string;
  readonly promotedAt: string;
  readonly approvals: readonly Approval[];
}

export interface HistoryAt {
  readonly at: string;
  /** Commit of the branch that was its tip then; null before the first promotion. */
  readonly commit: string | null;
  readonly source: Tip['source'];
  readonly environments: readonly Placed[];
  readonly holds: readonly (Hold & { readonly model: string })[];
}

/**
 * What was where at a moment, over all models or one. Signatures are checked with the keys that are trusted today.
 * Errors: E_NAME, those of reading trust and holds.
 */
export async function historyAt(workspace: Workspace, at: Date, model?: string): Promise<HistoryAt> {
  if (model !== undefined) checkName(model, 'model');
  const now = await readTip(workspace);
  const changes = upTo(await readPlacements(workspace, now, model), at);
  const head = { at: at.toISOString(), source: now.source };
  const last = changes.at(-1);
  if (last === undefined) return { ...head, commit: null, environments: [], holds: [] };
  const tip = await tipAt(workspace, last.commit, now.source);
  const trust = await trustedKeys(workspace, await baseCommit(workspace), { local: true });
  const order = workspace.configuration.environments;
  const folders = (await readFolders(workspace, tip))
    .filter((folder) => model === undefined || folder.model === model)
    .sort((a, b) => compare(a.model, b.model) || order.indexOf(a.environment) - order.indexOf(b.environment));
  const holders = tip.entries.flatMap(({ path }) => {
    const place = placeOf(path);
    return place?.kind === 'holds' && (model === undefined || place.model === model) ? [place.model] : [];
  });
  const holds = holders.map(async (name) =>
    (await readHolds(workspace, tip, name)).holds.map((hold) => ({ model: name, ...hold })),
  );
  const observed = new Map(
    (await readAllObserved(workspace, tip, trust)).map((file) => [
      folderOf(file.model, file.environment),
      file,
    ]),
  );
  const all = folders.map((folder) =>
    placed(workspace, folder, changes, trust, observed.get(folderOf(folder.model, folder.environment))),
  );
  return {
    ...head,
    commit: last.commit,
    environments: await Promise.all(all),
    holds: (await Promise.all(holds)).flat(),
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

interface Placement {
  readonly commit: string;
  readonly by: string;
  readonly time: Date;
  readonly told: BranchEvent | null;
  readonly subject: string;
  readonly folders: ReadonlySet<string>;
}

/** The branch's commits that changed an environment, a hold or an observation, oldest first. */
async function readPlacements(workspace: Workspace, tip: Tip, model = '*'): Promise<Placement[]> {
  if (tip.commit === null) return [];
  const format = '--format=%x01%H%x00%an <%ae>%x00%ct%x00%B%x00%x02';
  const log = await git(
    [
      'log',
      '--first-parent',
      '-m',
      '--reverse',
      '--name-only',
      '-z',
      format,
      tip.commit,
      '--',
      ...momentPaths(model),
    ],
    { cwd: workspace.root },
  );
  const commits = log
    .split('\x01')
    .slice(1)
    .map((entry) => {
      const [head, names] = entry.split('\x02') as [string, string];
      const [commit, by, seconds, message] = head.split('\0') as [string, string, string, string];
      const folders = names.split('\0').flatMap((name) => {
        const place = placeOf(name.trimStart());
        return place?.kind === 'folder' ? [folderOf(place.model, place.environment)] : [];
      });
      const time = new Date(Number(seconds) * 1000);
      const subject = message.split('\n')[0]!;
      return { commit, by, time, message, subject, folders: new Set(folders) };
    });
  const events = await readEvents(workspace, commits);
  return commits.map((one) => ({ ...one, told: events.get(one.commit) ?? null }));
}

/** The branch has its own order: what lies before a commit of that time is earlier, whatever its maker's clock said. */
function upTo(placements: readonly Placement[], at: Date): readonly Placement[] {
  const first = placements.findIndex(({ time }) => time > at);
  return first < 0 ? placements : placements.slice(0, first);
}

async function placed(
  workspace: Workspace,
  folder: Folder,
  changes: readonly Placement[],
  trust: Trust,
  observed: ObservedFile | undefined,
): Promise<Placed> {
  const { model, environment } = folder;
  const last = changes.findLast(({ folders }) => folders.has(folderOf(model, environment)))!;
  const told = last.told?.model === model && last.told.environment === environment ? last.told : null;
  const verdict = verifyFolder({ ...folder, trust });
  const release = verdict.kind === 'verified' ? verdict.release : null;
  const place = release && { promotion: promotionDigest(release), commit: last.commit };
  const record = place && recordedOf(observed, place);
  const standing =
    release && tagStandsAlone(workspace) ? await readApprovals(workspace, release, trust) : null;
  return {
    model,
    environment,
    version: release?.version ?? null,
    image: release?.image ?? null,
    event: told?.event ?? 'by hand',
    by: last.by,
    since: last.time.toISOString(),
    from: told?.from ?? null,
    reason: told ? (told.reason ?? null) : last.subject,
    tag: told?.tag ?? standing?.tag ?? null,
    commit: last.commit,
    evidence: release && evidenceOf(release, folder, standing?.approvals ?? []),
    recorded: record && { observed: record.observed, verified: record.verified },
    problem: verdict.kind === 'refused' ? verdict.findings[0]!.message : null,
  };
}

function evidenceOf(
  { record, promotion }: VerifiedRelease,
  { files, environment }: Folder,
  added: readonly Approval[],
): PlacedEvidence {
  return {
    verdict: record.verdicts[environment]!.digest,
    evaluation: record.evaluation,
    policy: record.policy.digest,
    model: record.modelDigest,
    release: digestOf(files.find(({ path }) => path === 'release.json')!.bytes),
    promotedBy: promotion.made.by,
    promotedAt: promotion.made.time,
    approvals: [...promotion.approvals, ...added],
  };
}
