import { type HttpAnswer, readBody } from '../../http/index.ts';
import { LockstepError } from '../../workspace/index.ts';
import type { ByteRange } from './bucket.ts';

/** The part of a remote's address that stands before every key: `a/b/`, or nothing. */
export function prefixOf(path: string): string {
  const text = decodeURIComponent(path).replace(/^\/+|\/+$/g, '');
  return text === '' ? '' : `${text}/`;
}

/** Bytes `from` to before `to`; nothing for all of them. */
export const rangeOf = (range: ByteRange | undefined): { range?: string } =>
  range === undefined || (range.from === 0 && range.to === undefined)
    ? {}
    : { range: `bytes=${range.from}-${range.to === undefined ? '' : range.to - 1}` };

/**
 * The answer to a range of one version, or, where that version or that range is not to be had (412, 416, `isOther`),
 * the whole of what is there now.
 */
export async function answerInRange(
  range: ByteRange | undefined,
  ask: (range: ByteRange | undefined) => Promise<HttpAnswer>,
  isOther: (answer: HttpAnswer) => boolean = () => false,
): Promise<HttpAnswer> {
  const answer = await ask(range);
  const other = range?.validator !== undefined && isOther(answer);
  if (range === undefined || !(answer.status === 412 || answer.status === 416 || other)) return answer;
  answer.body.destroy();
  return ask(undefined);
}

export const failed = (what: string, fix: string): LockstepError =>
  new LockstepError('E_REMOTE_FAILED', { what, fix });

export const noBucket = (name: string): LockstepError =>
  failed(`there is no bucket or container for ${name}`, 'make it, or correct `remote:` in lockstep.yaml');

/** Of an answer that is at most some listing or message. */
export const textOf = async (answer: HttpAnswer, url: URL): Promise<string> =>
  (await readBody(answer, 16 << 20, url)).toString();
