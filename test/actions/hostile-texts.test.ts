import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { jobsOf } from '../../actions/promote/requests.ts';
import { isLockstepError } from '../../src/workspace/index.ts';
import { runCli } from '../bad-inputs/command-line.ts';
import { toyModel } from '../toy-model.ts';
import { type Forge, makeForge } from './forge.ts';
import { canariesIn, hostileNames, hostileTexts } from './hostile-texts.ts';
import type { ActionResult } from './run-action.ts';
import { parseCommands } from './runner-commands.ts';

/*
 * Six hundred texts of attackers as titles, branches, labels, messages, files, params and inputs, through the actions as a
 * runner starts them (P18), and out of a trainer that prints them all (P21): nothing of them runs, in a shell or in the
 * runner.
 */
let forge: Forge;
beforeAll(async () => {
  forge = await makeForge();
});
afterAll(() => forge[Symbol.asyncDispose]());

/** Commands that a step of ours gives; whatever else a runner would find is somebody else's. */
const ours = ['group', 'endgroup', 'add-mask', 'debug'];

function expectHarmless({ log, outputs, env, exit }: ActionResult, what: string): void {
  const given = parseCommands(log).filter(({ command }) => !ours.includes(command));
  expect([what, exit, given], log.slice(-2000)).toEqual([what, 0, []]);
  // Escaping alone has to be enough too: the log without the words that stop commands.
  const unstopped = log.replace(/^::stop-commands::.*$/gm, '');
  const foreign = parseCommands(unstopped).filter(
    ({ command, message }) => ![...ours, ...passwords(log)].includes(command) || message.includes('forged'),
  );
  expect([what, foreign]).toEqual([what, []]);
  expect([what, env]).toEqual([what, {}]);
  expect([what, Object.values(outputs).includes('pass')]).toEqual([what, false]);
}

const passwords = (log: string): string[] =>
  [...log.matchAll(/^::stop-commands::(.*)$/gm)].map(([, password]) => password!);

const pipeline = {
  params: Object.fromEntries(hostileTexts.map((text, at) => [`p${at}`, text])),
  stages: {
    prepare: {
      run: 'node prepare.mjs',
      inputs: ['data:toy/rows.csv', 'prepare.mjs'],
      outputs: ['train.csv', 'test.csv'],
    },
    train: {
      run: 'node trainer.mjs && cp toy.onnx "$LOCKSTEP_OUTPUTS"/model.onnx',
      inputs: ['toy.onnx', 'train.csv', 'trainer.mjs', 'names'],
      outputs: ['model.onnx'],
      params: hostileTexts.map((_, at) => `p${at}`),
    },
  },
  evaluate: { model: 'model.onnx', data: 'test.csv', target: 'late', positive: 'yes', 'row-id': 'id' },
};

/** Prints every text as a line of its own and in the middle of one, calls a metric by those that may be a name, and guesses at passwords. */
const trainer = `import { readFileSync, appendFileSync } from 'node:fs';
const texts = Object.values(JSON.parse(readFileSync(process.env.LOCKSTEP_PARAMS, 'utf8')));
for (const text of texts) {
  console.log(text);
  console.log('epoch 1 ' + text);
}
const allowed = texts.filter((text) => /^[A-Za-z][\\w.@/-]{0,99}$/.test(text));
appendFileSync(process.env.LOCKSTEP_METRICS, allowed.map((text) => JSON.stringify({ [text]: 1 }) + '\\n').join(''));
for (const guess of ['', 'pause-logging', 'stop-commands', '0'.repeat(64)]) console.log('::' + guess + '::');
for (const name of ['GITHUB_ENV', 'GITHUB_PATH', 'GITHUB_OUTPUT', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY'])
  if (process.env[name]) appendFileSync(process.env[name], 'verdict=pass\\n');
`;

test('there are enough of them', () => {
  expect(hostileTexts.length).toBeGreaterThan(575);
});

