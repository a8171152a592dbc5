import { reviewChange } from '../../src/commands/judged-review.ts';
import { changeOutcome, commentMarker, renderChange } from '../../src/report/index.ts';
import { openWorkspace } from '../../src/workspace/index.ts';
import { annotateChecks } from '../kit/check-annotations.ts';
import { readInputs } from '../kit/inputs.ts';
import { setOutputs } from '../kit/outputs.ts';
import { run } from '../kit/run.ts';
import { runnerFolders } from '../kit/runner-folders.ts';
import { addSummary } from '../kit/summary.ts';
import { spec } from './inputs.ts';
import { commitsOf, refuseOn, verdictsOf } from './verdict.ts';

await run(async () => {
  const inputs = readInputs(spec);
  const workspace = openWorkspace(runnerFolders().workspace);
  const change = await reviewChange(workspace, inputs.judged, await commitsOf(workspace, inputs));
  for (const part of change.models)
    if (part.kind === 'judged') annotateChecks(workspace, part.model, part.input.verdicts);
  await addSummary(renderChange(change).replace(commentMarker, ''));
  setOutputs({ ...changeOutcome(change), verdicts: verdictsOf(change) });
  refuseOn(inputs['fail-on'], change);
});
