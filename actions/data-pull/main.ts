import { neededDatasets } from '../../src/commands/needed-datasets.ts';
import { pullData } from '../../src/data/index.ts';
import { openWorkspace } from '../../src/workspace/index.ts';
import { say } from '../kit/foreign-output.ts';
import { readInputs } from '../kit/inputs.ts';
import { setOutputs } from '../kit/outputs.ts';
import { run } from '../kit/run.ts';
import { runnerFolders } from '../kit/runner-folders.ts';
import { spec } from './inputs.ts';
import { restoreObjects, saveObjects } from './object-cache.ts';

await run(async () => {
  const { models, only, cache } = readInputs(spec);
  const workspace = openWorkspace(runnerFolders().workspace);
  const needed = await neededDatasets(workspace, models, only);
  const hit = cache && (await restoreObjects(workspace, needed));
  const { datasets, fetched } =
    needed.length === 0
      ? { datasets: [], fetched: { objects: 0, bytes: 0 } }
      : await pullData(workspace, { only: needed.map(({ key }) => key) });
  if (cache && !hit && fetched.objects > 0) await saveObjects(workspace, needed);
  say(`${datasets.length} datasets as locked, ${fetched.objects} objects fetched (${fetched.bytes} bytes)`);
  setOutputs({ datasets: datasets.length, ...fetched, 'cache-hit': hit });
});
