import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LockstepError } from '../workspace/index.ts';

export interface FileAddress {
  readonly kind: 'file';
  readonly name: string;
  readonly folder: string;
  /** True for `.data/` of the repository, which Git tracks and which therefore has limits. */
  readonly embedded: boolean;
}

export interface HttpsAddress {
  readonly kind: 'https';
  /** Ends in `/`. */
  readonly url: URL;
}

/** What `remote:` in lockstep.yaml means. Errors: E_REMOTE_SCHEME, E_REMOTE_CREDENTIALS (value masked). */
export function remoteAddress(text: string, root: string): FileAddress | HttpsAddress {
  if (text.startsWith('file:')) return fileAddress(text, root);
  const url = /^https?:\/\//i.test(text) ? urlOf(text) : null;
  if (!url) throw schemeError(text);
  if (url.username !== '' || url.password !== '') throw credentialsError(url);
  if (url.search !== '' || url.hash !== '') throw schemeError(`${withoutQuery(url)}?…`);
  if (!isSecure(url)) throw schemeError(text);
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return { kind: 'https', url };
}

/** https, or http on this very machine (tests have no certificate). */
export const isSecure = (url: URL): boolean =>
  url.protocol === 'https:' || (url.protocol === 'http:' && url.hostname === '127.0.0.1');

/** A URL as a message may show it: signed queries and credentials stay out. */
export const withoutQuery = (url: URL): string => `${url.protocol}//${url.host}${url.pathname}`;

function fileAddress(text: string, root: string): FileAddress {
  const rest = text.slice('file:'.length);
  if (rest === '' || rest.includes('\0') || (rest.startsWith('//') && !rest.startsWith('///')))
    throw schemeError(text);
  const folder = rest.startsWith('///')
    ? fileURLToPath(text)
    : isAbsolute(rest)
      ? resolve(rest)
      : resolve(root, rest);
  return { kind: 'file', name: text, folder, embedded: folder === join(root, '.data') };
}

function urlOf(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

const schemeError = (text: string): LockstepError =>
  new LockstepError('E_REMOTE_SCHEME', {
    what: `the remote "${text.replace(/\/\/[^/@]*@/, '//***@')}"`,
    where: { file: 'lockstep.yaml' },
    allowed: 'file:<folder> or https://<host>/<path>',
    fix: 'set `remote:` to one of them, for instance file:.data',
  });

const credentialsError = (url: URL): LockstepError =>
  new LockstepError('E_REMOTE_CREDENTIALS', {
    what: `the remote ${url.protocol}//***@${url.host}${url.pathname} carries credentials`,
    where: { file: 'lockstep.yaml' },
    allowed: 'an address without a user and password, since it is committed',
    fix: 'take them out of the address, and change the password: it may have been pushed',
  });
