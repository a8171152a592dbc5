import { createHash } from 'node:crypto';
import { AwsV4Signer } from 'aws4fetch';
import {
  type HttpAnswer,
  type HttpRequest,
  isSecure,
  type Method,
  readBody,
  send,
} from '../../http/index.ts';
import { digestOf, hexOf, LockstepError } from '../../workspace/index.ts';
import type { Bucket, ByteRange, Listed } from './bucket.ts';
import { noBucket, prefixOf } from './cloud-objects.ts';
import { answerInRange, downloadOf, hasOtherTag, rangeHeaders, refusalOf } from './http-objects.ts';
import { findS3Identity, type S3Identity } from './s3-credentials.ts';

const mostListing = 8 << 20;
/** As many as one request removes. */
const removedAtOnce = 1000;
/** Credentials are asked for anew so long before they end (ms). */
const early = 120_000;

type Action = 'read' | 'write' | 'list' | 'remove';

/**
 * `s3://bucket/prefix[?region=…&endpoint=https://…]`, at AWS or any server that speaks S3 (AWS_ENDPOINT_URL_S3,
 * AWS_ENDPOINT_URL). Uploads carry their sha256 in the signature, so the server refuses what arrives otherwise.
 */
export async function s3Bucket(url: URL, env: NodeJS.ProcessEnv = process.env): Promise<Bucket> {
  const bucket = url.hostname;
  const prefix = prefixOf(url.pathname);
  const name = `s3://${bucket}/${prefix}`;
  const endpoint = endpointOf(url, env);
  let identity = await findS3Identity(env);
  let region = url.searchParams.get('region') ?? identity.region ?? 'us-east-1';
  const base = () => baseUrl(bucket, region, endpoint);

  async function sign({ method, url: asked, headers, body }: HttpRequest): Promise<Record<string, string>> {
    const expires = identity.credentials?.expires;
    if (expires !== undefined && expires - early < Date.now()) identity = await findS3Identity(env);
    const { credentials } = identity;
    if (credentials === null) return {};
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    const hashed = headers?.['x-amz-content-sha256'] ?? hexOf(digestOf(body ?? ''));
    const signer = new AwsV4Signer({
      method,
      url: asked.href,
      headers: { ...headers, 'x-amz-content-sha256': hashed },
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
      service: 's3',
      region,
    });
    const signed = await signer.sign();
    return Object.fromEntries(signed.headers.entries());
  }

  async function ask(
    method: Method,
    path: string,
    more: { headers?: Record<string, string>; body?: Uint8Array | string } = {},
  ): Promise<HttpAnswer> {
    const once = () => send({ method, url: new URL(base() + path), sign, follow: false, ...more });
    const answer = await once();
    const elsewhere = answer.headers['x-amz-bucket-region'];
    if (typeof elsewhere !== 'string' || elsewhere === region || ![301, 307, 400].includes(answer.status))
      return answer;
    answer.body.resume();
    region = elsewhere; // The bucket lies in another region, and says so.
    return once();
  }

  const refused = (answer: HttpAnswer, key: string, action: Action) =>
    refusalOf(answer, { place: name, key, action, login: loginFix(identity) });
  const pathOf = (key: string) => encodePath(prefix + key);

  return {
    name,
    async stat(key) {
      const answer = await ask('HEAD', pathOf(key));
      answer.body.resume();
      if (answer.status === 404) return null;
      if (answer.status !== 200) throw await refused(answer, key, 'read');
      return { size: Number(answer.headers['content-length']) };
    },
    async get(key, range) {
      const part = (wanted?: ByteRange) => ask('GET', pathOf(key), { headers: rangeHeaders(wanted) });
      const answer = await answerInRange(range, part, hasOtherTag(range));
      if (answer.status === 200 || answer.status === 206) return downloadOf(answer, name);
      // A bucket that does not exist is no object that is missing.
      const missing = answer.status === 404 ? await readBody(answer, 1 << 16, url) : null;
      if (missing !== null && !missing.includes('NoSuchBucket')) return null;
      throw missing === null ? await refused(answer, key, 'read') : noBucket(name);
    },
    async put(key, bytes, sha256) {
      const headers = { 'x-amz-content-sha256': sha256 };
      const answer = await ask('PUT', pathOf(key), { headers, body: bytes });
      if (answer.status === 404) throw noBucket(name);
      if (answer.status !== 200) throw await refused(answer, key, 'write');
      answer.body.resume();
    },
    async *list(below) {
      let token: string | undefined;
      do {
        const query = new URLSearchParams({ 'list-type': '2', prefix: prefix + below });
        if (token !== undefined) query.set('continuation-token', token);
        const answer = await ask('GET', `?${query}`);
        if (answer.status !== 200) throw await refused(answer, below, 'list');
        const xml = (await readBody(answer, mostListing, url)).toString();
        yield* listedIn(xml, prefix);
        token = decodeXml(/<NextContinuationToken>([^<]*)</.exec(xml)?.[1]);
      } while (token !== undefined);
    },
    async remove(keys) {
      for (let at = 0; at < keys.length; at += removedAtOnce) {
        const objects = keys
          .slice(at, at + removedAtOnce)
          .map((key) => `<Object><Key>${encodeXml(prefix + key)}</Key></Object>`);
        const body = `<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Quiet>true</Quiet>${objects.join('')}</Delete>`;
        const headers = { 'content-md5': createHash('md5').update(body).digest('base64') };
        const answer = await ask('POST', '?delete=', { headers, body });
        if (answer.status !== 200) throw await refused(answer, keys[at]!, 'remove');
        const said = (await readBody(answer, mostListing, url)).toString();
        const [, code, key] = /<Error>(?=.*?<Code>([^<]*)<)(?=.*?<Key>([^<]*)<)/s.exec(said) ?? [];
        if (code !== undefined) throw notRemoved(name, `${key} (${code})`);
      }
    },
  };
}

