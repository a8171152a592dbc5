import { fromRoot, type ModelRun, runModel } from '../commands/run.ts';
import { noteIn, type Report, runPipeline } from '../pipeline/index.ts';
import { renderText } from '../report/index.ts';
import { startProgress, type Workspace } from '../workspace/index.ts';
import type { Command, CommandResult, DoneCode } from './command.ts';

const exitCodes = { pass: 0, fail: 3, inconclusive: 4 } as const satisfies Record<string, DoneCode>;

export const command: Command = {
  name: 'run',
  summary: 'train what changed, judge it against production, write the report',
  positionals: '<model>',
  options: { until: { type: 'string' }, base: { type: 'string' }, force: { type: 'boolean' } },
  help: {
    until: 'run the stages up to this one and stop; nothing is judged',
    base: 'revision whose policy and rows judge (default: where HEAD left the default branch of origin)',
    force: 'run every stage again, whatever the cache has',
  },
  async run({ workspace, positionals, values }) {
    const model = positionals[0]!;
    const [force, report] = [values.force === true, drawStages()];
    if (typeof values.until === 'string') return runUntil(workspace, model, values.until, force, report);
    const done = await runModel(workspace, model, {
      force,
      report,
      ...(typeof values.base === 'string' ? { base: values.base } : {}),
    });
    return {
      json: runJson(workspace, done),
      text: runText(workspace, done),
      exit: exitCodes[done.judgement.verdict],
    };
  },
};

function runText(workspace: Workspace, { report, files, cached, seconds }: ModelRun): string {
  const text = renderText(report, {
    color: process.stdout.isTTY === true && !process.env.NO_COLOR,
    report: fromRoot(workspace, files.report),
  });
  return cached ? `${text}\nnothing changed: ${seconds} s` : text;
}

/** What `run --json` prints; the paths are relative to the repository root. */
function runJson(workspace: Workspace, { run, judgement, report, files, cached, seconds }: ModelRun) {
  const { verdict, verdicts, evaluation, comparison, baselineName, objects } = judgement;
  const path = (file: string | null) => (file === null ? null : fromRoot(workspace, file));
  return {
    model: run.pipeline.model,
    verdict,
    reasons: [...new Set(verdicts.flatMap((one) => (one.verdict === 'pass' ? [] : one.reasons)))],
    verdicts: Object.fromEntries(
      verdicts.map((one) => [one.environment, { verdict: one.verdict, reasons: one.reasons }]),
    ),
    metrics: evaluation.metrics,
    baseline: baselineName,
    differences: comparison.metrics,
    rows: evaluation.rows,
    // The version it would get; null where it is the very model that has one.
    wouldBecome: report.version ?? null,
    run: run.record.fingerprint,
    modelFile: path(files.model),
    modelDigest: objects.model?.digest ?? null,
    predictions: path(files.predictions),
    report: path(files.report),
    comment: path(files.comment),
    seconds,
    cached,
  };
}

async function runUntil(
  workspace: Workspace,
  model: string,
  until: string,
  force: boolean,
  report: Report,
): Promise<CommandResult> {
  const { record, outputs, cached } = await runPipeline(workspace, model, { until, force, report });
  const lines = Object.entries(outputs).map(
    ([name, { digest, size }]) => `  ${name}  ${size} bytes  ${digest}`,
  );
  return {
    json: { model, run: record.fingerprint, outputs, cached, seconds: record.seconds },
    text: [`${model}: up to ${until}${cached ? ', nothing changed' : ''}`, ...lines].join('\n'),
  };
}

/** Tells on a terminal which stage is running, with its last line; a log gets one line a stage. */
function drawStages(): Report {
  const bar = process.stderr.isTTY;
  let progress = startProgress('');
  return (event) => {
    if (event.kind === 'stage-started') {
      if (bar) progress = startProgress(event.stage);
      process.stderr.write(`${event.stage}: ${event.why.join(', ')}\n`);
    }
    if (event.kind === 'log' && noteIn(event.line) !== null) {
      process.stderr.write(`${bar ? '\r\u001b[2K' : ''}${event.stage}: ${event.line}\n`);
      return;
    }
    if (event.kind === 'notice') process.stderr.write(`${event.stage}: ${event.text}\n`);
    if (event.kind === 'log' && bar) process.stderr.write(`\r\u001b[2K  ${event.line.slice(0, 100)}`);
    if (event.kind === 'stage-finished') {
      progress.end();
      process.stderr.write(`${event.stage}: done in ${event.seconds.toFixed(1)} s\n`);
    }
  };
}
