import { type HttpRequest, isSecure, readBody, send, withoutQuery } from '../../http/index.ts';
import { LockstepError } from '../../workspace/index.ts';

/** What a token endpoint gave: a bearer token, and when it ends (ms since 1970). */
export interface Token {
  readonly value: string;
  readonly until: number;
}

export type Fields = Readonly<Record<string, unknown>>;

/** No token is used so shortly before its end (ms): a large upload may take a while. */
const early = 240_000;

/** A token that is asked for when it is needed, by one asker at a time, and kept until shortly before its end. */
export function keptToken(ask: () => Promise<Token>, first: Token | null = null): () => Promise<string> {
  let kept = first;
  let asking: Promise<Token> | null = null;
  return async () => {
    if (kept !== null && Date.now() < kept.until - early) return kept.value;
    asking ??= ask().finally(() => {
      asking = null;
    });
    kept = await asking;
    return kept.value;
  };
}

/** A form for a token endpoint (RFC 6749, RFC 8693). */
export const formPost = (url: string, form: Readonly<Record<string, string>>): TokenRequest => ({
  method: 'POST',
  url,
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams(form).toString(),
});

export interface TokenRequest extends Omit<HttpRequest, 'url'> {
  readonly url: string;
}

/**
 * The answer of an endpoint that hands out credentials. `who`: as messages name what we log in with. Secrets go to
 * https or to this machine; metadata services have plain http on addresses of their own (`local`).
 * Errors: E_REMOTE_CREDENTIALS with the endpoint's own reason, E_REMOTE_FAILED.
 */
export async function askText(who: string, request: TokenRequest, local = false): Promise<string> {
  const url = URL.canParse(request.url) ? new URL(request.url) : null;
  if (url === null || !(local || isSecure(url)))
    throw noCredentials(
      `${who} names no https address to log in at`,
      'write the file again with the tool that made it',
    );
  const answer = await send({ ...request, url, follow: false });
  const text = (await readBody(answer, 1 << 20, url)).toString();
  if (answer.status === 200) return text;
  const what = `${withoutQuery(url)} answers ${answer.status}${reasonIn(fieldsIn(text) ?? {})} to ${who}`;
  if (answer.status < 500) throw noCredentials(what, 'log in again, or correct what the answer names');
  throw new LockstepError('E_REMOTE_FAILED', { what, fix: 'try again later' });
}

/** A token by such a request. Errors as `askText`. */
export const askToken = async (who: string, request: TokenRequest, local = false): Promise<Token> =>
  tokenIn(fieldsIn(await askText(who, request, local)) ?? {}, who);

/** As OAuth endpoints, Google's and Azure's services write it. Errors: E_REMOTE_CREDENTIALS. */
export function tokenIn(fields: Fields, who: string): Token {
  const value = fields.access_token ?? fields.accessToken;
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value))
    throw noCredentials(`the answer to ${who} holds no token`, 'log in again');
  const { expires_in: left, expires_on: end, expireTime: time } = fields;
  const until =
    time !== undefined
      ? Date.parse(String(time))
      : left !== undefined
        ? Date.now() + Number(left) * 1000
        : Number(end) * 1000;
  // One that does not say when it ends is good for a minute.
  return { value, until: Number.isFinite(until) ? until : Date.now() + early + 60_000 };
}

/** Text as a JSON object, or null: never an error that quotes it, since it may be a secret. */
export function fieldsIn(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Fields) : null;
  } catch {
    return null;
  }
}

/** A text of a credentials file. Errors: E_REMOTE_CREDENTIALS. */
export function field(file: Fields, name: string, who: string): string {
  const value = file[name];
  if (typeof value === 'string' && value !== '') return value;
  throw noCredentials(`${who} has no ${name}`, 'write the file again with the tool that made it');
}

/** What an answer of Google's or Microsoft's gives as its reason; what could be a token or a key is left out. */
export function reasonIn({ error, error_description: description }: Fields): string {
  const { status, message } = (typeof error === 'object' ? (error as Fields | null) : null) ?? {
    status: error,
    message: description,
  };
  const words = [status, message].filter((word) => typeof word === 'string').join(': ');
  return words === '' ? '' : ` (${words.slice(0, 300).replace(/[\w+/=.-]{40,}/g, '…')})`;
}

export const noCredentials = (what: string, fix: string): LockstepError =>
  new LockstepError('E_REMOTE_CREDENTIALS', { what, fix });

/**
 * What a machine's metadata service says, if there is one: it answers within a second, and not by way of a proxy.
 * Null where nobody answers, or somebody else.
 */
export const probe = (url: string, headers: Record<string, string>): Promise<Fields | null> =>
  fetch(url, { headers, redirect: 'error', signal: AbortSignal.timeout(1000) })
    .then(async (answer) => (answer.ok ? fieldsIn(await answer.text()) : null))
    .catch(() => null);
