import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from '../data/index.ts';
import type { Comparison, Evaluation } from '../evaluation/index.ts';
import type { Verdict } from '../gate/index.ts';
import { type RunResult, runPath } from '../pipeline/index.ts';
import { type Digest, type Workspace, writeAtomic } from '../workspace/index.ts';
import type { Judgement, JudgementObjects } from './judgement.ts';
import { worst } from './verdicts.ts';

/** What a run's folder keeps of its last judgement: digests of objects in the store. */
interface Kept {
  readonly key: Digest;
  readonly baselineName: string;
  readonly environments: readonly string[];
  readonly objects: JudgementObjects;
}

const pathOf = (workspace: Workspace, { record }: RunResult): string =>
  join(runPath(workspace, record.fingerprint), 'judgement.json');

/** The judgement made before, when nothing it depends on has changed and all its objects are still there. */
export async function keptJudgement(
  workspace: Workspace,
  key: Digest,
  run: RunResult,
): Promise<Judgement | null> {
  const path = pathOf(workspace, run);
  if (!existsSync(path)) return null;
  const kept = JSON.parse(readFileSync(path, 'utf8')) as Kept;
  if (kept.key !== key) return null;
  const store = openStore(workspace);
  const { objects } = kept;
  const needed = [
    objects.evaluation,
    objects.baseline,
    objects.comparison,
    ...Object.values(objects.verdicts),
    objects.predictions.digest,
  ];
  if (!needed.every((digest) => store.has(digest))) return null;
  const read = async <T>(digest: Digest): Promise<T> =>
    JSON.parse((await store.read(digest)).toString()) as T;
  const verdicts = await Promise.all(kept.environments.map((name) => read<Verdict>(objects.verdicts[name]!)));
  return {
    verdict: worst(verdicts.map(({ verdict }) => verdict)),
    verdicts,
    evaluation: await read<Evaluation>(objects.evaluation),
    baseline: await read<Evaluation>(objects.baseline),
    baselineName: kept.baselineName,
    comparison: await read<Comparison>(objects.comparison),
    objects,
  };
}

export function keepJudgement(
  workspace: Workspace,
  key: Digest,
  run: RunResult,
  { objects, verdicts, baselineName }: Judgement,
): void {
  const kept: Kept = {
    key,
    baselineName,
    environments: verdicts.map(({ environment }) => environment),
    objects,
  };
  writeAtomic(pathOf(workspace, run), `${JSON.stringify(kept, null, 2)}\n`);
}
