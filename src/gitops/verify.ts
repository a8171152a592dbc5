import { baseCommit, listAllVersions, type Trust, trustedKeys, type VersionTag } from '../registry/index.ts';
import { isLockstepError, LockstepError, type Workspace } from '../workspace/index.ts';
import { type Folder, readFolders, readTip, type Tip } from './branch/tip.ts';
import { imageChange, readDeployFiles, renderFor } from './folder/deploy-files.ts';
import { folderOf, kustomizationFile, placeOf, releaseFile } from './folder/environment-folder.ts';
import type { VerifiedRelease } from './folder/evidence.ts';
import { openReleaseFile } from './folder/evidence.ts';
import { type Finding, verifyFolder } from './folder/verify-folder.ts';
import { readAllHolds } from './holds.ts';
import { badObservations } from './observation/verify-observed.ts';

export interface Verification {
  readonly tip: string | null;
  readonly source: Tip['source'];
  /** How many environment folders were looked at. */
  readonly folders: number;
  readonly verified: readonly VerifiedRelease[];
  readonly findings: readonly Finding[];
}

/** Every environment on the branch against its evidence: one finding for each lie, with file and line. */
export async function verifyEnvironments(workspace: Workspace): Promise<Verification> {
  const tip = await readTip(workspace);
  const trust = await trustedKeys(workspace, await baseCommit(workspace), { local: true });
  const folders = await readFolders(workspace, tip);
  const versions = await listAllVersions(workspace.root);
  const verified: VerifiedRelease[] = [];
  const findings: Finding[] = [
    ...strayFiles(tip),
    ...(await badHolds(workspace, tip)),
    ...(await badObservations(workspace, tip, trust)),
  ];
  for (const folder of folders) {
    const verdict = verifyFolder({ ...folder, trust });
    if (verdict.kind === 'refused') {
      findings.push(...(await withLines(workspace, folder, trust, verdict.findings)));
      continue;
    }
    verified.push(verdict.release);
    findings.push(
      ...unknownEnvironment(workspace, folder),
      ...movedTag(verdict.release, versions.get(folder.model)),
    );
  }
  return { tip: tip.commit, source: tip.source, folders: folders.length, verified, findings };
}

const strayFiles = (tip: Tip): Finding[] =>
  tip.entries
    .filter(({ path }) => placeOf(path) === null)
    .map(
      ({ path }) =>
        new LockstepError('E_ENV_FILE_TAMPERED', {
          what: 'a file that no promotion wrote',
          where: { file: path, line: 1 },
          allowed:
            'models/<model>/environments/<environment>/, models/<model>/observed/<environment>.json, models/<model>/holds.yaml and keys.yaml',
        }),
    );

async function badHolds(workspace: Workspace, tip: Tip): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const open of (await readAllHolds(workspace, tip)).values()) {
    try {
      open();
    } catch (error) {
      if (!isLockstepError(error)) throw error;
      findings.push(error);
    }
  }
  return findings;
}

/** A changed file is shown where it first differs, where the version's commit is at hand. */
async function withLines(
  workspace: Workspace,
  folder: Folder,
  trust: Trust,
  findings: readonly Finding[],
): Promise<readonly Finding[]> {
  if (!findings.some(({ code }) => code === 'E_ENV_FILE_TAMPERED')) return findings;
  const { model, environment, files } = folder;
  const bytes = files.find(({ path }) => path === releaseFile)?.bytes;
  if (!bytes) return findings;
  try {
    const { record } = openReleaseFile(bytes, { model, environment, trust, file: releaseFile });
    const deploy = await readDeployFiles(workspace, model, record.commit, environment);
    const rendered = Buffer.from(renderFor(deploy, imageChange(deploy, record)));
    const original = (path: string) =>
      path === kustomizationFile ? rendered : (deploy.copies.get(path)?.bytes ?? null);
    const verdict = verifyFolder({ ...folder, trust, original });
    return verdict.kind === 'refused' ? verdict.findings : findings;
  } catch (error) {
    if (isLockstepError(error)) return findings; // The commit is not here: the finding stands without its line.
    throw error;
  }
}

const unknownEnvironment = ({ configuration }: Workspace, { model, environment }: Folder): Finding[] =>
  configuration.environments.includes(environment)
    ? []
    : [
        new LockstepError('E_ENV_UNKNOWN', {
          what: `a folder for "${environment}"`,
          where: { file: `${folderOf(model, environment)}/${releaseFile}`, line: 1 },
          allowed: configuration.environments.join(', '),
        }),
      ];

/** A deleted tag leaves the signed record standing; one that points elsewhere contradicts it. */
function movedTag(
  { model, environment, record }: VerifiedRelease,
  versions: readonly VersionTag[] | undefined,
): Finding[] {
  const tag = versions?.find(({ version }) => version === record.version);
  if (!tag || tag.commit === record.commit) return [];
  const where = { file: `${folderOf(model, environment)}/${releaseFile}`, line: 2 };
  return [
    new LockstepError('E_TAG_MOVED', {
      what: `the record names commit ${record.commit}, the tag ${tag.tag} points at ${tag.commit}`,
      where,
      allowed: 'a tag that stays where it was created',
    }),
  ];
}
