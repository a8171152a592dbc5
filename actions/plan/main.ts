import { readContext } from '../../src/github/index.ts';
import { openWorkspace } from '../../src/workspace/index.ts';
import { say } from '../kit/foreign-output.ts';
import { readInputs } from '../kit/inputs.ts';
import { setOutputs } from '../kit/outputs.ts';
import { run } from '../kit/run.ts';
import { runnerFolders } from '../kit/runner-folders.ts';
import { spec } from './inputs.ts';
import { planJobs } from './jobs.ts';
import { matrixOf } from './matrix.ts';
import { chooseSides } from './sides.ts';

await run(async () => {
  const inputs = readInputs(spec);
  const workspace = openWorkspace(runnerFolders().workspace);
  const sides = await chooseSides(workspace, readContext(), inputs);
  const { jobs, waiting, reasons } = await planJobs(workspace, inputs.for, sides);
  for (const { model, why } of reasons) say(`${model}: ${why.join('; ')}`);
  if (reasons.length === 0) say('no model is affected');
  const include = matrixOf(jobs);
  setOutputs({
    matrix: { include },
    count: include.length,
    models: jobs.map(({ model }) => model).join(' '),
    waiting: waiting.join(' '),
    ...sides,
  });
});
