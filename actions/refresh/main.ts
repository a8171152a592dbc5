import { selectSources } from '../../src/commands/refresh.ts';
import { readContext } from '../../src/github/index.ts';
import { openWorkspace } from '../../src/workspace/index.ts';
import { openForge } from '../kit/forge.ts';
import { readInputs } from '../kit/inputs.ts';
import { setOutputs } from '../kit/outputs.ts';
import { run } from '../kit/run.ts';
import { runnerFolders } from '../kit/runner-folders.ts';
import { fetchSources } from './fetch.ts';
import { spec } from './inputs.ts';
import { propose } from './propose.ts';

await run(async () => {
  const { mode, datasets: only, date, scheduled, token } = readInputs(spec);
  const workspace = openWorkspace(runnerFolders().workspace);
  const wanted = { only, scheduled, day: date ?? undefined };
  if (mode === 'due') setOutputs({ due: selectSources(workspace, wanted).length > 0 });
  else if (mode === 'fetch') setOutputs(await fetchSources(workspace, wanted));
  else {
    const context = readContext();
    setOutputs(await propose({ context, workspace, github: await openForge(token, context) }));
  }
});
