import { createHash, randomUUID } from 'node:crypto';
import { type HttpAnswer, type HttpRequest, send } from '../../http/index.ts';
import { eachLimited } from '../each-limited.ts';
import type { Bucket, ByteRange, Listed } from './bucket.ts';
import { failed, noBucket, prefixOf, textOf } from './cloud-objects.ts';
import { findGsIdentity } from './gs-credentials.ts';
import { answerInRange, downloadOf, type Refusal, rangeOf, refusalOf } from './http-objects.ts';
import { fieldsIn, noCredentials, reasonIn } from './token.ts';

type Ask = Partial<HttpRequest> & { readonly query?: Record<string, string> };

/**
 * `gs://bucket/prefix` by the JSON API of Cloud Storage (cloud.google.com/storage/docs/json_api/v1/objects), or a
 * server that stands in for it (STORAGE_EMULATOR_HOST, which gets no credentials). A download's validator is the
 * object's generation.
 */
export async function gsBucket(address: URL, env: NodeJS.ProcessEnv = process.env): Promise<Bucket> {
  const prefix = prefixOf(address.pathname);
  const name = `gs://${address.hostname}/${prefix}`;
  const base = env.STORAGE_EMULATOR_HOST?.replace(/^(?!https?:)/, 'http://').replace(/\/$/, '');
  const identity = await findGsIdentity(base === undefined ? env : null);
  const sign = async (): Promise<Record<string, string>> =>
    identity.token === null ? {} : { authorization: `Bearer ${await identity.token()}` };
  const bucket = `storage/v1/b/${address.hostname}/o`;
  const objectAt = (key: string) => `${bucket}/${encodeURIComponent(prefix + key)}`;

  function ask(path: string, { query, ...more }: Ask = {}): Promise<HttpAnswer> {
    const url = new URL(`${base ?? 'https://storage.googleapis.com'}/${path}?${new URLSearchParams(query)}`);
    return send({ method: 'GET', url, follow: false, sign, ...more });
  }
  async function refused(answer: HttpAnswer, key: string, action: Refusal['action']) {
    const { status } = answer;
    if (status !== 401 && status !== 403) return refusalOf(answer, { place: name, key, action });
    // It says who may not do what, or that a limit is reached.
    const text = await textOf(answer, address);
    const reason = reasonIn(fieldsIn(text) ?? { error: text });
    return noCredentials(`${name} answered ${status}${reason} to ${action} ${key}`, identity.login);
  }
  /** A bucket that does not exist is no object that is missing. */
  async function missing(answer: HttpAnswer): Promise<null> {
    if ((await textOf(answer, address)).includes('bucket does not exist')) throw noBucket(name);
    return null;
  }
  const generationOf = ({ headers }: HttpAnswer) => String(headers['x-goog-generation'] ?? '') || null;

  return {
    name,
    async stat(key) {
      const answer = await ask(objectAt(key), { query: { fields: 'size' } });
      if (answer.status === 404) return missing(answer);
      if (answer.status !== 200) throw await refused(answer, key, 'read');
      return { size: Number(JSON.parse(await textOf(answer, address)).size) };
    },
    async get(key, range) {
      const part = (wanted?: ByteRange) => {
        const only = wanted?.validator === undefined ? {} : { ifGenerationMatch: wanted.validator };
        return ask(objectAt(key), { query: { alt: 'media', ...only }, headers: rangeOf(wanted) });
      };
      // Not everything that stands in for Cloud Storage knows conditions.
      const isOther = (answer: HttpAnswer) =>
        answer.status === 206 && generationOf(answer) !== range?.validator;
      const answer = await answerInRange(range, part, isOther);
      if (answer.status === 404) return missing(answer);
      if (answer.status !== 200 && answer.status !== 206) throw await refused(answer, key, 'read');
      return { ...downloadOf(answer, name), validator: generationOf(answer) };
    },
    async put(key, bytes) {
      const md5 = createHash('md5').update(bytes).digest('base64');
      const answer = await ask(`upload/${bucket}`, {
        method: 'POST',
        query: { uploadType: 'multipart', fields: 'md5Hash,size' },
        ...multipart({ name: prefix + key, md5Hash: md5 }, bytes),
      });
      if (answer.status === 404) throw noBucket(name);
      if (answer.status !== 200) throw await refused(answer, key, 'write');
      const put = JSON.parse(await textOf(answer, address)) as { md5Hash?: string; size: string };
      if (put.md5Hash !== md5 || Number(put.size) !== bytes.length)
        throw failed(`${name} took other bytes for ${key} than were sent`, 'run the command again');
    },
    async *list(below) {
      let pageToken: string | undefined;
      do {
        const fields = 'items(name,size,timeCreated),nextPageToken';
        const query = { prefix: prefix + below, fields, ...(pageToken === undefined ? {} : { pageToken }) };
        const answer = await ask(bucket, { query });
        if (answer.status === 404) throw noBucket(name);
        if (answer.status !== 200) throw await refused(answer, below, 'list');
        const page = JSON.parse(await textOf(answer, address)) as Page;
        for (const item of page.items ?? []) yield listedOf(item, prefix);
        pageToken = page.nextPageToken || undefined;
      } while (pageToken !== undefined);
    },
    async remove(keys) {
      const drop = async (key: string) => {
        const answer = await ask(objectAt(key), { method: 'DELETE' });
        if (answer.status === 404) await missing(answer);
        else if (answer.status > 204) throw await refused(answer, key, 'remove');
        else answer.body.resume();
      };
      await eachLimited(keys, drop, 16);
    },
  };
}

interface Page {
  readonly items?: readonly { readonly name: string; readonly size: string; readonly timeCreated: string }[];
  readonly nextPageToken?: string;
}

const listedOf = (
  { name, size, timeCreated }: NonNullable<Page['items']>[number],
  prefix: string,
): Listed => ({
  key: name.slice(prefix.length),
  size: Number(size),
  modified: Date.parse(timeCreated),
});

/** An upload with its md5 in front, so that Cloud Storage refuses what arrives otherwise. */
function multipart(metadata: object, bytes: Uint8Array): Pick<HttpRequest, 'headers' | 'body'> {
  const boundary = randomUUID();
  const part = (type: string) => `--${boundary}\r\nContent-Type: ${type}\r\n\r\n`;
  const head = `${part('application/json; charset=UTF-8')}${JSON.stringify(metadata)}\r\n${part('application/octet-stream')}`;
  return {
    headers: { 'content-type': `multipart/related; boundary=${boundary}` },
    body: Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]),
  };
}
