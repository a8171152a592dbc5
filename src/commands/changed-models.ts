import { parseLock } from '../data/index.ts';
import { parsePipeline, pipelineChange } from '../pipeline/index.ts';
import {
  isLockstepError,
  isName,
  parseYaml,
  readBlobs,
  readTree,
  type TreeEntry,
  type Workspace,
} from '../workspace/index.ts';
import { treeOfWork } from './work-tree.ts';

/** A model that a change touches. */
export interface ChangedModel {
  readonly model: string;
  /** For people: `train: param trees 30 → 40`. */
  readonly why: readonly string[];
  /** Of the head's pipeline, so nothing to run by: labels are the base's to say. */
  readonly runsOn: string | readonly string[];
  /** A stage asks for a GPU, or the labels are not a hosted runner's. */
  readonly gpu: boolean;
  /** Has a quick run. */
  readonly quick: boolean;
  /** The base has this pipeline. */
  readonly known: boolean;
}

interface Side {
  readonly files: ReadonlyMap<string, TreeEntry>;
  /** Texts of pipeline.yaml by model. */
  readonly pipelines: ReadonlyMap<string, string>;
}

const pipelineOf = (model: string): string => `pipelines/${model}/pipeline.yaml`;

/**
 * Which enabled models another commit (or the work tree, with `head` null) makes differently, judges differently, or
 * has anew. Reads Git's objects and runs nothing of either; what is byte for byte the same is not even parsed, so that
 * a thousand pipelines take a second. Errors: E_GIT for a commit that is not there.
 */
export async function changedModels(
  workspace: Workspace,
  { base, head }: { readonly base: string; readonly head: string | null },
): Promise<readonly ChangedModel[]> {
  const tree = head ?? (await treeOfWork(workspace));
  const [before, now] = [await readSide(workspace, base), await readSide(workspace, tree)];
  const touched = await touchedModels(workspace, before, now);
  const changed: ChangedModel[] = [];
  for (const model of [...now.pipelines.keys()].filter((name) => touched.has(name)).sort()) {
    const file = labelsOf(model, now.pipelines.get(model)!);
    if (file === 'asleep') continue;
    const known = before.pipelines.has(model);
    const why = known
      ? [
          ...(await pipelineChange(workspace, model, { base, head: tree })),
          ...judgingFiles(model, before, now),
        ]
      : ['a new model'];
    if (why.length > 0) changed.push({ model, why, known, ...file });
  }
  return changed;
}

async function readSide({ root }: Workspace, tree: string): Promise<Side> {
  const files = new Map((await readTree(root, tree)).map((entry) => [entry.path, entry]));
  const found = [...files.values()].filter(({ path }) => /^pipelines\/[^/]+\/pipeline\.yaml$/.test(path));
  const blobs = await readBlobs(
    root,
    found.map(({ oid }) => oid),
  );
  const pipelines = found.map(({ path, oid }): [string, string] => [
    path.split('/')[1]!,
    blobs.get(oid)?.toString() ?? '',
  ]);
  return { files, pipelines: new Map(pipelines.filter(([model]) => isName(model))) };
}

/** Models that may differ: their own files, data they name, or code of the repository's that they may share. */
async function touchedModels({ root }: Workspace, before: Side, now: Side): Promise<Set<string>> {
  const paths = [...new Set([...before.files.keys(), ...now.files.keys()])].filter(
    (path) => before.files.get(path)?.oid !== now.files.get(path)?.oid,
  );
  const own = paths.flatMap((path) => /^(?:pipelines|models)\/([^/]+)\//.exec(path)?.[1] ?? []);
  const touched = new Set(own);
  const shared = paths.some((path) => !/^(pipelines|models|\.data)\/|^data\.lock$/.test(path));
  const keys = paths.includes('data.lock') ? await changedKeys(root, before, now) : [];
  for (const [model, text] of now.pipelines) {
    // An input that begins with a slash is of the repository: which one it is, the comparison finds out.
    if (shared && /(^|[\s[,"'])\/\w/m.test(text)) touched.add(model);
    if (keys.some((key) => text.includes(`data:${key}`))) touched.add(model);
  }
  return touched;
}

async function changedKeys(root: string, before: Side, now: Side): Promise<string[]> {
  const oids = [before, now].map(({ files }) => files.get('data.lock')?.oid);
  const blobs = await readBlobs(
    root,
    oids.flatMap((oid) => oid ?? []),
  );
  const [old, next] = oids.map((oid) => {
    const bytes = oid === undefined ? undefined : blobs.get(oid);
    return new Map(
      bytes ? parseLock(bytes, 'data.lock').entries.map((entry) => [entry.key, entry.digest]) : [],
    );
  });
  return [...new Set([...old!.keys(), ...next!.keys()])].filter((key) => old!.get(key) !== next!.get(key));
}

const judgingFiles = (model: string, before: Side, now: Side): string[] =>
  ['policy.yaml', 'model.yaml'].filter((name) => {
    const path = `models/${model}/${name}`;
    return before.files.get(path)?.oid !== now.files.get(path)?.oid;
  });

/** A pipeline that can't be read is no reason to run it anywhere but on a hosted runner, where its error is told. */
function labelsOf(model: string, text: string): Pick<ChangedModel, 'runsOn' | 'gpu' | 'quick'> | 'asleep' {
  const hosted = { runsOn: 'ubuntu-latest', gpu: false, quick: false };
  try {
    const { file } = parsePipeline(model, parseYaml(Buffer.from(text), pipelineOf(model)));
    if (file.enabled === false) return 'asleep';
    const runsOn = file['runs-on'] ?? hosted.runsOn;
    const asksGpu = Object.values(file.stages).some(({ gpu }) => gpu === true);
    return { runsOn, gpu: asksGpu || !isHosted(runsOn), quick: file.quick !== undefined };
  } catch (error) {
    if (isLockstepError(error)) return hosted;
    throw error;
  }
}

/** GitHub's own runners, which a pull request may use. */
const isHosted = (runsOn: string | readonly string[]): boolean =>
  [runsOn].flat().every((label) => /^(ubuntu|windows|macos)-[a-z0-9.-]+$/.test(label));
