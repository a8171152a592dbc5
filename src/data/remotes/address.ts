import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isSecure, withoutQuery } from '../../http/index.ts';
import { LockstepError } from '../../workspace/index.ts';

export interface FileAddress {
  readonly kind: 'file';
  readonly name: string;
  readonly folder: string;
  /** True for `.data/` of the repository, which Git tracks and which therefore has limits. */
  readonly embedded: boolean;
}

export type RemoteAddress =
  | FileAddress
  /** `url` ends in `/`. */
  | { readonly kind: 'https'; readonly url: URL }
  | { readonly kind: 's3' | 'gs' | 'az' | 'oci'; readonly url: URL };

const forms = {
  's3:': /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/|\?|$)/,
  'gs:': /^gs:\/\/[a-z0-9][a-z0-9._-]{1,220}[a-z0-9](\/|$)/,
  'az:': /^az:\/\/[a-z0-9]{3,24}\/[a-z0-9$][a-z0-9-]{1,62}(\/|$)/,
  'oci:': /^oci:\/\/[A-Za-z0-9.-]+(:\d+)?\/[a-z0-9][a-z0-9._/-]*$/,
} as const;
const allowed =
  'file:<folder>, https://<host>/<path>, s3://<bucket>/<path>, gs://<bucket>/<path>, az://<account>/<container>/<path> or oci://<registry>/<repository>';

/** What `remote:` in lockstep.yaml means. Errors: E_REMOTE_SCHEME, E_REMOTE_CREDENTIALS (value masked). */
export function remoteAddress(text: string, root: string): RemoteAddress {
  if (text.startsWith('file:')) return fileAddress(text, root);
  const url = /^(https?|s3|gs|az|oci):\/\//i.test(text) && URL.canParse(text) ? new URL(text) : null;
  if (!url) throw schemeError(text);
  if (url.username !== '' || url.password !== '') throw credentialsError(url);
  const known = [...url.searchParams.keys()].every(
    (key) => url.protocol === 's3:' && (key === 'region' || key === 'endpoint'),
  );
  if (!known || url.hash !== '') throw schemeError(`${withoutQuery(url)}?…`);
  const { protocol } = url;
  if (protocol === 'http:' || protocol === 'https:') {
    if (!isSecure(url)) throw schemeError(text);
    if (!url.pathname.endsWith('/')) url.pathname += '/';
    return { kind: 'https', url };
  }
  const scheme = protocol as keyof typeof forms;
  if (!forms[scheme].test(text) || !isText(url.pathname)) throw schemeError(text);
  return { kind: scheme.slice(0, -1) as 's3', url };
}

/** Whether every `%` of a path stands for a character, as in `%C3%BC`: `%zz` and `%ff` do not. */
function isText(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

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

const schemeError = (text: string): LockstepError =>
  new LockstepError('E_REMOTE_SCHEME', {
    what: `the remote "${text.replace(/\/\/[^/@]*@/, '//***@')}"`,
    where: { file: 'lockstep.yaml' },
    allowed,
    fix: 'set `remote:` to one of them, for instance file:.data',
  });

const credentialsError = (url: URL): LockstepError =>
  new LockstepError('E_REMOTE_CREDENTIALS', {
    what: `the remote ${url.protocol}//***@${url.host}${url.pathname} carries credentials`,
    where: { file: 'lockstep.yaml' },
    allowed: 'an address without a user and password, since it is committed',
    fix: 'take them out of the address, and change the password: it may have been pushed',
  });
