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
import { lookAndTell } from './look.ts';

await run(async () => {
  const { token, model, environment } = readInputs(spec);
  const [context, workspace] = [readContext(), openWorkspace(runnerFolders().workspace)];
  await openForge(token, context, workspace);
  actAsBot();
  giveRegistryToken(token);
  setOutputs(
    await lookAndTell(workspace, token, {
      ...(model === null ? {} : { model }),
      ...(environment === null ? {} : { environment }),
    }),
  );
});
