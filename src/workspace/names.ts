import { LockstepError, type Place } from './errors.ts';

/** What GTO, OCI, Kubernetes, folders and GitHub's tag filters all take. */
const pattern = /^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

export const isName = (text: string): boolean => pattern.test(text);

/** A model or environment name. Errors: E_NAME. */
export function checkName(text: string, kind: 'model' | 'environment', where?: Place): string {
  if (isName(text)) return text;
  throw new LockstepError('E_NAME', {
    what: `the ${kind} name "${text}"`,
    where,
    allowed:
      '1 to 40 lower-case letters, digits and hyphens, beginning with a letter, not ending with a hyphen',
  });
}
