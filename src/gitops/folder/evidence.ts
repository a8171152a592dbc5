import promotionSchema from '../../../docs/schemas/promotion.json' with { type: 'json' };
import releaseSchema from '../../../docs/schemas/release.json' with { type: 'json' };
import {
  checked,
  checkSubjects,
  type Envelope,
  openRecord,
  openStatement,
  type PromotionRecord,
  promotionPredicate,
  type ReleaseFile,
  type ReleaseRecord,
  type Trust,
} from '../../registry/index.ts';
import {
  canonicalJson,
  digestOf,
  type ErrorCode,
  LockstepError,
  type Place,
  parseJson,
} from '../../workspace/index.ts';
import { imageReference } from './environment-folder.ts';

/** What a folder says, once every word of it is proven. */
export interface VerifiedRelease {
  readonly model: string;
  readonly environment: string;
  readonly version: string;
  readonly record: ReleaseRecord;
  readonly recordEnvelope: Envelope;
  readonly promotion: PromotionRecord;
  readonly promotionEnvelope: Envelope;
  /** `name@sha256:…` */
  readonly image: string;
  /** Of the Deployment: the base's, then the patch's. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** What the two envelopes alone prove. */
export type Evidence = Omit<VerifiedRelease, 'annotations'>;

/** The evidence of a release.json, for this model and environment. Errors: E_SIGNATURE, E_RECORD_FORMAT, E_VERDICT_*. */
export function openReleaseFile(
  bytes: Buffer,
  { model, environment, trust, file }: { model: string; environment: string; trust: Trust; file: string },
): Evidence {
  const text = bytes.toString();
  // Looked for only where something is wrong with it.
  const at = (key: string): Place => ({
    file,
    get line() {
      return Math.max(1, text.split('\n').findIndex((line) => line.includes(`"${key}":`)) + 1);
    },
  });
  const release = checked<ReleaseFile>(
    { ...parseJson(bytes, file), locate: ([key]) => at(String(key)) },
    releaseSchema,
  );
  const { record } = openRecord(release.record, trust, { where: at('record'), environment });
  const kind = { predicateType: promotionPredicate, schema: promotionSchema };
  const { statement } = openStatement<PromotionRecord>(release.promotion, trust, kind, {
    where: at('promotion'),
    environment,
  });
  const promotion = statement.predicate;
  const image = imageReference(record.image);
  checkSubjects(statement, { [record.image.name]: record.image.digest }, at('promotion'));
  const refuse = (code: ErrorCode, key: string, what: string, allowed: string): never => {
    throw new LockstepError(code, {
      what,
      where: at(key),
      allowed,
      fix: `lockstep promote ${model} <version> --to ${environment}`,
    });
  };
  if (record.model !== model)
    refuse('E_VERDICT_BINDING', 'record', `the record of ${record.model}`, `the record of ${model}`);
  if (promotion.environment !== environment || promotion.model !== model) {
    refuse(
      'E_VERDICT_ENVIRONMENT',
      'promotion',
      `a promotion of ${promotion.model} to ${promotion.environment}`,
      `a promotion of ${model} to ${environment}`,
    );
  }
  const recordDigest = digestOf(canonicalJson(release.record));
  if (
    promotion.record !== recordDigest ||
    promotion.version !== record.version ||
    promotion.image !== image
  ) {
    refuse(
      'E_VERDICT_BINDING',
      'promotion',
      `a promotion of ${promotion.version} with image ${promotion.image}`,
      `a promotion of the record beside it (${record.version}, ${image})`,
    );
  }
  const verdict = record.verdicts[environment]?.verdict;
  if (verdict === undefined)
    refuse('E_VERDICT_MISSING', 'record', `no verdict for ${environment}`, 'a pass for this environment');
  for (const [key, found] of [
    ['record', verdict],
    ['promotion', promotion.verdict],
  ] as const) {
    if (found !== 'pass')
      refuse(
        found === 'fail' ? 'E_VERDICT_FAILED' : 'E_VERDICT_INCONCLUSIVE',
        key,
        `the verdict ${found} for ${environment}`,
        'pass',
      );
  }
  return {
    model,
    environment,
    version: record.version,
    record,
    recordEnvelope: release.record,
    promotion,
    promotionEnvelope: release.promotion,
    image,
  };
}
