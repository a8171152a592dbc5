import { type Digest, digestOfJson, type ErrorCode, isDigest, parseYaml } from '../../workspace/index.ts';
import { type FolderFile, type ImageChange, imageNames, kustomizationFile } from './environment-folder.ts';

export interface Kustomization {
  /** Null when the entry was refused. */
  readonly image: ImageChange | null;
  readonly imageName: string;
  /** Where the entry says so. */
  readonly lineOf: (key: 'digest' | 'newName') => number;
  /** Files that change what other files say. */
  readonly patches: readonly string[];
  /** Digest of the parsed value. */
  readonly meaning: Digest;
}

type Report = (code: ErrorCode, what: string, more: { line: number; allowed: string }) => void;

/** Lists whose entries are files or folders to read, or mappings that may name one under `path`. */
const fileLists = [
  'resources',
  'bases',
  'components',
  'patches',
  'patchesStrategicMerge',
  'patchesJson6902',
  'configurations',
  'crds',
  'replacements',
];
const patchLists = ['patches', 'patchesStrategicMerge', 'patchesJson6902'];
/** Plugins can change anything after the image was set, or run programs of their own. */
const pluginKeys = ['transformers', 'generators', 'validators'];
/** What would bring in bytes that no commit holds. */
const remoteKeys = ['helmCharts', 'helmChartInflationGenerator', 'helmGlobals'];

/** Exactly one image called model, by digest, and nothing from outside the folder. Errors thrown: E_YAML_*. */
export function checkKustomization(
  files: readonly FolderFile[],
  file: string,
  report: Report,
): Kustomization | null {
  const bytes = files.find(({ path }) => path === kustomizationFile)?.bytes;
  if (!bytes) {
    report('E_ENV_FILE_MISSING', `no ${kustomizationFile}`, {
      line: 1,
      allowed: 'the file that names the image',
    });
    return null;
  }
  const parsed = parseYaml(bytes, file);
  const lineAt = (...path: (string | number)[]) => parsed.locate(path).line ?? 1;
  const value = (parsed.value ?? {}) as Record<string, unknown>;
  checkSources(value, files, lineAt, report);
  const entries = (Array.isArray(value.images) ? value.images : []) as (Record<string, unknown> | null)[];
  const matching = entries.flatMap((entry, index) =>
    imageNames.includes(String(entry?.name)) ? [{ entry: entry!, index }] : [],
  );
  entries.forEach((entry, index) => {
    if (!isDigest(entry?.digest) || entry?.newTag !== undefined) {
      const key = entry?.newTag !== undefined ? 'newTag' : 'digest';
      report('E_ENV_FILE_TAG', `the image ${String(entry?.name)} by ${tagWords(entry)}`, {
        line: lineAt('images', index, key),
        allowed: 'digest: sha256:… and no newTag',
      });
    }
  });
  const [only, second] = matching;
  if (!only || second) {
    const line = second ? lineAt('images', second.index) : lineAt('images');
    report('E_ENV_FILE_IMAGE', `${matching.length} images called model`, { line, allowed: 'exactly one' });
  }
  const sound = only && !second && isDigest(only.entry.digest) && only.entry.newTag === undefined;
  const index = only?.index ?? 0;
  return {
    image: sound
      ? {
          name: String(only.entry.name),
          newName: String(only.entry.newName),
          digest: only.entry.digest as Digest,
        }
      : null,
    imageName: String(only?.entry.name ?? 'model'),
    lineOf: (key) => lineAt('images', index, key),
    patches: patchLists.flatMap((key) => listOf(value, key).flatMap((entry) => sourceOf(entry) ?? [])),
    meaning: digestOfJson(value),
  };
}

const tagWords = (entry: Record<string, unknown> | null): string =>
  entry?.newTag !== undefined
    ? `the tag ${String(entry.newTag)}`
    : entry?.digest === undefined
      ? 'no digest'
      : `the digest ${String(entry.digest)}`;

function checkSources(
  value: Record<string, unknown>,
  files: readonly FolderFile[],
  lineAt: (...path: (string | number)[]) => number,
  report: Report,
): void {
  for (const key of remoteKeys) {
    if (value[key] !== undefined)
      report('E_ENV_FILE_REMOTE_BASE', `${key}`, { line: lineAt(key), allowed: 'files of this folder only' });
  }
  for (const key of pluginKeys) {
    if (value[key] !== undefined)
      report('E_ENV_FILE_IMAGE', `${key}, which may change any image`, {
        line: lineAt(key),
        allowed: 'resources and patches in files of this folder',
      });
  }
  for (const key of fileLists) {
    listOf(value, key).forEach((entry: unknown, index) => {
      const source = sourceOf(entry);
      const at = () => lineAt(key, index);
      const file = files.find(({ path }) => path === source);
      if (key === 'replacements' && reachesImages(file?.bytes.toString() ?? JSON.stringify(entry)))
        report('E_ENV_FILE_IMAGE', 'a replacement that reaches containers', {
          line: at(),
          allowed: 'replacements that leave images alone',
        });
      const inline =
        typeof entry === 'string'
          ? entry.includes('\n')
          : (entry as { patch?: unknown } | null)?.patch !== undefined;
      if (inline)
        report('E_ENV_FILE_IMAGE', `an inline patch under ${key}`, {
          line: at(),
          allowed: 'patches in files of this folder',
        });
      else if (source === undefined) return;
      else if (isOutside(source))
        report('E_ENV_FILE_REMOTE_BASE', `${source} under ${key}`, {
          line: at(),
          allowed: 'files of this folder only',
        });
      else if (!file) {
        report('E_ENV_FILE_MISSING', `${source} under ${key} names no file`, {
          line: at(),
          allowed: files.map(({ path }) => path).join(', '),
        });
      }
    });
  }
}

const listOf = (value: Record<string, unknown>, key: string): readonly unknown[] =>
  Array.isArray(value[key]) ? value[key] : [];

/** The file that an entry names, as the folder has it. */
function sourceOf(entry: unknown): string | undefined {
  const source = typeof entry === 'string' ? entry : (entry as { path?: unknown } | null)?.path;
  return typeof source === 'string' ? source.replace(/^\.\//, '') : undefined;
}

const reachesImages = (text: string): boolean => /image|storageUri|containers/i.test(text);

const isOutside = (source: string): boolean =>
  /^[a-z][a-z0-9+.-]*:|^git@|[?]ref=|^[\w-]+(\.[\w-]+)+\/.+\/|^\/|(^|\/)\.\.(\/|$)/i.test(source);
