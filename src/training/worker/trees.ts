import { treesParams } from '../params.ts';
import { runStage } from '../stage.ts';
import { trainTrees } from '../train-trees.ts';
import { trainStage } from '../training-stage.ts';

await runStage('trees', treesParams, (stage) => trainStage(stage, 'trees', trainTrees));
