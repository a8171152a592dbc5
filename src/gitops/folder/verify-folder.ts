import type { PromotionRecord, Trust } from '../../registry/index.ts';
import { type Digest, digestOf, type ErrorCode, LockstepError } from '../../workspace/index.ts';
import {
  type FolderFile,
  folderOf,
  kustomizationFile,
  patchFile,
  releaseFile,
} from './environment-folder.ts';
import { type Evidence, openReleaseFile, type VerifiedRelease } from './evidence.ts';
import { firstOtherLine, firstOtherValue } from './first-difference.ts';
import { checkKustomization, type Kustomization } from './kustomization-check.ts';
import { readManifest } from './manifest.ts';

/** One lie: its code, what was found, and the file and line where it stands. */
export type Finding = LockstepError;

export type FolderVerdict =
  | { readonly kind: 'verified'; readonly release: VerifiedRelease }
  | { readonly kind: 'refused'; readonly findings: readonly Finding[] };

export interface FolderInput {
  readonly model: string;
  readonly environment: string;
  readonly files: readonly FolderFile[];
  readonly trust: Trust;
  /** A file as it follows from the version's commit, where that is at hand: tells the line that was changed. */
  readonly original?: (path: string) => Buffer | null;
  /** How a file is called in findings, where the folder is not yet on the branch. */
  readonly shownAs?: (path: string) => string;
}

/**
 * Whether a folder of the branch may run: evidence signed by trusted signers, for this environment, passing, of the
 * very image that the kustomization names by digest; every other file as it was when it was promoted; no file more.
 */
export function verifyFolder(input: FolderInput): FolderVerdict {
  const findings: Finding[] = [];
  const folder = folderOf(input.model, input.environment);
  const shownAs = input.shownAs ?? ((path: string) => `${folder}/${path}`);
  const find = (
    code: ErrorCode,
    what: string,
    path: string,
    more: { line?: number; allowed?: string } = {},
  ) => {
    const where = { file: shownAs(path), line: more.line ?? 1 };
    findings.push(new LockstepError(code, { what, where, allowed: more.allowed }));
  };
  for (const { path, mode } of input.files) {
    if (mode !== '100644' && mode !== '100755') {
      find('E_ENV_FILE_LINK', mode === '120000' ? 'a symbolic link' : 'another repository', path, {
        allowed: 'plain files only',
      });
    }
  }
  const plain = input.files.filter(({ mode }) => mode.startsWith('100'));
  const evidence = attempt(findings, () => openEvidence(input, plain, shownAs(releaseFile)));
  const kustomization = attempt(findings, () =>
    checkKustomization(plain, shownAs(kustomizationFile), (code, what, more) =>
      find(code, what, kustomizationFile, more),
    ),
  );
  checkManifests(plain, kustomization, find);
  if (evidence && kustomization) checkBinding(evidence, kustomization, find);
  // A file whose lie is named already need not also be called changed.
  const named = new Set(findings.map(({ where }) => where?.file));
  const findMore: Find = (code, what, path, more) => {
    if (!named.has(shownAs(path))) find(code, what, path, more);
  };
  if (evidence) checkCopies(input, plain, evidence.promotion, kustomization?.meaning ?? null, findMore);
  if (findings.length > 0 || !evidence) return { kind: 'refused', findings };
  return { kind: 'verified', release: { ...evidence, annotations: annotationsIn(plain) } };
}

type Find = (code: ErrorCode, what: string, path: string, more?: { line?: number; allowed?: string }) => void;

/** A finding is an error that does not stop the search for more. */
function attempt<T>(findings: Finding[], work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error;
    findings.push(error);
    return null;
  }
}

function openEvidence(
  { model, environment, trust }: FolderInput,
  files: readonly FolderFile[],
  file: string,
): Evidence {
  const bytes = files.find(({ path }) => path === releaseFile)?.bytes;
  if (!bytes)
    throw new LockstepError('E_ENV_FILE_MISSING', {
      what: `no ${releaseFile}`,
      where: { file, line: 1 },
      allowed: 'the evidence of what runs here',
      fix: 'promote a version',
    });
  return openReleaseFile(bytes, { model, environment, trust, file });
}

