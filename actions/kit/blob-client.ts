import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { addAbortSignal, type Readable } from 'node:stream';
import { type HttpAnswer, type HttpRequest, readBody, send, withoutQuery } from '../../src/http/index.ts';
import { blocksOf, inParallel } from './blocks.ts';

/*
 * In our bundles this stands for @azure/storage-blob (scripts/lean-packages.ts), of which @actions/cache 6.3 and
 * @actions/artifact 6.2 call six methods on signed URLs and which is four hundred kilobytes. The requests: Put Blob, Put
 * Block, Put Block List, Get Blob with a range and Get Blob Properties
 * (learn.microsoft.com/rest/api/storageservices/blob-service-rest-api), sent again as src/http/ does, by way of the
 * runner's proxy. An option that is not known here is refused, so that tests fail when the clients come to want more.
 */

const mebi = 1 << 20;
/** Of a block, and of a file sent in one piece: each is in memory while it is sent. 50 000 blocks make 390 GiB. */
const blockSize = 8 * mebi;
/** As large as what the cache client's time for one try is meant for. */
const rangeSize = 4 * mebi;
const rangeTries = 4;
const version = { 'x-ms-version': '2022-11-02' };

/** Of any method; each takes those that its clients give. The sizes are upper limits: ours are smaller. */
export interface BlobOptions {
  readonly blockSize?: number | undefined;
  readonly maxSingleShotSize?: number | undefined;
  readonly concurrency?: number | undefined;
  readonly onProgress?: ((progress: { readonly loadedBytes: number }) => void) | undefined;
  readonly abortSignal?: AbortSignal;
  readonly blobHTTPHeaders?: { readonly blobContentType?: string };
}

/** A blob by its signed URL. Errors: those of src/http/, and for a refusal one with Azure's `code` and the `statusCode`. */
export class BlobClient {
  readonly accountName: string;
  readonly containerName: string;
  readonly name: string;
  readonly #url: string;
  readonly #tryTimeout: number | undefined;

  constructor(
    url: string,
    _credential?: undefined,
    options: { readonly retryOptions?: { readonly tryTimeoutInMs?: number | undefined } } = {},
  ) {
    only(options, ['retryOptions']);
    only(options.retryOptions ?? {}, ['tryTimeoutInMs']);
    const { hostname, pathname } = new URL(url);
    const [, container = '', ...name] = pathname.split('/');
    this.accountName = hostname.split('.')[0]!;
    this.containerName = container;
    this.name = decodeURIComponent(name.join('/'));
    this.#url = url;
    this.#tryTimeout = options.retryOptions?.tryTimeoutInMs;
  }

  /** The other class of the package has the same methods here. */
  getBlockBlobClient(): this {
    return this;
  }

  async uploadFile(
    path: string,
    options: BlobOptions = {},
  ): Promise<{ readonly _response: { readonly status: number } }> {
    only(options, ['blockSize', 'maxSingleShotSize', 'concurrency', 'onProgress']);
    const { size } = await stat(path);
    const { concurrency = 5, onProgress } = options;
    const most = Math.min(blockSize, options.blockSize ?? blockSize);
    if (size > Math.min(most, options.maxSingleShotSize ?? most)) {
      const stream = createReadStream(path, { highWaterMark: mebi });
      return this.uploadStream(stream, most, concurrency, { onProgress });
    }
    const headers = { 'x-ms-blob-type': 'BlockBlob', 'content-type': 'application/octet-stream' };
    const uploaded = await this.#put('', await readFile(path), headers);
    onProgress?.({ loadedBytes: size });
    return uploaded;
  }

