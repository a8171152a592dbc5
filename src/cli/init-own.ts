import { applyOwn, planOwn } from '../commands/own/own.ts';
import type { Workspace } from '../workspace/index.ts';

/** `lockstep init --own`. Errors: E_GIT_DIRTY, E_CONFIG_VALUE. */
export async function initOwn(workspace: Workspace, { force }: Readonly<Record<string, unknown>>) {
  const plan = await planOwn(workspace, { force: force === true });
  applyOwn(workspace, plan);
  const { removed, datasets } = plan;
  const written = [...plan.written.keys()];
  const folders = Object.entries(Object.groupBy(removed, (path) => path.split('/').slice(0, 2).join('/')));
  const lines = folders.map(([folder, paths = []]) => {
    const only = paths[0] === folder ? '' : `  ${paths.length} files`;
    return `  ${folder}${only}`;
  });
  return {
    json: { removed, datasets, written },
    text:
      removed.length === 0
        ? 'nothing is left to remove'
        : [
            `${removed.length} files removed`,
            ...lines,
            `no longer in data.lock: ${datasets.join(', ') || 'nothing'}`,
            `${written.join(', ')} are the team's`,
            '',
            'Nothing is committed: `git restore :/` brings it all back.',
            'What the examples registered stays: their tags, and their folders on the branch environments.',
            'Next: git commit -am "chore: our own repository", then lockstep init <model> --data <file> --target <column>',
          ].join('\n'),
  };
}
