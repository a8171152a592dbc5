import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join, posix } from 'node:path';
import { isLockstepError, parseYaml, tryGit } from '../../workspace/index.ts';
import { listFiles } from '../working-files/folder-listing.ts';
import { type Fields, fieldsOf, isMap } from './loose-yaml.ts';
import type { Skipped } from './wanted-file.ts';

/** One output that DVC keeps by content (docs of DVC: `.dvc` files, `dvc.lock`). */
export interface DvcOut {
  /** The file that states it, relative to the repository. */
  readonly stated: string;
  /** Relative to the repository, forward slashes. */
  readonly path: string;
  /** 32 hex digits, for a folder with `.dir` behind. */
  readonly md5: string;
  /** Stated by DVC before 3.0, which hashed text without carriage returns and had another cache. */
  readonly legacy: boolean;
  readonly size: number | null;
  readonly files: number | null;
  /** A remote of its own. */
  readonly remote: string | null;
  readonly description?: string;
}

export interface DvcRepository {
  readonly outs: readonly DvcOut[];
  readonly skipped: readonly Skipped[];
  readonly notTaken: readonly string[];
}

/** More than any hand-written file: a lock of thousands of stages. Bytes. */
const mostBytes = 64 * 1024 * 1024;
const md5Form = /^[0-9a-f]{32}(\.dir)?$/;

/** Errors: E_YAML_*, E_CONFIG_*, E_DIGEST_FORMAT, with file and line. */
export async function readDvcRepository(root: string): Promise<DvcRepository> {
  const outs: DvcOut[] = [];
  const skipped: Skipped[] = [];
  const notTaken: string[] = [];
  const files = await dvcFilesIn(root);
  for (const file of files) {
    const at = posix.dirname(file);
    if (posix.basename(file) === 'dvc.yaml') {
      notTaken.push(...partsOf(root, file));
    } else if (posix.basename(file) === 'dvc.lock') {
      for (const [stage, found] of stagesIn(root, file)) {
        const stages = stageFacts(root, posix.join(at, 'dvc.yaml'), stage);
        for (const out of found.list('outs')) take(out, file, at, stages);
      }
    } else {
      const fields = read(root, file);
      const imported = fields.list('deps').some((dep) => dep.map.repo !== undefined);
      for (const out of fields.list('outs')) {
        take(out, file, at, {
          wdir: fields.text('wdir') ?? '.',
          skip: () =>
            imported
              ? 'imported from another repository: lock it by `lockstep data add` after `dvc pull`'
              : null,
        });
      }
    }
  }
  return { outs, skipped, notTaken };

  function take(out: Fields, stated: string, at: string, { wdir, skip }: StageFacts): void {
    const own = out.text('path') ?? '';
    const path = posix.normalize(posix.join(at, wdir, own)).replace(/\/$/, '');
    const reason = skip(own) ?? reasonToSkip(out, own, path);
    if (reason !== null) {
      skipped.push({ path: reason === external ? own : path, reason });
      return;
    }
    const md5 = out.map.md5;
    if (typeof md5 !== 'string' || !md5Form.test(md5))
      throw out.fault('md5', '32 lower-case hex digits, and .dir for a folder', 'E_DIGEST_FORMAT');
    const description = out.text('desc');
    outs.push({
      stated,
      path,
      md5,
      legacy: out.text('hash') === undefined,
      size: out.count('size') ?? null,
      files: out.count('nfiles') ?? null,
      remote: out.text('remote') ?? null,
      ...(description === undefined ? {} : { description }),
    });
  }
}

const external = 'it lies outside the repository';

