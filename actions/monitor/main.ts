import { readContext } from '../../src/github/index.ts';
import { listPipelines } from '../../src/pipeline/index.ts';
import { openWorkspace } from '../../src/workspace/index.ts';
import { readInputs } from '../kit/inputs.ts';
import { setOutputs } from '../kit/outputs.ts';
import { fail, run } from '../kit/run.ts';
import { runnerFolders } from '../kit/runner-folders.ts';
import { tellAbout } from './alert.ts';
import { spec } from './inputs.ts';
import { reportFolder, watch } from './watch.ts';

await run(async () => {
  const inputs = readInputs(spec);
  const workspace = openWorkspace(runnerFolders().workspace);
  const models = inputs.models.length > 0 ? inputs.models : listPipelines(workspace);
  const [alerts, branches]: [string[], string[]] = [[], []];
  for (const model of models) {
    try {
      const report = await watch(workspace, model, inputs);
      if (report === null || report.alerts.length === 0) continue;
      alerts.push(model);
      if (inputs.token !== null)
        branches.push(...(await tellAbout(workspace, readContext(), report, inputs)));
    } catch (error) {
      fail(error); // The other models are looked at all the same.
    }
  }
  setOutputs({ alerts: alerts.join(' '), branches: branches.join(' '), report: reportFolder() });
});
