import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type Digest,
  type ErrorCode,
  type ErrorParts,
  exitOf,
  hexOf,
  LockstepError,
  spawnOwn,
  statePath,
  type Workspace,
} from '../workspace/index.ts';

export interface UnpackOrder {
  readonly root: string;
  readonly digest: Digest;
}

export type UnpackAnswer =
  | { readonly rootfs: string }
  | { readonly error: { readonly code: ErrorCode; readonly parts: ErrorParts } };

const worker = fileURLToPath(new URL('./worker/unpack.ts', import.meta.url));

/** Where an image is unpacked to. */
export const rootfsOf = (workspace: Workspace, digest: Digest): string =>
  join(statePath(workspace, 'agent', 'images', hexOf(digest)), 'rootfs');

/**
 * Unpacks our own layers of an image (not its base), verified, and returns their folder; one that is there already
 * is taken as it is. Errors: E_IMAGE_MISSING, E_DIGEST_MISMATCH, E_SIZE_MISMATCH, E_IMAGE_LAYOUT, E_ARCHIVE_*.
 */
export async function unpackImage(workspace: Workspace, digest: Digest): Promise<string> {
  const rootfs = rootfsOf(workspace, digest);
  if (existsSync(rootfs)) return rootfs;
  const order: UnpackOrder = { root: workspace.root, digest };
  const child = spawnOwn(worker, [JSON.stringify(order)], {
    cwd: workspace.root,
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const [exit, output, errors] = await Promise.all([
    exitOf(child),
    textOf(child.stdout!),
    textOf(child.stderr!),
  ]);
  if (exit.code !== 0) {
    const last = /^\w*Error: .*$/m.exec(errors)?.[0] ?? '';
    throw new Error(`unpacking ${digest} ended by ${exit.signal ?? `exit code ${exit.code}`} ${last}`);
  }
  const answer = JSON.parse(output) as UnpackAnswer;
  if ('rootfs' in answer) return answer.rootfs;
  throw new LockstepError(answer.error.code, answer.error.parts);
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}
