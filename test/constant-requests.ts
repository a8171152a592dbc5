import { Agent, request } from 'node:http';

/** One prediction request, in milliseconds of the clock since the requests began. */
export interface Asked {
  readonly start: number;
  readonly end: number;
  /** HTTP status, or what broke the connection. */
  readonly outcome: number | string;
  /** The version that the answer names; null without one. */
  readonly version: string | null;
}

export interface ConstantRequests {
  readonly asked: Asked[];
  /** Milliseconds since the requests began. */
  now(): number;
  /** Sends no more, and waits for the answers under way. */
  stop(): Promise<void>;
}

export interface RequestPlan {
  readonly url: string;
  /** Requests a second, sent when they are due whether or not others were answered. */
  readonly rate: number;
  readonly timeoutMs?: number;
}

export function sendConstantly({ url, rate, timeoutMs = 20_000 }: RequestPlan): ConstantRequests {
  const began = performance.now();
  const now = () => performance.now() - began;
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const asked: Asked[] = [];
  let sent = 0;
  let underWay = 0;

  const send = (): void => {
    const start = now();
    const body = JSON.stringify({ distance: (sent * 37) % 4000, carrier: 'AA', date: '2001-01-31' });
    sent++;
    underWay++;
    const done = (outcome: number | string, version: string | null): void => {
      underWay--;
      asked.push({ start, end: now(), outcome, version });
    };
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const signal = AbortSignal.timeout(timeoutMs);
    const sending = request(`${url}/predict`, { method: 'POST', agent, headers, signal });
    let settled = false;
    const settle = (outcome: number | string, version: string | null = null): void => {
      if (!settled) done(outcome, version);
      settled = true;
    };
    sending.on('error', (error: NodeJS.ErrnoException) => settle(error.code ?? error.message));
    sending.on('response', (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', (error: NodeJS.ErrnoException) => settle(error.code ?? error.message));
      answer.on('end', () => settle(answer.statusCode ?? 0, versionIn(Buffer.concat(chunks))));
    });
    sending.end(body);
  };

  const ticking = setInterval(() => {
    for (const due = Math.floor((now() * rate) / 1000); sent < due; ) send();
  }, 2);
  return {
    asked,
    now,
    async stop() {
      clearInterval(ticking);
      while (underWay > 0) await new Promise((resolve) => setTimeout(resolve, 20));
      agent.destroy();
    },
  };
}

function versionIn(body: Buffer): string | null {
  try {
    return (JSON.parse(body.toString()) as { version?: string }).version ?? null;
  } catch {
    return null;
  }
}
