import type { GoldenFile, GoldenRequest } from '../model/index.ts';
import { isEqualScore } from './equal-score.ts';
import { errorOf, type HttpAnswer, type HttpClient, openHttpClient } from './http-client.ts';
import type { PredictAnswer } from './predict-endpoint.ts';

export interface GoldenAnswer {
  readonly asked: number;
  /** Requests that both protocols answered with the offline score. */
  readonly equal: number;
  /** The first that was not, in words. */
  readonly firstDifference?: string;
}

/**
 * Asks a server the golden requests, each through `/predict` and through `/v2/…/infer`, and compares to 1e-5
 * (absolute below 1, relative above). A server that can't be reached answers none of them.
 */
export async function askGolden(url: string, golden: GoldenFile): Promise<GoldenAnswer> {
  const client = openHttpClient(url, { headers: { 'x-lockstep-log': 'off' } });
  try {
    const datatypes = await datatypesOf(client, golden.model);
    const differences = await Promise.all(
      golden.requests.map(async (request, index) => {
        const difference =
          (await differenceOf(() => askPredict(client, request), request)) ??
          (await differenceOf(() => askInfer(client, golden.model, request, datatypes), request));
        return difference === null ? null : `golden request ${index}: ${difference}`;
      }),
    );
    const found = differences.filter((difference) => difference !== null);
    const asked = golden.requests.length;
    return {
      asked,
      equal: asked - found.length,
      ...(found[0] === undefined ? {} : { firstDifference: found[0] }),
    };
  } catch (error) {
    return { asked: golden.requests.length, equal: 0, firstDifference: (error as Error).message };
  } finally {
    client.close();
  }
}

async function differenceOf(ask: () => Promise<number>, { score }: GoldenRequest): Promise<string | null> {
  try {
    const found = await ask();
    return isEqualScore(found, score) ? null : `answered ${found}, not ${score}`;
  } catch (error) {
    return (error as Error).message;
  }
}

async function askPredict(client: HttpClient, { inputs }: GoldenRequest): Promise<number> {
  const { predictions } = taken(await client.post('/predict', inputs)) as PredictAnswer;
  return predictions[0]!.score;
}

type Datatypes = ReadonlyMap<string, string>;

async function datatypesOf(client: HttpClient, model: string): Promise<Datatypes> {
  const { inputs } = taken(await client.get(`/v2/models/${model}`)) as {
    inputs: { name: string; datatype: string }[];
  };
  return new Map(inputs.map(({ name, datatype }) => [name, datatype]));
}

async function askInfer(
  client: HttpClient,
  model: string,
  { inputs }: GoldenRequest,
  datatypes: Datatypes,
): Promise<number> {
  const tensors = Object.entries(inputs).map(([name, value]) => {
    const datatype = datatypes.get(name) ?? 'FP32';
    const missing = datatype === 'BYTES' ? '' : null;
    return {
      name,
      datatype,
      shape: [1, 1],
      data: [typeof value === 'boolean' ? Number(value) : (value ?? missing)],
    };
  });
  const answer = taken(await client.post(`/v2/models/${model}/infer`, { inputs: tensors }));
  return (answer as { outputs: { data: number[] }[] }).outputs[0]!.data[0]!;
}

function taken(answer: HttpAnswer): unknown {
  if (answer.status === 200) return answer.body;
  throw new Error(`${answer.status}: ${errorOf(answer)}`);
}
