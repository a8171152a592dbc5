import { LockstepError } from '../workspace/index.ts';
import { httpGet } from './http-request.ts';
import { objectMissing, receive, type Wanted } from './receive.ts';
import type { Remote } from './remote.ts';
import { withoutQuery } from './remote-address.ts';
import { objectPath } from './store.ts';

/** Objects under a URL that ends in `/`, read only: any web server or bucket that serves files will do. */
export function httpsRemote(base: URL): Remote {
  const name = withoutQuery(base);
  const urlOf = (object: Wanted) => new URL(objectPath(object.digest), base);
  const readOnly = (): never => {
    throw new LockstepError('E_REMOTE_READ_ONLY', {
      what: `${name} takes no uploads from Lockstep`,
      allowed: 'a file: remote',
      fix: 'push to a file: remote and publish that folder at this address',
    });
  };
  return {
    name,
    async fetch(object, temporary, onBytes) {
      const response = await httpGet(urlOf(object));
      if (response.status === 404 || response.status === 410) throw objectMissing(object, name);
      if (response.status !== 200 || !response.body) throw failed(object, name, response.status);
      await receiveBody(response, object, temporary, name, onBytes);
    },
    plan: async () => readOnly(),
    push: async () => readOnly(),
  };
}

async function receiveBody(
  response: Response,
  object: Wanted,
  temporary: string,
  name: string,
  onBytes?: (count: number) => void,
): Promise<void> {
  let first = Buffer.alloc(0);
  const body = response.body as unknown as AsyncIterable<Uint8Array>;
  const watched = (async function* () {
    for await (const chunk of body) {
      if (first.length < 64) first = Buffer.concat([first, chunk]).subarray(0, 64);
      yield chunk;
    }
  })();
  try {
    await receive(watched, object, temporary, name, onBytes);
  } catch (error) {
    throw explain(error, response, first, object, name);
  }
}

/** A login page and a cut connection look like wrong bytes; say which they are. */
function explain(error: unknown, response: Response, first: Buffer, object: Wanted, name: string): unknown {
  const type = response.headers.get('content-type') ?? 'no content type';
  if (!(error instanceof LockstepError)) return brokenStream(error, object, name);
  const page = /html/i.test(type) || /^\s*<(?:!doctype|html)/i.test(first.toString('latin1'));
  if (!page || (error.code !== 'E_SIZE_MISMATCH' && error.code !== 'E_DIGEST_MISMATCH')) return error;
  return new LockstepError('E_REMOTE_NOT_DATA', {
    what: `${name} answered "${object.key}" with a page (${type}) that begins ${JSON.stringify(first.toString('latin1', 0, 32))}`,
    allowed: `the bytes of ${object.digest}`,
    fix: 'check that the address needs no login and is the folder that holds sha256/',
    cause: error,
  });
}

function brokenStream(error: unknown, object: Wanted, name: string): LockstepError {
  const cause = (error as { cause?: { code?: string; message?: string } }).cause;
  const decoding =
    cause?.code?.startsWith('Z_') ||
    cause?.code?.startsWith('ERR_ZLIB') ||
    cause?.code?.startsWith('ERR_BROTLI');
  return decoding
    ? new LockstepError('E_DIGEST_MISMATCH', {
        what: `"${object.key}" from ${name} does not decode as the Content-Encoding it is sent with (${cause?.code})`,
        allowed: `expected ${object.digest}`,
        fix: 'serve objects as they are, without Content-Encoding',
        cause: error,
      })
    : new LockstepError('E_REMOTE_FAILED', {
        what: `the transfer of "${object.key}" from ${name} broke off (${cause?.code ?? cause?.message ?? (error as Error).message})`,
        fix: 'run the command again',
        cause: error,
      });
}

const failed = (object: Wanted, name: string, status: number): LockstepError =>
  new LockstepError('E_REMOTE_FAILED', {
    what: `${name} answered ${status} for "${object.key}" (${object.digest})`,
    allowed: '200 with the bytes, or 404',
    fix: status === 401 || status === 403 ? 'make the objects readable for this machine' : 'try again later',
  });
