import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Answer, answers } from './answers.ts';
import { answerViolation, filled, matchOperation, requestViolation } from './description.ts';
import { emptyState, type State } from './state.ts';

export interface Token {
  /** Who writes with it. */
  readonly login: string;
  /** Like a job's `permissions:`: `{'pull-requests': 'write'}`; everything when left out. */
  readonly permissions?: Readonly<Record<string, 'read' | 'write'>>;
}

/** An answer that is given instead of GitHub's, or for `GET storage` instead of a file; null lets the request through. */
export type Fault = (
  operation: string,
  count: number,
) => { status: number; headers?: Record<string, string>; body?: unknown } | null;

export interface FakeGitHub extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, for GITHUB_API_URL. */
  readonly url: string;
  readonly state: State;
  /** `METHOD operation` of each request, in order. */
  readonly requests: string[];
  fault: Fault | null;
}

export interface FakeOptions {
  readonly repository?: string;
  /** By the token's text. */
  readonly tokens?: Readonly<Record<string, Token>>;
}

/** What a write takes, as the documentation of each endpoint says. */
const needs: readonly (readonly [RegExp, string])[] = [
  [/^(POST|PATCH|DELETE) .*\/issues\/.*comments/, 'pull-requests'],
  [/^POST .*\/issues$|^PATCH .*\/issues\/\{issue_number\}$/, 'issues'],
  [/^(POST|PATCH) .*\/pulls/, 'pull-requests'],
  [/^POST .*\/statuses\/\{sha\}/, 'statuses'],
  [/^POST .*\/deployments/, 'deployments'],
];

/** The API of GitHub for one repository, over HTTP on the loopback; both sides are held to GitHub's own description. */
export async function startGitHub({
  repository = 'acme/models',
  tokens = { token: { login: 'github-actions[bot]' } },
}: FakeOptions = {}): Promise<FakeGitHub> {
  const [owner, name] = repository.split('/') as [string, string];
  const state = emptyState(owner, name);
  const violations: string[] = [];
  const counts = new Map<string, number>();
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      violations.push(String(error));
      send(response, 500, { message: String(error) });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fake: FakeGitHub = {
    url,
    state,
    requests: [],
    fault: null,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      if (violations.length > 0)
        throw new Error(`GitHub's description was broken:\n${violations.join('\n')}`);
    },
  };
  return fake;

  function tokenOf(authorization = ''): Token | undefined {
    return tokens[authorization.replace(/^(token|bearer) /i, '')];
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A GitHub Enterprise Server has the same below this path, and clients ask there unless the host is github.com.
    const target = new URL((request.url ?? '/').replace(/^\/api\/v3(?=\/)/, ''), url);
    const text = await read(request);
    const signed = /^\/_signed\/artifacts\/(\d+)$/.exec(target.pathname)?.[1];
    if (signed) return sendZip(response, Number(signed), request.headers.authorization);
    if (target.pathname === '/graphql') return sendViewer(response, text, request.headers.authorization);
    const matched = matchOperation(request.method ?? 'GET', target.pathname);
    if (matched === null) {
      violations.push(`${request.method} ${target.pathname} is nothing we said we ask`);
      return send(response, 404, { message: 'Not Found' });
    }
    const { operation, parameters } = matched;
    fake.requests.push(operation);
    const count = (counts.get(operation) ?? 0) + 1;
    counts.set(operation, count);
    const ordered = fake.fault?.(operation, count);
    if (ordered)
      return send(response, ordered.status, ordered.body ?? { message: 'as ordered' }, ordered.headers);
    const token = tokenOf(request.headers.authorization);
    if (!token) return send(response, 401, { message: 'Bad credentials' });
    const needed = needs.find(([pattern]) => pattern.test(operation))?.[1];
    if (needed && token.permissions && token.permissions[needed] !== 'write')
      return send(response, 403, { message: 'Resource not accessible by integration' });
    const body = text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>);
    const wrong = requestViolation(operation, target.searchParams, body);
    if (wrong) {
      violations.push(`${operation}: ${wrong}`);
      return send(response, 500, { message: wrong });
    }
    if (parameters.owner?.toLowerCase() !== owner || parameters.repo?.toLowerCase() !== name)
      return send(response, 404, { message: 'Not Found' });
    const question = { parameters, query: target.searchParams, body: body ?? {}, login: token.login, url };
    reply(response, operation, answers[operation]!(state, question), target);
  }

  function reply(
    response: ServerResponse,
    operation: string,
    { status, body, paged, key, headers = {} }: Answer,
    target: URL,
  ): void {
    if (status === 302 || status === 204) {
      send(response, status, undefined, headers);
      return;
    }
    const { items, link } = page(paged, target);
    const whole =
      paged === undefined ? body : key === undefined ? items : { total_count: paged.length, [key]: items };
    const value = status < 300 ? filled(operation, status, whole) : whole;
    const wrong = status < 300 ? answerViolation(operation, status, value) : null;
    if (wrong) violations.push(`the fake's own answer to ${operation}: ${wrong}`);
    send(response, status, value, { ...headers, ...(link === '' ? {} : { link }) });
  }

  /** The one question that REST has no answer to: who a token is. */
  function sendViewer(response: ServerResponse, text: string, authorization: string | undefined): void {
    fake.requests.push('POST /graphql');
    const token = tokenOf(authorization);
    if (!/^\{"query":"query \{ viewer \{ login \} \}"/.test(text)) violations.push(`GraphQL: ${text}`);
    if (token) send(response, 200, { data: { viewer: { login: token.login } } });
    else send(response, 401, { message: 'Bad credentials' });
  }

  function sendZip(response: ServerResponse, id: number, authorization: string | undefined): void {
    if (authorization !== undefined) violations.push('a token was sent to the storage of artifacts');
    const count = (counts.get('GET storage') ?? 0) + 1;
    counts.set('GET storage', count);
    const ordered = fake.fault?.('GET storage', count);
    if (ordered) {
      send(response, ordered.status, ordered.body, ordered.headers);
      return;
    }
    const found = state.artifacts.find((artifact) => artifact.id === id);
    response.writeHead(found ? 200 : 404, { 'content-type': 'application/zip' });
    response.end(found?.zip);
  }
}

function page(all: readonly unknown[] | undefined, target: URL): { items: unknown[]; link: string } {
  const size = Number(target.searchParams.get('per_page') ?? 30);
  const number = Number(target.searchParams.get('page') ?? 1);
  const items = all?.slice((number - 1) * size, number * size) ?? [];
  if (all === undefined || number * size >= all.length) return { items, link: '' };
  const next = new URL(target);
  next.searchParams.set('page', String(number + 1));
  return { items, link: `<${next.href}>; rel="next"` };
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function send(
  response: ServerResponse,
  status: number,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}
