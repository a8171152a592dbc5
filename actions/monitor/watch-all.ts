import type { RunContext } from '../../src/github/index.ts';
import { listPipelines } from '../../src/pipeline/index.ts';
import type { Workspace } from '../../src/workspace/index.ts';
import type { Inputs } from '../kit/inputs.ts';
import { fail } from '../kit/run.ts';
import { tellAbout } from './alert.ts';
import type { spec } from './inputs.ts';
import { reportFolder, watch } from './watch.ts';

/** Looks at every model that is named, or at all of them; what fails for one is told, and the others are looked at. */
export async function watchAll(workspace: Workspace, context: RunContext, inputs: Inputs<typeof spec>) {
  const models = inputs.models.length > 0 ? inputs.models : listPipelines(workspace);
  const [alerts, branches]: [string[], string[]] = [[], []];
  for (const model of models) {
    try {
      const report = await watch(workspace, model, inputs);
      if (report === null || report.alerts.length === 0) continue;
      alerts.push(model);
      if (inputs.token !== null) branches.push(...(await tellAbout(workspace, context, report, inputs)));
    } catch (error) {
      fail(error);
    }
  }
  return { alerts: alerts.join(' '), branches: branches.join(' '), report: reportFolder() };
}