  async uploadStream(stream: Readable, size: number, width: number, options: BlobOptions = {}) {
    only(options, ['blobHTTPHeaders', 'onProgress', 'abortSignal']);
    only(options.blobHTTPHeaders ?? {}, ['blobContentType']);
    // One prefix an upload, so that two of the same blob do not mix.
    const prefix = randomUUID();
    const idOf = (index: number) => Buffer.from(prefix + String(index).padStart(6, '0')).toString('base64');
    let [loadedBytes, count] = [0, 0];
    await inParallel(blocksOf(stream, size), width, async (block) => {
      options.abortSignal?.throwIfAborted();
      await this.#put(`comp=block&blockid=${encodeURIComponent(idOf(block.index))}`, block.bytes);
      loadedBytes += block.bytes.length;
      count++;
      options.onProgress?.({ loadedBytes });
    });
    options.abortSignal?.throwIfAborted();
    const ids = Array.from({ length: count }, (_, index) => `<Latest>${idOf(index)}</Latest>`);
    const list = `<?xml version="1.0" encoding="utf-8"?><BlockList>${ids.join('')}</BlockList>`;
    const type = options.blobHTTPHeaders?.blobContentType ?? 'application/octet-stream';
    const headers = { 'content-type': 'application/xml', 'x-ms-blob-content-type': type };
    return this.#put('comp=blocklist', list, headers);
  }

  async getProperties(): Promise<{ readonly contentLength: number | undefined }> {
    const answer = await this.#ask({ method: 'HEAD' });
    answer.body.resume();
    if (answer.status !== 200) throw this.#refusal(answer);
    const length = answer.headers['content-length'];
    return { contentLength: length === undefined ? undefined : Number(length) };
  }

  async downloadToBuffer(offset: number, count: number, options: BlobOptions = {}): Promise<Buffer> {
    only(options, ['abortSignal', 'concurrency', 'onProgress']);
    const whole = Buffer.allocUnsafe(count);
    let loadedBytes = 0;
    await inParallel(startsOf(count), options.concurrency ?? 5, async (start) => {
      const length = Math.min(rangeSize, count - start);
      const part = await this.#range(offset + start, length, options.abortSignal);
      part.copy(whole, start);
      loadedBytes += length;
      options.onProgress?.({ loadedBytes });
    });
    return whole;
  }

  /** A range again where its bytes break off or take longer than the time for one try. */
  async #range(from: number, length: number, stop: AbortSignal | undefined): Promise<Buffer> {
    for (let attempt = 1; ; attempt++) {
      stop?.throwIfAborted();
      const late = this.#tryTimeout === undefined ? [] : [AbortSignal.timeout(this.#tryTimeout)];
      const answer = await this.#ask({ headers: { range: `bytes=${from}-${from + length - 1}` } });
      if (answer.status !== 206) {
        answer.body.resume();
        throw this.#refusal(answer);
      }
      addAbortSignal(AbortSignal.any([...late, ...(stop ? [stop] : [])]), answer.body);
      const part = await readBody(answer, length, new URL(this.#url)).catch((error: Error) => error);
      if (Buffer.isBuffer(part) && part.length === length) return part;
      if (attempt < rangeTries) continue;
      throw part instanceof Error ? part : this.#refusal(answer);
    }
  }

  async #put(query: string, body: Uint8Array | string, headers: HttpRequest['headers'] = {}) {
    const answer = await this.#ask({ method: 'PUT', body, headers }, query);
    answer.body.resume();
    if (answer.status !== 201) throw this.#refusal(answer);
    return { _response: { status: answer.status } };
  }

  /** What is signed stays as it is written. */
  #ask(request: Partial<HttpRequest>, query = ''): Promise<HttpAnswer> {
    const join = query === '' ? '' : this.#url.includes('?') ? '&' : '?';
    const url = new URL(this.#url + join + query);
    const headers = { ...version, ...request.headers };
    return send({ method: 'GET', follow: false, ...request, url, headers });
  }

  /** Never with the signature, which is in the query. */
  #refusal({ status, headers }: HttpAnswer): Error {
    const code = /^\w{1,60}$/.exec(String(headers['x-ms-error-code'] ?? ''))?.[0] ?? '';
    const message = `${withoutQuery(new URL(this.#url))} answered ${status} ${code}`.trimEnd();
    return Object.assign(new Error(message), { name: 'BlobError', code, statusCode: status });
  }
}

export { BlobClient as BlockBlobClient };

function only(options: object, known: readonly string[]): void {
  const unknown = Object.keys(options).filter((key) => !known.includes(key));
  if (unknown.length > 0)
    throw new TypeError(`the blob client of these bundles does not know ${unknown.join(', ')}`);
}

async function* startsOf(count: number) {
  for (let start = 0; start < count; start += rangeSize) yield start;
}
