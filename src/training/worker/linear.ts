import { LockstepError } from '../../workspace/index.ts';
import { linearParams } from '../params.ts';
import { runStage } from '../stage.ts';
import { trainLinear } from '../train-linear.ts';
import { trainStage } from '../training-stage.ts';

await runStage('linear', linearParams, async (stage) => {
  if (stage.model.task !== 'regression')
    throw new LockstepError('E_TRAIN_DATA', {
      what: `the task is ${stage.model.task}`,
      allowed: 'linear regression is for regression',
      fix: 'use `uses: logistic`, or correct the task in model.yaml',
    });
  await trainStage(stage, 'linear', trainLinear);
});
