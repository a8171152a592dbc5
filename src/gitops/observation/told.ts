import type { SeenBy } from '../../registry/index.ts';
import { git, printable, type Workspace } from '../../workspace/index.ts';

/** A status on a commit, as the forge tells it. */
export interface ToldStatus {
  readonly context: string;
  readonly state: string;
  /** Anybody who may write here wrote it. */
  readonly description: string | null;
  readonly creator: string | null;
  readonly url: string | null;
  /** When it was set, ISO 8601, by the forge's clock. */
  readonly time: string;
}

/** The statuses of one commit of the branch, newest first. */
export type ReadStatuses = (commit: string) => Promise<readonly ToldStatus[]>;

/** What an environment's cluster says of the promotion that stands in its folder. */
export type Told =
  | { readonly kind: 'success'; readonly by: SeenBy }
  | { readonly kind: 'failure'; readonly reason: string }
  /** Nothing yet, or nothing that is about this promotion. */
  | { readonly kind: 'open'; readonly what: string };

export interface ToldQuestion {
  readonly model: string;
  readonly environment: string;
  /** Commit of the branch that put the folder there, and the branch's tip. */
  readonly placed: string;
  readonly tip: string;
  /** Whether no other model has a folder in this environment. */
  readonly alone: boolean;
}

/** One status may be all models' of the environment (a Flux Kustomization), or one model's (an Argo CD Application). */
export const statusContext = (environment: string, model?: string): string =>
  ['lockstep', environment, ...(model === undefined ? [] : [model])].join('/');

/** Commits that are looked at on either side of the placing one. */
const mostLater = 20;
const mostEarlier = 5;

type Found = ToldStatus & { readonly commit: string };

/**
 * A success may stand on the commit that put the folder there, or on a later one, for the folder is the same since. A
 * failure counts only on the placing commit: on another it is about somebody else's change. Of the two the newer holds.
 */
export async function toldOf(
  { root }: Workspace,
  { model, environment, placed, tip, alone }: ToldQuestion,
  read: ReadStatuses,
): Promise<Told> {
  const contexts = [statusContext(environment, model), statusContext(environment)];
  const newestOn = async (commit: string): Promise<Found | null> => {
    const statuses = await read(commit);
    for (const context of contexts) {
      const found = statuses.find((status) => status.context === context);
      if (found) return { ...found, commit };
    }
    return null;
  };
  const here = await newestOn(placed);
  if (here?.state === 'success') return success(here);
  const failed = here !== null && isFailure(here) ? here : null;
  for (const commit of await commitsOf(root, `${placed}..${tip}`, mostLater)) {
    const later = await newestOn(commit);
    if (later?.state !== 'success' || (failed && later.time < failed.time)) continue;
    return success(later);
  }
  if (failed === null)
    return { kind: 'open', what: here === null ? `no status ${contexts.join(' or ')} yet` : wordsOf(here) };
  if (alone || failed.context === contexts[0]) return { kind: 'failure', reason: wordsOf(failed) };
  for (const commit of (await commitsOf(root, placed, mostEarlier + 1)).slice(1)) {
    const earlier = await newestOn(commit);
    if (earlier?.context !== failed.context || earlier.state === 'pending') continue;
    if (!isFailure(earlier)) break;
    return { kind: 'open', what: `${environment} failed before this promotion already: ${wordsOf(failed)}` };
  }
  return { kind: 'failure', reason: wordsOf(failed) };
}

const isFailure = ({ state }: ToldStatus): boolean => state === 'failure' || state === 'error';

const wordsOf = ({ context, state, description }: ToldStatus): string =>
  `${context} says ${state}${description ? `: ${printable(description)}` : ''}`;

const success = ({ context, creator, commit, url }: Found): Told => ({
  kind: 'success',
  by: { kind: 'status', context, creator, commit, url: isWebAddress(url) ? url : null },
});

const isWebAddress = (text: string | null): boolean =>
  text !== null && text.length <= 2048 && /^https?:\/\/[^\s\p{Cc}\p{Cf}]+$/u.test(text);

/** Newest first. */
const commitsOf = async (cwd: string, range: string, most: number): Promise<string[]> =>
  (await git(['rev-list', '--first-parent', `--max-count=${most}`, range], { cwd }))
    .split('\n')
    .filter(Boolean);