/** The kustomization names exactly what the record proves. */
function checkBinding({ record }: Evidence, { image, lineOf }: Kustomization, find: Find): void {
  if (image === null) return;
  if (image.digest !== record.image.digest) {
    find('E_VERDICT_BINDING', `the digest ${image.digest}`, kustomizationFile, {
      line: lineOf('digest'),
      allowed: `${record.image.digest}, the image of ${record.model} ${record.version} in ${releaseFile}`,
    });
  }
  const newName = image.newName.replace(/^oci:\/\//, '');
  if (newName !== record.image.name) {
    find('E_VERDICT_BINDING', `the image ${newName}`, kustomizationFile, {
      line: lineOf('newName'),
      allowed: `${record.image.name}, as in ${releaseFile}`,
    });
  }
}

/** In what kustomize renders, no image is without a digest and the model's own is never replaced by a patch. */
function checkManifests(files: readonly FolderFile[], kustomization: Kustomization | null, find: Find): void {
  const imageName = kustomization?.imageName ?? 'model';
  const patches = [patchFile, ...(kustomization?.patches ?? [])];
  let users = 0;
  for (const { path, bytes } of files) {
    if (path === kustomizationFile || path === releaseFile) continue;
    // Kustomize reads a patch whatever its name ends in, and JSON as YAML.
    if (!/\.(ya?ml|json)$/.test(path) && !patches.includes(path)) continue;
    const { images, patchedPaths, problem } = readManifest(bytes.toString());
    if (problem) find('E_YAML_SYNTAX', problem.what, path, { line: problem.line });
    for (const { value, line, kind } of images) {
      if (kind === 'unpinned')
        find('E_ENV_FILE_TAG', `the image ${value}`, path, {
          line,
          allowed: 'images by digest (name@sha256:…)',
        });
      else if (patches.includes(path))
        find('E_ENV_FILE_IMAGE', `the image ${value} in a patch`, path, {
          line,
          allowed: `patches that leave images alone`,
        });
      else if (value === imageName) users++;
    }
    for (const { value, line } of patchedPaths) {
      find('E_ENV_FILE_IMAGE', `a patch of ${value}`, path, {
        line,
        allowed: 'patches that leave images alone',
      });
    }
  }
  if (users === 0)
    find('E_ENV_FILE_IMAGE', `no manifest runs the image ${imageName}`, kustomizationFile, {
      allowed: `at least one container with image: ${imageName}`,
    });
}

/** Files that were copied at promotion are still those, and nothing stands beside them. */
function checkCopies(
  input: FolderInput,
  files: readonly FolderFile[],
  promotion: PromotionRecord,
  meaning: Digest | null,
  find: Find,
): void {
  const found = new Map<string, Buffer>(files.map(({ path, bytes }) => [path, bytes]));
  for (const [path, digest] of Object.entries(promotion.files)) {
    const bytes = found.get(path);
    if (!bytes) find('E_ENV_FILE_MISSING', `no ${path}`, path, { allowed: 'every file that was promoted' });
    else if (digestOf(bytes) !== digest) {
      const original = input.original?.(path) ?? null;
      find('E_ENV_FILE_TAMPERED', 'not what was promoted', path, {
        line: original ? firstOtherLine(original, bytes) : 1,
        allowed: 'the bytes of the promoted commit; change models/<model>/deploy/ and promote',
      });
    }
  }
  for (const path of found.keys()) {
    if (path === kustomizationFile || path === releaseFile || Object.hasOwn(promotion.files, path)) continue;
    find('E_ENV_FILE_TAMPERED', 'a file that no promotion wrote', path, {
      allowed: 'only what `lockstep promote` writes',
    });
  }
  if (meaning !== null && meaning !== promotion.kustomization) {
    const original = input.original?.(kustomizationFile) ?? null;
    find('E_ENV_FILE_TAMPERED', 'not the kustomization that was promoted', kustomizationFile, {
      line: original ? firstOtherValue(original, found.get(kustomizationFile)!, kustomizationFile) : 1,
      allowed: 'comments and layout may change, values may not',
    });
  }
}

function annotationsIn(files: readonly FolderFile[]): Record<string, string> {
  const manifests = files.filter(({ path }) => /\.ya?ml$/.test(path) && path !== kustomizationFile);
  const patchLast = [...manifests].sort(
    (a, b) => Number(a.path === patchFile) - Number(b.path === patchFile),
  );
  return Object.assign(
    {},
    ...patchLast.map(({ bytes }) => readManifest(bytes.toString()).annotations),
  ) as Record<string, string>;
}
