import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  type ModelProto,
  ModelProtoSchema,
  NodeProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataLocation,
  TensorProtoSchema,
} from 'onnx-buf';
import { describe, expect, it } from 'vitest';
import { toyModel } from '../../test/toy-model.ts';
import { isLockstepError } from '../workspace/index.ts';
import { checkOnnx } from './onnx-file.ts';

describe('checkOnnx', () => {
  it('tells the inputs, outputs, opsets and metadata of a sound model', () => {
    expect(checkOnnx(toyModel())).toEqual({
      inputs: [
        { name: 'distance', type: 'float', shape: [null, 1] },
        { name: 'carrier', type: 'string', shape: [null, 1] },
        { name: 'date', type: 'string', shape: [null, 1] },
      ],
      outputs: [{ name: 'score', type: 'float', shape: [null, 1] }],
      opset: { '': 20, 'ai.onnx.ml': 4 },
      metadata: { 'lockstep.categories': '{"carrier":["AA","DL","UA"]}', 'lockstep.unknown': 'ignore' },
    });
  });

  it('refuses what is not one self-contained standard ONNX graph', () => {
    const table = Object.entries(badFiles()).map(([name, bytes]) => `${name}: ${refusal(bytes)}`);
    expect(`\n${table.join('\n')}\n`).toMatchInlineSnapshot(`
      "
      pickle, protocol 4: E_MODEL_FORMAT: pickle protocol 4 header in model.onnx — an ONNX model. Fix: export the model to ONNX, or hand over predictions.parquet instead.
      pickle, protocol 0: E_MODEL_FORMAT: bytes that do not decode as ONNX (illegal tag: field no 13 wire type 7) in model.onnx — an ONNX model. Fix: export the model to ONNX, or hand over predictions.parquet instead.
      7z: E_MODEL_FORMAT: a 7z archive in model.onnx — an ONNX model. Fix: export the model to ONNX, or hand over predictions.parquet instead.
      zip: E_MODEL_FORMAT: a zip archive (a PyTorch checkpoint is one) in model.onnx — an ONNX model. Fix: export the model to ONNX, or hand over predictions.parquet instead.
      text: E_MODEL_FORMAT: a text file in model.onnx — an ONNX model. Fix: export the model to ONNX, or hand over predictions.parquet instead.
      noise: E_MODEL_FORMAT: bytes that do not decode as ONNX (invalid end group tag) in model.onnx — an ONNX model. Fix: export the model to ONNX, or hand over predictions.parquet instead.
      empty: E_MODEL_EMPTY: an empty file in model.onnx — an ONNX model with a graph. Fix: export the model again and look at the size of the file.
      decodes to nothing: E_MODEL_EMPTY: a model without a graph in model.onnx — an ONNX model with a graph. Fix: export the model again and look at the size of the file.
      safetensors header of 2^63 bytes: E_MODEL_HEADER: a safetensors header of 9223372036854775808 bytes in a file of 10 in model.onnx — safetensors as their writer lays them out. Fix: write the file again.
      safetensors header that is no JSON: E_MODEL_HEADER: a safetensors header that is not JSON in model.onnx — safetensors as their writer lays them out. Fix: write the file again.
      safetensors overlap: E_MODEL_LAYOUT: the tensor "b" overlaps the one before it in model.onnx — safetensors as their writer lays them out. Fix: write the file again.
      safetensors hole: E_MODEL_LAYOUT: a hole of 4 bytes before "b" in model.onnx — safetensors as their writer lays them out. Fix: write the file again.
      safetensors twice: E_MODEL_LAYOUT: the tensor "a" twice in model.onnx — safetensors as their writer lays them out. Fix: write the file again.
      safetensors longer than its tensors: E_MODEL_LAYOUT: tensors of 4 bytes with 9 bytes of data in model.onnx — safetensors as their writer lays them out. Fix: write the file again.
      sound safetensors: E_MODEL_FORMAT: safetensors, which hold weights and no graph in model.onnx — an ONNX model. Fix: export the model to ONNX, or hand over predictions.parquet instead.
      external data, ../../etc/passwd: E_MODEL_EXTERNAL_DATA: the tensor "w" points outside the file (location "../../etc/passwd") in model.onnx — all data inside the model file. Fix: save the model with save_as_external_data=False.
      external data, a hard link beside it: E_MODEL_EXTERNAL_DATA: the tensor "w" points outside the file (location "weights.bin") in model.onnx — all data inside the model file. Fix: save the model with save_as_external_data=False.
      external data, offset -1: E_MODEL_EXTERNAL_DATA: the tensor "w" points outside the file (location "weights.bin", offset "-1") in model.onnx — all data inside the model file. Fix: save the model with save_as_external_data=False.
      external data, unknown key: E_MODEL_EXTERNAL_DATA: the tensor "w" points outside the file (location "w", __class__ "os.system") in model.onnx — all data inside the model file. Fix: save the model with save_as_external_data=False.
      external data, default location: E_MODEL_EXTERNAL_DATA: the tensor "w" points outside the file (location "/etc/passwd") in model.onnx — all data inside the model file. Fix: save the model with save_as_external_data=False.
      external data in a subgraph: E_MODEL_EXTERNAL_DATA: the tensor "w" points outside the file (location "w.bin") in model.onnx — all data inside the model file. Fix: save the model with save_as_external_data=False.
      custom operator: E_MODEL_CUSTOM_OP: the operator Shell of the domain "com.evil" in model.onnx — operators of ai.onnx and ai.onnx.ml. Fix: export the model with standard operators only.
      contrib operator: E_MODEL_CUSTOM_OP: the operator Gelu of the domain "com.microsoft" in model.onnx — operators of ai.onnx and ai.onnx.ml. Fix: export the model with standard operators only.
      no outputs: E_MODEL_EMPTY: a graph without outputs in model.onnx — an ONNX model with a graph. Fix: export the model again and look at the size of the file.
      "
    `);
  });

  it('takes operators of a domain that the model itself defines', () => {
    const model = changed((proto) => {
      proto.functions.push({
        ...({} as ModelProto['functions'][number]),
        $typeName: 'onnx.FunctionProto',
        domain: 'local',
        name: 'Twice',
        overload: '',
        input: [],
        output: [],
        attribute: [],
        attributeProto: [],
        node: [],
        docString: '',
        opsetImport: [],
        valueInfo: [],
        metadataProps: [],
      });
      proto.graph!.node.push(create(NodeProtoSchema, { opType: 'Twice', domain: 'local' }));
    });
    expect(checkOnnx(model).outputs).toHaveLength(1);
  });

  it('refuses every truncation of a model without any other error', () => {
    const whole = toyModel();
    const found = new Set<string>();
    for (let length = 0; length < whole.length - 40; length += 7)
      found.add(refusal(whole.subarray(0, length)).split(':')[0]!);
    expect([...found].sort()).toEqual(['E_MODEL_EMPTY', 'E_MODEL_FORMAT']);
  });
});

