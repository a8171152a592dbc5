import { type DatedSource, type Fetched, fetchBucket, fetchUrl } from '../../data/sources/index.ts';
import type { Workspace } from '../../workspace/index.ts';

/** Brings what a source has now to `target`; `etag` is of the bytes that are locked. Errors: those of each kind. */
export async function fetchSource(
  workspace: Workspace,
  source: DatedSource,
  target: string,
  etag: string | null,
): Promise<Fetched> {
  switch (source.kind) {
    case 'url':
      return fetchUrl(source, target, { etag });
    case 'bucket':
      return fetchBucket(source, target, workspace.root);
    case 'sql':
      return (await import('./sql-source.ts')).runQuery(workspace, source, target);
    case 'command':
      return (await import('./command-source.ts')).runCommand(workspace, source, target);
  }
}
