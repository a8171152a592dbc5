import type { OnnxGraph } from '../model/index.ts';
import type { DatePart } from './date-parts.ts';
import { datePartTensors } from './graph-dates.ts';
import { isWide, type RawInput } from './inputs.ts';

/** The raw columns inside the graph: tensors [N, 1], made when first asked for. */
export interface GraphInputs {
  /** float32, the offset of large integers taken off; NaN is missing. */
  number(input: number): string;
  /** "" is missing. */
  text(input: number): string;
  datePart(input: number, part: DatePart): string;
}

/** The two inputs of a wide graph, with their columns' names: part of the file's metadata. */
export const wideInputs = (inputs: readonly RawInput[]) =>
  isWide(inputs)
    ? {
        numbers: inputs.filter(({ kind }) => kind === 'number').map(({ name }) => name),
        texts: inputs.filter(({ kind }) => kind !== 'number').map(({ name }) => name),
      }
    : null;

/** Declares the graph's inputs in the order of model.yaml: one a column, or `numbers` and `texts`. */
export function declareInputs(graph: OnnxGraph, inputs: readonly RawInput[]): GraphInputs {
  const raw = isWide(inputs) ? wideTensors(graph, inputs) : narrowTensors(graph, inputs);
  const numbers = remember((input) => shifted(graph, raw(input), inputs[input]!));
  const dates = remember((input) => datePartTensors(graph, raw(input)));
  return { number: numbers, text: raw, datePart: (input, part) => dates(input)[part] };
}

function narrowTensors(graph: OnnxGraph, inputs: readonly RawInput[]): (input: number) => string {
  for (const input of inputs) {
    const type = input.kind !== 'number' ? 'string' : input.int64 ? 'int64' : 'float';
    graph.input(input.name, type);
  }
  return (input) => inputs[input]!.name;
}

function wideTensors(graph: OnnxGraph, inputs: readonly RawInput[]): (input: number) => string {
  const { numbers, texts } = wideInputs(inputs)!;
  if (numbers.length > 0) graph.input('numbers', 'float', numbers.length);
  if (texts.length > 0) graph.input('texts', 'string', texts.length);
  return remember((input) => {
    const { kind, name } = inputs[input]!;
    const [source, index] =
      kind === 'number' ? ['numbers', numbers.indexOf(name)] : ['texts', texts.indexOf(name)];
    const place = graph.constant({ ints: [index as number] }, [1]);
    return graph.node('Gather', [source as string, place], { attributes: { axis: { int: 1 } } });
  });
}

function shifted(graph: OnnxGraph, tensor: string, input: RawInput): string {
  if (input.kind !== 'number' || !input.int64) return tensor;
  const offset = graph.constant({ ints: [input.offset] }, [1]);
  return graph.node('Cast', [graph.node('Sub', [tensor, offset])], { attributes: { to: { int: 1 } } });
}

function remember<T>(make: (input: number) => T): (input: number) => T {
  const made = new Map<number, T>();
  return (input) => {
    if (!made.has(input)) made.set(input, make(input));
    return made.get(input)!;
  };
}
