import { addPath, exportVariable } from '@actions/core';
import { readInputs } from '../kit/inputs.ts';
import { setOutputs } from '../kit/outputs.ts';
import { run } from '../kit/run.ts';
import { runnerFolders } from '../kit/runner-folders.ts';
import { spec } from './inputs.ts';
import { writeLauncher } from './launcher.ts';
import { planModules } from './modules.ts';
import { installPackages } from './npm.ts';
import { restoreTarballs } from './tarballs.ts';

await run(async () => {
  const { cache, modules, launcher } = readInputs(spec);
  const { workspace, temp } = runnerFolders();
  const plan = planModules(modules, workspace, temp);
  if (launcher) addPath(writeLauncher(temp));
  const hit = plan.locks.length > 0 && cache !== 'false' && (await restoreTarballs(plan, cache));
  for (const folder of plan.folders) await installPackages(folder, plan);
  if (plan.natives !== null) exportVariable('LOCKSTEP_MODULES', plan.natives);
  setOutputs({ modules: plan.natives ?? '', 'cache-hit': hit });
});
