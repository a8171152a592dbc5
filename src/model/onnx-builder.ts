import { create, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import { dataType } from './onnx-types.ts';

/** Element types that cross the boundary of a model of ours. */
export type OnnxType = 'float' | 'string' | 'int64';

/** An attribute of a node; the key says its ONNX type. */
export type OnnxAttribute =
  | { readonly float: number }
  | { readonly int: number }
  | { readonly text: string }
  | { readonly floats: ArrayLike<number> }
  | { readonly ints: ArrayLike<number> }
  | { readonly texts: readonly string[] };

export type OnnxConstant =
  | { readonly floats: ArrayLike<number> }
  | { readonly doubles: ArrayLike<number> }
  | { readonly ints: ArrayLike<number | bigint> }
  | { readonly texts: readonly string[] };

interface NodeOptions {
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
  /** `ai.onnx.ml` for trees and encoders. */
  readonly domain?: string;
  /** How many outputs the operator has; their names are returned in order. */
  readonly outputs?: number;
}

const opset = 20;
const machineLearningOpset = 4;
/** The intermediate representation that came with opset 20. */
const irVersion = 9;

/**
 * Writes one ONNX graph, node by node, through ONNX's own protobuf schema. Tensors get names of their own that
 * no input has (a clash would silently replace a tensor), and the same calls give the same bytes.
 *
 * @example
 * const graph = new OnnxGraph('double');
 * const x = graph.input('x', 'float');
 * graph.output('score', graph.node('Add', [x, x]), 'float');
 * const bytes = graph.toBytes({});
 */
export class OnnxGraph {
  readonly #name: string;
  readonly #names = new Set<string>();
  readonly #inputs: ReturnType<typeof valueInfo>[] = [];
  readonly #outputs: ReturnType<typeof valueInfo>[] = [];
  readonly #constants: ReturnType<typeof tensor>[] = [];
  readonly #nodes: ReturnType<typeof nodeProto>[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  /** Declares an input [N, width]. Declare all inputs first. */
  input(name: string, type: OnnxType, width = 1): string {
    if (this.#names.has(name)) throw new Error(`two tensors are called ${name}`);
    this.#names.add(name);
    this.#inputs.push(valueInfo(name, type, width));
    return name;
  }

  constant(value: OnnxConstant, shape: readonly number[]): string {
    const name = this.#fresh('constant');
    this.#constants.push(tensor(name, value, shape));
    return name;
  }

  node(operator: string, inputs: readonly string[], options: NodeOptions = {}): string {
    return this.nodes(operator, inputs, options)[0]!;
  }

  /** A node of several outputs. */
  nodes(operator: string, inputs: readonly string[], options: NodeOptions = {}): string[] {
    const outputs = Array.from({ length: options.outputs ?? 1 }, () => this.#fresh(operator));
    this.#nodes.push(nodeProto(operator, inputs, outputs, options));
    return outputs;
  }

  /** Declares the output `name` [N, 1] as a copy of `from`. */
  output(name: string, from: string, type: OnnxType): void {
    if (this.#names.has(name)) throw new Error(`two tensors are called ${name}`);
    this.#names.add(name);
    this.#nodes.push(nodeProto('Identity', [from], [name], {}));
    this.#outputs.push(valueInfo(name, type, 1));
  }

  /** The model file; `metadata` is written in the order of its keys. */
  toBytes(metadata: Readonly<Record<string, string>>): Uint8Array {
    return toBinary(
      ModelProtoSchema,
      create(ModelProtoSchema, {
        irVersion: BigInt(irVersion),
        producerName: 'lockstep',
        opsetImport: [
          create(OperatorSetIdProtoSchema, { domain: '', version: BigInt(opset) }),
          create(OperatorSetIdProtoSchema, { domain: 'ai.onnx.ml', version: BigInt(machineLearningOpset) }),
        ],
        graph: create(GraphProtoSchema, {
          name: this.#name,
          node: this.#nodes,
          initializer: this.#constants,
          input: this.#inputs,
          output: this.#outputs,
        }),
        metadataProps: Object.entries(metadata).map(([key, value]) =>
          create(StringStringEntryProtoSchema, { key, value }),
        ),
      }),
    );
  }

  #fresh(kind: string): string {
    let number = this.#names.size;
    while (this.#names.has(`${kind}_${number}`)) number++;
    this.#names.add(`${kind}_${number}`);
    return `${kind}_${number}`;
  }
}

function nodeProto(
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  options: NodeOptions,
) {
  return create(NodeProtoSchema, {
    name: outputs[0]!,
    opType: operator,
    domain: options.domain ?? '',
    input: [...inputs],
    output: [...outputs],
    attribute: Object.entries(options.attributes ?? {}).map(([name, value]) => attribute(name, value)),
  });
}

function attribute(name: string, value: OnnxAttribute) {
  const Type = AttributeProto_AttributeType;
  if ('float' in value) return create(AttributeProtoSchema, { name, type: Type.FLOAT, f: value.float });
  if ('int' in value) return create(AttributeProtoSchema, { name, type: Type.INT, i: BigInt(value.int) });
  if ('text' in value) return create(AttributeProtoSchema, { name, type: Type.STRING, s: utf8(value.text) });
  if ('floats' in value)
    return create(AttributeProtoSchema, { name, type: Type.FLOATS, floats: Array.from(value.floats) });
  if ('ints' in value)
    return create(AttributeProtoSchema, { name, type: Type.INTS, ints: Array.from(value.ints, BigInt) });
  return create(AttributeProtoSchema, { name, type: Type.STRINGS, strings: value.texts.map(utf8) });
}

function tensor(name: string, value: OnnxConstant, shape: readonly number[]) {
  const dims = shape.map(BigInt);
  const Type = TensorProto_DataType;
  if ('floats' in value)
    return create(TensorProtoSchema, {
      name,
      dims,
      dataType: Type.FLOAT,
      floatData: Array.from(value.floats),
    });
  if ('doubles' in value)
    return create(TensorProtoSchema, {
      name,
      dims,
      dataType: Type.DOUBLE,
      doubleData: Array.from(value.doubles),
    });
  if ('ints' in value)
    return create(TensorProtoSchema, {
      name,
      dims,
      dataType: Type.INT64,
      int64Data: Array.from<number | bigint, bigint>(value.ints, BigInt),
    });
  return create(TensorProtoSchema, {
    name,
    dims,
    dataType: Type.STRING,
    stringData: value.texts.map(utf8),
  });
}

function valueInfo(name: string, type: OnnxType, width: number) {
  const dimension = (value: { case: 'dimParam'; value: string } | { case: 'dimValue'; value: bigint }) =>
    create(TensorShapeProto_DimensionSchema, { value });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, {
      value: {
        case: 'tensorType',
        value: create(TypeProto_TensorSchema, {
          elemType: dataType[type],
          shape: create(TensorShapeProtoSchema, {
            dim: [
              dimension({ case: 'dimParam', value: 'N' }),
              dimension({ case: 'dimValue', value: BigInt(width) }),
            ],
          }),
        }),
      },
    }),
  });
}

const utf8 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text, 'utf8'));
