import { globSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { LockstepError } from '../../src/workspace/index.ts';
import { say } from './foreign-output.ts';

/** Long enough for somebody to look at a pull request, short enough to cost little. */
const retentionDays = 7;

/**
 * Uploads a folder's files as an artifact of this run, plain files alone: a link would be followed to whatever it names.
 * Errors: E_HANDOVER_UPLOAD.
 */
export async function uploadFolder(name: string, folder: string, compressionLevel: 0 | 6): Promise<void> {
  const { DefaultArtifactClient } = await import('@actions/artifact');
  const files = globSync('**', { cwd: folder })
    .map((path) => join(folder, path))
    .filter((path) => lstatSync(path).isFile())
    .sort();
  try {
    const { size } = await new DefaultArtifactClient().uploadArtifact(name, files, folder, {
      compressionLevel,
      retentionDays,
    });
    say(`${name}: ${files.length} files, ${size} bytes`);
  } catch (cause) {
    throw new LockstepError('E_HANDOVER_UPLOAD', {
      what: `the artifact ${name} was not taken: ${(cause as Error).message}`,
      allowed: 'a run whose artifact service answers, and a name that this run has not used',
      fix: 'run the job again',
      cause,
    });
  }
}
