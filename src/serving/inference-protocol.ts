import type { IncomingMessage } from 'node:http';
import { malformed } from './http-error.ts';
import { predict } from './prediction.ts';
import type { PredictionLog } from './prediction-log.ts';
import { isObject, readBody } from './request-body.ts';
import type { ServedModel } from './served-model.ts';
import { rowsOfTensors } from './tensor-request.ts';

/*
 * Open Inference Protocol v2, over HTTP and JSON: github.com/kserve/open-inference-protocol,
 * specification/protocol/inference_rest.md.
 */

/** `GET /v2` */
export const serverMetadata = { name: 'lockstep', version: '1', extensions: [] } as const;

const datatypes = { float: 'FP32', string: 'BYTES', int64: 'INT64' } as const;

/** `GET /v2/models/<m>`: what servers of the same ONNX file say, and which release this is. */
export function modelMetadata({ metadata, file, elements }: ServedModel) {
  return {
    name: metadata.model,
    versions: [metadata.version],
    platform: 'onnx_onnxv1',
    inputs: file.inputs.map(({ name, type }) => {
      const element = elements.get(name) ?? (type === 'category' || type === 'date' ? 'string' : 'float');
      return { name, datatype: datatypes[element], shape: [-1, 1] };
    }),
    outputs: [{ name: 'score', datatype: 'FP32', shape: [-1, 1] }],
    parameters: { version: metadata.version, model_digest: metadata.modelDigest },
  };
}

/** `POST /v2/models/<m>/infer` */
export async function answerInfer(model: ServedModel, request: IncomingMessage, log: PredictionLog | null) {
  const body = await readBody(request);
  const id = inferenceId(body.id, request.headers['x-request-id']);
  checkOutputs(body.outputs);
  const rows = rowsOfTensors(model.file.inputs, body.inputs);
  const ids = rows.map((_, row) => (id === undefined || rows.length === 1 ? id : `${id}/${row}`));
  const predictions = await predict(model, rows, ids, log);
  const { model: name, version } = model.metadata;
  return {
    model_name: name,
    model_version: version,
    ...(id === undefined ? {} : { id }),
    outputs: [
      {
        name: 'score',
        shape: [rows.length, 1],
        datatype: 'FP32',
        data: predictions.map(({ score }) => score),
      },
    ],
  };
}

function inferenceId(own: unknown, header: string | string[] | undefined): string | undefined {
  const id = own ?? header;
  if (id === undefined || (typeof id === 'string' && id.length <= 200)) return id;
  throw malformed('"id" is no text of at most 200 characters');
}

function checkOutputs(outputs: unknown): void {
  if (outputs === undefined || (Array.isArray(outputs) && outputs.length === 0)) return;
  if (!Array.isArray(outputs)) throw malformed('"outputs" is not a list');
  for (const output of outputs as unknown[]) {
    if (isObject(output) && output.name === 'score') continue;
    throw malformed('an output that the model does not have; it has "score"');
  }
}
