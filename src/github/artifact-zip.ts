import { createHash } from 'node:crypto';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { diskFull, isLockstepError, LockstepError } from '../workspace/index.ts';
import type { GitHub } from './api.ts';

/** A file that a run left, a ZIP; its content is whatever the run's code made of it. */
export interface Artifact {
  readonly id: number;
  readonly name: string;
  /** Bytes of the ZIP. */
  readonly size: number;
  /** `sha256:…` of the ZIP, where GitHub knows it. */
  readonly digest: string | null;
}

const tries = 3;

/**
 * Downloads an artifact's ZIP into a folder of its own, at most `most` bytes and some for its directory, and throws it away
 * after use. Errors: E_HANDOVER_TOO_LARGE, E_DIGEST_MISMATCH, E_DISK_FULL, E_GITHUB_*, those of `use`.
 */
export async function withZip<T>(
  github: GitHub,
  artifact: Artifact,
  most: number,
  use: (path: string) => Promise<T>,
): Promise<T> {
  // A ZIP that holds what it may is little larger than that.
  const limit = most + 1024 * 1024;
  if (artifact.size > limit) throw tooLarge(artifact, artifact.size, limit);
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-artifact-'));
  try {
    const path = join(folder, 'artifact.zip');
    await fetchTo(github, artifact, path, limit);
    return await use(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the network broke is fetched again from the start. */
async function fetchTo(github: GitHub, artifact: Artifact, path: string, limit: number): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await fetchOnce(github, artifact, path, limit);
      return;
    } catch (error) {
      const known = diskFull(error, path);
      if (isLockstepError(known)) throw known;
      if (attempt === tries) throw broken(artifact, (error as Error).message, error);
      await sleep(500 * attempt ** 2);
    }
  }
}

async function fetchOnce(github: GitHub, artifact: Artifact, path: string, limit: number): Promise<void> {
  const route = 'GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}';
  const { body, ok, status } = await github.download(route, {
    artifact_id: artifact.id,
    archive_format: 'zip',
  });
  if (status >= 500) throw new Error(`the storage answered ${status}`);
  if (!ok || body === null) throw broken(artifact, `the storage answered ${status}`);
  const hash = createHash('sha256');
  let size = 0;
  const counted = async function* (source: AsyncIterable<Uint8Array>) {
    for await (const chunk of source) {
      size += chunk.byteLength;
      if (size > limit) throw tooLarge(artifact, size, limit);
      hash.update(chunk);
      yield chunk;
    }
  };
  await pipeline(Readable.fromWeb(body as never), counted, createWriteStream(path));
  const digest = `sha256:${hash.digest('hex')}`;
  if (artifact.digest !== null && artifact.digest !== digest) {
    throw new LockstepError('E_DIGEST_MISMATCH', {
      what: `the artifact ${artifact.name} is ${digest}`,
      allowed: `${artifact.digest}, as GitHub has it`,
      fix: 'run the workflow that made it again',
    });
  }
}

const broken = ({ name }: Artifact, why: string, cause?: unknown): LockstepError =>
  new LockstepError('E_GITHUB_FAILED', {
    what: `the artifact ${name} can't be downloaded: ${why}`,
    allowed: 'an artifact that has not expired',
    fix: 'run the workflow that made it again',
    cause,
  });

const tooLarge = ({ name }: Artifact, size: number, most: number): LockstepError =>
  new LockstepError('E_HANDOVER_TOO_LARGE', {
    what: `the artifact ${name} has ${size > most ? `more than ${most.toLocaleString('en-US')}` : size} bytes`,
    allowed: `at most ${most.toLocaleString('en-US')}`,
    fix: 'hand over what the action `train` uploads',
  });
