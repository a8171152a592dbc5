import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTable } from '../../../src/data/index.ts';
import { digestFile } from '../../../src/workspace/index.ts';
import type { Suite, Tools } from '../suite.ts';
import {
  type HostPython,
  hostPython,
  makePythonProject,
  type PythonProject,
} from '../tools/python-project.ts';

export const suite: Suite = {
  name: 'python-stage',
  shows: 'a stage trains with scikit-learn in an environment that pip, or uv, makes of a lock with hashes',
  minutes: 3,
  needs: { python: ['uv==0.13.8'] },
  run: trainInPython,
};

async function trainInPython(tools: Tools): Promise<string> {
  // uv brings its own list of certificate authorities; machines behind a proxy have theirs.
  process.env.UV_SYSTEM_CERTS ??= 'true';
  const host = await hostPython(tools);
  const lock = await compileLock(tools, host);
  const byPip = await trainWith(tools, host, lock, 'pip');
  const byUv = await trainWith(tools, host, lock, 'uv');
  assert.equal(byUv.predictions, byPip.predictions, 'the same predictions, whoever made the environment');
  assert.equal(byUv.run, byPip.run, 'the same fingerprint');
  const seconds = [byPip, byUv].map((one) => `${one.seconds.toFixed(0)} s`).join(' and ');
  return `Python ${host.version}; ROC AUC ${byPip.rocAuc.toFixed(3)} twice; first runs by pip and uv ${seconds}`;
}

async function compileLock({ folder, programs }: Tools, { executable, uv }: HostPython): Promise<string> {
  writeFileSync(join(folder, 'requirements.in'), 'scikit-learn==1.9.1\n');
  const options = ['--generate-hashes', '--no-header', '--no-annotate', '--python', executable, '--quiet'];
  return programs.run(uv, ['pip', 'compile', ...options, 'requirements.in']);
}

async function trainWith(tools: Tools, host: HostPython, lock: string, installer: 'pip' | 'uv') {
  const project = await makePythonProject(tools, host, installer);
  const { lockstep, write, commit } = project;
  write(host.version, lock);
  await lockstep('data', 'add', 'data/loans/rows.csv');
  await commit();

  const started = performance.now();
  const first = await lockstep('run', 'loans');
  const seconds = (performance.now() - started) / 1000;
  assert.deepEqual([first.code, first.json.verdict, first.json.cached], [0, 'pass', false], words(first));
  const { value: rocAuc } = (first.json.metrics as Record<string, { value: number }>).roc_auc!;
  assert.ok(rocAuc > 0.85 && rocAuc < 0.99, `ROC AUC ${rocAuc}`);
  const predictions = join(project.root, String(first.json.predictions));
  const { rows, columns } = await readTable(predictions);
  assert.equal(rows, 400);
  assert.deepEqual(
    columns.map(({ name, type }) => [name, type]),
    [
      ['row_id', 'text'],
      ['fold', 'number'],
      ['score', 'number'],
    ],
  );

  const second = await lockstep('run', 'loans');
  assert.deepEqual([second.code, second.json.cached], [0, true]);
  await refusals(project, host);
  write(host.version, lock);
  assert.equal((await lockstep('run', 'loans')).json.cached, true, 'what failed in between spoiled nothing');

  if (installer === 'uv') {
    const registered = await lockstep('register', 'loans');
    assert.match(words(registered), /E_RUN_MISSING.*no ONNX model/, words(registered));
    const [environment] = project.environments().ready;
    rmSync(join(project.root, '.lockstep/environments', environment!, 'venv/bin'), { recursive: true });
    const again = await lockstep('run', 'loans', '--force');
    assert.equal(again.code, 0, `an environment whose Python is gone is made again: ${words(again)}`);
    write(host.version, `# locked again\n${lock}`);
    const third = await lockstep('run', 'loans');
    assert.deepEqual([third.code, third.json.cached], [0, false], 'another lock is another environment');
    assert.equal(project.environments().ready.length, 2);
  }
  const { digest } = await digestFile(predictions);
  return { rocAuc, seconds, predictions: digest, run: first.json.run };
}

/** Each says what is wrong with which package and what to do, and leaves nothing behind. */
async function refusals({ lockstep, write, environments }: PythonProject, host: HostPython): Promise<void> {
  const zeros = `--hash=sha256:${'0'.repeat(64)}`;
  const cases: readonly [python: string, lock: string, says: RegExp][] = [
    [
      host.version,
      'threadpoolctl==3.8.0\n',
      /threadpoolctl==3\.8\.0 .*no version and hash.*--generate-hashes/,
    ],
    [host.version, `threadpoolctl==3.8.0 ${zeros}\n`, /threadpoolctl==3\.8\.0 has none of the hashes/],
    [host.version, `threadpoolctl==99.0 ${zeros}\n`, /no threadpoolctl==99\.0 for Python 3\.\d+ on/],
    ['3.99', `threadpoolctl==3.8.0 ${zeros}\n`, /no Python 3\.99 on PATH.*install Python 3\.99/],
  ];
  for (const [python, lock, says] of cases) {
    write(python, lock);
    const answer = await lockstep('run', 'loans');
    assert.equal(answer.code, 1, words(answer));
    const { error } = answer.json as { error: { code: string; message: string; file: string; line: number } };
    assert.equal(error.code, 'E_ENVIRONMENT_PREPARE', words(answer));
    assert.match(words(answer), says);
    assert.deepEqual([error.file, error.line], ['pipelines/loans/pipeline.yaml', 9]);
    const { ready, folders } = environments();
    assert.deepEqual(folders, ready, 'nothing half made');
    assert.equal(ready.length, 1);
  }
}

const words = ({ json }: { json: Record<string, unknown> }): string => JSON.stringify(json.error ?? json);
