import { readContext } from '../../src/github/index.ts';
import { openWorkspace } from '../../src/workspace/index.ts';
import { giveGitToken } from '../kit/git-token.ts';
import { readInputs } from '../kit/inputs.ts';
import { setOutputs } from '../kit/outputs.ts';
import { giveRegistryToken } from '../kit/registry-token.ts';
import { run } from '../kit/run.ts';
import { runnerFolders } from '../kit/runner-folders.ts';
import { spec } from './inputs.ts';
import { watchAll } from './watch-all.ts';

await run(async () => {
  const inputs = readInputs(spec);
  const context = readContext();
  // What runs, and on which evidence, stands in a repository and a registry that may be private.
  if (inputs.token !== null) giveGitToken(inputs.token, context.serverUrl);
  giveRegistryToken(inputs.token);
  setOutputs(await watchAll(openWorkspace(runnerFolders().workspace), context, inputs));
});
