import { spawn } from 'node:child_process';
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { exitOf, LockstepError } from '../../src/workspace/index.ts';
import { closeForeign, openForeign, say } from '../kit/foreign-output.ts';
import type { ModulesPlan } from './modules.ts';

const options = [
  '--omit=dev',
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
  '--prefer-offline',
  '--loglevel=error',
];

/** Makes a folder's node_modules what its lock says; every package is checked against it. Errors: E_INSTALL. */
export async function installPackages(
  folder: string,
  { npmCache, optional }: Pick<ModulesPlan, 'npmCache' | 'optional'>,
): Promise<void> {
  refuseLink(folder);
  openForeign(`npm ci in ${folder}`);
  const windows = process.platform === 'win32';
  const child = spawn(
    windows ? 'npm.cmd' : 'npm',
    ['ci', ...options, ...(optional ? [] : ['--omit=optional']), '--cache', npmCache],
    {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: windows,
    },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-8000);
      for (const line of text.split('\n').filter(Boolean)) say(line);
    });
  const exit = await exitOf(child).catch((error: Error) => ({ code: null, signal: null, error }));
  closeForeign();
  if (exit.code === 0) return;
  const how =
    'error' in exit ? `could not start (${exit.error.message})` : `ended with ${exit.code ?? exit.signal}`;
  const words = /npm error (?!code)(.*)/.exec(said)?.[1];
  throw new LockstepError('E_INSTALL', {
    what: `npm ci ${how} in ${folder}${words ? `: ${words}` : ''}`,
    allowed: 'a lock whose packages the registry has',
    fix: "read npm's words in the log; a registry that is down is worth a second run",
  });
}

/** npm would empty the folder that a link names, and install there what later steps run. */
function refuseLink(folder: string): void {
  if (!lstatSync(join(folder, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink()) return;
  throw new LockstepError('E_INSTALL', {
    what: 'node_modules is a link',
    where: { file: join(folder, 'node_modules') },
    allowed: 'none, or a folder',
    fix: 'remove the link from the repository',
  });
}
