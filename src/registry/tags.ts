import { git, tryGit } from '../workspace/index.ts';
import { parseTag, type TagName } from './tag-name.ts';
import { compareVersions } from './version.ts';

/** An annotated tag as Git holds it; lightweight ones say nothing about who and when, so they don't count. */
interface TagEntry {
  readonly tag: string;
  /** Id of the tag object. */
  readonly object: string;
  readonly commit: string;
  readonly by: string;
  readonly email: string;
  /** ISO 8601, of the tagger. */
  readonly time: string;
  /** First line of the message. */
  readonly subject: string;
}

export interface VersionTag extends TagEntry {
  readonly model: string;
  readonly version: string;
  /** True when a later deregister tag took it back. Its name stays taken. */
  readonly deregistered: boolean;
}

export interface PromotionTag extends TagEntry {
  readonly model: string;
  readonly environment: string;
  readonly event: 'assign' | 'unassign';
  /** Per model over all its promotion tags; 0 for a simple tag without one. */
  readonly counter: number;
  /** The version registered at the tagged commit, or null. */
  readonly version: string | null;
}

type Found = TagEntry & { readonly name: TagName };

/** A model's registered versions, lowest first by SemVer. */
export async function listVersions(cwd: string, model: string): Promise<VersionTag[]> {
  return versionsOf(await readTags(cwd, [`refs/tags/${model}@*`]), model);
}

/** A model's promotions and their refusals, by counter, then tagger time. */
export async function listPromotions(cwd: string, model: string): Promise<PromotionTag[]> {
  const found = await readTags(cwd, [`refs/tags/${model}@*`, `refs/tags/${model}#*`]);
  const versionAt = new Map(versionsOf(found, model).map(({ commit, version }) => [commit, version]));
  return found
    .flatMap(({ name, ...entry }) =>
      (name.event === 'assign' || name.event === 'unassign') && name.model === model
        ? [
            {
              ...entry,
              model,
              environment: name.environment,
              event: name.event,
              counter: name.counter ?? 0,
              version: versionAt.get(entry.commit) ?? null,
            },
          ]
        : [],
    )
    .sort((a, b) => a.counter - b.counter || byTime(a, b));
}

/** Every registered version of every model, by model name. */
export async function listAllVersions(cwd: string): Promise<Map<string, VersionTag[]>> {
  const found = await readTags(cwd, ['refs/tags']);
  const models = [...new Set(found.map(({ name }) => name.model))].sort();
  const all = models.map((model) => [model, versionsOf(found, model)] as const);
  return new Map(all.filter(([, versions]) => versions.length > 0));
}

/** Max + 1 over all the model's promotion tags, lightweight ones too: their names are taken all the same. */
export function nextCounter(tags: readonly string[], model: string): number {
  const counters = tags
    .map(parseTag)
    .map((name) =>
      name && name.model === model && (name.event === 'assign' || name.event === 'unassign')
        ? (name.counter ?? 0)
        : 0,
    );
  return counters.reduce((most, counter) => Math.max(most, counter), 0) + 1;
}

function versionsOf(found: readonly Found[], model: string): VersionTag[] {
  const latest = new Map<string, { entry: Found | null; deregistered: boolean }>();
  for (const event of [...found].sort(byTime)) {
    const { name } = event;
    if (name.model !== model || (name.event !== 'register' && name.event !== 'deregister')) continue;
    const before = latest.get(name.version);
    const registers = name.event === 'register';
    latest.set(name.version, {
      entry: registers ? event : (before?.entry ?? null),
      deregistered: !registers,
    });
  }
  return [...latest]
    .flatMap(([version, { entry, deregistered }]) =>
      entry ? [withoutName(entry, { model, version, deregistered })] : [],
    )
    .sort((a, b) => compareVersions(a.version, b.version));
}

function withoutName<T extends object>({ name: _, ...entry }: Found, more: T): TagEntry & T {
  return { ...entry, ...more };
}

/** Two tags of one second are told apart by counter, then by name, so that the order is the same everywhere. */
const byTime = (a: TagEntry, b: TagEntry): number => compare(a.time, b.time) || compare(a.tag, b.tag);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const fields = [
  'refname:strip=2',
  'objecttype',
  'objectname',
  '*objectname',
  '*objecttype',
  'taggername',
  'taggeremail:trim',
  'taggerdate:unix',
  'contents:subject',
];
const format = fields.map((field) => `%(${field})`).join('%00');

/** One git process, whatever the number of tags. Outside a repository there are none. */
async function readTags(cwd: string, patterns: readonly string[]): Promise<Found[]> {
  const args = ['for-each-ref', `--format=${format}`, ...patterns];
  const { status, stdout, stderr } = await tryGit(args, { cwd });
  const outside = status !== 0 && stderr.includes('not a git repository');
  if (outside) return [];
  // What else went wrong is told by the call that turns it into an error.
  const text = status === 0 ? stdout : await git(args, { cwd });
  return text.split('\n').flatMap((line) => {
    const [tag, type, object, commit, target, by, email, seconds, subject] = line.split('\0');
    const name = type === 'tag' && target === 'commit' ? parseTag(tag!) : null;
    if (!name) return [];
    const time = new Date(Number(seconds) * 1000).toISOString();
    return [
      { name, tag: tag!, object: object!, commit: commit!, by: by!, email: email!, time, subject: subject! },
    ];
  });
}
