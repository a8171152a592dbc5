import { fromBinary } from '@bufbuild/protobuf';
import {
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  type TensorProto,
  TensorProto_DataLocation,
  TensorProto_DataType,
  type ValueInfoProto,
} from 'onnx-buf';
import { LockstepError } from '../workspace/errors.ts';
import { notOnnx, refuseForeignFormat } from './foreign-format.ts';

export interface OnnxValue {
  readonly name: string;
  /** Element type as ONNX names it, in lower case: `float`, `string`, `int64`; null for what is no tensor. */
  readonly type: string | null;
  /** Fixed lengths, or null for a dimension that varies. */
  readonly shape: readonly (number | null)[];
}

export interface OnnxInfo {
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** Version of the operator set by domain; `` is ONNX's own. */
  readonly opset: Readonly<Record<string, number>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Looks at bytes from anywhere before a runtime is handed them: they must be one self-contained ONNX graph
 * of standard operators. Nothing is executed and no other file is opened.
 * Errors: E_MODEL_FORMAT, E_MODEL_HEADER, E_MODEL_LAYOUT, E_MODEL_EMPTY, E_MODEL_EXTERNAL_DATA, E_MODEL_CUSTOM_OP.
 */
export function checkOnnx(bytes: Uint8Array, file = 'model.onnx'): OnnxInfo {
  if (bytes.length === 0) throw empty('an empty file', file);
  refuseForeignFormat(bytes, file);
  const model = decode(bytes, file);
  const graph = model.graph;
  if (!graph && model.irVersion === 0n) throw notOnnx('bytes that hold no ONNX graph', file);
  if (!graph || graph.node.length === 0) throw empty('a model without a graph', file);
  if (graph.output.length === 0) throw empty('a graph without outputs', file);
  inspectModel(model, file);
  const initialized = new Set(graph.initializer.map(({ name }) => name));
  return {
    inputs: graph.input.filter(({ name }) => !initialized.has(name)).map(describe),
    outputs: graph.output.map(describe),
    opset: Object.fromEntries(model.opsetImport.map(({ domain, version }) => [domain, Number(version)])),
    metadata: Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value])),
  };
}

function decode(bytes: Uint8Array, file: string): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch (cause) {
    throw notOnnx(`bytes that do not decode as ONNX (${(cause as Error).message})`, file);
  }
}

const empty = (what: string, file: string): LockstepError =>
  new LockstepError('E_MODEL_EMPTY', {
    what,
    where: { file },
    allowed: 'an ONNX model with a graph',
    fix: 'export the model again and look at the size of the file',
  });

/** What ONNX Runtime implements as the standard has it; `com.microsoft` is not in the standard. */
const standardDomains: readonly string[] = ['', 'ai.onnx', 'ai.onnx.ml'];

function inspectModel(model: ModelProto, file: string): void {
  const local = new Set(model.functions.map(({ domain, name }) => `${domain}:${name}`));
  const graphs = [
    model.graph,
    ...model.trainingInfo.flatMap((info) => [info.initialization, info.algorithm]),
  ];
  for (const graph of graphs) if (graph) inspectGraph(graph);
  for (const { node, attributeProto } of model.functions) {
    inspectNodes(node);
    inspectAttributes(attributeProto);
  }

  function inspectGraph(graph: GraphProto): void {
    for (const tensor of graph.initializer) refuseExternal(tensor, file);
    for (const { values, indices } of graph.sparseInitializer) {
      for (const tensor of [values, indices]) if (tensor) refuseExternal(tensor, file);
    }
    inspectNodes(graph.node);
  }

  function inspectNodes(nodes: readonly NodeProto[]): void {
    for (const { domain, opType, attribute } of nodes) {
      if (!standardDomains.includes(domain) && !local.has(`${domain}:${opType}`)) {
        throw customOperator(domain, opType, file);
      }
      inspectAttributes(attribute);
    }
  }

  function inspectAttributes(attributes: NodeProto['attribute']): void {
    for (const { t, tensors, g, graphs: inner, sparseTensor, sparseTensors } of attributes) {
      const sparse = sparseTensor ? [sparseTensor, ...sparseTensors] : sparseTensors;
      const parts = [t, ...tensors, ...sparse.flatMap(({ values, indices }) => [values, indices])];
      for (const tensor of parts) if (tensor) refuseExternal(tensor, file);
      if (g) inspectGraph(g);
      for (const graph of inner) inspectGraph(graph);
    }
  }
}

/** Also a tensor that only lists places without using them: readers differ, and none is needed. */
function refuseExternal(tensor: TensorProto, file: string): void {
  if (tensor.dataLocation === TensorProto_DataLocation.DEFAULT && tensor.externalData.length === 0) return;
  const told = tensor.externalData.map(({ key, value }) => `${key} "${value}"`).join(', ');
  throw new LockstepError('E_MODEL_EXTERNAL_DATA', {
    what: `the tensor "${tensor.name}" points outside the file${told ? ` (${told})` : ''}`,
    where: { file },
    allowed: 'all data inside the model file',
    fix: 'save the model with save_as_external_data=False',
  });
}

const customOperator = (domain: string, operator: string, file: string): LockstepError =>
  new LockstepError('E_MODEL_CUSTOM_OP', {
    what: `the operator ${operator} of the domain "${domain}"`,
    where: { file },
    allowed: 'operators of ai.onnx and ai.onnx.ml',
    fix: 'export the model with standard operators only',
  });

function describe({ name, type }: ValueInfoProto): OnnxValue {
  const tensor = type?.value.case === 'tensorType' ? type.value.value : null;
  return {
    name,
    type: tensor ? (TensorProto_DataType[tensor.elemType] ?? 'undefined').toLowerCase() : null,
    shape: (tensor?.shape?.dim ?? []).map(({ value }) =>
      value.case === 'dimValue' && value.value > 0n ? Number(value.value) : null,
    ),
  };
}
