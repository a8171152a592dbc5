import { readContext } from '../../src/github/index.ts';
import { openWorkspace } from '../../src/workspace/index.ts';
import { openForge } from '../kit/forge.ts';
import { actAsBot } from '../kit/git-identity.ts';
import { readInputs } from '../kit/inputs.ts';
import { setOutputs } from '../kit/outputs.ts';
import { giveRegistryToken } from '../kit/registry-token.ts';
import { run } from '../kit/run.ts';
import { runnerFolders } from '../kit/runner-folders.ts';
import { spec } from './inputs.ts';
import { keepChange } from './keep.ts';
import { registerAll } from './register.ts';
import { retrainIn } from './retrain.ts';
import { outputsOf, tellOutcomes } from './tell.ts';

await run(async () => {
  const { mode, models, base, head, version, environment, bump, token } = readInputs(spec);
  const context = readContext();
  const workspace = openWorkspace(runnerFolders().workspace);
  const job = { context, workspace, github: await openForge(token, context, workspace) };
  actAsBot();
  giveRegistryToken(token);
  if (mode === 'keep') return keepChange(job, models, { base, head });
  if (mode === 'retrain') return retrainIn(job, models, { version, environment });
  const outcomes = await registerAll(job, models, bump);
  await tellOutcomes(job, outcomes);
  setOutputs(outputsOf(outcomes));
});
