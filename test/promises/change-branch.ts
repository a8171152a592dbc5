import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { git } from './checker/git.ts';

/** Text or bytes by path; null removes; a link is `{link: target}`, another repository `{commit: id}`. */
export type Changes = Readonly<
  Record<string, string | Uint8Array | null | { readonly link: string } | { readonly commit: string }>
>;

/** Commits changes to the branch of a bare origin as somebody with the right to push could, and gives the commit. */
export function commitChanges(origin: string, changes: Changes, branch = 'refs/heads/environments'): string {
  const index = join(origin, `index-${process.pid}`);
  const env = {
    ...process.env,
    GIT_INDEX_FILE: index,
    ...{ GIT_AUTHOR_NAME: 'Eve', GIT_AUTHOR_EMAIL: 'eve@example.com' },
    ...{ GIT_COMMITTER_NAME: 'Eve', GIT_COMMITTER_EMAIL: 'eve@example.com' },
  };
  const run = (args: readonly string[], input = '') => {
    const { status, stdout, stderr } = spawnSync('git', ['-c', 'safe.directory=*', '-C', origin, ...args], {
      env,
      input,
    });
    if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
    return stdout.toString().trim();
  };
  run(['read-tree', branch]);
  const lines = Object.entries(changes).map(([path, content]) => {
    if (content === null) return `0 ${'0'.repeat(40)}\t${path}`;
    if (typeof content === 'object' && 'commit' in content) return `160000 ${content.commit}\t${path}`;
    const link = typeof content === 'object' && 'link' in content;
    const blob = git(origin, ['hash-object', '-w', '--stdin'], link ? content.link : content);
    return `${link ? '120000' : '100644'} ${blob}\t${path}`;
  });
  run(['update-index', '--index-info'], `${lines.join('\n')}\n`);
  const parent = run(['rev-parse', branch]);
  const commit = run(['commit-tree', run(['write-tree']), '-p', parent, '-m', 'fix: by hand']);
  run(['update-ref', branch, commit]);
  rmSync(index, { force: true });
  return commit;
}
