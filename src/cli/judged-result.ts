import { fromRoot, type Judged } from '../commands/judged-files.ts';
import { renderText } from '../report/index.ts';
import type { Workspace } from '../workspace/index.ts';
import type { CommandResult, DoneCode } from './command.ts';

const exitCodes = { pass: 0, fail: 3, inconclusive: 4 } as const satisfies Record<string, DoneCode>;

/** What `run` and `judge` answer: the verdict is the exit code. */
export const judgedResult = (workspace: Workspace, judged: Judged): CommandResult => ({
  json: jsonOf(workspace, judged),
  text: textOf(workspace, judged),
  exit: exitCodes[judged.judgement.verdict],
});

function textOf(workspace: Workspace, { report, files, cached, seconds }: Judged): string {
  const text = renderText(report, {
    color: process.stdout.isTTY === true && !process.env.NO_COLOR,
    report: fromRoot(workspace, files.report),
  });
  return cached ? `${text}\nnothing changed: ${seconds} s` : text;
}

/** What `--json` prints; the paths are relative to the repository root. */
function jsonOf(workspace: Workspace, { judgement, report, files, cached, seconds }: Judged) {
  const { verdict, verdicts, evaluation, comparison, baselineName, objects } = judgement;
  const path = (file: string | null) => (file === null ? null : fromRoot(workspace, file));
  return {
    model: report.model,
    verdict,
    reasons: [...new Set(verdicts.flatMap((one) => (one.verdict === 'pass' ? [] : one.reasons)))],
    verdicts: Object.fromEntries(
      verdicts.map((one) => [one.environment, { verdict: one.verdict, reasons: one.reasons }]),
    ),
    metrics: evaluation.metrics,
    baseline: baselineName,
    differences: comparison.metrics,
    rows: evaluation.rows,
    // The version it would get; null where it is the very model that has one, or only handed over.
    wouldBecome: report.version ?? null,
    run: report.run.fingerprint,
    modelFile: path(files.model),
    modelDigest: objects.model?.digest ?? null,
    predictions: path(files.predictions),
    report: path(files.report),
    comment: path(files.comment),
    seconds,
    cached,
  };
}
