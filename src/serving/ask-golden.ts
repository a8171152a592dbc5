import type { GoldenFile, GoldenRequest } from '../model/index.ts';
import { isEqualScore } from './equal-score.ts';
import { errorOf, type HttpAnswer, type HttpClient, openHttpClient } from './http-client.ts';
import type { PredictAnswer } from './predict-endpoint.ts';

export interface GoldenAnswer {
  readonly asked: number;
  /** Requests that both protocols answered with the offline score. */
  readonly equal: number;
  /** Requests that the version asked for answered with another score; absent where none was asked for. */
  readonly otherwise?: number;
  /** The first that was not, in words. */
  readonly firstDifference?: string;
}

/**
 * Asks a server the golden requests, each through `/predict` and through `/v2/…/infer`, and compares to 1e-5
 * (absolute below 1, relative above). A server that can't be reached answers none of them. With a `version` only its
 * answers count: behind one address an old version may answer a share of the requests for a while.
 */
export async function askGolden(url: string, golden: GoldenFile, version?: string): Promise<GoldenAnswer> {
  const client = openHttpClient(url, { headers: { 'x-lockstep-log': 'off' } });
  try {
    const datatypes = await datatypesOf(client, golden.model);
    const differences = await Promise.all(
      golden.requests.map(
        async (request) =>
          (await differenceOf(() => askPredict(client, request), request, version)) ??
          (await differenceOf(() => askInfer(client, golden.model, request, datatypes), request, version)),
      ),
    );
    const found = differences.filter((difference) => difference !== null);
    const asked = golden.requests.length;
    const first = differences.findIndex((difference) => difference !== null);
    return {
      asked,
      equal: asked - found.length,
      ...(version === undefined ? {} : { otherwise: found.filter(({ answered }) => answered).length }),
      ...(first < 0 ? {} : { firstDifference: `golden request ${first}: ${differences[first]!.words}` }),
    };
  } catch (error) {
    return { asked: golden.requests.length, equal: 0, firstDifference: (error as Error).message };
  } finally {
    client.close();
  }
}

interface Scored {
  readonly score: number;
  readonly version: string | undefined;
}

interface Difference {
  readonly words: string;
  /** Whether it is the answer of the version that is asked for. */
  readonly answered: boolean;
}

async function differenceOf(
  ask: () => Promise<Scored>,
  { score }: GoldenRequest,
  wanted: string | undefined,
): Promise<Difference | null> {
  try {
    const found = await ask();
    if (wanted !== undefined && found.version !== wanted)
      return { words: `answered by ${found.version ?? 'an unknown version'}`, answered: false };
    if (isEqualScore(found.score, score)) return null;
    return { words: `answered ${found.score}, not ${score}`, answered: true };
  } catch (error) {
    return { words: (error as Error).message, answered: false };
  }
}

async function askPredict(client: HttpClient, { inputs }: GoldenRequest): Promise<Scored> {
  const { predictions, version } = taken(await client.post('/predict', inputs)) as PredictAnswer;
  return { score: predictions[0]!.score, version };
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
): Promise<Scored> {
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
  const { outputs, model_version: version } = answer as {
    outputs: { data: number[] }[];
    model_version?: string;
  };
  return { score: outputs[0]!.data[0]!, version };
}

function taken(answer: HttpAnswer): unknown {
  if (answer.status === 200) return answer.body;
  throw new Error(`${answer.status}: ${errorOf(answer)}`);
}
