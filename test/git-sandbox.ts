import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ReleaseRecord } from '../src/registry/index.ts';
import { digestOf, git, openWorkspace, type Workspace } from '../src/workspace/index.ts';

/** Real repositories in a temporary folder, gone when the test is over. */
export interface GitSandbox extends AsyncDisposable {
  readonly folder: string;
  /** A bare repository that clones call origin. */
  readonly origin: string;
  clone(name: string): Promise<Workspace>;
}

export async function makeSandbox(): Promise<GitSandbox> {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-git-'));
  const origin = join(folder, 'origin.git');
  await git(['init', '--quiet', '--bare', '--initial-branch=main', origin], { cwd: folder });
  return {
    folder,
    origin,
    clone: async (name) => {
      const root = join(folder, name);
      await git(['clone', '--quiet', origin, root], { cwd: folder });
      await identify(root, name);
      return openWorkspace(root);
    },
    [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** A repository without any remote. */
export async function makeRepository(folder: string, name = 'alone'): Promise<Workspace> {
  const root = join(folder, name);
  await git(['init', '--quiet', '--initial-branch=main', root], { cwd: folder });
  await identify(root, name);
  return openWorkspace(root);
}

async function identify(root: string, name: string): Promise<void> {
  await git(['config', 'user.name', name], { cwd: root });
  await git(['config', 'user.email', `${name}@example.com`], { cwd: root });
  writeFileSync(join(root, '.git', 'info', 'exclude'), '/.lockstep/\n');
}

/** Writes files, commits them on the current branch and returns the commit's id. */
export async function commitFiles(
  workspace: Workspace,
  files: Readonly<Record<string, string>>,
  message = 'test: files',
): Promise<string> {
  const { root } = workspace;
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  await git(['add', '--all'], { cwd: root });
  await git(['commit', '--quiet', '--allow-empty', '-m', message], { cwd: root });
  return git(['rev-parse', 'HEAD'], { cwd: root });
}

/** A complete record whose digests follow from its version; override what the test is about. */
export function makeRecord(
  over: Partial<ReleaseRecord> & Pick<ReleaseRecord, 'version' | 'commit'>,
): ReleaseRecord {
  const model = over.model ?? 'churn';
  const of = (what: string) => digestOf(`${what} of ${model} ${over.version}`);
  const verdict = (environment: string) => ({
    verdict: 'pass' as const,
    digest: of(`verdict for ${environment}`),
    reasons: [],
    checks: [],
  });
  return {
    v: 1,
    model,
    lock: of('lock'),
    run: of('run'),
    modelDigest: of('model'),
    golden: of('golden'),
    evaluation: of('evaluation'),
    predictions: of('predictions'),
    policy: { digest: of('policy'), commit: over.commit },
    verdicts: Object.fromEntries(['dev', 'staging', 'production'].map((name) => [name, verdict(name)])),
    image: { name: `localhost/${model}`, digest: of('image'), platform: 'linux/amd64' },
    made: { by: 'Ada <ada@example.com>', workflow: null, time: '2026-11-21T12:00:00Z' },
    ...over,
  };
}

/** How work failed, without ids and times that differ from run to run. */
export const messageOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: Error) =>
      error.message.replaceAll(/[0-9a-f]{12,64}/g, '<hex>').replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>'),
  );
