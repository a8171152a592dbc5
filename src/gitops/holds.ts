import schema from '../../docs/schemas/holds.json' with { type: 'json' };
import { baseOf, personOf } from '../registry/index.ts';
import {
  checkSchema,
  LockstepError,
  parseYaml,
  readBlobs,
  type TreeEntry,
  type Workspace,
} from '../workspace/index.ts';
import type { Tip } from './branch/tip.ts';
import { holdsPath, placeOf } from './folder/environment-folder.ts';

/** A version that nobody may promote. `docs/schemas/holds.json` */
export interface Hold {
  readonly version: string;
  readonly by: string;
  readonly time: string;
  readonly reason: string;
}

const empty = 'v: 1\nholds: []\n';

export interface HoldsFile {
  readonly text: string;
  readonly holds: readonly Hold[];
}

export async function readHolds(workspace: Workspace, tip: Tip, model: string): Promise<HoldsFile> {
  const entry = tip.entries.find(({ path }) => path === holdsPath(model));
  if (!entry) return { text: empty, holds: [] };
  checkPlain(entry);
  return parseHolds((await readBlobs(workspace.root, [entry.oid])).get(entry.oid)!, entry.path);
}

/** The same of every model that has the file, in one git process; each opened when it is asked for, with its errors. */
export async function readAllHolds(
  workspace: Workspace,
  tip: Tip,
): Promise<ReadonlyMap<string, () => HoldsFile>> {
  const found = tip.entries.flatMap((entry) => {
    const place = placeOf(entry.path);
    return place?.kind === 'holds' ? [{ model: place.model, entry }] : [];
  });
  const plain = found.filter(({ entry }) => isPlain(entry));
  const blobs = await readBlobs(
    workspace.root,
    plain.map(({ entry }) => entry.oid),
  );
  const open = (entry: TreeEntry) => () => {
    checkPlain(entry);
    return parseHolds(blobs.get(entry.oid)!, entry.path);
  };
  return new Map(found.map(({ model, entry }) => [model, open(entry)]));
}

const isPlain = ({ mode }: TreeEntry): boolean => mode.startsWith('100');

function checkPlain(entry: TreeEntry): void {
  if (isPlain(entry)) return;
  throw new LockstepError('E_ENV_FILE_LINK', {
    what: 'no plain file',
    where: { file: entry.path },
    allowed: 'plain files only',
  });
}

/** Errors: E_YAML_*, E_CONFIG_*, E_VERSION. */
export function parseHolds(bytes: Uint8Array, file: string): HoldsFile {
  const { holds } = checkSchema<{ holds: readonly Hold[] }>(parseYaml(bytes, file), schema);
  return { text: Buffer.from(bytes).toString(), holds };
}

/** One more line at the end; the others stay byte for byte. */
export function addHold(file: HoldsFile, hold: Hold): string {
  const text = file.text.endsWith('\n') ? file.text : `${file.text}\n`;
  const start = file.holds.length === 0 ? text.replace(/^holds: *\[ *\] *$/m, 'holds:') : text;
  return `${start}  - ${printHold(hold)}\n`;
}

/** Takes the version's lines out; the others stay byte for byte. */
export function removeHold(file: HoldsFile, version: string): string {
  const rest = file.holds.filter((hold) => hold.version !== version);
  if (rest.length === 0) return empty;
  const names = (line: string) => /^ *- *\{version: ([^,]+),/.exec(line)?.[1] === version;
  const kept = file.text
    .split('\n')
    .filter((line) => !names(line))
    .join('\n');
  const left = parseHolds(Buffer.from(kept), 'holds.yaml').holds;
  // Lines that people wrote in another layout are printed anew.
  return left.length === rest.length
    ? kept
    : `v: 1\nholds:\n${rest.map((hold) => `  - ${printHold(hold)}\n`).join('')}`;
}

const printHold = ({ version, by, time, reason }: Hold): string =>
  `{version: ${version}, by: ${JSON.stringify(by)}, time: "${time}", reason: ${JSON.stringify(reason)}}`;

export const makeHold = (version: string, ident: string, now: Date, reason: string): Hold => ({
  version,
  by: personOf(ident),
  time: now.toISOString(),
  reason: checkReason(reason),
});

/** Errors: E_USAGE. */
export function checkReason(reason: string): string {
  const text = reason.replaceAll(/\s+/g, ' ').trim();
  if (text !== '' && text.length <= 500) return text;
  throw new LockstepError('E_USAGE', {
    what: text === '' ? 'no reason' : `a reason of ${text.length} characters`,
    allowed: 'a sentence of at most 500 characters, for whoever asks later',
    fix: 'add --reason "why"',
  });
}

/** The hold that a version is under: its own, or that of the version whose commit an environment trained anew. */
export const holdOn = (
  { holds }: HoldsFile,
  version: string,
  environments: readonly string[],
): Hold | undefined => {
  const base = baseOf(version, environments);
  return holds.find((hold) => hold.version === version || hold.version === base);
};

/** Errors: E_PROMOTE_HELD. */
export function checkNotHeld(
  { configuration }: Workspace,
  holds: HoldsFile,
  model: string,
  version: string,
): void {
  const hold = holdOn(holds, version, configuration.environments);
  if (!hold) return;
  throw new LockstepError('E_PROMOTE_HELD', {
    what: `${model} ${hold.version} is held by ${hold.by} since ${hold.time}: ${hold.reason}`,
    where: { file: holdsPath(model) },
    allowed: 'versions without a hold',
    fix: `lockstep hold ${model} ${hold.version} --release --reason "why it is good now"`,
  });
}
