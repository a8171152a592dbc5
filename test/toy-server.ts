import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { GoldenFile } from '../src/model/index.ts';
import { digestOf, exitOf, spawnOwn } from '../src/workspace/index.ts';
import { programOf } from './programs/own-program.ts';
import { toyModel, toyModelYaml, toyScore } from './toy-model.ts';

/** For tests: the real server on a toy model, in a child process on a free port. */
export const serverFile =
  programOf('server.mjs') ?? fileURLToPath(new URL('../src/serving/server.ts', import.meta.url));

export const toyGolden: GoldenFile = {
  v: 1,
  model: 'toy',
  requests: [
    [100, 'AA', '2001-01-02'],
    [null, 'DL', '2001-02-03T10:20'],
    [4000, null, '2001-03-04'],
  ].map(([distance, carrier, date]) => ({
    inputs: { distance: distance!, carrier: carrier!, date: date! },
    score: toyScore(distance as number | null, carrier as string | null, date as string),
  })),
};

interface ToyOptions {
  readonly unknown?: 'ignore' | 'error';
  readonly golden?: GoldenFile;
  readonly modelDigest?: string;
}

/** A folder as the image has it. */
export function toyFolder({ unknown = 'ignore', golden = toyGolden, modelDigest }: ToyOptions = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-serving-'));
  const model = toyModel({ unknown });
  const metadata = {
    model: 'toy',
    version: 'v1.0.0',
    modelDigest: modelDigest ?? digestOf(model),
    golden: digestOf(JSON.stringify(golden)),
    task: 'binary-classification',
    threshold: 0.7,
    positive: 'yes',
  };
  writeFileSync(join(folder, 'model.onnx'), model);
  writeFileSync(join(folder, 'model.yaml'), toyModelYaml);
  writeFileSync(join(folder, 'golden.json'), JSON.stringify(golden));
  writeFileSync(join(folder, 'metadata.json'), JSON.stringify(metadata));
  return folder;
}

export async function startServer(folder: string, more: readonly string[] = []) {
  const child = spawnOwn(serverFile, ['--models', folder, '--port', '0', ...more], {
    stdout: 'pipe',
    stderr: 'pipe',
  });
  let errors = '';
  child.stderr!.on('data', (chunk) => {
    errors += String(chunk);
  });
  const exit = exitOf(child);
  const line = await Promise.race([
    new Promise<string>((resolve) => createInterface({ input: child.stdout! }).once('line', resolve)),
    exit.then(() => ''),
  ]);
  if (line === '') throw new Error(errors);
  const url = `http://127.0.0.1:${(JSON.parse(line) as { listening: number }).listening}`;
  return {
    url,
    child,
    exit,
    errors: () => errors,
    async stop() {
      child.kill('SIGTERM');
      return await exit;
    },
  };
}

export async function untilReady(url: string): Promise<void> {
  for (let turn = 0; turn < 200; turn++) {
    if ((await fetch(`${url}/v2/health/ready`)).ok) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('the server does not become ready');
}
