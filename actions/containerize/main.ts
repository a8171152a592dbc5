import { openWorkspace } from '../../src/workspace/index.ts';
import { readInputs } from '../kit/inputs.ts';
import { setOutputs } from '../kit/outputs.ts';
import { giveRegistryToken } from '../kit/registry-token.ts';
import { fail, run } from '../kit/run.ts';
import { runnerFolders } from '../kit/runner-folders.ts';
import { buildAndPush } from './image.ts';
import { spec } from './inputs.ts';

await run(async () => {
  const { models, push, token } = readInputs(spec);
  const workspace = openWorkspace(runnerFolders().workspace);
  giveRegistryToken(token);
  const images: Record<string, string> = {};
  for (const model of models) {
    try {
      images[model] = await buildAndPush(workspace, model, push);
    } catch (error) {
      fail(error); // The images of the other models are built all the same.
    }
  }
  setOutputs({ images });
});
