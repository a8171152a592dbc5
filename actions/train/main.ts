import { join } from 'node:path';
import { candidateArtifactName } from '../../src/github/index.ts';
import { openWorkspace } from '../../src/workspace/index.ts';
import { readInputs } from '../kit/inputs.ts';
import { setOutputs } from '../kit/outputs.ts';
import { fail, run } from '../kit/run.ts';
import { runnerFolders } from '../kit/runner-folders.ts';
import { uploadFolder } from '../kit/upload.ts';
import { trainInGroups } from './candidate.ts';
import { spec } from './inputs.ts';

/** Models don't get smaller. */
const uncompressed = 0;

await run(async () => {
  const { models, folder: named, quick, base, upload } = readInputs(spec);
  const { workspace: root, temp } = runnerFolders();
  const [workspace, folder] = [openWorkspace(root), named ?? join(temp, 'lockstep', 'candidates')];
  const trained: string[] = [];
  for (const model of models) {
    try {
      await trainInGroups(workspace, model, { folder: join(folder, model), quick, base });
      if (upload) await uploadFolder(candidateArtifactName(model), join(folder, model), uncompressed);
      trained.push(model);
    } catch (error) {
      fail(error); // The others of this job are handed over all the same.
    }
  }
  setOutputs({ folder, trained: trained.join(' ') });
});
