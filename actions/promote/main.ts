import { readContext } from '../../src/github/index.ts';
import { openWorkspace } from '../../src/workspace/index.ts';
import { openForge } from '../kit/forge.ts';
import { actAsBot } from '../kit/git-identity.ts';
import { readInputs } from '../kit/inputs.ts';
import { setOutputs } from '../kit/outputs.ts';
import { giveRegistryToken } from '../kit/registry-token.ts';
import { run } from '../kit/run.ts';
import { runnerFolders } from '../kit/runner-folders.ts';
import { answer } from './answer.ts';
import { spec } from './inputs.ts';
import { jobsOf, openJobs } from './requests.ts';

await run(async () => {
  const inputs = readInputs(spec);
  const [context, workspace] = [readContext(), openWorkspace(runnerFolders().workspace)];
  const github = await openForge(inputs.token, context, workspace);
  if (inputs.mode === 'promote') {
    actAsBot();
    giveRegistryToken(inputs.token);
    setOutputs(await answer({ context, workspace, github }, inputs));
    return;
  }
  const include =
    inputs.mode === 'sweep' ? await openJobs(workspace, github) : await jobsOf(workspace, inputs);
  setOutputs({ matrix: { include }, count: include.length });
});
