import { readContext } from '../../src/github/index.ts';
import { openWorkspace } from '../../src/workspace/index.ts';
import { openForge } from '../kit/forge.ts';
import { readInputs, wanted } from '../kit/inputs.ts';
import { setOutputs } from '../kit/outputs.ts';
import { giveRegistryToken } from '../kit/registry-token.ts';
import { run } from '../kit/run.ts';
import { runnerFolders, scratchFolder } from '../kit/runner-folders.ts';
import { uploadFolder } from '../kit/upload.ts';
import { collect } from './collect.ts';
import { spec } from './inputs.ts';
import { judgedArtifact, publish } from './publish.ts';

await run(async () => {
  const inputs = readInputs(spec);
  if (inputs.mode === 'keep') {
    await uploadFolder(judgedArtifact, wanted('judged', inputs.judged), 6);
    return;
  }
  const [context, workspace] = [readContext(), openWorkspace(runnerFolders().workspace)];
  const github = await openForge(inputs.token, context);
  giveRegistryToken(inputs.token);
  const job = { context, workspace, github };
  const folder = inputs.folder ?? scratchFolder('candidates');
  setOutputs(inputs.mode === 'collect' ? await collect(job, folder) : await publish(job));
});
