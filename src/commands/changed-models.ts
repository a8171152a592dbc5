import { type ChangeSide, changeSide, parsePipeline, pipelineChange } from '../pipeline/index.ts';
import {
  isLockstepError,
  isName,
  type ObjectReader,
  openObjects,
  parseYaml,
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

/** A commit or tree with all its files by path. */
interface Side extends ChangeSide {
  readonly files: ReadonlyMap<string, TreeEntry>;
  /** Those with a pipeline. */
  readonly models: ReadonlySet<string>;
}

const pipelineOf = (model: string): string => `pipelines/${model}/pipeline.yaml`;

/**
 * Which enabled models another commit (or the work tree, with `head` null) makes differently, judges differently, or
 * has anew. Reads Git's objects and runs nothing of either; what is byte for byte the same is not even parsed, and one
 * git process reads all that is, so that a thousand pipelines take less than a second.
 * Errors: E_GIT for a commit that is not there.
 */
export async function changedModels(
  workspace: Workspace,
  { base, head }: { readonly base: string; readonly head: string | null },
): Promise<readonly ChangedModel[]> {
  const tree = head ?? (await treeOfWork(workspace));
  await using objects = openObjects(workspace.root);
  const sides = [base, tree].map((treeish) => readSide(workspace, objects, treeish));
  const [before, now] = (await Promise.all(sides)) as [Side, Side];
  const touched = await touchedModels(before, now);
  const changed: ChangedModel[] = [];
  for (const model of [...touched].filter((name) => now.models.has(name)).sort()) {
    const file = await labelsOf(model, now);
    if (file === 'asleep') continue;
    const known = before.models.has(model);
    const why = known
      ? [...(await pipelineChange(model, { base: before, head: now })), ...judgingFiles(model, before, now)]
      : ['a new model'];
    if (why.length > 0) changed.push({ model, why, known, ...file });
  }
  return changed;
}

async function readSide({ root }: Workspace, objects: ObjectReader, tree: string): Promise<Side> {
  const files = new Map((await readTree(root, tree)).map((entry) => [entry.path, entry]));
  const models = [...files.keys()].flatMap(
    (path) => /^pipelines\/([^/]+)\/pipeline\.yaml$/.exec(path)?.[1] ?? [],
  );
  return {
    files,
    models: new Set(models.filter(isName)),
    ...changeSide({
      name: tree,
      list: async () => files,
      read: (oids) => Promise.all(oids.map((oid) => objects.read(oid))),
    }),
  };
}

/** Models that may differ: their own files, data they name, or code of the repository's that they may share. */
async function touchedModels(before: Side, now: Side): Promise<Set<string>> {
  const paths = [...new Set([...before.files.keys(), ...now.files.keys()])].filter(
    (path) => before.files.get(path)?.oid !== now.files.get(path)?.oid,
  );
  const own = paths.flatMap((path) => /^(?:pipelines|models)\/([^/]+)\//.exec(path)?.[1] ?? []);
  const touched = new Set(own);
  const shared = paths.some((path) => !/^(pipelines|models|\.data)\/|^data\.lock$/.test(path));
  const keys = paths.includes('data.lock') ? await changedKeys(before, now) : [];
  if (!shared && keys.length === 0) return touched;
  for (const model of now.models) {
    const text = String(await now.code.read(pipelineOf(model)));
    // An input that begins with a slash is of the repository: which one it is, the comparison finds out.
    if (shared && /(^|[\s[,"'])\/\w/m.test(text)) touched.add(model);
    if (keys.some((key) => text.includes(`data:${key}`))) touched.add(model);
  }
  return touched;
}

async function changedKeys(before: Side, now: Side): Promise<string[]> {
  const [old, next] = await Promise.all(
    [before, now].map(async (side) => {
      const entries = (await side.lock())?.entries ?? [];
      return new Map(entries.map(({ key, digest }) => [key, digest]));
    }),
  );
  return [...new Set([...old!.keys(), ...next!.keys()])].filter((key) => old!.get(key) !== next!.get(key));
}

const judgingFiles = (model: string, before: Side, now: Side): string[] =>
  ['policy.yaml', 'model.yaml'].filter((name) => {
    const path = `models/${model}/${name}`;
    return before.files.get(path)?.oid !== now.files.get(path)?.oid;
  });

/** A pipeline that can't be read is no reason to run it anywhere but on a hosted runner, where its error is told. */
async function labelsOf(
  model: string,
  { code }: Side,
): Promise<Pick<ChangedModel, 'runsOn' | 'gpu' | 'quick'> | 'asleep'> {
  const hosted = { runsOn: 'ubuntu-latest', gpu: false, quick: false };
  const bytes = (await code.read(pipelineOf(model))) ?? Buffer.alloc(0);
  try {
    const { file } = parsePipeline(model, parseYaml(bytes, pipelineOf(model)));
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
