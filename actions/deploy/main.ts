import { readContext } from '../../src/github/index.ts';
import { openWorkspace } from '../../src/workspace/index.ts';
import { openForge } from '../kit/forge.ts';
import { actAsBot } from '../kit/git-identity.ts';
import { readInputs } from '../kit/inputs.ts';
import { setOutputs } from '../kit/outputs.ts';
import { giveRegistryToken } from '../kit/registry-token.ts';
import { fail, run } from '../kit/run.ts';
import { runnerFolders } from '../kit/runner-folders.ts';
import { checkOrder, deployOne } from './deploy.ts';
import { spec } from './inputs.ts';

await run(async () => {
  const inputs = readInputs(spec);
  checkOrder(inputs);
  const [context, workspace] = [readContext(), openWorkspace(runnerFolders().workspace)];
  const github = await openForge(inputs.token, context, workspace);
  actAsBot();
  giveRegistryToken(inputs.token);
  const outcomes: Record<string, string> = {};
  for (const model of inputs.models) {
    try {
      outcomes[model] = await deployOne({ context, workspace, github }, model, inputs);
    } catch (error) {
      fail(error); // The other models are deployed all the same.
    }
  }
  setOutputs({ outcomes });
});
