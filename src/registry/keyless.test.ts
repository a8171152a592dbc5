import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { mainJob, type Sigstore, startSigstore } from '../../test/fakes/sigstore.ts';
import type { TrustedWorkflow } from '../workspace/index.ts';
import {
  payloadType,
  preAuthenticationEncoding,
  type Statement,
  statementOf,
  verifyEnvelope,
} from './envelope.ts';
import { askForToken } from './job-token.ts';
import { signKeyless } from './keyless-sign.ts';
import type { Envelope } from './release-record.ts';
import { workflowSigner } from './workflow-signer.ts';

const workflow = 'acme/models/.github/workflows/lockstep-main.yml';
const main: TrustedWorkflow = { keyless: 'github', workflow, ref: 'refs/heads/main', owner: 'main' };

let logged: Sigstore;
let stamped: Sigstore;
beforeAll(async () => {
  [logged, stamped] = await Promise.all([startSigstore({ log: true }), startSigstore({ log: false })]);
  return async () => {
    await logged[Symbol.asyncDispose]();
    await stamped[Symbol.asyncDispose]();
  };
});
afterEach(() => {
  vi.useRealTimers();
  logged.claims = mainJob;
  stamped.claims = mainJob;
});

async function signed(
  sigstore: Sigstore,
  entry: TrustedWorkflow = main,
  statement: Statement<unknown> = statementOf('urn:test', { a: 1 }, {}),
): Promise<Envelope> {
  const body = Buffer.from(JSON.stringify(statement));
  const encoded = preAuthenticationEncoding(payloadType, body);
  const [token, root] = [await askForToken(sigstore.env), Buffer.from(sigstore.root)];
  return signKeyless({ entry, root, token, payloadType, body, encoded });
}

const verified = (
  envelope: Envelope,
  { root }: Sigstore,
  over: Partial<TrustedWorkflow> = {},
  environment?: string,
) =>
  verifyEnvelope(envelope, [workflowSigner({ ...main, ...over }, Buffer.from(root))], {
    where: { file: 'it' },
    ...(environment ? { environment } : {}),
  });

test.each([
  ['a log', () => logged],
  ['timestamps', () => stamped],
])('what a job signs with %s verifies, years later and without a request', async (_, of) => {
  const envelope = await signed(of());
  const requests = of().asked.length;
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 200 * 24 * 3_600_000 });
  const { signer, payload } = verified(envelope, of(), { 'repository-id': 7001 });
  expect(signer.owner).toBe('main');
  expect(payload.value).toMatchObject({ predicate: { a: 1 } });
  expect(of().asked).toHaveLength(requests);
});

test('a name of more than 127 bytes is read whole', async () => {
  const long = `acme/models/.github/workflows/${'long-'.repeat(30)}main.yml`;
  logged.claims = { ...mainJob, ...at(long) };
  const envelope = await signed(logged);
  expect(verified(envelope, logged, { workflow: long }).signer.owner).toBe('main');
  const other = long.replace('-main', '-mine');
  expect(() => verified(envelope, logged, { workflow: other })).toThrow(`${long}@refs/heads/main`);
});

const job = (over: Partial<typeof mainJob>) => ({ ...mainJob, ...over });
const at = (path: string, ref = 'refs/heads/main') => ({
  workflow_ref: `${path}@${ref}`,
  job_workflow_ref: `${path}@${ref}`,
});
const evil = 'acme/models/.github/workflows/evil.yml';
const fork = 'eve/models/.github/workflows/lockstep-main.yml';

test.each([
  ['another workflow', job(at(evil)), `workflow https://github.com/${evil}@refs/heads/main`],
  ['another ref', job({ ref: 'refs/heads/x', ...at(workflow, 'refs/heads/x') }), 'refs/heads/x'],
  [
    'another repository',
    job({ repository: 'eve/models', ...at(fork) }),
    'repository https://github.com/eve/models',
  ],
  [
    'a caller of the same workflow',
    job({ repository: 'eve/models', workflow_ref: `${fork}@refs/heads/main` }),
    'repository https://github.com/eve/models',
  ],
  [
    'another workflow that is called',
    job({ job_workflow_ref: `${evil}@refs/heads/main` }),
    `signing workflow https://github.com/${evil}`,
  ],
  ['a repository of the same name', job({ repository_id: '7002' }), 'repository number 7002'],
  ['another ref by a job that says main', job({ ref: 'refs/heads/x' }), 'ref refs/heads/x'],
])('refused: %s', async (_, claims, said) => {
  logged.claims = claims;
  const envelope = await signed(logged);
  expect(() => verified(envelope, logged, { 'repository-id': 7001 })).toThrow(said);
  expect(() => verified(envelope, logged, { 'repository-id': 7001 })).toThrow('E_SIGNATURE');
});

