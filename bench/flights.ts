import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pullData } from '../src/data/index.ts';
import { type Forge, forgeAround, type Project } from '../test/actions/forge.ts';
import { makeSandbox } from '../test/git-sandbox.ts';
import { hostPath } from '../test/interop/tools/environment.ts';
import { secondsOf } from './measure.ts';

const checkout = join(import.meta.dirname, '..');

/** A repository made from the template, its data on a server, and a pull request that changes one param. */
export interface Flights extends AsyncDisposable {
  readonly forge: Forge<Project>;
  /** What a job's steps have from their machine: a PATH, and how registries are reached. */
  readonly machine: Record<string, string>;
  readonly pull: { readonly number: number; readonly head: { sha: string }; readonly base: { sha: string } };
  /** A fresh checkout, as each job has one. */
  checkout(revision: string): Promise<string>;
  /** The datasets as files, by their keys. */
  readonly data: string;
  /** What `setup` installs, without installing it. */
  linkModules(root: string): void;
}

export async function openFlights(): Promise<Flights> {
  const sandbox = await makeSandbox();
  const safe = ['git', '-c', 'safe.directory=*'] as const;
  secondsOf([...safe, 'push', '--quiet', sandbox.origin, 'HEAD:refs/heads/main'], { cwd: checkout });
  const project: Project = { ...(await sandbox.clone('ada')), ...sandbox };
  const objects = join(sandbox.folder, 'objects');
  cpSync(join(checkout, '.data'), objects, { recursive: true });
  const remote = await serveFiles(objects);
  const forge = await forgeAround(project);
  // On main, so that the change is its param alone.
  const settings = readFileSync(join(project.root, 'lockstep.yaml'), 'utf8');
  writeFileSync(join(project.root, 'lockstep.yaml'), `remote: ${remote.url}\n${settings}`);
  const git = (...args: string[]) => secondsOf([...safe, ...args], { cwd: project.root });
  git('commit', '--quiet', '-am', 'data on a server');
  git('push', '--quiet', 'origin', 'HEAD:main');
  const path = 'pipelines/flight-delay/pipeline.yaml';
  const pipeline = readFileSync(join(project.root, path), 'utf8').replace('trees: 30', 'trees: 31');
  const pull = await forge.pullRequest({ [path]: pipeline }, 'one tree more');
  return {
    forge,
    pull,
    data: await placedData(forge),
    machine: machineEnvironment(),
    checkout: async (revision) => (await forge.checkout(revision)).root,
    linkModules: (root) =>
      symlinkSync(join(checkout, 'node_modules'), join(root, 'node_modules'), 'junction'),
    async [Symbol.asyncDispose]() {
      await forge[Symbol.asyncDispose]();
      await remote[Symbol.asyncDispose]();
    },
  };
}

/** In a checkout of its own, whose folder of data it is. */
async function placedData(forge: Forge<Project>): Promise<string> {
  const workspace = await forge.checkout('origin/main');
  await pullData(workspace);
  return join(workspace.root, 'data');
}

/** The machine's own way to its registries, and nothing else of this process. */
function machineEnvironment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name]) =>
    /proxy$|^(NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR))$|^npm_config_(registry|cafile)$|^PIP_/i.test(name),
  );
  return { ...(Object.fromEntries(kept) as Record<string, string>), PATH: hostPath() };
}

async function serveFiles(folder: string): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((request, response) => {
    try {
      response.end(readFileSync(join(folder, request.url ?? '/')));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
