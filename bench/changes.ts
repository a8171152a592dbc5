import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runAction } from '../test/actions/run-action.ts';
import { type Command, printSeconds, secondsOf } from './measure.ts';

/*
 * What a change costs before anything trains: the `plan` action as GitHub's runner starts it (the committed bundle),
 * in a repository of 1 and of 1,000 pipelines, ten of which a change touches (all of them in the small one). Beside
 * it, turn by turn, the start of the same Node and `git diff` of the same two commits.
 *   node bench/changes.ts [times]
 */
const times = Number(process.argv[2] ?? 7);
const git = (cwd: string, ...args: string[]): Command => [
  'git',
  '-C',
  cwd,
  '-c',
  'user.name=Ada',
  '-c',
  'user.email=ada@example.com',
  ...args,
];

for (const count of [1, 1000]) {
  const root = mkdtempSync(join(tmpdir(), 'lockstep-bench-'));
  try {
    const where = { cwd: root };
    secondsOf(git(root, 'init', '--quiet', '--initial-branch=main'), where);
    writePipelines(root, count, 7);
    secondsOf(git(root, 'add', '.'), where);
    secondsOf(git(root, 'commit', '--quiet', '-m', 'base'), where);
    writePipelines(root, Math.min(count, 10), 8);
    secondsOf(git(root, 'commit', '--quiet', '-am', 'change'), where);
    const plan = async (): Promise<number> => {
      const inputs = { base: 'HEAD~1', head: 'HEAD' };
      const { exit, seconds, log } = await runAction('plan', {
        workspace: root,
        with: inputs,
        from: 'bundle',
      });
      if (exit !== 0) throw new Error(`plan ended with ${exit}: ${log.slice(-2000)}`);
      return seconds;
    };
    const starts: number[] = [];
    const diffs: number[] = [];
    const plans: number[] = [];
    for (let turn = 0; turn < times; turn++) {
      starts.push(secondsOf([process.execPath, '-e', '0'], where));
      diffs.push(secondsOf(git(root, 'diff', '--name-only', 'HEAD~1', 'HEAD'), where));
      plans.push(await plan());
    }
    printSeconds('node -e 0', starts);
    printSeconds(`git diff, ${count} pipelines`, diffs, starts);
    printSeconds(`plan, ${count} pipelines (goal: ${count === 1 ? '0.3' : '1'} s)`, plans, starts);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function writePipelines(root: string, count: number, seed: number): void {
  for (let index = 0; index < count; index++) {
    const name = `model-${index}`;
    write(
      root,
      `pipelines/${name}/pipeline.yaml`,
      `runs-on: ubuntu-latest
params: {seed: ${seed}, trees: 30}
stages:
  prepare: {run: node prepare.ts, inputs: [prepare.ts], outputs: [train.csv, test.csv]}
  train: {uses: trees, inputs: [train.csv], params: [seed, trees], outputs: [model.onnx]}
evaluate: {model: model.onnx, data: test.csv, target: y}
`,
    );
    write(root, `pipelines/${name}/prepare.ts`, '// reads rows\n');
    write(
      root,
      `models/${name}/model.yaml`,
      'task: binary-classification\ninputs:\n  - {name: x, type: number}\noutput: {name: y}\n',
    );
    write(root, `models/${name}/policy.yaml`, 'checks:\n  - {metric: roc_auc, at-least: 0.6}\n');
  }
}

function write(root: string, path: string, text: string): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
