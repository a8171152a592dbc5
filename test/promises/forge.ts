import { createHash, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { canonical, type Envelope, encoded, envelopeInTag, type Statement } from './checker/envelope.ts';
import { git, readObjects, refOf } from './checker/git.ts';

// Evidence as somebody else could make it, with no code of the product.

export const statementIn = ({ payload }: Envelope): Statement =>
  JSON.parse(Buffer.from(payload, 'base64').toString()) as Statement;

/** Signed by `key`, under the name of another key where one is given. */
export function signed(statement: Statement, key: KeyObject, keyid = keyidOf(key)): Envelope {
  const body = Buffer.from(canonical(statement));
  const payloadType = 'application/vnd.in-toto+json';
  const sig = sign(null, encoded(payloadType, body), key).toString('base64');
  return { payloadType, payload: body.toString('base64'), signatures: [{ keyid, sig }] };
}

export const keyidOf = (key: KeyObject): string => {
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  return `sha256:${createHash('sha256').update(spki).digest('hex')}`;
};

/** The statement with other words, its subjects following the image where `subject` is left as it was. */
export function altered(
  statement: Statement,
  predicate: Readonly<Record<string, unknown>>,
  over: Partial<Statement> = {},
): Statement {
  return { ...statement, predicate: { ...statement.predicate, ...predicate }, ...over };
}

export const zeroDigest = `sha256:${'0'.repeat(64)}`;

/** The envelope in a version's tag, as origin has it. */
export function envelopeOf(origin: string, tag: string): Envelope {
  const id = refOf(origin, `refs/tags/${tag}`)!;
  return envelopeInTag(readObjects(origin, [id]).get(id)!);
}

/** An annotated tag with any evidence in it, moved or made at origin and in the clone. */
export function placeTag(
  repositories: readonly string[],
  { tag, commit, envelope }: { tag: string; commit: string; envelope: Envelope },
): void {
  const text = `object ${commit}\ntype commit\ntag ${tag}\ntagger eve <eve@example.com> 1790000000 +0000\n\na release\n\n${canonical(envelope)}\n`;
  for (const repository of repositories) {
    const id = git(repository, ['hash-object', '-t', 'tag', '-w', '--stdin'], text);
    git(repository, ['update-ref', `refs/tags/${tag}`, id]);
  }
}
