import { createHash } from 'node:crypto';
import { type HttpAnswer, type HttpRequest, send } from '../../http/index.ts';
import { eachLimited } from '../each-limited.ts';
import { findAzIdentity } from './az-credentials.ts';
import type { Bucket, ByteRange, Listed } from './bucket.ts';
import { noBucket, prefixOf, textOf } from './cloud-objects.ts';
import { answerInRange, downloadOf, type Refusal, rangeOf, refusalOf } from './http-objects.ts';
import { noCredentials } from './token.ts';

/** Of the Blob service; Azurite knows it too. */
const version = { 'x-ms-version': '2022-11-02' };

type Ask = Partial<HttpRequest> & { readonly query?: Record<string, string> };

/**
 * `az://account/container/prefix` by the REST API of Azure Blob Storage
 * (learn.microsoft.com/rest/api/storageservices/blob-service-rest-api), or a server that speaks it
 * (AZURE_STORAGE_BLOB_ENDPOINT). Azure refuses uploads that do not arrive as their Content-MD5 says.
 */
export async function azBucket(address: URL, env: NodeJS.ProcessEnv = process.env): Promise<Bucket> {
  const account = address.hostname;
  const [, container = '', path = ''] = /^\/([^/]+)\/?(.*)$/.exec(address.pathname) ?? [];
  const prefix = prefixOf(path);
  const name = `az://${account}/${container}/${prefix}`;
  const identity = await findAzIdentity(account, env);
  const base = `${identity.endpoint}/${container}`;
  const pathOf = (key: string) => `/${(prefix + key).split('/').map(encodeURIComponent).join('/')}`;

  function ask(below: string, { query, headers, ...more }: Ask = {}): Promise<HttpAnswer> {
    const url = new URL(base + below);
    url.search = new URLSearchParams([...Object.entries(query ?? {}), ...identity.query]).toString();
    return send({
      method: 'GET',
      url,
      follow: false,
      sign: identity.sign,
      headers: { ...version, ...headers },
      ...more,
    });
  }
  async function refused(answer: HttpAnswer, key: string, action: Refusal['action']) {
    const { status } = answer;
    const code = codeOf(answer);
    // To nobody, a container that is not public is one that is not there, or (409) one where that is not allowed.
    const hidden = code === 'ResourceNotFound' || code === 'PublicAccessNotPermitted';
    if (hidden || status === 401 || status === 403) {
      const what = `${name} answered ${status} ${code}`.trimEnd();
      return done(answer, noCredentials(`${what} to ${action} ${key}`, identity.login));
    }
    if (status === 404) return done(answer, noBucket(name));
    return refusalOf(answer, { place: name, key, action });
  }
  const isMissing = (answer: HttpAnswer) =>
    answer.status === 404 && ['BlobNotFound', ''].includes(codeOf(answer));

  return {
    name,
    async stat(key) {
      const answer = await ask(pathOf(key), { method: 'HEAD' });
      if (isMissing(answer)) return done(answer, null);
      if (answer.status !== 200) throw await refused(answer, key, 'read');
      return done(answer, { size: Number(answer.headers['content-length']) });
    },
    async get(key, range) {
      const part = (wanted?: ByteRange) => {
        const only = wanted?.validator === undefined ? {} : { 'if-match': wanted.validator };
        return ask(pathOf(key), { headers: { ...rangeOf(wanted), ...only } });
      };
      const answer = await answerInRange(range, part);
      if (isMissing(answer)) return done(answer, null);
      if (answer.status !== 200 && answer.status !== 206) throw await refused(answer, key, 'read');
      return downloadOf(answer, name);
    },
    async put(key, bytes) {
      const headers = {
        'x-ms-blob-type': 'BlockBlob',
        'content-type': 'application/octet-stream',
        'content-md5': createHash('md5').update(bytes).digest('base64'),
      };
      const answer = await ask(pathOf(key), { method: 'PUT', headers, body: bytes });
      if (answer.status !== 201) throw await refused(answer, key, 'write');
      done(answer, null);
    },
    async *list(below) {
      let marker = '';
      do {
        const query = {
          restype: 'container',
          comp: 'list',
          prefix: prefix + below,
          ...(marker && { marker }),
        };
        const answer = await ask('', { query });
        if (answer.status !== 200) throw await refused(answer, below, 'list');
        const xml = await textOf(answer, address);
        yield* listedIn(xml, prefix);
        marker = wordIn(xml, 'NextMarker');
      } while (marker !== '');
    },
    async remove(keys) {
      const drop = async (key: string) => {
        const headers = { 'x-ms-delete-snapshots': 'include' };
        const answer = await ask(pathOf(key), { method: 'DELETE', headers });
        if (answer.status !== 202 && !isMissing(answer)) throw await refused(answer, key, 'remove');
        done(answer, null);
      };
      await eachLimited(keys, drop, 16);
    },
  };
}

const codeOf = ({ headers }: HttpAnswer): string =>
  /^\w{1,60}$/.exec(String(headers['x-ms-error-code'] ?? ''))?.[0] ?? '';

/** Reads an answer to its end, so that its connection serves the next request. */
function done<T>(answer: HttpAnswer, value: T): T {
  answer.body.resume();
  return value;
}

function* listedIn(xml: string, prefix: string): Generator<Listed> {
  for (const [, entry] of xml.matchAll(/<Blob>(.*?)<\/Blob>/gs)) {
    yield {
      key: wordIn(entry!, 'Name').slice(prefix.length),
      size: Number(wordIn(entry!, 'Content-Length')),
      modified: Date.parse(wordIn(entry!, 'Last-Modified')),
    };
  }
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const wordIn = (xml: string, name: string): string =>
  (new RegExp(`<${name}>([^<]*)<`).exec(xml)?.[1] ?? '').replace(
    /&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi,
    (all, decimal, hex, word) =>
      word === undefined ? String.fromCodePoint(Number(decimal ?? `0x${hex}`)) : (entities[word] ?? all),
  );
