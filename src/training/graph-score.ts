import { dataType, type OnnxGraph } from '../model/index.ts';

/** How a sum becomes a score: a probability, or a value in the target's own unit. */
export type Link =
  | { readonly kind: 'logistic' }
  | { readonly kind: 'scale'; readonly mean: number; readonly deviation: number };

/** Writes the graph's one output, `score` [N, 1]. The unit is restored in float64: a large mean costs no digits. */
export function writeScore(graph: OnnxGraph, sum: string, link: Link): void {
  if (link.kind === 'logistic') {
    graph.output('score', graph.node('Sigmoid', [sum]), 'float');
    return;
  }
  const cast = (tensor: string, to: number) =>
    graph.node('Cast', [tensor], { attributes: { to: { int: to } } });
  const deviation = graph.constant({ doubles: [link.deviation] }, [1]);
  const mean = graph.constant({ doubles: [link.mean] }, [1]);
  const value = graph.node('Add', [graph.node('Mul', [cast(sum, dataType.double), deviation]), mean]);
  graph.output('score', cast(value, dataType.float), 'float');
}
