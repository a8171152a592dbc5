import { type ObjectRef as FileRef, openStore, type Store } from '../data/index.ts';
import { type Comparison, compare, type Evaluation, evaluate, type JudgedData } from '../evaluation/index.ts';
import { type Outcome, type ReadPolicy, readPolicy, type Verdict } from '../gate/index.ts';
import { goldenRequests, type ModelFile } from '../model/index.ts';
import type { RunResult } from '../pipeline/index.ts';
import { canonicalJson, type Digest, type Workspace } from '../workspace/index.ts';
import { baselineName, type Champions } from './baseline.ts';
import { type JudgedRows, judgedRows } from './judged-rows.ts';
import type { StoredTable } from './scoring.ts';
import { type Candidate, candidateOf, scoreBaseline, scoreCandidate } from './subjects.ts';
import { verdictsOf, worst } from './verdicts.ts';

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
  readonly candidate: Candidate;
  readonly rows: JudgedRows;
  readonly policy: ReadPolicy;
  readonly modelFile: ModelFile;
  readonly champions: Champions;
  readonly now: Date;
  /** Those it is judged for; all unless stated. */
  readonly environments?: readonly string[];
}

/** Judges what ran here, by the policy and on the rows of the base commit. */
export async function judgeRun(
  workspace: Workspace,
  {
    run,
    base,
    ...rest
  }: Pick<JudgeInput, 'modelFile' | 'champions' | 'now' | 'environments'> & {
    readonly run: RunResult;
    readonly base: string | null;
  },
): Promise<Judgement> {
  const policy = await readPolicy(workspace, run.pipeline.model, base);
  const rows = await judgedRows(workspace, run, rest.modelFile, base);
  return judgeCandidate(workspace, { ...rest, candidate: candidateOf(workspace, run), rows, policy });
}

/** Evaluates a candidate against its baseline on the same rows, and gives a verdict for each environment that is asked about. */
export async function judgeCandidate(workspace: Workspace, input: JudgeInput): Promise<Judgement> {
  const { candidate, rows, modelFile, champions } = input;
  const store = openStore(workspace);
  const { model } = candidate;
  const subject = await scoreCandidate(workspace, candidate, rows);
  const judged = judgedData(modelFile, rows);

  const evaluation = evaluate({
    ...judged,
    model,
    subject: { kind: 'candidate', modelDigest: subject.model?.digest ?? null },
    predictions: digested(subject.predictions),
    measured: subject.measured,
    ...folds(rows),
  });
  const other = await scoreBaseline(workspace, {
    candidate,
    predictions: subject.predictions.table,
    modelFile,
    rows,
    baseline: champions.baseline,
  });
  const baseline = evaluate({
    ...judged,
    model,
    subject: other.subject,
    predictions: digested(other.predictions),
    ...folds(rows),
  });
  const [evaluationDigest, baselineDigest] = [await keep(store, evaluation), await keep(store, baseline)];
  const comparison = compare({
    ...judged,
    candidate: subject.predictions,
    baseline: other.predictions,
    candidateEvaluation: evaluationDigest,
    baselineEvaluation: baselineDigest,
    baselineSubject: other.subject,
  });
  const comparisonDigest = await keep(store, comparison);

  const verdicts = judgeEnvironments(workspace, input, {
    evaluation,
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
    evaluation,
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

function judgeEnvironments(
  workspace: Workspace,
  { candidate, rows, policy, champions, now, environments }: JudgeInput,
  { evaluation, comparison, evaluationDigest, comparisonDigest, modelDigest }: Evidence,
): Verdict[] {
  return verdictsOf(workspace, {
    environments,
    policy: policy.policy,
    evaluation,
    comparison,
    doubt: rows.doubt,
    now,
    binding: {
      model: candidate.model,
      modelDigest,
      run: candidate.run,
      lock: candidate.lock,
      evaluation: evaluationDigest,
      comparison: comparisonDigest,
      baseline: baselineName(champions.baseline),
      policy: { digest: policy.digest, commit: policy.commit },
      tip: champions.tip,
    },
  });
}

interface Evidence {
  readonly evaluation: Evaluation;
  readonly comparison: Comparison;
  readonly evaluationDigest: Digest;
  readonly comparisonDigest: Digest;
  readonly modelDigest: Digest | null;
}
