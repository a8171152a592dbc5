import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tools } from '../suite.ts';
import { cleanEnvironment } from './environment.ts';

/** A folder with a lockstep.yaml that names a remote, and nothing of a model. */
export interface DataProject {
  readonly root: string;
  /** `lockstep data <args> --json`, whatever its exit code: `error` is there when it is not 0. */
  readonly data: (...args: readonly string[]) => Promise<Record<string, unknown>>;
}

export const smallFiles = 300;
export const largeFile = 20 * 1024 * 1024;

export function makeDataProject(
  tools: Tools,
  name: string,
  remote: string,
  env: NodeJS.ProcessEnv = {},
): DataProject {
  const root = join(tools.folder, name);
  mkdirSync(join(root, 'home'), { recursive: true });
  writeFileSync(join(root, 'lockstep.yaml'), `remote: ${remote}\n`);
  return {
    root,
    data: async (...args) => {
      const program = [join(tools.root, 'src/cli/main.ts'), 'data', ...args, '--json'];
      const settings = { cwd: root, env: { ...cleanEnvironment(join(root, 'home')), ...env } };
      const { out, err } = await tools.programs.tryRun(process.execPath, program, settings);
      const last = out.trim().split('\n').at(-1)!;
      if (!last.startsWith('{')) throw new Error(`lockstep data ${args.join(' ')}: ${out}${err}`);
      return JSON.parse(last) as Record<string, unknown>;
    },
  };
}

/** A folder of small files and a large one, in data.lock. */
export async function fill({ root, data }: DataProject): Promise<void> {
  mkdirSync(join(root, 'data/small'), { recursive: true });
  for (let index = 0; index < smallFiles; index++)
    writeFileSync(join(root, `data/small/${index}.bin`), bytesOf(1000 + index, `${index}`));
  writeFileSync(join(root, 'data/large.bin'), bytesOf(largeFile, 'large'));
  for (const path of ['data/small', 'data/large.bin']) succeeded(await data('add', path));
}

/** As a machine is that has only the commit: the lock, and not one byte. */
export function cloneOf(from: DataProject, clone: DataProject): DataProject {
  copyFileSync(join(from.root, 'data.lock'), join(clone.root, 'data.lock'));
  return clone;
}

export function assertSameData(one: DataProject, other: DataProject): void {
  const names = (root: string) => readdirSync(join(root, 'data'), { recursive: true }).map(String).sort();
  assert.deepEqual(names(other.root), names(one.root));
  for (const name of names(one.root).filter((path) => path.endsWith('.bin'))) {
    const [a, b] = [one, other].map(({ root }) => readFileSync(join(root, 'data', name)));
    assert.ok(a!.equals(b!), name);
  }
}

/** Throws with the command's own words. */
export function succeeded<T extends Record<string, unknown>>(result: T): T {
  assert.equal(result.error, undefined, JSON.stringify(result.error));
  return result;
}

export const codeOf = (result: Record<string, unknown>): unknown =>
  (result.error as { code?: string } | undefined)?.code;

/** Bytes without repetition, so that neither chunks nor compression save any. */
const bytesOf = (size: number, seed: string): Buffer =>
  createHash('shake256', { outputLength: size }).update(seed).digest();
