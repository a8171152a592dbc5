import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { isLockstepError, openWorkspace, type Workspace } from '../workspace/index.ts';

/** A repository in a temporary folder, removed when the test ends; `files` by path. */
export function testWorkspace(files: Readonly<Record<string, string | Uint8Array>> = {}): Workspace {
  const root = mkdtempSync(join(tmpdir(), 'lockstep-data-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, 'pipelines'));
  for (const [path, content] of Object.entries(files)) writeInto(root, path, content);
  return openWorkspace(root);
}

export function writeInto(root: string, path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

/** The whole message of what is refused, or what came instead. */
export async function messageOf(work: () => unknown): Promise<string> {
  try {
    return `accepted: ${JSON.stringify(await work())}`;
  } catch (error) {
    if (isLockstepError(error)) return error.message;
    throw error;
  }
}
