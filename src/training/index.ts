// Built-in trainers, feature transforms inside the graph, ONNX export. The workers are started by name.
export { planInputs, type RawInput, type RawValues, readInputs } from './inputs.ts';
export { linearParams, type Params, readParams, treesParams } from './params.ts';
export { checkParity } from './parity.ts';
export { trainLinear, trainLogistic } from './train-linear.ts';
export { trainTrees } from './train-trees.ts';
export { exportOnnx, type TrainedModel, type TrainingRows } from './trained-model.ts';
