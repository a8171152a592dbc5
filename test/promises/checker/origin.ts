import { type AnnotatedTag, canonical, type Envelope, type Signer, signersOf, tagsOf } from './envelope.ts';
import { type CheckedFolder, checkFolder, type File } from './folder.ts';
import { readObjects, refOf } from './git.ts';
import { type Commit, folderOf, historyOf } from './history.ts';

/*
 * The independent checker: git, YAML, SHA-256 and Ed25519, and nothing of the product. It reads a bare origin as anybody
 * could and says what stands on its branch and whether that is proven.
 */

export interface Checked {
  /** By `models/<model>/environments/<environment>`, at the tip. */
  readonly folders: ReadonlyMap<string, CheckedFolder>;
  readonly commits: readonly Commit[];
  /** Folders at the tip whose digest their evidence does not prove. */
  readonly unverified: readonly string[];
  /** What else is not as one promotion after the other leaves it: commits, tags. */
  readonly problems: readonly string[];
}

const branch = 'refs/heads/environments';

type Tags = ReadonlyMap<string, AnnotatedTag | null>;

export function checkOrigin(origin: string): Checked {
  const tags = tagsOf(origin);
  if (refOf(origin, branch) === null)
    return { folders: new Map(), commits: [], unverified: [], problems: looseTags(tags, []) };
  const commits = historyOf(origin, branch);
  const blobs = readObjects(
    origin,
    commits.flatMap(({ changes }) =>
      changes.flatMap(({ mode, blob }) => (blob && mode !== '160000' ? [blob] : [])),
    ),
  );
  const signers = signersOf(origin, branch);
  const tree = new Map<string, File>();
  const folders = new Map<string, CheckedFolder>();
  const problems: string[] = [];
  for (const commit of commits) {
    for (const { path, mode, blob } of commit.changes) {
      if (blob === null) tree.delete(path);
      else tree.set(path, { mode, bytes: blobs.get(blob) ?? Buffer.alloc(0) });
    }
    const touched = new Set(commit.changes.map(({ path }) => folderOf(path)).filter((path) => path !== null));
    const before = new Map([...touched].map((folder) => [folder, folders.get(folder)?.version]));
    for (const folder of touched) folders.set(folder, folderAt(tree, folder, signers));
    problems.push(...problemsOf(tags, commit, folders, before));
  }
  problems.push(...looseTags(tags, commits), ...versionTags(tags, folders));
  const unverified = [...folders].filter(([, { problems: found }]) => found.length > 0);
  return {
    folders,
    commits,
    problems,
    unverified: unverified.map(
      ([
        path,
        {
          problems: [first],
        },
      ]) => `${path}: ${first}`,
    ),
  };
}

function folderAt(
  tree: ReadonlyMap<string, File>,
  folder: string,
  signers: readonly Signer[],
): CheckedFolder {
  const own = [...tree].filter(([path]) => path.startsWith(`${folder}/`));
  const files = new Map(own.map(([path, file]) => [path.slice(folder.length + 1), file]));
  const [, model, , environment] = folder.split('/') as [string, string, string, string];
  return checkFolder(model, environment, files, signers);
}

/** A commit says what it did, did that alone, and its tag says the same. */
function problemsOf(
  tags: Tags,
  { parents, told, changes, id }: Commit,
  folders: ReadonlyMap<string, CheckedFolder>,
  before: ReadonlyMap<string, string | null | undefined>,
): string[] {
  const problems: string[] = [];
  const check = (holds: boolean, problem: string) =>
    void (holds || problems.push(`${id.slice(0, 8)}: ${problem}`));
  const { event, model, environment, version, from, tag } = told;
  check(parents.length <= 1, 'more than one parent');
  const own = `models/${model}/environments/${environment}`;
  const allowed = (path: string) =>
    event === 'promotion' || event === 'rollback'
      ? path.startsWith(`${own}/`) || (event === 'rollback' && path === `models/${model}/holds.yaml`)
      : event === 'hold' || event === 'release'
        ? path === `models/${model}/holds.yaml`
        : event === undefined &&
          (path === 'keys.yaml' || /^models\/[^/]+\/observed\/[^/]+\.json$/.test(path));
  for (const { path } of changes) check(allowed(path), `a ${event ?? 'nameless'} commit changes ${path}`);
  if (event !== 'promotion' && event !== 'rollback') return problems;
  const folder = folders.get(own);
  check(folder?.problems.length === 0, `${own} is not proven: ${folder?.problems[0]}`);
  check(folder?.version === version, `says ${version}, the folder ${folder?.version}`);
  check((before.get(own) ?? undefined) === from, `says it was ${from}, it was ${before.get(own)}`);
  check(
    tags.get(String(tag))?.commit === folder?.commit,
    `${tag} is not annotated, or at another commit than its version`,
  );
  check(isAbout(tags.get(String(tag)), folder?.promotion), `${tag} says something else than the folder`);
  return problems;
}

/** Whether a tag's message is this envelope, below a line for people. */
function isAbout(tag: AnnotatedTag | null | undefined, envelope: Envelope | null | undefined): boolean {
  return tag?.object.toString().endsWith(`\n\n${canonical(envelope)}\n`) ?? false;
}

/** Each promotion tag is named by one commit, and no number is given twice. */
function looseTags(all: Tags, commits: readonly Commit[]): string[] {
  const named = commits.flatMap(({ told: { tag } }) => (tag === undefined ? [] : [tag]));
  const tags = [...all.keys()].filter((name) => name.includes('#'));
  const numbers = tags.map((name) => name.replace(/#.*#/, '#'));
  return [
    ...tags.filter((name) => !named.includes(name)).map((name) => `no commit names ${name}`),
    ...named.filter((name, at) => named.indexOf(name) !== at).map((name) => `two commits name ${name}`),
    ...numbers.filter((name, at) => numbers.indexOf(name) !== at).map((name) => `the number ${name} twice`),
  ];
}

/** A version's tag may be gone; one that stands says what the folders say. */
function versionTags(tags: Tags, folders: ReadonlyMap<string, CheckedFolder>): string[] {
  return [...folders].flatMap(([path, { version, commit, record }]) => {
    const name = `${path.split('/')[1]}@${version}`;
    if (record === null || !tags.has(name)) return [];
    const same = tags.get(name)?.commit === commit && isAbout(tags.get(name), record);
    return same ? [] : [`${name} is not what ${path} rests on`];
  });
}
