import type { RegisterOutcome } from '../../src/commands/release-model.ts';
import { readContext } from '../../src/github/index.ts';
import { openWorkspace } from '../../src/workspace/index.ts';
import { openForge } from '../kit/forge.ts';
import { actAsBot } from '../kit/git-identity.ts';
import { readInputs } from '../kit/inputs.ts';
import { setOutputs } from '../kit/outputs.ts';
import { giveRegistryToken } from '../kit/registry-token.ts';
import { fail, run } from '../kit/run.ts';
import { runnerFolders } from '../kit/runner-folders.ts';
import { spec } from './inputs.ts';
import { registerOne } from './register.ts';
import { outputsOf, tellOutcomes } from './tell.ts';

await run(async () => {
  const { models, bump, token } = readInputs(spec);
  const job = { context: readContext(), workspace: openWorkspace(runnerFolders().workspace) };
  const github = await openForge(token, job.context);
  actAsBot();
  giveRegistryToken(token);
  const outcomes: RegisterOutcome[] = [];
  for (const model of models) {
    const outcome = await registerOne({ ...job, github }, model, bump).catch(fail);
    if (outcome) outcomes.push(outcome);
  }
  await tellOutcomes({ ...job, github }, outcomes);
  setOutputs(outputsOf(outcomes));
});
