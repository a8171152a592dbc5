import { readFileSync } from 'node:fs';
import { worst } from '../../src/commands/verdicts.ts';
import { openWorkspace } from '../../src/workspace/index.ts';
import { readInputs } from '../kit/inputs.ts';
import { setOutputs } from '../kit/outputs.ts';
import { run } from '../kit/run.ts';
import { runnerFolders } from '../kit/runner-folders.ts';
import { addSummary } from '../kit/summary.ts';
import { evaluate } from './evaluate.ts';
import { spec } from './inputs.ts';

await run(async () => {
  const inputs = readInputs(spec);
  const workspace = openWorkspace(runnerFolders().workspace);
  const { judgement, files } = await evaluate(workspace, inputs);
  const { verdicts, evaluation } = judgement;
  await addSummary(readFileSync(files.comment, 'utf8'));
  setOutputs({
    verdict: worst(verdicts.map(({ verdict }) => verdict)),
    verdicts: Object.fromEntries(verdicts.map(({ environment, verdict }) => [environment, verdict])),
    metrics: evaluation.metrics,
    report: files.report,
    comment: files.comment,
  });
});
