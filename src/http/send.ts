import { isLockstepError, LockstepError } from '../workspace/index.ts';
import { withoutQuery } from './address.ts';
import { once } from './connection.ts';
import { checkedRedirect, mostRedirects, redirectError } from './redirects.ts';
import type { HttpAnswer, HttpRequest } from './request.ts';
import { isBusy, mostTries, notReached, Patience, rateLimited, triesAfter } from './retries.ts';

/**
 * One request with patience: 408, 425, 429 and 5xx that pass are sent again (six times in all, as far apart as
 * `Retry-After` says), broken connections too, and GET and HEAD follow redirects by our rules. Any other status is an
 * answer, and so is the last of a busy server but for 429. Errors: E_REMOTE_RATE_LIMIT, E_REMOTE_REDIRECT, E_REMOTE_FAILED.
 */
export async function send(request: HttpRequest): Promise<HttpAnswer> {
  const patience = new Patience();
  for (let attempt = 1; ; attempt++) {
    const answer = await followed(request).catch((error: Error & { code?: string }) => {
      if (isLockstepError(error)) throw error;
      if (attempt >= triesAfter(error.code) || patience.isOver) throw notReached(request.url, error);
      return null;
    });
    if (answer !== null && !isBusy(answer.status)) return answer;
    if (answer !== null && (attempt >= mostTries.busy || patience.isOver)) {
      if (answer.status !== 429) return answer;
      answer.body.destroy();
      throw rateLimited(request.url, attempt, patience.waitedMs);
    }
    answer?.body.resume(); // Read to its end, the connection serves the next try.
    await patience.pause(attempt, answer?.headers['retry-after']);
  }
}

async function followed(request: HttpRequest): Promise<HttpAnswer> {
  const mayFollow = request.follow !== false && (request.method === 'GET' || request.method === 'HEAD');
  let { url } = request;
  for (let hop = 0; hop <= mostRedirects; hop++) {
    const asked = { ...request, url };
    // What is secret goes to the host that it is for.
    const signed = url.host === request.url.host ? await request.sign?.(asked) : {};
    const answer = await once(asked, { ...request.headers, ...signed });
    const { location } = answer.headers;
    if (!mayFollow || ![301, 302, 303, 307, 308].includes(answer.status) || location === undefined)
      return answer;
    answer.body.resume();
    url = await checkedRedirect(url, location);
  }
  throw redirectError(request.url, `more than ${mostRedirects} redirects`);
}

/** The whole body, which must not be over `most` bytes. Errors: E_REMOTE_FAILED. */
export async function readBody({ body }: Pick<HttpAnswer, 'body'>, most: number, from: URL): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of body as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > most) break;
      parts.push(part);
    }
  } catch (error) {
    throw notReached(from, error as Error);
  }
  if (size <= most) return Buffer.concat(parts);
  body.destroy();
  throw new LockstepError('E_REMOTE_FAILED', {
    what: `${withoutQuery(from)} answers with over ${most} bytes`,
    allowed: 'an answer of the usual size',
    fix: 'check that the address is the one you mean',
  });
}
