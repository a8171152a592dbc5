import recordSchema from '../../docs/schemas/record.json' with { type: 'json' };
import releaseSchema from '../../docs/schemas/release.json' with { type: 'json' };
import statementSchema from '../../docs/schemas/statement.json' with { type: 'json' };
import {
  checkSchema,
  type Digest,
  hexOf,
  type JsonSchema,
  LockstepError,
  type ParsedFile,
  type Place,
  parseJson,
} from '../workspace/index.ts';
import {
  type EnvelopeContext,
  releasePredicate,
  type Statement,
  type Trust,
  type TrustedSigner,
  verifyEnvelope,
} from './envelope.ts';
import type { Envelope, ReleaseRecord } from './release-record.ts';

const envelopeSchema: JsonSchema = { ...releaseSchema.$defs.envelope };

/** An envelope out of a tag's message or a file. Errors: E_JSON_*, E_RECORD_FORMAT. */
export const parseEnvelope = (text: string, where: Place): Envelope =>
  checked<Envelope>(parseJson(text, where.file), envelopeSchema, where);

/** The statement's predicate, once signature, type and schema hold. Errors: E_SIGNATURE, E_RECORD_FORMAT. */
export function openStatement<P>(
  envelope: Envelope,
  trust: Trust,
  kind: { readonly predicateType: string; readonly schema: JsonSchema },
  context: EnvelopeContext,
): { statement: Statement<P>; signer: TrustedSigner } {
  const { payload, signer } = verifyEnvelope(envelope, trust, context);
  const statement = checked<Statement<P>>(payload, statementSchema, context.where);
  if (statement.predicateType !== kind.predicateType) {
    throw new LockstepError('E_RECORD_FORMAT', {
      what: `a statement of type ${statement.predicateType}`,
      where: context.where,
      allowed: kind.predicateType,
    });
  }
  const at = context.where ?? { file: 'statement' };
  checked<P>({ file: at.file, value: statement.predicate, locate: () => at }, kind.schema, at);
  return { statement, signer };
}

/** The record in an envelope, its subjects being the model and image that it names. Errors: E_SIGNATURE, E_RECORD_FORMAT. */
export function openRecord(
  envelope: Envelope,
  trust: Trust,
  context: EnvelopeContext,
): { record: ReleaseRecord; signer: TrustedSigner } {
  const kind = { predicateType: releasePredicate, schema: recordSchema };
  const { statement, signer } = openStatement<ReleaseRecord>(envelope, trust, kind, context);
  checkSubjects(statement, releaseSubjects(statement.predicate), context.where);
  return { record: statement.predicate, signer };
}

export const releaseSubjects = ({ model, modelDigest, image }: ReleaseRecord): Record<string, Digest> => ({
  [`${model}/model.onnx`]: modelDigest,
  [image.name]: image.digest,
});

/** Errors: E_RECORD_FORMAT. */
export function checkSubjects(
  statement: Statement<unknown>,
  subjects: Readonly<Record<string, Digest>>,
  where?: Place,
): void {
  const said = statement.subject.map(({ name, digest }) => `${name} ${digest.sha256}`);
  const wanted = Object.entries(subjects).map(([name, digest]) => `${name} ${hexOf(digest)}`);
  if (said.length === wanted.length && wanted.every((subject) => said.includes(subject))) return;
  throw new LockstepError('E_RECORD_FORMAT', {
    what: `the statement is about ${said.join(' and ')}`,
    where,
    allowed: `what its predicate names: ${wanted.join(' and ')}`,
  });
}

/** Schema errors of signed documents keep their own codes where they have one; shape alone is E_RECORD_FORMAT. */
export function checked<T>(parsed: ParsedFile, schema: JsonSchema, where?: Place): T {
  try {
    return checkSchema<T>(parsed, schema);
  } catch (error) {
    if (!(error instanceof LockstepError) || !error.code.startsWith('E_CONFIG_')) throw error;
    throw new LockstepError('E_RECORD_FORMAT', {
      what: error.what,
      where: where ?? error.where,
      allowed: error.allowed,
      cause: error,
    });
  }
}
