import { type ModelFile, parseModelFile } from '../model/index.ts';
import { type Bump, nextVersion, type VersionTag } from '../registry/index.ts';
import { parseYaml, readAtCommit, type Workspace } from '../workspace/index.ts';
import { breaksContract } from './contract.ts';

/** The version that comes next: as asked, else major where the contract breaks, else as model.yaml says. */
export async function versionAfter(
  workspace: Workspace,
  modelFile: ModelFile,
  versions: readonly VersionTag[],
  bump?: Bump,
): Promise<string> {
  return nextVersion(
    versions.map(({ version }) => version),
    bump ?? (await defaultBump(workspace, modelFile, versions)),
  );
}

async function defaultBump(
  workspace: Workspace,
  modelFile: ModelFile,
  versions: readonly VersionTag[],
): Promise<Bump> {
  const latest = versions.at(-1);
  const path = `models/${latest?.model}/model.yaml`;
  const before = latest ? await readAtCommit(workspace.root, latest.commit, path) : null;
  if (before && breaksContract(parseModelFile(parseYaml(before, path)), modelFile)) return 'major';
  return modelFile.version ?? 'patch';
}
