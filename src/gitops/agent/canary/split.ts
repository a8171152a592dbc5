import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { wordsOf } from '../ask.ts';
import { longestWaitMs, unavailable } from '../forward.ts';
import type { RequestBody } from '../messages.ts';
import { exchange, type Reply, succeeded, type Target } from '../target.ts';
import { scoresIn, type Trial } from './evidence.ts';

/** A new version that takes part in answering. Asked anew for each request. */
export interface Newcomer {
  /** Header that tells callers apart. */
  readonly by: string;
  /** Whether it answers this caller's request. */
  takes(caller: string | undefined): boolean;
  /** Whether it gets a copy of a request that the old version answered. */
  copies(): boolean;
  saw(trial: Trial): void;
}

interface Split {
  readonly current: () => Target | null;
  readonly target: Target;
  readonly newcomer: Newcomer;
}

type WholeBody = RequestBody & { readonly whole: true };

/** A new version that takes longer has not answered; the client still waits. */
const newcomerMs = 10_000;
/** A new version slower than the traffic must not pile copies up. */
const mostCopies = 32;

/** Only predictions are split: what the environment runs is always the old version's to say. */
export const isPrediction = ({ method, url }: IncomingMessage): boolean =>
  method === 'POST' && /^\/(predict|v2\/models\/[^/]+\/infer)(\?|$)/.test(url ?? '');

/**
 * Answers a prediction while two versions run. What the new version can't answer is asked of the old one, so that a
 * canary costs no client an answer; it counts against the new version where the old one could.
 */
export async function answerBySplit(
  split: Split,
  request: IncomingMessage,
  body: WholeBody,
  response: ServerResponse,
): Promise<void> {
  const { current, target, newcomer } = split;
  if (!newcomer.takes(callerOf(request, newcomer.by))) {
    const reply = await answerByOld(current, request, body, response);
    give(response, reply);
    if (!succeeded(reply)) return;
    const scores = scoresIn(reply.body);
    newcomer.saw({ kind: 'old', ms: reply.ms, scores });
    if (newcomer.copies()) await copy(split, request, body, scores);
    return;
  }
  const reply = await exchange(target, request, body, { timeoutMs: newcomerMs });
  if (succeeded(reply)) {
    give(response, reply);
    return newcomer.saw({ kind: 'new', ms: reply.ms, scores: scoresIn(reply.body) });
  }
  const instead = await answerByOld(current, request, body, response);
  give(response, instead);
  if (succeeded(instead)) newcomer.saw({ kind: 'failed', words: failureOf(reply) });
}

async function copy(
  { target, newcomer }: Split,
  request: IncomingMessage,
  body: WholeBody,
  against: readonly number[],
): Promise<void> {
  if (target.inFlight >= mostCopies) return newcomer.saw({ kind: 'copy left out' });
  const reply = await exchange(target, request, body, { timeoutMs: newcomerMs, copy: true });
  if (!succeeded(reply)) return newcomer.saw({ kind: 'copy failed', words: failureOf(reply) });
  newcomer.saw({ kind: 'copied', ms: reply.ms, scores: scoresIn(reply.body), against });
}

/** The old version's answer, waiting for its server as `forward` does. */
async function answerByOld(
  current: () => Target | null,
  request: IncomingMessage,
  body: WholeBody,
  response: ServerResponse,
): Promise<Reply | null> {
  for (const until = Date.now() + longestWaitMs; ; await sleep(25)) {
    const target = current();
    const reply = target && (await exchange(target, request, body, { timeoutMs: 60_000 }));
    if (reply || response.destroyed || Date.now() >= until) return reply;
  }
}

function give(response: ServerResponse, reply: Reply | null): void {
  if (response.destroyed) return;
  if (reply === null) unavailable(response);
  else response.writeHead(reply.status, [...reply.headers]).end(reply.body);
}

const failureOf = (reply: Reply | null): string =>
  reply === null ? 'no answer' : wordsOf({ status: reply.status, text: reply.body.toString() });

function callerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}
