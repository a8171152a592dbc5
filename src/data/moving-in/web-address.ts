import { isSecure, send, withoutQuery } from '../../http/index.ts';
import { LockstepError, type Place } from '../../workspace/index.ts';
import { downloadOf, rangeHeaders, refusalOf } from '../remotes/http-objects.ts';
import type { Whereabouts } from './wanted-file.ts';

/** An address that a list or a server named. Errors: E_REMOTE_SCHEME, E_REMOTE_CREDENTIALS. */
export function webAddress(text: string, where?: Place): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !isSecure(url))
    throw new LockstepError('E_REMOTE_SCHEME', {
      what: `the address "${text.slice(0, 200).replace(/\/\/[^/@]*@/, '//***@')}"`,
      where,
      allowed: 'an https address',
      fix: 'name the file by https://',
    });
  if (url.username === '' && url.password === '') return url;
  throw new LockstepError('E_REMOTE_CREDENTIALS', {
    what: `the address ${url.protocol}//***@${url.host}${url.pathname} carries credentials`,
    where,
    allowed: 'an address without a user and password',
    fix: 'take them out of the address',
  });
}

/** The bytes at an address. `headers` go to its own host alone, as credentials must. */
export function webPlace(url: URL, headers: Readonly<Record<string, string>> = {}): Whereabouts {
  const name = withoutQuery(url);
  return {
    kind: 'download',
    name,
    async open(range) {
      const answer = await send({
        method: 'GET',
        url,
        headers: rangeHeaders(range),
        sign: async () => headers,
      });
      if (answer.status === 200 || answer.status === 206) return downloadOf(answer, name);
      if (answer.status !== 404 && answer.status !== 410)
        throw await refusalOf(answer, { place: name, key: '', action: 'read' });
      answer.body.resume();
      return null;
    },
  };
}
