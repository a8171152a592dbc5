import { type HttpAnswer, readBody } from '../../http/index.ts';
import { LockstepError } from '../../workspace/index.ts';

/** The part of a remote's address that stands before every key: `a/b/`, or nothing. */
export function prefixOf(path: string): string {
  const text = decodeURIComponent(path).replace(/^\/+|\/+$/g, '');
  return text === '' ? '' : `${text}/`;
}

export const failed = (what: string, fix: string): LockstepError =>
  new LockstepError('E_REMOTE_FAILED', { what, fix });

export const noBucket = (name: string): LockstepError =>
  failed(`there is no bucket or container for ${name}`, 'make it, or correct `remote:` in lockstep.yaml');

/** Of an answer that is at most some listing or message. */
export const textOf = async (answer: HttpAnswer, url: URL): Promise<string> =>
  (await readBody(answer, 16 << 20, url)).toString();
