import type { IncomingHttpHeaders } from 'node:http';
import { type HttpAnswer, readBody } from '../../http/index.ts';
import { type ErrorCode, LockstepError } from '../../workspace/index.ts';
import type { ByteRange, Download } from './bucket.ts';

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

/** The same with what makes it a range of one version, where the place knows entity tags (RFC 9110, 13.1.5). */
export const rangeHeaders = (range: ByteRange | undefined): Record<string, string> =>
  range?.validator === undefined ? rangeOf(range) : { ...rangeOf(range), 'if-range': range.validator };

/** For places that may not know If-Range, and answer with a part of whatever is there now (Ceph's gateway does). */
export const hasOtherTag =
  (range: ByteRange | undefined) =>
  ({ status, headers }: HttpAnswer): boolean =>
    status === 206 && headers.etag !== range?.validator;

/** A 200 or 206 as a download. Errors: E_REMOTE_FAILED for a 206 that does not say which bytes it brings. */
export function downloadOf({ status, headers, body }: HttpAnswer, place: string): Download {
  const etag = headers.etag;
  return {
    from: status === 206 ? startOf(headers, place) : 0,
    validator: etag !== undefined && !etag.startsWith('W/') ? etag : null,
    contentType: headers['content-type'] ?? null,
    body: body as Download['body'],
  };
}

function startOf(headers: IncomingHttpHeaders, place: string): number {
  const [, from] = /^bytes (\d+)-\d+\//.exec(headers['content-range'] ?? '') ?? [];
  if (from !== undefined) return Number(from);
  throw new LockstepError('E_REMOTE_FAILED', {
    what: `${place} answers a part without saying which`,
    allowed: 'a Content-Range with every 206',
    fix: 'ask who runs the server',
  });
}

export interface Refusal {
  /** Names the place and what was asked: never with a secret. */
  readonly place: string;
  readonly key: string;
  readonly action: 'read' | 'write' | 'list' | 'remove';
  /** How one gets credentials there. */
  readonly login?: string;
}

/** What a status says that is no success, and the server's own code where its answer holds one. */
export async function refusalOf(
  answer: HttpAnswer,
  { place, key, action, login }: Refusal,
): Promise<LockstepError> {
  const text = (await readBody(answer, 1 << 16, new URL('http://127.0.0.1/')).catch(() => '')).toString();
  const named = /<Code>([\w.]{1,60})<\/Code>|"code":\s*"([\w.]{1,60})"/.exec(text);
  const code = named?.[1] ?? named?.[2];
  const said = `${answer.status}${code === undefined ? '' : ` ${code}`}`;
  const what = `${place} answered ${said} to ${action} ${key}`;
  const { status } = answer;
  if ((status === 401 || status === 403) && login !== undefined)
    return fault('E_REMOTE_CREDENTIALS', what, `an identity that may ${action} there`, login);
  if (action !== 'read' && [401, 403, 404, 405, 501].includes(status))
    return fault('E_REMOTE_READ_ONLY', what, `a place where one may ${action}`, readOnlyFix);
  if (status === 413 || status === 507)
    return fault('E_REMOTE_TOO_LARGE', what, 'what the server has room for', 'make room there');
  const fix =
    status === 401 || status === 403 ? 'make the objects readable for this machine' : 'try again later';
  return fault('E_REMOTE_FAILED', what, '200 with the bytes, or 404', fix);
}

export const readOnlyFix =
  'push to a remote that takes uploads (file:, s3:, gs:, az:, oci:) and publish it at this address';

const fault = (code: ErrorCode, what: string, allowed: string, fix: string): LockstepError =>
  new LockstepError(code, { what, allowed, fix });
