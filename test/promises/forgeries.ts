import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Envelope, Statement } from './checker/envelope.ts';
import { altered, keyidOf, signed, zeroDigest } from './forge.ts';

/** What a forger has at hand. */
export interface Honest {
  /** Of v1.1.0, and of v1.0.0, which runs. */
  readonly record: Envelope;
  readonly earlier: Envelope;
  readonly promotion: Envelope;
  readonly statement: Statement;
  readonly promoted: Statement;
  readonly commit: string;
  readonly otherCommit: string;
  readonly key: KeyObject;
  /** Trusted for staging alone. */
  readonly stagingKey: KeyObject;
}

export interface Forgery {
  readonly name: string;
  readonly code: string;
}

/** A tag of v1.1.0 that promotes something else than was judged. */
export interface ForgedTag extends Forgery {
  readonly forge: (honest: Honest) => { envelope: Envelope; commit?: string };
}

/** A decision for `deploy` that decides something else. */
export interface ForgedDecision extends Forgery {
  readonly forge: (honest: Honest) => { record?: Envelope; promotion?: Envelope };
}

const stranger = generateKeyPairSync('ed25519').privateKey;
const flip = (text: string) => `${text.slice(0, 40)}${text[40] === 'A' ? 'B' : 'A'}${text.slice(41)}`;
const withPayload = (envelope: Envelope, change: (text: string) => string): Envelope => {
  const text = Buffer.from(envelope.payload, 'base64').toString();
  return { ...envelope, payload: Buffer.from(change(text)).toString('base64') };
};
const resigned =
  (predicate: Readonly<Record<string, unknown>>, over: Partial<Statement> = {}) =>
  ({ statement, key }: Honest) => ({ envelope: signed(altered(statement, predicate, over), key) });
const verdicts = (of: Readonly<Record<string, string>>) => ({
  verdicts: Object.fromEntries(
    Object.entries(of).map(([environment, verdict]) => [
      environment,
      { verdict, digest: zeroDigest, reasons: [], checks: [] },
    ]),
  ),
});
const image = { name: 'localhost/churn', digest: zeroDigest, platform: 'linux/amd64' };

export const forgedTags: readonly ForgedTag[] = [
  {
    name: 'a verdict changed under its signature',
    code: 'E_SIGNATURE',
    forge: ({ statement, key }) => {
      const failed = signed(altered(statement, verdicts({ dev: 'fail' })), key);
      return { envelope: withPayload(failed, (text) => text.replace('"fail"', '"pass"')) };
    },
  },
  {
    name: 'another signature',
    code: 'E_SIGNATURE',
    forge: ({ record }) => {
      const [{ keyid, sig }] = record.signatures as [{ keyid: string; sig: string }];
      return { envelope: { ...record, signatures: [{ keyid, sig: flip(sig) }] } };
    },
  },
  {
    name: "a stranger's signature",
    code: 'E_SIGNATURE',
    forge: ({ statement }) => ({ envelope: signed(statement, stranger) }),
  },
  {
    name: "a stranger's signature under a trusted name",
    code: 'E_SIGNATURE',
    forge: ({ statement, key }) => ({ envelope: signed(statement, stranger, keyidOf(key)) }),
  },
  {
    name: 'signed by who may sign for staging alone',
    code: 'E_SIGNATURE',
    forge: ({ statement, stagingKey }) => ({ envelope: signed(statement, stagingKey) }),
  },
  {
    name: 'no signature',
    code: 'E_RECORD_FORMAT',
    forge: ({ record }) => ({ envelope: { ...record, signatures: [] } }),
  },
  {
    name: 'another payload type',
    code: 'E_RECORD_FORMAT',
    forge: ({ record }) => ({ envelope: { ...record, payloadType: 'text/plain' } }),
  },
  {
    name: 'a promotion in place of a record',
    code: 'E_RECORD_FORMAT',
    forge: ({ promotion }) => ({ envelope: promotion }),
  },
  {
    name: 'the record of another model',
    code: 'E_RECORD_FORMAT',
    forge: ({ statement, key }) => {
      const [model, ...rest] = statement.subject;
      const subject = [{ ...model!, name: 'other/model.onnx' }, ...rest];
      return { envelope: signed(altered(statement, { model: 'other' }, { subject }), key) };
    },
  },
  {
    name: 'the record of another version',
    code: 'E_RECORD_FORMAT',
    forge: ({ earlier }) => ({ envelope: earlier }),
  },
  {
    name: 'a tag at another commit',
    code: 'E_TAG_MOVED',
    forge: ({ record, otherCommit }) => ({ envelope: record, commit: otherCommit }),
  },
  { name: 'another image than its subject', code: 'E_RECORD_FORMAT', forge: resigned({ image }) },
  {
    name: 'another model file than its subject',
    code: 'E_RECORD_FORMAT',
    forge: resigned({ modelDigest: zeroDigest }),
  },
  { name: 'a field nobody knows', code: 'E_RECORD_FORMAT', forge: resigned({ trusted: true }) },
  { name: 'a verdict of fail', code: 'E_VERDICT_FAILED', forge: resigned(verdicts({ dev: 'fail' })) },
  {
    name: 'no clear verdict',
    code: 'E_VERDICT_INCONCLUSIVE',
    forge: resigned(verdicts({ dev: 'inconclusive' })),
  },
  {
    name: 'a verdict for staging',
    code: 'E_VERDICT_ENVIRONMENT',
    forge: resigned(verdicts({ staging: 'pass' })),
  },
  { name: 'no verdict', code: 'E_VERDICT_MISSING', forge: resigned(verdicts({})) },
  {
    name: 'judged by another policy',
    code: 'E_VERDICT_POLICY',
    forge: (honest) => resigned({ policy: { digest: zeroDigest, commit: honest.commit } })(honest),
  },
];

const redecided =
  (predicate: Readonly<Record<string, unknown>>) =>
  ({ promoted, key }: Honest) => ({ promotion: signed(altered(promoted, predicate), key) });

export const forgedDecisions: readonly ForgedDecision[] = [
  {
    name: 'a decision for staging',
    code: 'E_VERDICT_ENVIRONMENT',
    forge: redecided({ environment: 'staging' }),
  },
  {
    name: 'a decision about another model',
    code: 'E_VERDICT_ENVIRONMENT',
    forge: redecided({ model: 'other' }),
  },
  {
    name: 'a decision about another version',
    code: 'E_VERDICT_BINDING',
    forge: redecided({ version: 'v1.0.0' }),
  },
  {
    name: 'a decision about another record',
    code: 'E_VERDICT_BINDING',
    forge: redecided({ record: zeroDigest }),
  },
  {
    name: 'a decision about another image',
    code: 'E_VERDICT_BINDING',
    forge: redecided({ image: `localhost/churn@${zeroDigest}` }),
  },
  {
    name: 'a decision beside an older record',
    code: 'E_RECORD_FORMAT',
    forge: ({ earlier }) => ({ record: earlier }),
  },
  { name: 'a decision against it', code: 'E_VERDICT_FAILED', forge: redecided({ verdict: 'fail' }) },
  { name: 'a decision about other files', code: 'E_ENV_FILE_TAMPERED', forge: redecided({ files: {} }) },
  {
    name: "a stranger's decision",
    code: 'E_SIGNATURE',
    forge: ({ promoted }) => ({ promotion: signed(promoted, stranger) }),
  },
];