/** Errors: E_REMOTE_SCHEME for an endpoint whose traffic others could read. */
function endpointOf(url: URL, env: NodeJS.ProcessEnv): URL | null {
  const text = url.searchParams.get('endpoint') ?? env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL;
  if (!text) return null;
  const endpoint = URL.canParse(text) ? new URL(text) : null;
  if (endpoint !== null && isSecure(endpoint) && endpoint.username === '') return endpoint;
  throw new LockstepError('E_REMOTE_SCHEME', {
    what: `the S3 endpoint ${JSON.stringify(text.replace(/\/\/[^/@]*@/, '//***@'))}`,
    allowed: 'https://<host>, without credentials',
    fix: 'correct AWS_ENDPOINT_URL_S3, or `endpoint=` of the remote',
  });
}

/** Ends in `/`. Other servers than AWS's, and buckets with dots, are asked path by path: certificates know no such hosts. */
function baseUrl(bucket: string, region: string, endpoint: URL | null): string {
  if (endpoint !== null) return `${endpoint.origin}${endpoint.pathname.replace(/\/$/, '')}/${bucket}/`;
  const host = `s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
  return bucket.includes('.') ? `https://${host}/${bucket}/` : `https://${bucket}.${host}/`;
}

const encodePath = (path: string): string =>
  path
    .split('/')
    .map(encodeURIComponent)
    .join('/')
    .replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

function* listedIn(xml: string, prefix: string): Generator<Listed> {
  for (const [, entry] of xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
    const word = (name: string) => decodeXml(new RegExp(`<${name}>([^<]*)<`).exec(entry!)?.[1]) ?? '';
    const key = word('Key');
    yield {
      key: key.slice(prefix.length),
      size: Number(word('Size')),
      modified: Date.parse(word('LastModified')),
    };
  }
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const decodeXml = (text: string | undefined): string | undefined =>
  text?.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (all, decimal, hex, name) =>
    name === undefined ? String.fromCodePoint(Number(decimal ?? `0x${hex}`)) : (entities[name] ?? all),
  );
const encodeXml = (text: string): string =>
  text.replace(/[<>&]/g, (sign) => `&${sign === '<' ? 'lt' : sign === '>' ? 'gt' : 'amp'};`);

const loginFix = ({ credentials, looked }: S3Identity): string =>
  credentials === null
    ? `log in; no credentials were found in ${looked}`
    : 'let this identity (`aws sts get-caller-identity`) read, write and list the bucket';

const notRemoved = (name: string, what: string): LockstepError =>
  new LockstepError('E_REMOTE_READ_ONLY', {
    what: `${name} did not remove ${what}`,
    allowed: 'an identity that may remove objects',
    fix: 'give it s3:DeleteObject',
  });
