import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Blobs } from './blobs.ts';
import { type Methods, type StoredArtifact, type StoredCache, serviceMethods } from './methods.ts';

/**
 * The service that a runner's caches and artifacts go to (cache v2, artifact v4): JSON over Twirp for the names, Azure's
 * blob protocol for the bytes. The unmodified @actions/cache and @actions/artifact clients are its judges.
 */
export interface Results extends AsyncDisposable {
  readonly url: string;
  readonly caches: StoredCache[];
  readonly artifacts: StoredArtifact[];
  readonly requests: string[];
  /** What a runner sets for one run of a workflow. */
  environment(run: number): Record<string, string>;
  /** The bytes of an uploaded artifact (a ZIP) or cache entry (a tar). */
  bytesOf(stored: StoredArtifact | StoredCache): Buffer;
  /** Replaces the bytes of an entry, as a poisoner would. */
  replace(stored: StoredArtifact | StoredCache, bytes: Buffer): void;
}

/** `urlOf`: where a blob's bytes go, when not to this server itself. */
export async function startResults(urlOf?: (blob: string) => string): Promise<Results> {
  const blobs = new Blobs();
  const [caches, artifacts]: [StoredCache[], StoredArtifact[]] = [[], []];
  const requests: string[] = [];
  const server = createServer((request, response) => {
    answer(request, response).catch((error) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const methods: Methods = serviceMethods(
    caches,
    artifacts,
    urlOf ?? ((blob) => `${url}/blob/${blob}?sig=x`),
  );
  return {
    url,
    caches,
    artifacts,
    requests,
    environment: (run) => ({
      ACTIONS_RESULTS_URL: `${url}/`,
      ACTIONS_CACHE_SERVICE_V2: 'true',
      ACTIONS_RUNTIME_TOKEN: tokenOf(run),
      // Another host would be taken for an Enterprise Server, which has neither.
      GITHUB_SERVER_URL: 'https://github.com',
    }),
    bytesOf: ({ blob }) => blobs.read(blob)!,
    replace: ({ blob }, bytes) => blobs.write(blob, bytes),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = new URL(request.url ?? '/', url);
    requests.push(`${request.method} ${target.pathname}`);
    const body = await read(request);
    if (target.pathname.startsWith('/blob/')) {
      blobs.answer(target, request, body, response);
      return;
    }
    const run = runOf(request.headers.authorization);
    const method = methods[target.pathname.split('/').at(-1)!];
    const [status, value] =
      run === null
        ? [401, {}]
        : method
          ? method(JSON.parse(body.toString()), run)
          : [404, { code: 'bad_route' }];
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  }
}

/** A JWT whose scope names the run, as the artifact client reads it; nobody checks its signature. */
function tokenOf(run: number): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ scp: `Actions.Results:${run}:job-${run}` })}.x`;
}

function runOf(authorization: string | undefined): string | null {
  const payload = authorization?.split('.')[1];
  if (!payload) return null;
  const { scp } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { scp: string };
  return scp.split(':')[1] ?? null;
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
