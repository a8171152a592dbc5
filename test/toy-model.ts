import type { ModelFile } from '../src/model/model-file.ts';
import { OnnxGraph } from '../src/model/onnx-builder.ts';

export const toyCarriers = ['', 'AA', 'DL', 'UA'];

/** As a model.yaml that a person could have written for `toyModel`. */
export const toyModelYaml = `task: binary-classification
description: Does a flight arrive late?
inputs:
  - {name: distance, type: number, minimum: 0, maximum: 6000}
  - {name: carrier, type: category}
  - {name: date, type: date, missing: false}
output: {name: late, positive: "yes"}
`;

export const toyModelFile: ModelFile = {
  task: 'binary-classification',
  description: 'Does a flight arrive late?',
  inputs: [
    { name: 'distance', type: 'number', minimum: 0, maximum: 6000 },
    { name: 'carrier', type: 'category' },
    { name: 'date', type: 'date', missing: false },
  ],
  output: { name: 'late', positive: 'yes' },
};

/**
 * A tiny graph of raw columns: sigmoid(distance / 1000, missing as 0, + a weight for the carrier + whether there
 * is a date). With `unknown` error a carrier it does not know makes ONNX Runtime throw, as a trained model would.
 */
export function toyModel(
  options: { unknown?: 'ignore' | 'error'; bias?: number; carriers?: string[] } = {},
): Uint8Array {
  const { unknown = 'ignore', bias = 0, carriers = toyCarriers } = options;
  const graph = new OnnxGraph('toy');
  const distance = graph.input('distance', 'float');
  const carrier = graph.input('carrier', 'string');
  const date = graph.input('date', 'string');
  const zero = graph.constant({ floats: [0] }, [1]);
  const known = graph.node('Where', [graph.node('IsNaN', [distance]), zero, distance]);
  const far = graph.node('Div', [known, graph.constant({ floats: [1000] }, [1])]);
  const encoded = graph.node('OneHotEncoder', [carrier], {
    domain: 'ai.onnx.ml',
    attributes: { cats_strings: { texts: carriers }, zeros: { int: unknown === 'ignore' ? 1 : 0 } },
  });
  const flat = graph.node('Reshape', [encoded, graph.constant({ ints: [-1, carriers.length] }, [2])]);
  const weights = graph.constant({ floats: [0, 0.5, -0.5, -1].slice(0, carriers.length) }, [
    carriers.length,
    1,
  ]);
  const dated = graph.node('RegexFullMatch', [date], { attributes: { pattern: { text: '\\d.*' } } });
  const one = graph.constant({ floats: [1] }, [1]);
  const sum = [
    graph.node('MatMul', [flat, weights]),
    graph.node('Where', [dated, one, zero]),
    graph.constant({ floats: [bias] }, [1]),
  ].reduce((total, part) => graph.node('Add', [total, part]), far);
  graph.output('score', graph.node('Sigmoid', [sum]), 'float');
  return graph.toBytes({
    'lockstep.categories': JSON.stringify({ carrier: carriers.slice(1) }),
    'lockstep.unknown': unknown,
  });
}

/** What `toyModel` must answer, computed apart from ONNX; 1e-6 is float32's doing. */
export function toyScore(distance: number | null, carrier: string | null, date: string, bias = 0): number {
  const weight = { AA: 0.5, DL: -0.5, UA: -1 }[carrier ?? ''] ?? 0;
  const sum = (distance ?? 0) / 1000 + weight + (/^\d/.test(date) ? 1 : 0) + bias;
  return 1 / (1 + Math.exp(-sum));
}
