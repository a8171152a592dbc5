import { OnnxGraph } from 'lockstep/onnx';
import { black, pixels } from './pixels.ts';

/** One dense layer: weights [inputs × outputs] row by row, and a bias for each output. */
export interface Layer {
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

/** The net as a model that takes the raw pixels, a column each, and gives the chance of an odd digit. */
export function graphOf([hidden, last]: readonly [Layer, Layer]): Uint8Array {
  const graph = new OnnxGraph('digits');
  const inputs = pixels.map((name) => graph.input(name, 'float'));
  const joined = graph.node('Concat', inputs, { attributes: { axis: { int: 1 } } });
  const scaled = graph.node('Div', [joined, graph.constant({ floats: [black] }, [1])]);
  const dense = (input: string, { weights, bias }: Layer): string => {
    const outputs = bias.length;
    const product = graph.node('MatMul', [
      input,
      graph.constant({ floats: weights }, [weights.length / outputs, outputs]),
    ]);
    return graph.node('Add', [product, graph.constant({ floats: bias }, [outputs])]);
  };
  const sum = dense(graph.node('Relu', [dense(scaled, hidden)]), last);
  graph.output('score', graph.node('Sigmoid', [sum]), 'float');
  return graph.toBytes({ 'lockstep.trainer': 'tensorflow.js' });
}
