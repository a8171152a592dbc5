import type { OnnxGraph } from '../model/index.ts';
import type { GraphInputs } from './graph-inputs.ts';
import { levelTensor } from './graph-levels.ts';
import type { LinearPlan, Scaling } from './linear-features.ts';

/** A plan with its weights: one, or one a level. */
export interface WeightedPlan {
  readonly plan: LinearPlan;
  readonly weights: Float32Array;
}

/** intercept + Σ weight × feature: [N, 1]. A level's one-hot column times its weight is a look-up of the weight. */
export function writeLinear(
  graph: OnnxGraph,
  inputs: GraphInputs,
  plans: readonly WeightedPlan[],
  intercept: number,
): string {
  const terms = plans.map(({ plan, weights }) => writeTerm(graph, inputs, plan, weights));
  const matrix =
    terms.length === 1
      ? terms[0]!.tensor
      : graph.node(
          'Concat',
          terms.map(({ tensor }) => tensor),
          { attributes: { axis: { int: 1 } } },
        );
  const factors = graph.constant({ floats: terms.map(({ factor }) => factor) }, [terms.length, 1]);
  return graph.node('Add', [graph.node('MatMul', [matrix, factors]), scalar(graph, intercept)]);
}

interface Term {
  readonly tensor: string;
  readonly factor: number;
}

function writeTerm(graph: OnnxGraph, inputs: GraphInputs, plan: LinearPlan, weights: Float32Array): Term {
  const weight = weights[0]!;
  switch (plan.kind) {
    case 'number':
      return { tensor: scaled(graph, inputs.number(plan.input), plan.scaling), factor: weight };
    case 'date-number':
      return { tensor: scaled(graph, inputs.datePart(plan.input, plan.part), plan.scaling), factor: weight };
    case 'statistic': {
      const statistic = levelTensor(graph, inputs.text(plan.input), plan.map, plan.guarded);
      return { tensor: scaled(graph, statistic, plan.scaling), factor: weight };
    }
    case 'missing': {
      const source = plan.part === null ? inputs.number(plan.input) : inputs.datePart(plan.input, plan.part);
      const missing = graph.node('IsNaN', [source]);
      return { tensor: graph.node('Cast', [missing], { attributes: { to: { int: 1 } } }), factor: weight };
    }
    case 'levels': {
      const map = { levels: plan.levels, values: weights, other: 0 };
      return { tensor: levelTensor(graph, inputs.text(plan.input), map, plan.guarded), factor: 1 };
    }
    case 'date-levels': {
      const tensor = graph.node('LabelEncoder', [inputs.datePart(plan.input, plan.part)], {
        domain: 'ai.onnx.ml',
        attributes: {
          keys_floats: { floats: Float32Array.from(weights, (_, value) => value) },
          values_floats: { floats: weights },
          default_float: { float: 0 },
        },
      });
      return { tensor, factor: 1 };
    }
  }
}

function scaled(graph: OnnxGraph, tensor: string, { center, scale }: Scaling): string {
  const centred = graph.node('Sub', [tensor, scalar(graph, center)]);
  const unit = graph.node('Mul', [centred, scalar(graph, scale)]);
  return graph.node('Where', [graph.node('IsNaN', [tensor]), scalar(graph, 0), unit]);
}

const scalar = (graph: OnnxGraph, value: number): string => graph.constant({ floats: [value] }, [1]);
