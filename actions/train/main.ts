import { join } from 'node:path';
import { openWorkspace } from '../../src/workspace/index.ts';
import { readInputs } from '../kit/inputs.ts';
import { setOutputs } from '../kit/outputs.ts';
import { fail, run } from '../kit/run.ts';
import { runnerFolders } from '../kit/runner-folders.ts';
import { trainInGroups } from './candidate.ts';
import { spec } from './inputs.ts';
import { uploadCandidate } from './upload.ts';

await run(async () => {
  const { models, folder: named, quick, base, upload } = readInputs(spec);
  const { workspace: root, temp } = runnerFolders();
  const [workspace, folder] = [openWorkspace(root), named ?? join(temp, 'lockstep', 'candidates')];
  const trained: string[] = [];
  for (const model of models) {
    try {
      await trainInGroups(workspace, model, { folder: join(folder, model), quick, base });
      if (upload) await uploadCandidate(model, join(folder, model));
      trained.push(model);
    } catch (error) {
      fail(error); // The others of this job are handed over all the same.
    }
  }
  setOutputs({ folder, trained: trained.join(' ') });
});
