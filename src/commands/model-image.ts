import { readFileSync } from 'node:fs';
import { openStore } from '../data/index.ts';
import { type BuiltImage, buildImage, readImage } from '../image/index.ts';
import { type ModelFile, readModelFile } from '../model/index.ts';
import {
  canonicalJson,
  type Digest,
  LockstepError,
  modelPath,
  readAtCommit,
  type Workspace,
} from '../workspace/index.ts';
import { type ModelRun, runModel } from './run.ts';

export interface ModelImageInput {
  readonly done: ModelRun;
  readonly modelFile: ModelFile;
  /** Also inside the image: a server says which version it is. */
  readonly version: string;
  /** Commit that the model was made from. */
  readonly revision?: string;
  readonly platform?: string;
}

export interface ModelImage extends BuiltImage {
  readonly modelDigest: Digest;
  readonly golden: Digest;
}

/**
 * Builds the image of a judged model into the layout and reads it back.
 * Errors: E_RUN_MISSING without an ONNX model, and those of the image room.
 */
export async function buildModelImage(workspace: Workspace, input: ModelImageInput): Promise<ModelImage> {
  const { done, modelFile, version, revision, platform } = input;
  const { objects, evaluation } = done.judgement;
  const { model } = done.run.pipeline;
  if (objects.model === null || objects.golden === null) throw noModel(model);
  const store = openStore(workspace);
  const metadata = {
    model,
    version,
    modelDigest: objects.model.digest,
    golden: objects.golden,
    task: modelFile.task,
    ...(evaluation.threshold === undefined ? {} : { threshold: evaluation.threshold }),
    ...(evaluation.positive === undefined ? {} : { positive: evaluation.positive }),
  };
  const source = sourceOf(process.env);
  const built = await buildImage(workspace, {
    model,
    version,
    ...(revision === undefined ? {} : { revision }),
    ...(platform === undefined ? {} : { platform }),
    ...(source === null ? {} : { source }),
    files: {
      'model.onnx': store.pathOf(objects.model.digest),
      'golden.json': store.pathOf(objects.golden),
      'model.yaml': await modelYaml(workspace, model, revision),
      'metadata.json': Buffer.from(canonicalJson(metadata)),
    },
  });
  readBack(workspace, built.name, built.digest);
  return { ...built, modelDigest: objects.model.digest, golden: objects.golden };
}

/** As the commit has it, where the model was made from one. */
async function modelYaml(workspace: Workspace, model: string, revision: string | undefined): Promise<Buffer> {
  const committed =
    revision === undefined
      ? null
      : await readAtCommit(workspace.root, revision, `./models/${model}/model.yaml`);
  return committed ?? readFileSync(modelPath(workspace, model, 'model.yaml'));
}

/** The repository that a package on GitHub belongs to from its first push on; on a laptop nobody says it. */
export const sourceOf = (env: NodeJS.ProcessEnv): string | null =>
  env.GITHUB_ACTIONS === 'true' && env.GITHUB_REPOSITORY
    ? `${env.GITHUB_SERVER_URL ?? 'https://github.com'}/${env.GITHUB_REPOSITORY}`
    : null;

/** What `lockstep image build` does: the image of what the work tree holds, to look at; it gets no version. */
export async function buildUnreleased(
  workspace: Workspace,
  model: string,
  platform?: string,
): Promise<ModelImage> {
  const done = await runModel(workspace, model);
  const modelFile = await readModelFile(workspace, model);
  const version = `v0.0.0-${done.run.record.fingerprint.slice('sha256:'.length, 'sha256:'.length + 12)}`;
  return buildModelImage(workspace, {
    done,
    modelFile,
    version,
    ...(platform === undefined ? {} : { platform }),
  });
}

const noModel = (model: string): LockstepError =>
  new LockstepError('E_RUN_MISSING', {
    what: `${model} has no ONNX model to put into an image`,
    allowed: 'evaluate: names an output that is the ONNX model',
    fix: 'export the model to ONNX, and add `model: model.onnx` to evaluate',
  });

/** The registered bytes are those in the layout, not those we meant to write there. */
function readBack(workspace: Workspace, name: string, digest: Digest): void {
  const { digest: found } = readImage(workspace, `${name}@${digest}`);
  if (found !== digest)
    throw new LockstepError('E_IMAGE_LAYOUT', { what: `the layout has ${found} for ${digest}` });
}
