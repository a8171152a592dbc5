import { type Digest, LockstepError, printable } from '../workspace/index.ts';

/** What the registry says it kept is what it was sent. Errors: E_REGISTRY_DIGEST. */
export function checkTold(host: string, digest: Digest, response: Response): void {
  const told = response.headers.get('docker-content-digest');
  if (told !== null && told !== digest) throw otherDigest(host, digest, digest, told);
}

export const otherDigest = (host: string, what: string, wanted: string, found: string): LockstepError =>
  new LockstepError('E_REGISTRY_DIGEST', {
    what: `${host} has ${printable(found, 80)} for ${printable(what, 80)}`,
    allowed: printable(wanted, 80),
    fix: 'nothing of it is used; tell who runs the registry',
  });