test('a fork whose title, branch, labels, message, files, params and log are hostile', async () => {
  const all = hostileTexts.join(' ');
  const branch = hostileTexts.slice(0, 20).join('').slice(0, 250); // No ref is longer.
  const pull = await forge.pullRequest(
    {
      'pipelines/toy/toy.onnx': toyModel({ bias: -1.2 }) as unknown as string,
      'pipelines/toy/pipeline.yaml': JSON.stringify(pipeline),
      'pipelines/toy/trainer.mjs': trainer,
      ...Object.fromEntries(hostileNames.map((name) => [`pipelines/toy/names/${name}`, 'x\n'])),
    },
    `feat: ${all}`,
  );
  pull.head.ref = branch;
  const event = {
    pull_request: {
      ...pull,
      title: all,
      body: all,
      labels: hostileTexts.map((name) => ({ name })),
    },
    sender: { login: all },
  };
  const { root } = await forge.checkout(pull.head.sha);
  const job = { workspace: root, eventName: 'pull_request', event, env: { GITHUB_HEAD_REF: branch } };
  const plan = await forge.step(1, 'plan', { ...job, with: { for: 'pull-request' } });
  expectHarmless(plan, 'plan');
  expect(plan.outputs.models).toBe('toy');
  const train = await forge.step(1, 'train', { ...job, with: { models: 'toy' } });
  expectHarmless(train, 'train');
  expect(train.outputs.trained).toBe('toy');
  expect(train.summary).not.toContain('verdict=pass');

  forge.finished(pull, 1, { head_branch: branch });
  const reporting = {
    eventName: 'workflow_run',
    event: { ...event, workflow_run: { id: 1, head_branch: branch } },
  };
  const judging = await forge.checkout('origin/main');
  const collected = await forge.step(2, 'report', {
    ...reporting,
    workspace: judging.root,
    with: { mode: 'collect', token: 'token' },
  });
  expectHarmless(collected, 'collect');
  const { base = '', head = '', folder = '' } = collected.outputs;
  const out = join(forge.folder, 'temp-2/judged');
  const judge = ['judge', '--all', folder, '--base', base, '--head', head, '--out', out];
  const judged = await runCli(judging.root, judge);
  expect(judged.exit, judged.stderr).toBe(0);
  const said = { ...reporting, workspace: judging.root };
  expectHarmless(await forge.step(2, 'report', { ...said, with: { mode: 'keep', judged: out } }), 'keep');
  const published = await forge.step(2, 'report', { ...said, with: { mode: 'publish', token: 'token' } });
  expectHarmless(published, 'publish');
  const bodies = forge.github.state.comments.map(({ body }) => body);
  expect(bodies).toHaveLength(1);
  expect(bodies[0]!.length).toBeLessThanOrEqual(65_536);
  for (const text of [...bodies, published.summary]) {
    expect(text).not.toMatch(/@org\/team|<img|onerror=alert\(1\)>|!\[x\]\(|\]\(javascript:/);
    expect(text.match(/<!-- lockstep:report/g)?.length ?? 0).toBeLessThanOrEqual(1);
  }
  expect([canariesIn(forge.folder), canariesIn(forge.project.folder)]).toEqual([[], []]);
}, 90_000);

test('a tag of any name asks for nothing that there isn’t', async () => {
  const workspace = await forge.checkout('origin/main');
  for (const tag of hostileTexts) {
    try {
      const asked = { model: null, version: null, environment: null, tag };
      expect([tag, await jobsOf(workspace, asked)]).toEqual([tag, []]);
    } catch (error) {
      expect([tag, isLockstepError(error) && error.code]).toEqual([tag, 'E_ENV_UNKNOWN']);
    }
  }
  expect(canariesIn(forge.folder)).toEqual([]);
}, 30_000);

const actions = globSync('actions/*/action.yml', { cwd: dirname(dirname(import.meta.dirname)) }).map((path) =>
  basename(dirname(path)),
);

test.each(actions)(
  '%s, with a hostile text in every input, says what is wrong by its code and runs nothing',
  async (name) => {
    const { root } = await forge.checkout('origin/main');
    const manifest = parse(
      readFileSync(join(dirname(dirname(import.meta.dirname)), 'actions', name, 'action.yml'), 'utf8'),
    ) as { inputs: Record<string, unknown> };
    const from = actions.indexOf(name) * 40;
    const inputs = Object.keys(manifest.inputs).map((input, at) => [input, hostileTexts[from + at]!]);
    const result = await forge.step(3, name, {
      from: 'bundle',
      workspace: root,
      with: Object.fromEntries(inputs),
    });
    expect([result.exit, result.errors.length > 0], result.log).toEqual([1, true]);
    for (const error of result.errors) expect(error).toMatch(/^E_(?!INTERNAL)[A-Z_]+: /);
    expect(result.log).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
    const foreign = result.commands.filter(({ command }) => ![...ours, 'error'].includes(command));
    expect(foreign).toEqual([]);
    expect([canariesIn(forge.folder), result.seconds < 5]).toEqual([[], true]);
  },
);
