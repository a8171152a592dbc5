import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import canonicalize from 'canonicalize';
import { parse } from 'yaml';
import { git, readObjects, refOf, refsOf } from './git.ts';

/** A key that the repository trusts. */
export interface Signer {
  readonly keyid: string;
  readonly key: KeyObject;
  readonly environments: readonly string[] | null;
}

export interface Envelope {
  readonly payloadType: string;
  readonly payload: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
  readonly verificationMaterial?: unknown;
}

export interface Statement {
  readonly _type: string;
  readonly predicateType: string;
  readonly subject: readonly { readonly name: string; readonly digest: { readonly sha256: string } }[];
  readonly predicate: Record<string, unknown>;
}

export const sha256 = (bytes: string | Uint8Array): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** RFC 8785. */
export const canonical = (value: unknown): string =>
  (canonicalize as unknown as (v: unknown) => string)(value);

/** DSSE's pre-authentication encoding, as its protocol.md has it. */
export const encoded = (type: string, body: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${body.length} `), body]);

/** `trust:` of lockstep.yaml at origin's main branch, and of keys.yaml at the branch's tip where it says so. */
export function signersOf(origin: string, branch: string): Signer[] {
  const yamlAt = (revision: string, file: string): unknown =>
    parse(git(origin, ['show', `${revision}:${file}`]));
  const { trust = [] } = yamlAt('refs/heads/main', 'lockstep.yaml') as { trust?: Record<string, unknown>[] };
  return trust.flatMap((entry) => {
    // A workflow has no key of its own; what it signs is refused below.
    if (entry.keyless !== undefined) return [];
    if (entry.keys !== 'environments')
      return [signer(String(entry.key), (entry.environments as string[] | undefined) ?? null)];
    if (refOf(origin, branch) === null) return [];
    const { keys } = yamlAt(branch, 'keys.yaml') as { keys: { key: string }[] };
    return keys.map(({ key }) => signer(key, null));
  });
}

/** Of an Ed25519 key (RFC 8410). */
const spkiStart = '302a300506032b6570032100';

function signer(spki: string, environments: readonly string[] | null): Signer {
  // A line of ssh-keygen ends in the 32 bytes that SPKI has after its own beginning.
  const [, ssh] = /^ssh-ed25519 (\S+)/.exec(spki) ?? [];
  const der = ssh
    ? Buffer.concat([Buffer.from(spkiStart, 'hex'), Buffer.from(ssh, 'base64').subarray(-32)])
    : Buffer.from(spki, 'base64');
  return {
    keyid: sha256(der),
    key: createPublicKey({ key: der, format: 'der', type: 'spki' }),
    environments,
  };
}

/** The statement that a trusted signer signed for this environment. Throws what is wrong. */
export function openEnvelope(
  envelope: Envelope,
  signers: readonly Signer[],
  type: string,
  environment: string,
): Statement {
  if (envelope.payloadType !== 'application/vnd.in-toto+json') throw new Error('another payload type');
  if (envelope.verificationMaterial !== undefined)
    throw new Error('signed by a certificate of Sigstore, which this checker does not read');
  const body = Buffer.from(envelope.payload, 'base64');
  if (body.toString('base64') !== envelope.payload) throw new Error('base64 that can be read in two ways');
  const signed = encoded(envelope.payloadType, body);
  const by = signers.filter((one) =>
    envelope.signatures.some(
      ({ keyid, sig }) => keyid === one.keyid && verify(null, signed, one.key, Buffer.from(sig, 'base64')),
    ),
  );
  if (!by.some(({ environments }) => environments?.includes(environment) ?? true))
    throw new Error(`no signature that counts for ${environment}`);
  const statement = JSON.parse(body.toString()) as Statement;
  if (canonical(statement) !== body.toString()) throw new Error('a payload that is not RFC 8785');
  if (statement._type !== 'https://in-toto.io/Statement/v1') throw new Error('no in-toto statement');
  if (statement.predicateType !== type) throw new Error(`a statement of type ${statement.predicateType}`);
  return statement;
}

/** The envelope below the first line of an annotated tag's message. */
export function envelopeInTag(tag: Buffer): Envelope {
  const message = tag.toString().slice(tag.indexOf('\n\n') + 2);
  return JSON.parse(message.slice(message.indexOf('\n\n') + 2)) as Envelope;
}

/** A tag that is annotated, calls itself by the name it has, and points at a commit. */
export interface AnnotatedTag {
  readonly commit: string;
  readonly object: Buffer;
}

/** Every tag of a repository; null for one that is not annotated, or calls itself otherwise. */
export function tagsOf(origin: string): Map<string, AnnotatedTag | null> {
  const refs = [...refsOf(origin)].filter(([ref]) => ref.startsWith('refs/tags/'));
  const objects = readObjects(
    origin,
    refs.map(([, id]) => id),
  );
  return new Map(
    refs.map(([ref, id]) => {
      const [name, object] = [ref.slice('refs/tags/'.length), objects.get(id)!];
      const [, commit] = /^object ([0-9a-f]{40})\ntype commit\n/.exec(object.toString()) ?? [];
      const sound = commit !== undefined && object.toString().includes(`\ntag ${name}\n`);
      return [name, sound ? { commit, object } : null];
    }),
  );
}
