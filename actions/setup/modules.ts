import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFolder, digestOf, LockstepError } from '../../src/workspace/index.ts';
import type { SetupInputs } from './inputs.ts';

/** What is installed where. */
export interface ModulesPlan {
  /** Folders with a package-lock.json, for `npm ci`. */
  readonly folders: readonly string[];
  /** What package.json calls optional is installed too. */
  readonly optional: boolean;
  readonly locks: readonly string[];
  /** The runtime's own folder, when it is none of the workspace's packages. */
  readonly natives: string | null;
  /** npm's cache, which is ours alone. */
  readonly npmCache: string;
  /** Changes with every lock. */
  readonly key: string;
}

const runtime = 'onnxruntime-node';

/** Errors: E_INSTALL where the workspace has no lock and must have one. */
export function planModules(choice: SetupInputs['modules'], workspace: string, temp: string): ModulesPlan {
  const locked = existsSync(join(workspace, 'package-lock.json'));
  if (choice === 'workspace' && !locked) throw noLock();
  const own = locked && (choice === 'workspace' || choice === 'auto');
  const needed = choice === 'natives' || (choice === 'auto' && !(own && names(workspace, runtime)));
  const natives = needed ? provideLock(join(temp, 'lockstep', 'modules')) : null;
  const folders = [...(own ? [workspace] : []), ...(natives === null ? [] : [natives])];
  const locks = folders.map((folder) => join(folder, 'package-lock.json'));
  const texts = locks.map((lock) => digestOf(readFileSync(lock))).join('\n');
  const key = `lockstep-npm-${process.platform}-${process.arch}-${digestOf(texts).slice('sha256:'.length)}`;
  const optional = choice !== 'auto' || locks.some(needsOptional);
  return { folders, locks, optional, natives, npmCache: join(temp, 'lockstep', 'npm'), key };
}

/**
 * Optional packages that a job has no use for: the Node that laptops run us on, and the native halves of the bundler and
 * the compiler. They are a quarter of what there is to unpack.
 */
const spare =
  /^node_modules\/(node-(bin-)?(linux|darwin|win)-\w+|@rolldown\/binding-.+|@typescript\/typescript-[^/]+|@pkgjs\/parseargs|@tybys\/wasm-util)$/;

/** npm leaves out all of them or none, so a single one that somebody may need brings all. */
function needsOptional(lock: string): boolean {
  const { packages = {} } = JSON.parse(readFileSync(lock, 'utf8')) as {
    packages?: Record<string, { dev?: boolean; optional?: boolean; devOptional?: boolean }>;
  };
  return Object.entries(packages).some(
    ([path, { dev, optional, devOptional }]) => !dev && (optional || devOptional) && !spare.test(path),
  );
}

/** npm writes one such line for each package. */
const names = (workspace: string, name: string): boolean =>
  readFileSync(join(workspace, 'package-lock.json'), 'utf8').includes(`"node_modules/${name}"`);

/** Copies the part of our own lock that the runtime needs to where it is installed. */
function provideLock(folder: string): string {
  const bundled = join(bundleFolder ?? join(import.meta.dirname, '../dist'), 'modules');
  if (!existsSync(bundled))
    throw new LockstepError('E_INSTALL', {
      what: 'the lock of the model runtime is not beside this action',
      where: { file: bundled },
      fix: 'use the action from a released version, with its whole dist folder',
    });
  cpSync(bundled, folder, { recursive: true });
  return folder;
}

const noLock = (): LockstepError =>
  new LockstepError('E_INSTALL', {
    what: 'no package-lock.json in the workspace',
    allowed: 'modules: workspace installs what it names',
    fix: 'check the repository out before this step, or use `modules: natives`',
  });
