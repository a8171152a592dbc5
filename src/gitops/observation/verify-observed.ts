import type { ObservationRecord, ReleaseFile, ReleaseRecord, Trust } from '../../registry/index.ts';
import {
  canonicalJson,
  digestOf,
  git,
  isLockstepError,
  LockstepError,
  openObjects,
  type Workspace,
} from '../../workspace/index.ts';
import type { Tip } from '../branch/tip.ts';
import { folderOf, imageReference, releaseFile } from '../folder/environment-folder.ts';
import type { Finding } from '../folder/verify-folder.ts';
import { type ObservedFile, readAllObserved } from './observed.ts';

/** Every recorded observation against the placement that it names: one finding for each lie, with file and line. */
export async function badObservations(workspace: Workspace, tip: Tip, trust: Trust): Promise<Finding[]> {
  const files = await readAllObserved(workspace, tip, trust);
  if (files.length === 0) return [];
  const chain = await git(['rev-list', '--first-parent', tip.commit!], { cwd: workspace.root });
  const commits = new Set(chain.split('\n'));
  await using objects = openObjects(workspace.root);
  const findings: Finding[] = [];
  for (const file of files) {
    try {
      checkEnvironmentKnown(workspace, file);
      const record = file.open();
      const place = `${record.commit}:${folderOf(file.model, file.environment)}/${releaseFile}`;
      const bytes = commits.has(record.commit) ? await objects.read(place, 'blob').catch(() => null) : null;
      const wrong = differenceFrom(record, bytes);
      if (wrong !== null) findings.push(misbound(file, record, wrong));
    } catch (error) {
      if (!isLockstepError(error)) throw error;
      findings.push(error);
    }
  }
  return findings;
}

/** Errors: E_ENV_UNKNOWN. */
function checkEnvironmentKnown({ configuration }: Workspace, { path, environment }: ObservedFile): void {
  if (configuration.environments.includes(environment)) return;
  throw new LockstepError('E_ENV_UNKNOWN', {
    what: `an observation of "${environment}"`,
    where: { file: path, line: 1 },
    allowed: configuration.environments.join(', '),
  });
}

/** What an observation says otherwise than the folder that it is about, as it was then; null when nothing. */
function differenceFrom(record: ObservationRecord, bytes: Buffer | null): string | null {
  if (bytes === null) return `commit ${record.commit.slice(0, 12)}, which put nothing there`;
  try {
    const release = JSON.parse(bytes.toString()) as ReleaseFile;
    if (digestOf(canonicalJson(release.promotion)) !== record.promotion) return 'another promotion';
    if (digestOf(canonicalJson(release.record)) !== record.record) return 'another release record';
    const { predicate } = JSON.parse(Buffer.from(release.record.payload, 'base64').toString()) as {
      predicate: ReleaseRecord;
    };
    const { version, modelDigest, image } = predicate;
    const same =
      version === record.version &&
      modelDigest === record.modelDigest &&
      imageReference(image) === record.image;
    return same ? null : `${record.version}, ${record.image}`;
  } catch {
    return 'a folder without evidence';
  }
}

const misbound = ({ path }: ObservedFile, { commit }: ObservationRecord, wrong: string): LockstepError =>
  new LockstepError('E_OBSERVED_BINDING', {
    what: `an observation of ${wrong}`,
    where: { file: path, line: 1 },
    allowed: `of what commit ${commit.slice(0, 12)} of the branch put into the folder`,
    fix: 'lockstep observe writes it anew; remove one of a folder that is gone',
  });
