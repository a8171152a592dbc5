import { isName, LockstepError, printable } from '../workspace/index.ts';
import type { GitHub } from './api.ts';
import { type Allowed, readArchive, unpackArchive } from './archive.ts';
import { type Artifact, withZip } from './artifact-zip.ts';
import type { WorkflowRun } from './runs.ts';

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

const shape = (what: string, allowed: string): LockstepError =>
  new LockstepError('E_HANDOVER_SHAPE', { what, allowed, fix: 'hand over what the action `train` uploads' });
