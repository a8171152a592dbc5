import { LockstepError } from '../../workspace/index.ts';
import { linearParams } from '../params.ts';
import { runStage } from '../stage.ts';
import { trainLogistic } from '../train-linear.ts';
import { trainStage } from '../training-stage.ts';

await runStage('logistic', linearParams, async (stage) => {
  if (stage.model.task !== 'binary-classification')
    throw new LockstepError('E_TRAIN_DATA', {
      what: `the task is ${stage.model.task}`,
      allowed: 'logistic regression is for binary-classification',
      fix: 'use `uses: linear`, or correct the task in model.yaml',
    });
  await trainStage(stage, 'logistic', trainLogistic);
});
