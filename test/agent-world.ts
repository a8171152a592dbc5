import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { canaryPlan } from '../src/gitops/agent/canary/plan.ts';
import type { AgentEvent, AgentInput } from '../src/gitops/index.ts';
import { type BuiltImage, buildImage } from '../src/image/index.ts';
import { type Digest, digestOf, git, readAtCommit, type Workspace } from '../src/workspace/index.ts';
import { commitFiles, type GitSandbox, makeSandbox } from './git-sandbox.ts';
import { shareLayers } from './shared-layers.ts';
import { toyModel, toyModelYaml, toyScore } from './toy-model.ts';

// The agent with everything real: a Git remote, OCI images, the bundled model server as processes, HTTP. Only the
// evidence is left out (gitops has its own tests): the branch holds what is wanted as plain JSON.

export interface Wish {
  readonly version: string;
  readonly replay?: number | null;
  readonly spare?: boolean;
  /** As on a Deployment. */
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface ToyRelease {
  readonly unknown?: 'error';
  readonly bias?: number;
  /** Added to every golden score, so that the server is never ready. */
  readonly wrong?: number;
}

export interface AgentWorld extends AsyncDisposable {
  readonly sandbox: GitSandbox;
  /** Where the agent runs. */
  readonly workspace: Workspace;
  readonly images: Record<string, { image: BuiltImage; modelDigest: Digest }>;
  release(version: string, toy?: ToyRelease): Promise<void>;
  /** A commit on the remote's branch: what each environment is to run from now on. */
  promote(wishes: Readonly<Record<string, Wish>>): Promise<void>;
}

export async function makeAgentWorld(): Promise<AgentWorld> {
  const sandbox = await makeSandbox();
  const author = await sandbox.clone('author');
  await commitFiles(author, { 'a.txt': 'a' });
  await git(['push', '--quiet', 'origin', 'HEAD:refs/heads/main'], { cwd: author.root });
  await git(['checkout', '--quiet', '-b', 'environments'], { cwd: author.root });
  const workspace = await sandbox.clone('laptop');
  shareLayers(workspace.root);
  const images: AgentWorld['images'] = {};

  const wantedOf = ([environment, { version, replay = null, spare = false, annotations = {} }]: [
    string,
    Wish,
  ]) => {
    const { image, modelDigest } = images[version]!;
    const canary = canaryPlan(annotations);
    if ('problem' in canary) throw new Error(canary.problem);
    const tree = digestOf(JSON.stringify([environment, version, replay, spare, annotations]));
    const reference = `${image.name}@${image.digest}`;
    const release = { version, image: reference, imageDigest: image.digest, modelDigest, replay, spare };
    return { model: 'toy', environment, tree, kind: 'release', release: { ...release, canary: canary.plan } };
  };

  return {
    sandbox,
    workspace,
    images,
    async release(version, toy = {}) {
      images[version] = await buildToyImage(workspace, version, toy);
    },
    async promote(wishes) {
      const wanted = Object.entries(wishes).map(wantedOf);
      await commitFiles(author, { 'wanted.json': JSON.stringify(wanted) });
      await git(['push', '--quiet', '--force', 'origin', 'environments'], { cwd: author.root });
    },
    [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose](),
  };
}

export async function buildToyImage(
  workspace: Workspace,
  version: string,
  { wrong = 0, ...options }: ToyRelease = {},
  model = 'toy',
): Promise<{ image: BuiltImage; modelDigest: Digest }> {
  const onnx = toyModel(options);
  const modelDigest = digestOf(onnx);
  const requests = [200, 800, 2400].map((distance) => ({
    inputs: { distance, carrier: 'AA', date: '2001-01-31' },
    score: toyScore(distance, 'AA', '2001-01-31', options.bias) + wrong,
  }));
  const golden = JSON.stringify({ v: 1, model, requests });
  const metadata = {
    model,
    version,
    modelDigest,
    golden: digestOf(golden),
    task: 'binary-classification',
  };
  const files = {
    'model.onnx': onnx,
    'model.yaml': Buffer.from(toyModelYaml),
    'metadata.json': Buffer.from(JSON.stringify(metadata)),
    'golden.json': Buffer.from(golden),
  };
  return { image: await buildImage(workspace, { model, version, files }), modelDigest };
}

export const readWanted: AgentInput['readWanted'] = async ({ root }, commit) =>
  JSON.parse(String(await readAtCommit(root, commit, 'wanted.json')));

/** Waits for an event among those that come in; several of one kind are told apart by version or by `after`. */
export const waiter =
  (events: readonly AgentEvent[]) =>
  async <E extends AgentEvent['event']>(
    event: E,
    version?: string,
    after = 0,
  ): Promise<AgentEvent & { event: E }> => {
    const fits = (entry: AgentEvent) =>
      entry.event === event && (version === undefined || ('version' in entry && entry.version === version));
    for (const until = Date.now() + 30_000; Date.now() < until; await sleep(20)) {
      const found = events.slice(after).find(fits);
      if (found) return found as never;
    }
    throw new Error(`no ${event} ${version ?? ''} among ${JSON.stringify(events)}`);
  };

export interface AgentProcess {
  readonly child: ChildProcess;
  readonly events: AgentEvent[];
  readonly until: ReturnType<typeof waiter>;
  /** With SIGKILL nothing of it is tidied up. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** The agent in a process of its own, to be killed; `through` is a command that runs it, e.g. `taskset`. */
export function spawnAgent({ root }: Workspace, through: readonly string[] = []): AgentProcess {
  const [command, ...words] = [
    ...through,
    process.execPath,
    join(import.meta.dirname, 'agent-program.ts'),
    root,
  ];
  const child = spawn(command!, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const events: AgentEvent[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => events.push(JSON.parse(line) as AgentEvent));
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  return {
    child,
    events,
    until: waiter(events),
    async end(signal) {
      child.kill(signal);
      await ended;
    },
  };
}

export async function predict(
  url: string,
  { carrier = 'AA', distance = 800, headers = {} as Record<string, string> } = {},
) {
  const body = JSON.stringify({ distance, carrier, date: '2001-01-31' });
  const response = await fetch(`${url}/predict`, { method: 'POST', body, headers });
  return { status: response.status, answer: (await response.json()) as { version: string } };
}
