import { spawn } from 'node:child_process';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

export interface GitServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`; a repository is at `<url>/<path below the root>`. */
  readonly url: string;
  /** Method and path of each request. */
  readonly requests: string[];
}

export interface GitServerOptions {
  /** Folder of the bare repositories. */
  readonly root: string;
  /** Passwords that may push; anybody may read. Everybody may push when left out. */
  readonly tokens?: readonly string[];
  /** Passwords that GitHub knows, of jobs without `contents: write`. */
  readonly readers?: readonly string[];
  /** Whether reading, too, takes one of these passwords. */
  readonly private?: boolean;
}

/** Git's own smart HTTP (git-http-backend(1), a CGI program) on the loopback. */
export async function startGitServer(options: GitServerOptions): Promise<GitServer> {
  const { root, tokens, readers = [] } = options;
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    const push = /git-receive-pack/.test(request.url ?? '');
    if (push && readers.includes(passwordOf(request))) {
      const words = 'Permission to acme/models.git denied to github-actions[bot].\n';
      response.writeHead(403, { 'content-type': 'text/plain' }).end(words);
      return;
    }
    const known = [...(tokens ?? []), ...(push ? [] : readers)].includes(passwordOf(request));
    if ((push ? tokens !== undefined : options.private === true) && !known) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
      return;
    }
    serve(root, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const passwordOf = (request: IncomingMessage): string =>
  Buffer.from((request.headers.authorization ?? '').replace(/^basic /i, ''), 'base64')
    .toString()
    .replace(/^[^:]*:/, '');

function serve(root: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://git');
  const header = (name: string) => String(request.headers[name] ?? '');
  const child = spawn(
    'git',
    [
      '-c',
      'safe.directory=*',
      '-c',
      'http.receivepack=true',
      '-c',
      'uploadpack.allowAnySHA1InWant=true',
      'http-backend',
    ],
    {
      env: {
        PATH: process.env.PATH,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: join(import.meta.dirname, '../git-configuration'),
        GIT_PROJECT_ROOT: root,
        GIT_HTTP_EXPORT_ALL: '1',
        REMOTE_USER: 'somebody',
        REMOTE_ADDR: '127.0.0.1',
        PATH_INFO: decodeURIComponent(url.pathname),
        QUERY_STRING: url.search.slice(1),
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: header('content-type'),
        CONTENT_LENGTH: header('content-length'),
        HTTP_CONTENT_ENCODING: header('content-encoding'),
        GIT_PROTOCOL: header('git-protocol'),
      },
      stdio: ['pipe', 'pipe', 'ignore'],
    },
  );
  request.pipe(child.stdin);
  child.stdin.on('error', () => {});
  let head: Buffer | null = Buffer.alloc(0);
  child.stdout.on('data', (chunk: Buffer) => {
    if (head === null) {
      response.write(chunk);
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end === -1) return;
    writeHead(response, head.subarray(0, end).toString());
    response.write(head.subarray(end + 4));
    head = null;
  });
  child.stdout.on('end', () => response.end());
}

/** A CGI program's header: a status line of its own, and fields. */
function writeHead(response: ServerResponse, text: string): void {
  let status = 200;
  for (const line of text.split('\r\n')) {
    const [name, value] = [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()];
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
    else response.setHeader(name, value);
  }
  response.writeHead(status);
}

/**
 * Makes a bare repository refuse pushes of refs that a pattern (as of grep -E) matches, in GitHub's words; what it
 * returns lets them through again.
 */
export function refusePushes(repository: string, refs: string, words: readonly string[]): () => void {
  const hook = join(repository, 'hooks', 'pre-receive');
  const says = words.map((line) => `    echo '${line.replaceAll("'", '')}' >&2`).join('\n');
  writeFileSync(
    hook,
    `#!/bin/sh\nwhile read old new ref; do\n  if echo "$ref" | grep -qE '${refs}'; then\n${says}\n    exit 1\n  fi\ndone\n`,
  );
  chmodSync(hook, 0o755);
  return () => rmSync(hook);
}
