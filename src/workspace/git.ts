import { spawn } from 'node:child_process';
import { LockstepError } from './errors.ts';

export interface GitOptions {
  readonly cwd: string;
  readonly input?: string | Uint8Array;
  /** Added to the environment of this one call (an index file, dates, an identity). */
  readonly env?: Readonly<Record<string, string>>;
}

export interface GitResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs git and returns its output without the last line end. Errors: E_GIT with git's own last words. */
export async function git(args: readonly string[], options: GitOptions): Promise<string> {
  const result = await tryGit(args, options);
  if (result.status === 0) return result.stdout.replace(/\n$/, '');
  throw gitError(args, result, options.cwd);
}

/** Runs git where failure is an answer. */
export async function tryGit(args: readonly string[], options: GitOptions): Promise<GitResult> {
  const { status, stdout, stderr } = await runGit(args, options);
  return { status, stdout: stdout.toString(), stderr };
}

/** The bytes git prints, for objects that are not text. */
export async function gitBytes(args: readonly string[], options: GitOptions): Promise<Buffer> {
  const { status, stdout, stderr } = await runGit(args, options);
  if (status === 0) return stdout;
  throw gitError(args, { status, stdout: '', stderr }, options.cwd);
}

/**
 * The blobs of these ids, one process for all of them (the format is `git cat-file --batch`'s: a line
 * `<id> <type> <size>`, the bytes, a line end). Errors: E_GIT for an id that is not a blob here.
 */
export async function gitBlobs(ids: readonly string[], options: GitOptions): Promise<Buffer[]> {
  if (ids.length === 0) return [];
  const args = ['cat-file', '--batch'];
  const all = await gitBytes(args, { ...options, input: `${ids.join('\n')}\n` });
  let at = 0;
  return ids.map((id) => {
    const lineEnd = all.indexOf('\n', at);
    const header = all.toString('utf8', at, lineEnd < 0 ? undefined : lineEnd);
    const size = /^[0-9a-f]+ blob (\d+)$/.exec(header)?.[1];
    if (size === undefined)
      throw gitError(args, { status: 0, stdout: '', stderr: `${id}: ${header}` }, options.cwd);
    const start = lineEnd + 1;
    at = start + Number(size) + 1;
    return all.subarray(start, start + Number(size));
  });
}

function runGit(
  args: readonly string[],
  options: GitOptions,
): Promise<{ status: number; stdout: Buffer; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', gitArguments(args), {
      cwd: options.cwd,
      env: { ...gitEnvironment(), ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', (error) =>
      reject(
        new LockstepError('E_GIT', {
          what: `git could not start (${error.message})`,
          fix: 'install Git',
          cause: error,
        }),
      ),
    );
    child.on('close', (code) =>
      resolve({ status: code ?? 1, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString() }),
    );
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
  });
}

/** Another user's checkout is refused by plain git; whoever runs us on it has decided to. */
export const gitArguments = (args: readonly string[]): string[] => [
  '-c',
  'safe.directory=*',
  '-c',
  'core.quotePath=false',
  ...args,
];

/** Our environment without what would point git at another repository (we may run inside a hook). */
export function gitEnvironment(): Record<string, string> {
  const pointing = [
    'GIT_DIR',
    'GIT_WORK_TREE',
    'GIT_INDEX_FILE',
    'GIT_OBJECT_DIRECTORY',
    'GIT_ALTERNATE_OBJECT_DIRECTORIES',
    'GIT_COMMON_DIR',
    'GIT_NAMESPACE',
    'GIT_PREFIX',
  ];
  const kept = Object.entries(process.env).filter(
    ([name, value]) => value !== undefined && !pointing.includes(name),
  );
  return { ...(Object.fromEntries(kept) as Record<string, string>), GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
}

export function gitError(args: readonly string[], { status, stderr }: GitResult, cwd: string): LockstepError {
  const words = stderr.trim().split('\n').filter(Boolean);
  const identity = /Please tell me who you are|empty ident name|unable to auto-detect email/.test(stderr);
  return identity
    ? new LockstepError('E_GIT_IDENTITY', {
        what: 'git does not know who you are',
        fix: 'git config user.name "Your Name" && git config user.email you@example.com',
      })
    : new LockstepError('E_GIT', {
        what: `git ${args.slice(0, 3).join(' ')} ended with ${status} in ${cwd}: ${words.find((line) => /^(fatal|error)/.test(line)) ?? words.at(-1) ?? 'no message'}`,
        ...(['fetch', 'ls-remote', 'push'].includes(args[0] ?? '')
          ? {
              fix: 'see that the remote can be reached (git remote -v, git fetch), then run the command again',
            }
          : {}),
      });
}

/** The commit that a revision names, or null when there is none (no repository, no commit yet, unknown name). */
export async function resolveCommit(cwd: string, revision: string): Promise<string | null> {
  const result = await tryGit(
    ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`],
    { cwd },
  );
  return result.status === 0 ? result.stdout.trim() : null;
}

/** A file's bytes as they were at a commit, or null. The path is relative to the repository root. */
export async function readAtCommit(cwd: string, commit: string, path: string): Promise<Buffer | null> {
  const { status, stdout } = await runGit(['cat-file', 'blob', `${commit}:${path}`], { cwd });
  return status === 0 ? stdout : null;
}
