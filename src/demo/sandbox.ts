import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tryGit } from '../workspace/index.ts';
import { Shell } from './shell.ts';

/** A repository made from the template and its bare origin, both below `.lockstep/demo/`. */
export interface Sandbox {
  readonly folder: string;
  readonly repository: string;
  readonly origin: string;
}

export const demoFolder = (root: string): string => join(root, '.lockstep', 'demo');

/**
 * Does what "Use this template" does: one commit of the checkout's files, pushed to a new origin, then cloned.
 * Works from a shallow clone, an unpacked archive or a changed work tree. Whatever stood there before is removed.
 */
export async function makeSandbox(root: string): Promise<Sandbox> {
  const folder = demoFolder(root);
  rmSync(folder, { recursive: true, force: true });
  const [repository, origin, template] = ['repository', 'origin.git', 'template'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  mkdirSync(template, { recursive: true });
  for (const file of await templateFiles(root)) copy(join(root, file), join(template, file));

  const shell = new Shell(folder);
  await shell.git(['init', '-q', '--bare', origin]);
  await shell.git(['init', '-q', template]);
  await shell.git(['add', '-A', '-f'], template);
  await shell.git(['commit', '-q', '-m', 'Use this template'], template);
  await shell.git(['push', '-q', origin, 'HEAD:refs/heads/main'], template);
  rmSync(template, { recursive: true });
  await shell.git(['clone', '-q', origin, repository]);
  // So that a reader can go on by hand in the sandbox.
  await shell.git(['config', 'user.name', 'Lockstep Demo'], repository);
  await shell.git(['config', 'user.email', 'demo@lockstep.example'], repository);
  symlinkSync(join(root, 'node_modules'), join(repository, 'node_modules'), 'junction');
  return { folder, repository, origin };
}

/** What Git tracks or would track; in an unpacked archive everything but what is never committed. */
async function templateFiles(root: string): Promise<string[]> {
  const listed = await tryGit(['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  });
  if (listed.status === 0 && existsSync(join(root, '.git'))) {
    return listed.stdout.split('\0').filter((file) => file !== '' && existsSync(join(root, file)));
  }
  return readdirSync(root).filter(
    (name) => !['node_modules', '.lockstep', 'data', '.git', 'coverage'].includes(name),
  );
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true, verbatimSymlinks: true });
}
