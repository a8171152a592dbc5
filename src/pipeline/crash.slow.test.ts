import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openStore } from '../data/index.ts';
import { exitOf, isAlive, statePath } from '../workspace/index.ts';
import { runToy, toyWorkspace, withTrain, writeFiles } from './test-workspace.ts';

const runner = fileURLToPath(new URL('run.ts', import.meta.url));
const opener = fileURLToPath(new URL('../workspace/index.ts', import.meta.url));

/** `runPipeline` in a process of its own, to be killed. */
function startRun(root: string) {
  const program = `const { runPipeline } = await import(${JSON.stringify(runner)});
const { openWorkspace } = await import(${JSON.stringify(opener)});
await runPipeline(openWorkspace(${JSON.stringify(root)}), 'toy', {
  report: (event) => console.log(JSON.stringify(event)),
});
`;
  const file = join(root, 'run-toy.mjs');
  writeFileSync(file, program);
  return spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 20) {
    if (waited > 20_000) throw new Error('waited in vain');
    await sleep(20);
  }
}

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

/** Both stages start, print a line and finish: six moments, and two before the first. */
const moments: readonly (number | 'at once' | 'while it starts')[] = [
  'at once',
  'while it starts',
  1,
  2,
  3,
  4,
  5,
  6,
];

test('killed with -9 at any moment, the same command finishes with the same bytes', async () => {
  await using reference = await toyWorkspace();
  const wanted = (await runToy(reference)).outputs;
  for (const moment of moments) {
    await using workspace = await toyWorkspace();
    const child = startRun(workspace.root);
    const exit = exitOf(child);
    if (moment === 'while it starts') await sleep(100);
    else if (moment !== 'at once') await eventsOf(child, moment);
    child.kill('SIGKILL');
    await exit;
    const { outputs } = await runToy(workspace);
    expect(outputs, `killed at ${moment}`).toEqual(wanted);
    const store = openStore(workspace);
    for (const { digest } of Object.values(outputs)) await store.read(digest);
    expect(readdirSync(statePath(workspace, 'work')), `killed at ${moment}`).toEqual([]);
  }
});

/** Until the run has told of so many events that come once a stage. */
const eventsOf = (child: ChildProcess, count: number): Promise<void> =>
  new Promise((resolve) => {
    let seen = 0;
    child.stdout!.on('data', (chunk: Buffer) => {
      seen += chunk.toString().match(/"kind":"(stage-started|log|stage-finished)"/g)?.length ?? 0;
      if (seen >= count) resolve();
    });
    child.once('exit', () => resolve());
  });

const longStage = withTrain(
  '{run: "sleep 61 & echo $! > $KEPT/background; echo $$ > $KEPT/shell; sleep 62; true", env: [KEPT], inputs: [train.txt], outputs: [model.txt]}',
);

test.each(['SIGKILL', 'SIGINT', 'SIGTERM'] as const)(
  'after %s nothing of the stage runs on',
  async (signal) => {
    await using workspace = await toyWorkspace({ 'pipelines/toy/pipeline.yaml': longStage });
    process.env.KEPT = workspace.root;
    const child = startRun(workspace.root);
    const exit = exitOf(child);
    await until(() => read(join(workspace.root, 'shell')) !== '');
    const pids = ['background', 'shell'].map((name) => Number(read(join(workspace.root, name))));
    expect(pids.every(isAlive)).toBe(true);
    child.kill(signal);
    await exit;
    await until(() => !pids.some(isAlive));
  },
);

test('a timeout ends the whole tree, also what ignores SIGTERM', async () => {
  await using workspace = await toyWorkspace({
    'pipelines/toy/pipeline.yaml': withTrain(
      `{run: "trap '' TERM; echo $$ > $KEPT/shell; sleep 61; sleep 62", timeout: 1s, env: [KEPT], inputs: [train.txt], outputs: [model.txt]}`,
    ),
  });
  process.env.KEPT = workspace.root;
  await expect(runToy(workspace)).rejects.toThrow('E_TRAIN_TIMEOUT');
  expect(isAlive(Number(read(join(workspace.root, 'shell'))))).toBe(false);
});

test('two runs at once share the work: the second waits, says for whom, and finds it done', async () => {
  await using workspace = await toyWorkspace({
    'pipelines/toy/pipeline.yaml': withTrain(
      '{run: "echo run >> $KEPT/count; sleep 1; echo model > $LOCKSTEP_OUTPUTS/model.txt", env: [KEPT], inputs: [train.txt], outputs: [model.txt]}',
    ),
  });
  process.env.KEPT = workspace.root;
  const other = startRun(workspace.root);
  const exit = exitOf(other);
  await until(() => read(join(workspace.root, 'count')) !== '');
  const { steps, events } = await runToy(workspace);
  expect(await exit).toEqual({ code: 0, signal: null });
  expect(steps).toEqual(['prepare: cached', 'train: cached']);
  expect(events).toContainEqual({
    kind: 'notice',
    stage: 'train',
    text: expect.stringMatching(`^waits for process ${other.pid} on .* \\(stage train of toy, since `),
  });
  expect(read(join(workspace.root, 'count'))).toBe('run\n');
});

test('checkpoints outlive a run that was lost, and go when the stage is done', async () => {
  const script = `import { existsSync, readFileSync, writeFileSync } from 'node:fs';
const { LOCKSTEP_CHECKPOINTS: checkpoints, LOCKSTEP_OUTPUTS: outputs } = process.env;
const file = checkpoints + '/epoch';
if (!existsSync(file)) {
  writeFileSync(file, '3');
  process.exit(9);
}
writeFileSync(outputs + '/model.txt', 'from epoch ' + readFileSync(file, 'utf8'));
`;
  await using workspace = await toyWorkspace();
  writeFiles(workspace.root, { 'pipelines/toy/train.mjs': script });
  await expect(runToy(workspace)).rejects.toThrow('E_TRAIN_FAILED: stage train ended with 9');
  const { outputs } = await runToy(workspace);
  const bytes = await openStore(workspace).read(outputs['model.txt']!.digest);
  expect(bytes.toString()).toBe('from epoch 3');
  expect(readdirSync(statePath(workspace, 'checkpoints'))).toEqual([]);
});