function badFiles(): Record<string, Uint8Array> {
  const text = (value: string) => Buffer.from(value, 'latin1');
  return {
    'pickle, protocol 4': text('\x80\x04\x95\x1a\0\0\0\0\0\0\0\x8c\x05posix\x94\x8c\x06system\x94\x93\x94.'),
    'pickle, protocol 0': text("cos\nsystem\n(S'id'\ntR."),
    '7z': text('7z\xbc\xaf\x27\x1c\0\x04'),
    zip: text('PK\x03\x04\x14\0\0\0'),
    text: text('{"accuracy": 1}'),
    noise: Uint8Array.from({ length: 512 }, (_, index) => (index * 197 + 91) % 256),
    empty: new Uint8Array(),
    'decodes to nothing': text('\x08\x09'),
    'safetensors header of 2^63 bytes': safetensors('{}', [], 2n ** 63n),
    'safetensors header that is no JSON': safetensors('{"a": }', []),
    'safetensors overlap': safetensors(
      '{"a":{"data_offsets":[0,8]},"b":{"data_offsets":[4,12]}}',
      new Array(12),
    ),
    'safetensors hole': safetensors(
      '{"a":{"data_offsets":[0,4]},"b":{"data_offsets":[8,12]}}',
      new Array(12),
    ),
    'safetensors twice': safetensors('{"a":{"data_offsets":[0,4]},"a":{"data_offsets":[4,8]}}', new Array(8)),
    'safetensors longer than its tensors': safetensors('{"a":{"data_offsets":[0,4]}}', new Array(9)),
    'sound safetensors': safetensors('{"a":{"data_offsets":[0,4]}}', new Array(4)),
    'external data, ../../etc/passwd': external({ location: '../../etc/passwd' }),
    'external data, a hard link beside it': external({ location: 'weights.bin' }),
    'external data, offset -1': external({ location: 'weights.bin', offset: '-1' }),
    'external data, unknown key': external({ location: 'w', __class__: 'os.system' }),
    'external data, default location': external(
      { location: '/etc/passwd' },
      TensorProto_DataLocation.DEFAULT,
    ),
    'external data in a subgraph': inSubgraph(),
    'custom operator': changed((proto) =>
      proto.graph!.node.push(create(NodeProtoSchema, { opType: 'Shell', domain: 'com.evil' })),
    ),
    'contrib operator': changed((proto) =>
      proto.graph!.node.push(create(NodeProtoSchema, { opType: 'Gelu', domain: 'com.microsoft' })),
    ),
    'no outputs': changed((proto) => {
      proto.graph!.output = [];
    }),
  };
}

function refusal(bytes: Uint8Array): string {
  try {
    checkOnnx(bytes, 'model.onnx');
    return 'taken';
  } catch (error) {
    if (isLockstepError(error)) return error.message;
    throw error;
  }
}

function changed(change: (proto: ModelProto) => unknown): Uint8Array {
  const proto = fromBinary(ModelProtoSchema, toyModel());
  change(proto);
  return toBinary(ModelProtoSchema, proto);
}

const outside = (places: Record<string, string>, dataLocation = TensorProto_DataLocation.EXTERNAL) =>
  create(TensorProtoSchema, {
    name: 'w',
    dataLocation,
    externalData: Object.entries(places).map(([key, value]) =>
      create(StringStringEntryProtoSchema, { key, value }),
    ),
  });

const external = (places: Record<string, string>, location?: TensorProto_DataLocation) =>
  changed((proto) => proto.graph!.initializer.push(outside(places, location)));

const inSubgraph = () =>
  changed((proto) => {
    const inner = fromBinary(ModelProtoSchema, toyModel()).graph!;
    inner.initializer.push(outside({ location: 'w.bin' }));
    proto.graph!.node.push(
      create(NodeProtoSchema, { opType: 'If', attribute: [{ name: 'then_branch', g: inner }] }),
    );
  });

function safetensors(header: string, data: ArrayLike<unknown>, length = BigInt(header.length)): Uint8Array {
  const bytes = Buffer.alloc(8 + header.length + data.length);
  bytes.writeBigUInt64LE(length);
  bytes.write(header, 8);
  return bytes;
}
