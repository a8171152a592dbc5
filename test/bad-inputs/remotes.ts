import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ErrorCode } from '../../src/workspace/index.ts';
import type { BadInput } from './bad-input.ts';
import { type Repository, rowsCsv } from './repository.ts';

/** Answers by the first part of the path, whatever is asked for. */
const answers: Readonly<Record<string, (response: ServerResponse) => unknown>> = {
  missing: (response) => response.writeHead(404).end('no'),
  private: (response) => response.writeHead(403).end('no'),
  longer: (response) => response.end(`${rowsCsv()}+`),
  'one-bit': (response) => response.end(rowsCsv().replace('r0', 'r1')),
  login: (response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Sign in</title>'),
  inside: (response) => response.writeHead(302, { location: 'http://169.254.169.254/latest/' }).end(),
  file: (response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
  busy: (response) => response.writeHead(429, { 'retry-after': '0' }).end(),
  zipped: (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(rowsCsv()),
};

/** The same address as a registry of images: `/v2/<who>/…`. */
const registries: Readonly<Record<string, (response: ServerResponse) => unknown>> = {
  nobody: (response) => response.writeHead(404).end('{}'),
  liar: (response) =>
    response.writeHead(200, { 'docker-content-digest': `sha256:${'0'.repeat(64)}` }).end('{}'),
  stranger: (response) =>
    response
      .writeHead(401, { 'www-authenticate': 'Bearer realm="https://registry.example.net/token"' })
      .end('{}'),
};

export interface TestRemote extends AsyncDisposable {
  readonly url: string;
}

export async function startRemote(): Promise<TestRemote> {
  const server = createServer((request, response) => {
    const [, first, second] = request.url!.split('/');
    const answer = first === 'v2' ? registries[second!] : answers[first!];
    answer!(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** As a fresh clone is: only data.lock knows the data. */
function forgetData(repository: Repository): void {
  for (const path of ['data', '.lockstep']) repository.remove(path);
}

const served = (name: string, code: ErrorCode, path: string): BadInput => ({
  name,
  code,
  command: ['data', 'pull'],
  given: (repository, remote) => {
    forgetData(repository);
    repository.write('lockstep.yaml', `remote: ${remote}/${path}\n`);
  },
});

const object = (repository: Repository): string => {
  const [, a, b] = /sha256:(..)(\w+)/.exec(repository.read('data.lock'))!;
  return `.data/sha256/${a}/${b}`;
};

const addresses: readonly (readonly [string, ErrorCode, string])[] = [
  ['credentials in the address', 'E_REMOTE_CREDENTIALS', 'https://u:hunter2@example.com/'],
  ['an address that is an option', 'E_REMOTE_SCHEME', '-oProxyCommand=x'],
  ['an address that is a command', 'E_REMOTE_SCHEME', 'ext::sh -c x'],
  ['plain http', 'E_REMOTE_SCHEME', 'http://example.com/data'],
  ['ftp', 'E_REMOTE_SCHEME', 'ftp://example.com/data'],
  ['a key in the query', 'E_REMOTE_SCHEME', 'https://example.com/d?token=hunter2'],
];

export const remotes: readonly BadInput[] = [
  served('an object that is not there', 'E_OBJECT_MISSING', 'missing'),
  served('a remote for others', 'E_REMOTE_FAILED', 'private'),
  served('a byte too many', 'E_SIZE_MISMATCH', 'longer'),
  served('one bit flipped', 'E_DIGEST_MISMATCH', 'one-bit'),
  served('a login page', 'E_REMOTE_NOT_DATA', 'login'),
  served('a redirect into the network', 'E_REMOTE_REDIRECT', 'inside'),
  served('a redirect to a file', 'E_REMOTE_REDIRECT', 'file'),
  served('429, six times', 'E_REMOTE_RATE_LIMIT', 'busy'),
  served('bytes that are not what they are sent as', 'E_DIGEST_MISMATCH', 'zipped'),
  {
    name: 'an object that is not in the folder',
    given: (repository) => {
      forgetData(repository);
      repository.remove('.data');
    },
    command: ['data', 'pull'],
    code: 'E_OBJECT_MISSING',
  },
  {
    name: 'the same, to run',
    given: (repository) => {
      forgetData(repository);
      repository.remove('.data');
    },
    command: ['run', 'toy'],
    code: 'E_OBJECT_MISSING',
  },
  {
    name: 'an object of the folder that was cut off',
    given: (repository) => {
      forgetData(repository);
      repository.write(object(repository), 'id,distance\n');
    },
    command: ['data', 'pull'],
    code: 'E_SIZE_MISMATCH',
  },
  {
    name: 'an object of the folder that was changed',
    given: (repository) => {
      forgetData(repository);
      repository.edit(object(repository), 'r0', 'r1');
    },
    command: ['run', 'toy'],
    code: 'E_DIGEST_MISMATCH',
  },
  {
    name: 'a push to where one can only read',
    given: (repository, remote) => repository.write('lockstep.yaml', `remote: ${remote}/missing\n`),
    command: ['data', 'push'],
    code: 'E_REMOTE_READ_ONLY',
  },
  ...addresses.map(
    ([name, code, address]): BadInput => ({
      name,
      code,
      command: ['data', 'pull'],
      given: (repository) => {
        forgetData(repository);
        repository.write('lockstep.yaml', `remote: ${JSON.stringify(address)}\n`);
      },
    }),
  ),
];
