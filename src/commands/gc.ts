import { cleanRemote, gcLocal, type LocalGc, type RemoteGc } from '../data/index.ts';
import type { Workspace } from '../workspace/index.ts';
import { findRoots, type RootOptions } from './gc-roots.ts';

export interface GcRequest extends Pick<RootOptions, 'history' | 'runs'> {
  readonly remote: boolean;
  readonly apply: boolean;
  /** Of a remote: without the hour between the two steps. */
  readonly immediately: boolean;
  readonly waitMs?: number;
}

export type GcReport = { readonly local: LocalGc } | { readonly remote: RemoteGc };

/** Removes what nobody needs, or shows what would go. Errors: E_BUSY, E_GIT, E_REMOTE_*. */
export async function collectGarbage(workspace: Workspace, request: GcRequest): Promise<GcReport> {
  const { remote, history, runs, ...options } = request;
  const roots = await findRoots(workspace, { history, runs, complete: remote, now: Date.now() });
  if (!remote) return { local: await gcLocal(workspace, roots, options) };
  return { remote: await cleanRemote(workspace, roots, options) };
}
