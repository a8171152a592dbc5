import { type HttpAnswer, isSecure, send, withoutQuery } from '../../http/index.ts';
import { type ErrorCode, isLockstepError, LockstepError } from '../../workspace/index.ts';
import { type Fetched, writeArriving } from './arriving.ts';
import type { DatedSource } from './dated-source.ts';

/** Bytes of one file that we take from a stranger. */
export const mostFetched = 64 * 2 ** 30;
const tries = 3;

export interface UrlOptions {
  /** Of the bytes that are here; the server says whether it has others. */
  readonly etag: string | null;
  readonly most?: number;
}

/** Errors: E_REMOTE_*, E_OBJECT_MISSING for a 404; those of `writeArriving`. */
export async function fetchUrl(
  { asked, declared: { bearer } }: Pick<DatedSource, 'asked' | 'declared'>,
  target: string,
  { etag, most = mostFetched }: UrlOptions,
): Promise<Fetched> {
  const url = secureUrl(asked);
  const sign =
    bearer === undefined ? {} : { sign: async () => ({ authorization: `Bearer ${tokenOf(bearer)}` }) };
  for (let attempt = 1; ; attempt++) {
    const headers = etag === null ? {} : { 'if-none-match': etag };
    const answer = await send({ method: 'GET', url, headers, ...sign });
    if (answer.status !== 200) {
      answer.body.resume();
      if (answer.status === 304 && etag !== null) return { kind: 'unchanged' };
      throw refused(answer, withoutQuery(url));
    }
    try {
      const contentType = answer.headers['content-type'] ?? null;
      await writeArriving(target, { name: withoutQuery(url), contentType, body: answer.body, most });
      return { kind: 'fetched', etag: answer.headers.etag ?? null };
    } catch (error) {
      answer.body.destroy();
      if (attempt === tries || !isLockstepError(error, 'E_REMOTE_FAILED')) throw error;
    }
  }
}

function secureUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url && isSecure(url)) return url;
  throw new LockstepError('E_REMOTE_SCHEME', {
    what: `the source ${url ? withoutQuery(url) : text}`,
    where: { file: 'lockstep.yaml' },
    allowed: 'an https address',
    fix: 'use https://',
  });
}

function tokenOf(variable: string): string {
  const token = process.env[variable];
  if (token) return token;
  throw new LockstepError('E_REMOTE_CREDENTIALS', {
    what: `$${variable} is not set`,
    allowed: 'the token that `bearer:` names',
    fix: `set ${variable}`,
  });
}

function refused({ status }: HttpAnswer, name: string): LockstepError {
  const [code, fix]: [ErrorCode, string] =
    status === 401 || status === 403
      ? ['E_REMOTE_CREDENTIALS', 'name the environment variable of a token by `bearer:`']
      : status === 404 || status === 410
        ? ['E_OBJECT_MISSING', 'correct the address, or name another day by --date']
        : ['E_REMOTE_FAILED', 'try again later'];
  return new LockstepError(code, { what: `${name} answered ${status}`, allowed: '200 with the bytes', fix });
}
