import { createHash } from 'node:crypto';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { diskFull, isLockstepError, isName, LockstepError, printable } from '../workspace/index.ts';
import type { GitHub } from './api.ts';
import { type Allowed, readArchive, unpackArchive } from './archive.ts';
import type { WorkflowRun } from './runs.ts';

/** A file that a run left, a ZIP; its content is whatever the run's code made of it. */
export interface Artifact {
  readonly id: number;
  readonly name: string;
  /** Bytes of the ZIP. */
  readonly size: number;
  /** `sha256:…` of the ZIP, where GitHub knows it. */
  readonly digest: string | null;
}

export interface CandidateArtifact extends Artifact {
  readonly model: string;
}

const prefix = 'lockstep-candidate-';
export const candidateArtifactName = (model: string): string => `${prefix}${model}`;

/** What a candidate may hold, in bytes: `docs/formats/candidate.md`. */
const candidateFiles: Allowed = {
  'candidate.json': 256 * 1024,
  'record.json': 16 * 1024 * 1024,
  'model.onnx': 1024 ** 3,
  'predictions.parquet': 1024 ** 3,
};
const mostTogether = 1024 ** 3;
const mostCandidates = 1_000;
const tries = 3;

interface Answer {
  readonly id: number;
  readonly name: string;
  readonly size_in_bytes: number;
  readonly expired: boolean;
  readonly digest?: string | null;
}

/** One of each model. Errors: E_HANDOVER_SHAPE for names that no workflow of ours gives, or too many. */
export async function candidateArtifacts(
  github: GitHub,
  run: Pick<WorkflowRun, 'id'>,
): Promise<CandidateArtifact[]> {
  const found = (await listArtifacts(github, run)).filter(({ name }) => name.startsWith(prefix));
  if (found.length > mostCandidates) throw shape(`${found.length} candidates`, `at most ${mostCandidates}`);
  const candidates = new Map<string, CandidateArtifact>();
  for (const artifact of found) {
    const model = artifact.name.slice(prefix.length);
    if (!isName(model))
      throw shape(`a candidate called "${printable(artifact.name, 80)}"`, `${prefix}<model>`);
    if (!candidates.has(model)) candidates.set(model, { ...artifact, model });
  }
  return [...candidates.values()];
}

/** One of this name; null when the run left none, or it has expired. */
export async function findArtifact(
  github: GitHub,
  run: Pick<WorkflowRun, 'id'>,
  name: string,
): Promise<Artifact | null> {
  return (await listArtifacts(github, run, name)).find((artifact) => artifact.name === name) ?? null;
}

/** The newest first: a run that is started again leaves a second of the same name. */
async function listArtifacts(
  github: GitHub,
  run: Pick<WorkflowRun, 'id'>,
  name?: string,
): Promise<Artifact[]> {
  const all = await github.list<Answer>(
    'GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts',
    { run_id: run.id, ...(name === undefined ? {} : { name }) },
    { key: 'artifacts', most: 11, needs: 'actions: read' },
  );
  return all
    .filter(({ expired }) => !expired)
    .sort((a, b) => b.id - a.id)
    .map((one) => ({ id: one.id, name: one.name, size: one.size_in_bytes, digest: one.digest ?? null }));
}

/**
 * Puts a candidate's files into a folder that must not be there yet: whole or not at all.
 * Errors: E_HANDOVER_TOO_LARGE, E_HANDOVER_SHAPE, E_DIGEST_MISMATCH, E_ARCHIVE_*, E_GITHUB_*.
 */
export const downloadCandidate = (github: GitHub, artifact: Artifact, folder: string): Promise<void> =>
  withZip(github, artifact, mostTogether, (zip) =>
    unpackArchive(zip, folder, { allowed: candidateFiles, most: mostTogether }),
  );

/** Any other artifact's files, those of these names, into a folder that must not be there yet. Errors: as above. */
export const downloadArtifact = (
  github: GitHub,
  artifact: Artifact,
  folder: string,
  allowed: Allowed,
): Promise<void> => {
  const most = Math.min(mostTogether, together(allowed));
  return withZip(github, artifact, most, (zip) => unpackArchive(zip, folder, { allowed, most }));
};

const together = (allowed: Allowed): number => Object.values(allowed).reduce((sum, size) => sum + size, 0);

/** The files of a small artifact in memory; each name at most so many bytes. */
export const readArtifact = (
  github: GitHub,
  artifact: Artifact,
  allowed: Allowed,
): Promise<Record<string, Buffer>> => {
  const most = together(allowed);
  return withZip(github, artifact, most, (zip) => readArchive(zip, { allowed, most }));
};

async function withZip<T>(
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

const shape = (what: string, allowed: string): LockstepError =>
  new LockstepError('E_HANDOVER_SHAPE', { what, allowed, fix: 'hand over what the action `train` uploads' });

const tooLarge = ({ name }: Artifact, size: number, most: number): LockstepError =>
  new LockstepError('E_HANDOVER_TOO_LARGE', {
    what: `the artifact ${name} has ${size > most ? `more than ${most.toLocaleString('en-US')}` : size} bytes`,
    allowed: `at most ${most.toLocaleString('en-US')}`,
    fix: 'hand over what the action `train` uploads',
  });
