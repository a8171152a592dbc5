import {
  type Envelope,
  type PromotionRecord,
  promotionPredicate,
  type ReleaseRecord,
  type Statement,
  statementOf,
  type Trust,
} from '../../registry/index.ts';
import {
  canonicalJson,
  digestOf,
  digestOfJson,
  parseYaml,
  type TreeEntry,
  type Workspace,
} from '../../workspace/index.ts';
import { readFolder, type Tip } from '../branch/tip.ts';
import { folderDigests, imageChange, readDeployFiles, renderFor } from './deploy-files.ts';
import {
  type FolderFile,
  folderOf,
  imageReference,
  kustomizationFile,
  patchFile,
  releaseFile,
} from './environment-folder.ts';
import { spliceImage } from './kustomization.ts';
import { verifyFolder } from './verify-folder.ts';

/** A folder as it will be, and what that changes. */
export interface FolderPlan {
  /** By whole path on the branch; only what differs from the tip. */
  readonly files: ReadonlyMap<string, Buffer | { readonly oid: string } | null>;
  readonly promotion: Envelope;
}

export interface FolderRequest {
  readonly model: string;
  readonly environment: string;
  readonly record: ReleaseRecord;
  readonly recordEnvelope: Envelope;
  /** The promotion as it stands, or what is to be signed now. */
  readonly promotion:
    | Envelope
    | ((digests: Pick<PromotionRecord, 'files' | 'kustomization'>) => Promise<Envelope>);
  readonly trust: Trust;
}

/**
 * The folder of an environment for one release: base and patch as at the version's commit, the image by digest,
 * the evidence. It is verified before anybody sees it. Errors: E_DEPLOY_*, E_ENV_FILE_*, E_SIGNATURE, E_VERDICT_*.
 */
export async function planFolder(
  workspace: Workspace,
  tip: Tip,
  request: FolderRequest,
): Promise<FolderPlan> {
  const { model, environment, record, recordEnvelope, trust } = request;
  const deploy = await readDeployFiles(workspace, model, record.commit, environment);
  const current = (await readFolder(workspace, tip, model, environment)) ?? [];
  const image = imageChange(deploy, record);
  const rendered = renderFor(deploy, image);
  const text = keepLayout(current, rendered, (old) => spliceImage(old, image));
  const promotion =
    typeof request.promotion === 'function'
      ? await request.promotion(folderDigests(deploy, text))
      : request.promotion;
  const wanted = new Map<string, { bytes: Buffer; oid: string | null }>([
    ...deploy.copies,
    [kustomizationFile, { bytes: Buffer.from(text), oid: null }],
    [releaseFile, { bytes: Buffer.from(printRelease(recordEnvelope, promotion)), oid: null }],
  ]);
  const files: FolderFile[] = [...wanted].map(([path, { bytes }]) => ({ path, mode: '100644', bytes }));
  // What is wrong with a copy is mended where it was copied from.
  const shownAs = (path: string) =>
    `models/${model}/deploy/${path === patchFile ? `${environment}.yaml` : path}`;
  const verdict = verifyFolder({ model, environment, files, trust, shownAs });
  if (verdict.kind === 'refused') throw verdict.findings[0]!;
  return { files: differences(tip.entries, folderOf(model, environment), current, wanted), promotion };
}

/** Where the old text means the same but for the image, it stays byte for byte and only the image's values change. */
function keepLayout(
  current: readonly FolderFile[],
  rendered: string,
  splice: (old: string) => string | null,
): string {
  const old = current.find(({ path, mode }) => path === kustomizationFile && mode.startsWith('100'));
  const spliced = old ? splice(old.bytes.toString()) : null;
  return spliced !== null && meaning(spliced) === meaning(rendered) ? spliced : rendered;
}

function meaning(text: string): string | null {
  try {
    return digestOfJson(parseYaml(text, kustomizationFile).value);
  } catch {
    return null; // Somebody broke the file: it is written anew.
  }
}

function differences(
  entries: readonly TreeEntry[],
  folder: string,
  current: readonly FolderFile[],
  wanted: ReadonlyMap<string, { readonly bytes: Buffer; readonly oid: string | null }>,
): FolderPlan['files'] {
  const changes = new Map<string, Buffer | { oid: string } | null>();
  const modes = new Map(entries.map(({ path, mode }) => [path, mode]));
  for (const { path } of current) if (!wanted.has(path)) changes.set(`${folder}/${path}`, null);
  for (const [path, { bytes, oid }] of wanted) {
    const same =
      modes.get(`${folder}/${path}`) === '100644' &&
      current.find((file) => file.path === path)?.bytes.equals(bytes);
    if (!same) changes.set(`${folder}/${path}`, oid === null ? bytes : { oid });
  }
  return changes;
}

/** One envelope a line, byte for byte as the tag has it. */
export const printRelease = (record: Envelope, promotion: Envelope): string =>
  `{\n"record": ${canonicalJson(record)},\n"promotion": ${canonicalJson(promotion)}\n}\n`;

/** The reason why a release may run in an environment, as it is signed. */
export function promotionStatement(
  facts: Pick<
    PromotionRecord,
    'environment' | 'checks' | 'observed' | 'tip' | 'made' | 'files' | 'kustomization'
  > &
    Partial<Pick<PromotionRecord, 'approvals'>>,
  record: ReleaseRecord,
  recordEnvelope: Envelope,
): Statement<PromotionRecord> {
  const promotion: PromotionRecord = {
    v: 1,
    model: record.model,
    version: record.version,
    record: digestOf(canonicalJson(recordEnvelope)),
    image: imageReference(record.image),
    verdict: 'pass',
    approvals: [],
    ...facts,
  };
  return statementOf(promotionPredicate, promotion, { [record.image.name]: record.image.digest });
}
