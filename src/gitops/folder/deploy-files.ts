import type { ReleaseRecord } from '../../registry/index.ts';
import {
  type Digest,
  digestOf,
  digestOfJson,
  LockstepError,
  parseYaml,
  readBlobs,
  readTree,
  type Workspace,
} from '../../workspace/index.ts';
import { type ImageChange, kustomizationFile, patchFile, releaseFile } from './environment-folder.ts';
import { renderKustomization } from './kustomization.ts';
import { readManifest } from './manifest.ts';

/** `models/<model>/deploy/` at one commit, as one environment gets it. */
export interface DeployFiles {
  /** Copied as they are, by path in the folder; with the environment's patch as `patch.yaml`. */
  readonly copies: ReadonlyMap<string, { readonly oid: string; readonly bytes: Buffer }>;
  readonly kustomization: string;
  readonly hasPatch: boolean;
  /** Where the base's kustomization stands, for messages. */
  readonly file: string;
  readonly imageName: string;
}

/** Errors: E_DEPLOY_MISSING, E_DEPLOY_FILE, E_ENV_FILE_LINK. */
export async function readDeployFiles(
  workspace: Workspace,
  model: string,
  commit: string,
  environment: string,
): Promise<DeployFiles> {
  const folder = `models/${model}/deploy`;
  const entries = await readTree(workspace.root, commit, folder);
  const link = entries.find(({ mode }) => !mode.startsWith('100'));
  if (link) {
    throw new LockstepError('E_ENV_FILE_LINK', {
      what: 'a link or another repository',
      where: { file: link.path },
      allowed: 'plain files only',
    });
  }
  const blobs = await readBlobs(
    workspace.root,
    entries.map(({ oid }) => oid),
  );
  const files = new Map(
    entries.map(({ path, oid }) => [path.slice(folder.length + 1), { oid, bytes: blobs.get(oid)! }]),
  );
  const base = files.get(kustomizationFile);
  const file = `${folder}/${kustomizationFile}`;
  if (!base) {
    throw new LockstepError('E_DEPLOY_MISSING', {
      what: `no ${file} at commit ${commit.slice(0, 12)}`,
      allowed: 'a kustomize base: kustomization.yaml and the manifests it lists',
      fix: `commit ${folder}/ (lockstep init writes one) and register a new version`,
    });
  }
  for (const reserved of [patchFile, releaseFile]) {
    if (files.has(reserved)) {
      throw new LockstepError('E_DEPLOY_FILE', {
        what: `a file called ${reserved}`,
        where: { file: `${folder}/${reserved}` },
        allowed: `other names; ${reserved} is what a promotion writes`,
        fix: 'rename it',
      });
    }
  }
  const patch = files.get(`${environment}.yaml`);
  const patches = workspace.configuration.environments.map((name) => `${name}.yaml`);
  const copies = new Map(
    [...files].filter(([path]) => path !== kustomizationFile && !patches.includes(path)),
  );
  if (patch) copies.set(patchFile, patch);
  const images = [...copies.values()].flatMap(({ bytes }) => readManifest(bytes.toString()).images);
  return {
    copies,
    kustomization: base.bytes.toString(),
    hasPatch: patch !== undefined,
    file,
    imageName: images.some(({ value }) => value === 'oci://model') ? 'oci://model' : 'model',
  };
}

export const imageChange = ({ imageName }: DeployFiles, { image }: ReleaseRecord): ImageChange => ({
  name: imageName,
  newName: imageName.replace(/model$/, image.name),
  digest: image.digest,
});

export const renderFor = (files: DeployFiles, image: ImageChange): string =>
  renderKustomization(files.kustomization, image, { patch: files.hasPatch, file: files.file });

/** What the promotion signs about the folder's files. */
export function folderDigests(
  files: DeployFiles,
  kustomization: string,
): { files: Record<string, Digest>; kustomization: Digest } {
  const copies = [...files.copies].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    files: Object.fromEntries(copies.map(([path, { bytes }]) => [path, digestOf(bytes)])),
    kustomization: digestOfJson(parseYaml(kustomization, kustomizationFile).value ?? {}),
  };
}
