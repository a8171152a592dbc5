import type { IncomingMessage } from 'node:http';
import { HttpError, malformed } from './http-error.ts';

const mostBytes = 1 << 20;

/** The JSON object in a request's body, of at most 1 MiB. Errors: HttpError 400, 413. */
export async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) throw tooLarge();
  return parseObject(await collect(request));
}

function collect(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > mostBytes) {
        request.pause();
        reject(tooLarge());
      } else chunks.push(chunk);
    });
    request.on('end', () => resolve((chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)).toString()));
    request.on('error', () => reject(malformed('the request ended early')));
  });
}

// The rest of the body is not read, so the connection can't be used again.
const tooLarge = (): HttpError =>
  new HttpError(413, `a body of at most ${mostBytes} bytes is allowed`, { connection: 'close' });

function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw malformed(text === '' ? 'the body is empty' : `the body is not JSON: ${(error as Error).message}`);
  }
  if (isObject(value)) return value;
  throw malformed('the body is JSON but no object');
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
