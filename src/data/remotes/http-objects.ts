import type { IncomingHttpHeaders } from 'node:http';
import { type HttpAnswer, readBody } from '../../http/index.ts';
import { type ErrorCode, LockstepError } from '../../workspace/index.ts';
import type { ByteRange, Download } from './bucket.ts';

/** Of a range, with what makes it one of the same version. Half a range of anything else would be spoilt bytes. */
export function rangeHeaders(range: ByteRange | undefined): Record<string, string> {
  if (range === undefined || (range.from === 0 && range.to === undefined)) return {};
  const header = { range: `bytes=${range.from}-${range.to === undefined ? '' : range.to - 1}` };
  return range.validator === undefined ? header : { ...header, 'if-range': range.validator };
}

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
