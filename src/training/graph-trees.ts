import type { OnnxAttribute, OnnxGraph } from '../model/index.ts';
import type { GraphInputs } from './graph-inputs.ts';
import { levelTensor } from './graph-levels.ts';
import type { Tree } from './tree.ts';
import type { FeaturePlan } from './tree-features.ts';

/** The matrix that the trees see: [N, features]. */
export function writeTreeFeatures(
  graph: OnnxGraph,
  inputs: GraphInputs,
  plans: readonly FeaturePlan[],
): string {
  const columns = plans.map((plan) => {
    if (plan.kind === 'number') return inputs.number(plan.input);
    if (plan.kind === 'date') return inputs.datePart(plan.input, plan.part);
    return levelTensor(graph, inputs.text(plan.input), plan.map, plan.guarded);
  });
  return columns.length === 1
    ? columns[0]!
    : graph.node('Concat', columns, { attributes: { axis: { int: 1 } } });
}

/** Sum of the trees' leaves and `base`: [N, 1]. */
export function writeTrees(graph: OnnxGraph, matrix: string, trees: readonly Tree[], base: number): string {
  const nodes = trees.flatMap((tree, treeId) => tree.map((node, nodeId) => ({ node, treeId, nodeId })));
  const split = <T>(value: (node: Extract<Tree[number], { kind: 'split' }>) => T, leaf: T): T[] =>
    nodes.map(({ node }) => (node.kind === 'split' ? value(node) : leaf));
  const leaves = nodes.flatMap(({ node, treeId, nodeId }) =>
    node.kind === 'leaf' ? [{ treeId, nodeId, value: node.value }] : [],
  );
  const attributes: Record<string, OnnxAttribute> = {
    n_targets: { int: 1 },
    base_values: { floats: [base] },
    nodes_treeids: { ints: nodes.map(({ treeId }) => treeId) },
    nodes_nodeids: { ints: nodes.map(({ nodeId }) => nodeId) },
    nodes_featureids: { ints: split(({ feature }) => feature, 0) },
    nodes_modes: { texts: split(({ equal }) => (equal ? 'BRANCH_EQ' : 'BRANCH_LEQ'), 'LEAF') },
    nodes_values: { floats: split(({ threshold }) => threshold, 0) },
    nodes_truenodeids: { ints: split(({ yes }) => yes, 0) },
    nodes_falsenodeids: { ints: split(({ no }) => no, 0) },
    nodes_missing_value_tracks_true: { ints: split(({ missingYes }) => (missingYes ? 1 : 0), 0) },
    target_treeids: { ints: leaves.map(({ treeId }) => treeId) },
    target_nodeids: { ints: leaves.map(({ nodeId }) => nodeId) },
    target_ids: { ints: leaves.map(() => 0) },
    target_weights: { floats: leaves.map(({ value }) => value) },
  };
  return graph.node('TreeEnsembleRegressor', [matrix], { domain: 'ai.onnx.ml', attributes });
}