test('refused: another issuer', async () => {
  const token = await askForToken(logged.env);
  logged.claims = { ...mainJob, iss: 'https://gitlab.com' };
  await expect(askForToken(logged.env)).rejects.toThrow('holds no token of a job');
  const jwt = `e30.${Buffer.from(JSON.stringify({ ...logged.claims, san: `https://github.com/${mainJob.job_workflow_ref}` })).toString('base64url')}.`;
  const body = Buffer.from('{}');
  const envelope = await signKeyless({
    entry: main,
    root: Buffer.from(logged.root),
    token: { ...token, jwt },
    payloadType,
    body,
    encoded: preAuthenticationEncoding(payloadType, body),
  });
  expect(() => verified(envelope, logged)).toThrow('issuer https://gitlab.com');
});

test('refused: a changed payload, a swapped certificate, signature, log entry or timestamp, and none', async () => {
  for (const sigstore of [logged, stamped]) {
    const [one, two] = [await signed(sigstore), await signed(sigstore)];
    const [mine, other] = [one.verificationMaterial!, two.verificationMaterial!];
    const { tlogEntries: _, timestampVerificationData: __, ...bare } = mine;
    const forged: Envelope[] = [
      { ...one, payload: Buffer.from('{"predicate":{"a":2}}').toString('base64') },
      { ...one, verificationMaterial: { ...mine, certificate: other.certificate } },
      { ...one, verificationMaterial: { ...other, certificate: mine.certificate } },
      { ...one, verificationMaterial: other },
      { ...one, signatures: two.signatures },
      { ...one, signatures: [...one.signatures, ...two.signatures] },
      { ...one, verificationMaterial: bare },
    ];
    expect(verified(one, sigstore).signer.owner).toBe('main');
    for (const envelope of forged) expect(() => verified(envelope, sigstore)).toThrow('does not hold');
  }
});

test('refused: a time that nobody proves, and no log entry where the instance has a log', async () => {
  const envelope = await signed(logged);
  const { tlogEntries = [], ...bare } = envelope.verificationMaterial!;
  const { inclusionPromise: _, ...unproven } = tlogEntries[0] as { inclusionPromise: object };
  for (const entries of [[], [unproven]]) {
    const forged = { ...envelope, verificationMaterial: { ...bare, tlogEntries: entries } };
    expect(() => verified(forged, logged)).toThrow('expected 1 timestamps, got 0');
  }
  const both = {
    ...JSON.parse(logged.root),
    timestampAuthorities: JSON.parse(stamped.root).timestampAuthorities,
  };
  const withRoot = (root: object) => ({ ...logged, root: JSON.stringify(root) });
  const unlogged = await signed(withRoot({ ...both, tlogs: [] }));
  expect(verified(unlogged, withRoot({ ...both, tlogs: [] })).signer.owner).toBe('main');
  expect(() => verified(unlogged, withRoot(both))).toThrow('expected 1 tlog entries, got 0');
});

test('refused: a certificate that did not hold when it was used', async () => {
  await using sigstore = await startSigstore({ log: true, ahead: 20 * 60_000 });
  const envelope = await signed(sigstore);
  expect(() => verified(envelope, sigstore)).toThrow('does not hold');
});

test('refused: another instance, another environment, and where no workflow is trusted', async () => {
  const envelope = await signed(logged);
  expect(() => verified(envelope, stamped)).toThrow('does not hold');
  expect(verified(envelope, logged, { environments: ['dev'] }, 'dev').signer.owner).toBe('main');
  expect(() => verified(envelope, logged, { environments: ['dev'] }, 'production')).toThrow(
    'main may not sign for production',
  );
  expect(() => verifyEnvelope(envelope, [])).toThrow('nobody here trusts a workflow');
  const { verificationMaterial: _, ...keyed } = envelope;
  expect(() => verified(keyed, logged)).toThrow('whom nobody here trusts');
});

test.each([['private'], ['internal'], ['']])(
  'a repository of visibility "%s" is not named in a log unasked',
  async (visibility) => {
    logged.claims = { ...mainJob, repository_visibility: visibility };
    const before = logged.asked.filter((path) => path !== '/token').length;
    await expect(signed(logged)).rejects.toThrow(/^E_KEYLESS: acme\/models is not public/);
    expect(logged.asked.filter((path) => path !== '/token')).toHaveLength(before);
    const published = await signed(logged, { ...main, publish: true });
    expect(verified(published, logged).signer.owner).toBe('main');
    stamped.claims = logged.claims;
    expect(verified(await signed(stamped), stamped).signer.owner).toBe('main');
  },
);

test('an instance that refuses is told with its answer', async () => {
  const token = { ...(await askForToken(logged.env)), jwt: 'none' };
  const body = Buffer.from('{}');
  const request = {
    entry: main,
    root: Buffer.from(logged.root),
    token,
    payloadType,
    body,
    encoded: body,
  } as const;
  await expect(signKeyless(request)).rejects.toThrow(/E_KEYLESS: 127\.0\.0\.1:\d+ gave no signature .*400/);
  expect(() => workflowSigner(main, Buffer.from('{}'))).toThrow('no certificate authority');
});

test('the public trusted root is one', () => {
  expect(workflowSigner(main, null).owner).toBe('main');
});
