type Family = readonly [chunk: string, packages: RegExp];

/**
 * The chunks of `actions/dist/vendor/`: one a package or family, under names that stay, so that an action loads no more
 * than it needs and an upgrade changes one file. A family takes what it depends on along, unless an earlier one has it:
 * what several need stands first.
 */
const families: readonly Family[] = [
  ['yaml', /^yaml$/],
  ['semver', /^semver$/],
  ['small', /^(p-limit|canonicalize|markdown-table|crc-32)$/],
  ['onnx', /^(@bufbuild\/protobuf|onnx-buf)$/],
  ['hyparquet', /^hyparquet$/],
  ['hyparquet-writer', /^hyparquet-writer$/],
  ['csv-parse', /^csv-parse$/],
  ['fflate', /^fflate$/],
  ['modern-tar', /^modern-tar$/],
  ['sigstore', /^@sigstore\//],
];
/** These call some of ours (scripts/lean-packages.ts), which therefore stands before them. */
const clients: readonly Family[] = [
  ['http-client', /^(@actions\/http-client|tunnel)$/],
  ['actions-core', /^@actions\/(core|exec|io)$/],
  ['globs', /^(minimatch|brace-expansion|balanced-match|concat-map)$/],
  ['octokit', /^(@octokit\/.*|@actions\/github)$/],
  ['protobuf-ts', /^@protobuf-ts\//],
  ['actions-cache', /^@actions\/(cache|glob)$/],
  ['actions-artifact', /^@actions\/artifact$/],
];

/** The package that a module belongs to and where it lies, or null for our own. */
function packageOf(id: string): { readonly name: string; readonly folder: string } | null {
  const path = id.replaceAll('\\', '/');
  const place = path.lastIndexOf('node_modules/') + 'node_modules/'.length;
  if (place < 'node_modules/'.length) return null;
  const [first, second] = path.slice(place).split('/');
  const name = first!.startsWith('@') ? `${first}/${second}` : first!;
  return { name, folder: path.slice(0, place) + name };
}

/** Where the packages of these modules lie, each once. */
export const packageFolders = (ids: readonly string[]): string[] =>
  [...new Set(ids.flatMap((id) => packageOf(id)?.folder ?? []))].sort();

export interface ChunkGroup {
  readonly name: string;
  readonly priority: number;
  readonly test: (id: string) => boolean;
}

export const vendorPrefix = 'vendor-';

/** Chunks of ours with names that stay: other files are found from workspace (src/workspace/own-program.ts). */
const ours: readonly Omit<ChunkGroup, 'priority'>[] = [
  { name: 'workspace', test: (id) => /[\\/]src[\\/]workspace[\\/]/.test(id) },
  { name: 'http', test: (id) => /[\\/]src[\\/]http[\\/]/.test(id) },
  { name: 'proxied-fetch', test: (id) => /[\\/]kit[\\/]proxied-fetch/.test(id) },
  { name: 'blob-client', test: (id) => /[\\/]kit[\\/]blob-client/.test(id) },
];

const groupOf = ([chunk, packages]: Family) => ({
  name: vendorPrefix + chunk,
  test: (id: string) => packages.test(packageOf(id)?.name ?? ''),
});

/** As rolldown's `codeSplitting.groups`; a package without a family gets the chunk `other`. */
export const chunkGroups: readonly ChunkGroup[] = [
  ...families.map(groupOf),
  ...ours,
  ...[...clients, ['other', /./] as const].map(groupOf),
].map((group, index) => ({ ...group, priority: 100 - index }));
