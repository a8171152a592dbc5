import { type HttpAnswer, type Method, send, withoutQuery } from '../../http/index.ts';
import { LockstepError } from '../../workspace/index.ts';
import type { Bucket, ByteRange } from './bucket.ts';
import {
  answerInRange,
  downloadOf,
  hasOtherTag,
  rangeHeaders,
  readOnlyFix,
  refusalOf,
} from './http-objects.ts';

/**
 * Objects under a URL that ends in `/`: any web server or bucket that serves files. Takes pushes where the server takes
 * PUT (WebDAV); can't be listed.
 */
export function httpsBucket(base: URL): Bucket {
  const name = withoutQuery(base);
  const ask = (method: Method, key: string, more: Partial<Parameters<typeof send>[0]> = {}) =>
    send({ method, url: new URL(key, base), ...more });
  const refused = (answer: HttpAnswer, key: string, action: 'read' | 'write' | 'remove') =>
    refusalOf(answer, { place: name, key, action });
  return {
    name,
    async stat(key) {
      const answer = await ask('HEAD', key);
      answer.body.resume();
      if (isAbsent(answer)) return null;
      if (answer.status !== 200) throw await refused(answer, key, 'read');
      return { size: Number(answer.headers['content-length'] ?? Number.NaN) };
    },
    async get(key, range) {
      const part = (wanted?: ByteRange) => ask('GET', key, { headers: rangeHeaders(wanted) });
      const answer = await answerInRange(range, part, hasOtherTag(range));
      if (answer.status === 200 || answer.status === 206) return downloadOf(answer, name);
      if (!isAbsent(answer)) throw await refused(answer, key, 'read');
      answer.body.resume();
      return null;
    },
    async put(key, bytes) {
      const answer = await ask('PUT', key, {
        body: bytes,
        headers: { 'content-type': 'application/octet-stream' },
      });
      if (answer.status >= 300) throw await refused(answer, key, 'write');
      answer.body.resume();
    },
    // biome-ignore lint/correctness/useYield: there is nothing to yield where nothing is listed
    async *list() {
      throw new LockstepError('E_REMOTE_READ_ONLY', {
        what: `${name} cannot be listed`,
        allowed: 'a remote that can be',
        fix: readOnlyFix,
      });
    },
    async remove(keys) {
      for (const key of keys) {
        const answer = await ask('DELETE', key);
        if (answer.status >= 300 && !isAbsent(answer)) throw await refused(answer, key, 'remove');
        answer.body.resume();
      }
    },
  };
}

const isAbsent = ({ status }: HttpAnswer): boolean => status === 404 || status === 410;
