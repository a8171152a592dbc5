import { type ObjectRef as FileRef, openStore, type Store } from '../data/index.ts';
import { type Comparison, compare, type Evaluation, evaluate, type JudgedData } from '../evaluation/index.ts';
import { judge, type Outcome, type ReadPolicy, readPolicy, type Verdict } from '../gate/index.ts';
import { goldenRequests, type ModelFile } from '../model/index.ts';
import type { RunResult } from '../pipeline/index.ts';
import { canonicalJson, type Digest, type Workspace } from '../workspace/index.ts';
import { baselineName, type Champions } from './baseline.ts';
import { type JudgedRows, judgedRows } from './judged-rows.ts';
import type { StoredTable } from './scoring.ts';
import { scoreBaseline, scoreCandidate } from './subjects.ts';

/** A candidate with everything that was found out about it, each part an object in the store. */
export interface Judgement {
  readonly verdict: Outcome;
  readonly verdicts: readonly Verdict[];
  readonly evaluation: Evaluation;
  readonly baseline: Evaluation;
  readonly baselineName: string;
  readonly comparison: Comparison;
  readonly objects: JudgementObjects;
}

export interface JudgementObjects {
  readonly evaluation: Digest;
  readonly baseline: Digest;
  readonly comparison: Digest;
  readonly verdicts: Readonly<Record<string, Digest>>;
  readonly predictions: FileRef;
  readonly model: FileRef | null;
  readonly golden: Digest | null;
}

export interface JudgeInput {
  readonly run: RunResult;
  readonly modelFile: ModelFile;
  readonly base: string | null;
  readonly champions: Champions;
  readonly now: Date;
}

/** Evaluates a run against its baseline on the same rows, and gives one verdict for each environment. */
export async function judgeRun(workspace: Workspace, input: JudgeInput): Promise<Judgement> {
  const { run, modelFile, base, champions } = input;
  const store = openStore(workspace);
  const { model } = run.pipeline;
  const policy = await readPolicy(workspace, model, base);
  const rows = await judgedRows(workspace, run, modelFile, base);
  const subject = await scoreCandidate(workspace, run, rows);
  const judged = judgedData(modelFile, rows);

  const candidate = evaluate({
    ...judged,
    model,
    subject: { kind: 'candidate', modelDigest: subject.model?.digest ?? null },
    predictions: digested(subject.predictions),
    measured: subject.measured,
    ...folds(rows),
  });
  const other = await scoreBaseline(workspace, {
    run,
    modelFile,
    rows,
    baseline: champions.baseline,
    candidate: subject.predictions.table,
  });
  const baseline = evaluate({
    ...judged,
    model,
    subject: other.subject,
    predictions: digested(other.predictions),
    ...folds(rows),
  });
  const [evaluationDigest, baselineDigest] = [await keep(store, candidate), await keep(store, baseline)];
  const comparison = compare({
    ...judged,
    candidate: subject.predictions,
    baseline: other.predictions,
    candidateEvaluation: evaluationDigest,
    baselineEvaluation: baselineDigest,
    baselineSubject: other.subject,
  });
  const comparisonDigest = await keep(store, comparison);

  const verdicts = judgeEnvironments(workspace, input, policy, rows, {
    candidate,
    comparison,
    evaluationDigest,
    comparisonDigest,
    modelDigest: subject.model?.digest ?? null,
  });
  const verdictDigests: [string, Digest][] = [];
  for (const verdict of verdicts) verdictDigests.push([verdict.environment, await keep(store, verdict)]);
  const golden =
    subject.ownScores === null
      ? null
      : await keep(store, {
          v: 1,
          model,
          requests: goldenRequests(rows.table, modelFile, subject.ownScores),
        });
  return {
    verdict: worst(verdicts.map(({ verdict }) => verdict)),
    verdicts,
    evaluation: candidate,
    baseline,
    baselineName: baselineName(champions.baseline),
    comparison,
    objects: {
      evaluation: evaluationDigest,
      baseline: baselineDigest,
      comparison: comparisonDigest,
      verdicts: Object.fromEntries(verdictDigests),
      predictions: subject.predictions.ref,
      model: subject.model,
      golden,
    },
  };
}

const keep = async (store: Store, value: unknown): Promise<Digest> =>
  (await store.put(canonicalJson(value))).digest;

const digested = ({ table, ref }: StoredTable) => ({ table, digest: ref.digest });

const folds = ({ evaluate: { folds } }: JudgedRows): { folds?: number } =>
  folds === undefined ? {} : { folds };

function judgedData({ task, output }: ModelFile, { table, ref, evaluate }: JudgedRows): JudgedData {
  return {
    task,
    data: { table, digest: ref.digest },
    target: evaluate.target,
    positive: evaluate.positive ?? output.positive,
    threshold: evaluate.threshold,
    rowId: evaluate['row-id'],
    slices: evaluate.slices,
  };
}

interface Evidence {
  readonly candidate: Evaluation;
  readonly comparison: Comparison;
  readonly evaluationDigest: Digest;
  readonly comparisonDigest: Digest;
  readonly modelDigest: Digest | null;
}

function judgeEnvironments(
  workspace: Workspace,
  { run, champions, now }: JudgeInput,
  policy: ReadPolicy,
  rows: JudgedRows,
  evidence: Evidence,
): Verdict[] {
  const { record } = run;
  const binding = {
    model: record.model,
    modelDigest: evidence.modelDigest,
    run: record.fingerprint,
    lock: record.lock,
    evaluation: evidence.evaluationDigest,
    comparison: evidence.comparisonDigest,
    baseline: baselineName(champions.baseline),
    policy: { digest: policy.digest, commit: policy.commit },
    tip: champions.tip,
  };
  return workspace.configuration.environments.map((environment) => {
    // Holds name versions; what is judged here has none yet.
    const verdict = judge({
      policy: policy.policy,
      environment,
      evaluation: evidence.candidate,
      comparison: evidence.comparison,
      holds: [],
      now,
      binding,
    });
    return rows.doubt === null || verdict.verdict === 'fail'
      ? verdict
      : { ...verdict, verdict: 'inconclusive' as const, reasons: [rows.doubt, ...verdict.reasons] };
  });
}

const order: readonly Outcome[] = ['pass', 'inconclusive', 'fail'];

/** One word for all environments: what will stop the change somewhere is said at once. */
export const worst = (outcomes: readonly Outcome[]): Outcome =>
  outcomes.reduce<Outcome>(
    (worse, outcome) => (order.indexOf(outcome) > order.indexOf(worse) ? outcome : worse),
    'pass',
  );
