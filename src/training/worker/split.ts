import { splitParams } from '../params.ts';
import { splitStage } from '../split-stage.ts';
import { runStage } from '../stage.ts';

await runStage('split', splitParams, splitStage);
