import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Digest, isLockstepError } from '../../workspace/index.ts';
import { ask, wordsOf } from './ask.ts';
import type { LoggedRequest } from './prediction-log.ts';
import { replay } from './replay.ts';

/** Asks a server its golden requests; the serving room's, handed in by the command, since rooms don't reach forward. */
export type AskGolden = (
  url: string,
  golden: unknown,
) => Promise<{
  readonly asked: number;
  readonly equal: number;
  readonly firstDifference?: unknown;
}>;

export interface TrialInput {
  readonly url: string;
  readonly model: string;
  readonly version: string;
  readonly modelDigest: Digest;
  readonly rootfs: string;
  /** Answered requests to replay; null when none are asked for. */
  readonly requests: readonly LoggedRequest[] | null;
  readonly askGolden: AskGolden;
}

export type Trial =
  | {
      readonly kind: 'passed';
      readonly golden: { readonly asked: number; readonly equal: number };
      readonly replayed: number | null;
    }
  | { readonly kind: 'failed'; readonly reasons: readonly string[] };

const failed = (...reasons: string[]): Trial => ({ kind: 'failed', reasons });

/** Whether a server that listens may take an environment's requests: ready, the right model, golden answers, replay. */
export async function tryServer(input: TrialInput): Promise<Trial> {
  const ready = await waitReady(input.url);
  if (ready !== null) return failed(ready);
  const other = await identityProblem(input.url, input.model, input.version, input.modelDigest);
  if (other !== null) return failed(other);
  const golden = await askAll(input);
  if ('reason' in golden) return failed(golden.reason);
  if (input.requests === null) return { kind: 'passed', golden, replayed: null };
  const { asked, reasons } = await replay(input.url, input.requests);
  return reasons.length > 0 ? failed(...reasons) : { kind: 'passed', golden, replayed: asked };
}

async function waitReady(url: string): Promise<string | null> {
  const until = Date.now() + 30_000;
  for (;;) {
    const answer = await ask(`${url}/v2/health/ready`, { timeoutMs: 2_000 });
    if (answer.status === 200) return null;
    const warming = answer.status !== 0 && wordsOf(answer) === 'warming up';
    if (!warming || Date.now() >= until) return `the server is not ready: ${wordsOf(answer)}`;
    await sleep(25);
  }
}

/** Null when the server behind `url` says it is this model in this version; else what it says. */
export async function identityProblem(
  url: string,
  model: string,
  version: string,
  modelDigest: Digest,
): Promise<string | null> {
  const answer = await ask(`${url}/v2/models/${model}`, { timeoutMs: 2_000 });
  if (answer.status !== 200) return `the server does not know ${model}: ${wordsOf(answer)}`;
  const { parameters } = JSON.parse(answer.text) as {
    parameters?: { version?: string; model_digest?: string };
  };
  return parameters?.version === version && parameters.model_digest === modelDigest
    ? null
    : `the server says it is ${model} ${parameters?.version} (${parameters?.model_digest}), the release is ${version} (${modelDigest})`;
}

async function askAll({
  rootfs,
  model,
  url,
  askGolden,
}: TrialInput): Promise<{ asked: number; equal: number } | { reason: string }> {
  try {
    const file = join(rootfs, 'models', model, 'golden.json');
    const { asked, equal, firstDifference } = await askGolden(url, JSON.parse(readFileSync(file, 'utf8')));
    if (asked > 0 && asked === equal) return { asked, equal };
    return {
      reason: `${equal} of ${asked} golden requests equal the offline predictions${firstDifference === undefined ? '' : `; first difference: ${JSON.stringify(firstDifference)}`}`,
    };
  } catch (error) {
    if (isLockstepError(error)) return { reason: error.message };
    return { reason: `the golden requests could not be asked: ${(error as Error).message}` };
  }
}
