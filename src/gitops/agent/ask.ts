import type { Agent } from 'node:http';
import { nodeHttp } from '../../workspace/node-http.ts';
import { logHeader } from './messages.ts';

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** One request to a server of ours on this machine, not logged there. Status 0 when it did not answer in time. */
export function ask(
  url: string,
  { body, agent, timeoutMs = 10_000 }: { body?: unknown; agent?: Agent; timeoutMs?: number } = {},
): Promise<Answer> {
  return new Promise((resolve) => {
    const sent = nodeHttp().request(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json', [logHeader]: 'off' },
      signal: AbortSignal.timeout(timeoutMs),
      ...(agent ? { agent } : {}),
    });
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
      );
      response.on('error', (error) => resolve({ status: 0, text: error.message }));
    });
    sent.on('error', (error) => resolve({ status: 0, text: error.message }));
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** What a server says in an error, in one line. */
export function wordsOf({ status, text }: Answer): string {
  try {
    const { error } = JSON.parse(text) as { error?: string | { message?: string } };
    const words = typeof error === 'string' ? error : error?.message;
    if (words) return words;
  } catch {
    // Not JSON: shown as it is.
  }
  return status === 0 ? `no answer (${text})` : `HTTP ${status} ${text.trim().slice(0, 200)}`;
}

export const manyAtOnce = (sockets: number): Agent =>
  new (nodeHttp().Agent)({ keepAlive: true, maxSockets: sockets });