function reasonToSkip(out: Fields, own: string, path: string): string | null {
  if (own === '' || /^[a-z][a-z0-9+.-]*:\/\//i.test(own) || isAbsolute(own) || /^\.\.(\/|$)/.test(path))
    return external;
  if (out.flag('cache') === false) return 'cache: false, so that Git has it and DVC keeps no bytes';
  if ((out.text('hash') ?? 'md5') !== 'md5') return `its hash is ${out.text('hash')}, not md5`;
  if (out.map.files !== undefined || out.map.cloud !== undefined) return 'its versions are kept by the cloud';
  if (out.map.md5 === undefined) return 'DVC has not hashed it yet: `dvc commit`';
  return null;
}

interface StageFacts {
  readonly wdir: string;
  /** Why an output of this path, as stated, is not a dataset. */
  skip(path: string): string | null;
}

/** dvc.lock does not say where a stage works nor what its metrics are: dvc.yaml does. */
function stageFacts(root: string, file: string, stage: string): StageFacts {
  const refused = (why: string): StageFacts => ({ wdir: '.', skip: () => why });
  try {
    const stages = existsSync(join(root, file)) ? read(root, file).fields('stages') : undefined;
    const [template] = stage.split('@');
    const found = stages?.fields(template!);
    const stated = found?.fields('do') ?? found;
    const wdir = stated?.text('wdir') ?? '.';
    if (wdir.includes('${')) return refused(`the wdir of stage ${stage} is a template`);
    const kinds = new Map<string, string>();
    for (const kind of ['outs', 'metrics', 'plots'] as const) {
      const entries = stated?.map[kind];
      for (const entry of Array.isArray(entries) ? entries : []) {
        const [path, options] = isMap(entry) ? Object.entries(entry)[0]! : [String(entry), null];
        if (isMap(options) && options.cache === false)
          kinds.set(path, 'cache: false, so that Git has it and DVC keeps no bytes');
        else if (kind !== 'outs') kinds.set(path, `it is of the ${kind} of stage ${stage}`);
      }
    }
    return { wdir, skip: (path) => kinds.get(path) ?? null };
  } catch (error) {
    if (!isLockstepError(error)) throw error;
    return refused(`${file} cannot be read (${error.code})`);
  }
}

function stagesIn(root: string, file: string): [string, Fields][] {
  const fields = read(root, file);
  // Without `schema` the stages stand at the top (before DVC 2.0).
  const stages = fields.map.schema === undefined ? fields : fields.fields('stages');
  return Object.keys(stages?.map ?? {}).flatMap((name) => {
    const found = stages!.fields(name);
    return found === undefined ? [] : [[name, found]];
  });
}

/** What dvc.yaml has that no dataset is: people write it anew. */
function partsOf(root: string, file: string): string[] {
  try {
    const { map } = read(root, file);
    return ['stages', 'params', 'metrics', 'plots', 'artifacts', 'datasets'].flatMap((part) => {
      const found = map[part];
      if (found === undefined || found === null) return [];
      return [`${part} of ${file}${isMap(found) ? `: ${Object.keys(found).join(', ')}` : ''}`];
    });
  } catch (error) {
    if (isLockstepError(error)) return [`${file}, which cannot be read: ${error.message}`];
    throw error;
  }
}

const read = (root: string, file: string): Fields =>
  fieldsOf(parseYaml(readFileSync(join(root, file)), file, mostBytes));

/** Git knows the files without walking through the data; outside Git everything is looked through. */
async function dvcFilesIn(root: string): Promise<string[]> {
  const patterns = ['*.dvc', 'dvc.lock', '*/dvc.lock', 'dvc.yaml', '*/dvc.yaml'];
  const listing = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...patterns];
  const { status, stdout } = await tryGit(listing, { cwd: root });
  const found = status === 0 ? stdout.split('\0').filter(Boolean) : listFiles(root, () => {});
  return found
    .filter((file) => /(^|[^/])\.dvc$|(^|\/)dvc\.(lock|yaml)$/.test(file))
    .filter((file) => !/(^|\/)(\.dvc|\.git|node_modules|\.lockstep)\//.test(file))
    .filter((file) => existsSync(join(root, file)) && !isOfAnother(root, posix.dirname(file)))
    .sort();
}

/** A folder with its own `.dvc` is a repository of its own, with another cache. */
const isOfAnother = (root: string, folder: string): boolean =>
  folder !== '.' && (existsSync(join(root, folder, '.dvc')) || isOfAnother(root, posix.dirname(folder)));
