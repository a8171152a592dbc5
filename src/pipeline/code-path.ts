import { posix } from 'node:path';
import { LockstepError, type Place } from '../workspace/index.ts';

/** What lies at the root and is never code: Git's, ours, and data, which has names of its own. */
const reserved = ['.git', '.lockstep', '.data', 'data', 'node_modules'];

/**
 * Where a code input lies, relative to the repository root: as it stands for `/shared/clean.ts`, else below the
 * pipeline's folder. Errors: E_PATH_TRAVERSAL, E_PATH_RESERVED, E_PATH_CONTROL.
 */
export function codePath(model: string, input: string, where: Place): string {
  if (/[\u0000-\u001f\u007f\\]/.test(input)) {
    throw new LockstepError('E_PATH_CONTROL', {
      what: `the input "${input}"`,
      where,
      allowed: 'a path with forward slashes and no control characters',
    });
  }
  if (input.split('/').includes('..')) throw traversal(`the input "${input}" leads upwards`, where);
  const path = posix.normalize(
    input.startsWith('/') ? input.replace(/^\/+/, '') || '.' : `pipelines/${model}/${input}`,
  );
  const top = path.split('/')[0]!;
  if (path !== '.' && !reserved.includes(top)) return path.replace(/\/$/, '');
  throw new LockstepError('E_PATH_RESERVED', {
    what: `the input "${input}"`,
    where,
    allowed: 'code of the repository',
    fix:
      top === 'data' ? `write "data:${path.slice('data/'.length)}"` : 'name the files that the stage needs',
  });
}

/** Extensions that make an absolute path a script rather than a program of the machine. */
const script = /\.(ts|mts|cts|js|mjs|cjs|py|r|jl|sh|rb|pl)$/i;

/** Refuses a command whose script lies outside the repository. Errors: E_PATH_TRAVERSAL. */
export function checkCommandPaths(model: string, command: string, where: Place): void {
  for (const word of command.split(/[\s"'`;|&()<>=]+/)) {
    const upwards = posix.normalize(`pipelines/${model}/${word}`).startsWith('..');
    const elsewhere = word.startsWith('/') && script.test(word);
    if (upwards || elsewhere) throw traversal(`the command names "${word}", outside the repository`, where);
  }
}

const traversal = (what: string, where: Place): LockstepError =>
  new LockstepError('E_PATH_TRAVERSAL', {
    what,
    where,
    allowed:
      'a path inside the repository: relative to the pipeline folder, or beginning with / for the root',
  });
