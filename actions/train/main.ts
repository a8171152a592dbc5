import { join } from 'node:path';
import { candidateArtifactName } from '../../src/github/index.ts';
import { openWorkspace } from '../../src/workspace/index.ts';
import { readInputs } from '../kit/inputs.ts';
import { setOutputs } from '../kit/outputs.ts';
import { giveRegistryToken } from '../kit/registry-token.ts';
import { fail, run } from '../kit/run.ts';
import { runnerFolders } from '../kit/runner-folders.ts';
import { uploadFolder } from '../kit/upload.ts';
import { trainInGroups } from './candidate.ts';
import { spec } from './inputs.ts';

await run(async () => {
  const { models, folder: named, upload, token, ...how } = readInputs(spec);
  giveRegistryToken(token);
  const { workspace: root, temp } = runnerFolders();
  const [workspace, folder] = [openWorkspace(root), named ?? join(temp, 'lockstep', 'candidates')];
  const trained: string[] = [];
  for (const model of models) {
    try {
      await trainInGroups(workspace, model, { ...how, folder: join(folder, model) });
      // As it is: models don't get smaller.
      if (upload) await uploadFolder(candidateArtifactName(model), join(folder, model), 0);
      trained.push(model);
    } catch (error) {
      fail(error); // The others of this job are handed over all the same.
    }
  }
  setOutputs({ folder, trained: trained.join(' ') });
});
