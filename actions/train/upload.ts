import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LockstepError } from '../../src/workspace/index.ts';
import { say } from '../kit/foreign-output.ts';

/** Long enough for somebody to look at a pull request, short enough to cost little. */
const retentionDays = 7;

/** Hands a candidate's files over, at the artifact's top level. Models don't compress. Errors: E_HANDOVER_UPLOAD. */
export async function uploadCandidate(model: string, folder: string): Promise<void> {
  const { DefaultArtifactClient } = await import('@actions/artifact');
  const name = `lockstep-candidate-${model}`;
  const files = readdirSync(folder)
    .sort()
    .map((file) => join(folder, file));
  try {
    const { size } = await new DefaultArtifactClient().uploadArtifact(name, files, folder, {
      compressionLevel: 0,
      retentionDays,
    });
    say(`${name}: ${files.length} files, ${size} bytes`);
  } catch (cause) {
    throw new LockstepError('E_HANDOVER_UPLOAD', {
      what: `the artifact ${name} was not taken: ${(cause as Error).message}`,
      allowed: 'a run whose artifact service answers, and a name that this attempt has not used',
      fix: 'run the job again',
      cause,
    });
  }
}
