import { LockstepError } from '../workspace/index.ts';
import { type ReleaseSigner, signersFile } from './signers.ts';
import { checkSignature } from './ssh-signature.ts';

/** A tag of Lockstep itself whose signature was checked. */
export interface ReleaseTag {
  readonly tag: string;
  readonly commit: string;
  readonly signer: { readonly name: string; readonly fingerprint: string };
  /** The message without its signature: the notes of the release. */
  readonly notes: string;
}

const begin = '-----BEGIN SSH SIGNATURE-----\n';

/**
 * A tag object's bytes as a release: signed by one of ours over exactly these bytes, and made under this name for a
 * commit, so that no other release can be passed off as it. Errors: E_SIGNATURE, E_TAG_MOVED.
 */
export function verifyReleaseTag(bytes: Buffer, tag: string, signers: readonly ReleaseSigner[]): ReleaseTag {
  const where = { file: `tag ${tag}` };
  const start = signatureStart(bytes);
  if (signers.length === 0 || start === null) {
    throw new LockstepError('E_SIGNATURE', {
      what:
        signers.length === 0 ? `${signersFile} names nobody who signs releases` : `the release is not signed`,
      where,
      allowed: `tags signed by ${namesOf(signers) || 'somebody whom this repository names'}`,
      fix: 'look at the release, then name the commit that you trust: lockstep upgrade --commit <40 hex digits>',
    });
  }
  const payload = bytes.subarray(0, start);
  const check = checkSignature(payload, bytes.toString('utf8', start), signers);
  if (check.kind !== 'valid') throw refused(check, signers, where.file);
  const head = /^object ([0-9a-f]{40,64})\ntype commit\ntag ([^\n]+)\n(?:[^\n]+\n)*\n/.exec(
    payload.toString(),
  );
  if (!head || head[2] !== tag) {
    throw new LockstepError('E_TAG_MOVED', {
      what: head ? `${tag} holds the signed tag ${head[2]}` : `${tag} is no tag of a commit`,
      where,
      allowed: 'a tag under the name that it was signed with',
      fix: 'tell the maintainers of the template; take nothing from this source until they answer',
    });
  }
  const { name, fingerprint } = check.signer;
  const notes = payload.toString('utf8', head[0].length).trim();
  return { tag, commit: head[1]!, signer: { name, fingerprint }, notes };
}

/** Git takes the last line that begins a signature; it reaches to the object's end. */
function signatureStart(bytes: Buffer): number | null {
  const at = bytes.lastIndexOf(`\n${begin}`);
  return at < 0 ? null : at + 1;
}

function refused(
  check: Exclude<ReturnType<typeof checkSignature>, { kind: 'valid' }>,
  signers: readonly ReleaseSigner[],
  file: string,
): LockstepError {
  const what = {
    malformed: () => `the signature can't be used: ${(check as { why: string }).why}`,
    stranger: () => `signed by ${(check as { fingerprint: string }).fingerprint}, whom nobody here trusts`,
    wrong: () =>
      `the signature of ${(check as { signer: ReleaseSigner }).signer.name} does not fit what it stands under`,
  }[check.kind]();
  return new LockstepError('E_SIGNATURE', {
    what,
    where: { file },
    allowed: `tags signed by ${namesOf(signers)} (${signersFile})`,
    fix: 'tell the maintainers of the template; take nothing from this source until they answer',
  });
}

const namesOf = (signers: readonly ReleaseSigner[]): string =>
  signers.map(({ name, fingerprint }) => `${name} (${fingerprint.slice(0, 17)}…)`).join(', ');
