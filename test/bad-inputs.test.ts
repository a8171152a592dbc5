import pLimit from 'p-limit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BadInput } from './bad-inputs/bad-input.ts';
import { runCli } from './bad-inputs/command-line.ts';
import { configurationFiles } from './bad-inputs/configuration-files.ts';
import { dataLocks } from './bad-inputs/data-locks.ts';
import { images } from './bad-inputs/images.ts';
import { models } from './bad-inputs/models.ts';
import { promotions } from './bad-inputs/promotions.ts';
import { remotes, startRemote, type TestRemote } from './bad-inputs/remotes.ts';
import { type Fixture, makeFixture, type Repository } from './bad-inputs/repository.ts';
import { stages } from './bad-inputs/stages.ts';
import { tables } from './bad-inputs/tables.ts';
import { leftoversIn, stateOf } from './bad-inputs/untouched.ts';
import { usage } from './bad-inputs/usage.ts';

// What users and attackers send, through the real command: one clear error each, and nothing written. All messages
// stand in bad-inputs/messages.txt, to be read by a person.

const slowest = 15; // Seconds; generous, since the machine may be busy.

const slots = pLimit(2);

const groups: Readonly<Record<string, readonly BadInput[]>> = {
  'the command line': usage,
  'data.lock': dataLocks,
  remotes,
  'configuration files': configurationFiles,
  tables,
  stages,
  'models, metrics and policies': models,
  images,
  promotions,
};

let fixture: Fixture;
let remote: TestRemote;
const messages = new Map<BadInput, string>();

beforeAll(async () => {
  [fixture, remote] = await Promise.all([makeFixture(), startRemote()]);
});
// Some three hundred repositories go: a busy disk takes its time.
afterAll(async () => {
  await fixture[Symbol.asyncDispose]();
  await remote[Symbol.asyncDispose]();
}, 240_000);

describe.each(Object.entries(groups))('%s', (group, rows) => {
  test.concurrent.each(rows.map((row) => [row.name, row] as const))('%s', async (_, row) => {
    const repository = fixture.copy(`${group} ${rows.indexOf(row)}`.replaceAll(/\W+/g, '-'));
    await row.given?.(repository, remote.url);
    const before = await stateOf(repository);
    const ran = await slots(() => runCli(repository.root, [...row.command, '--json'], row.env));
    const message = plain(ran.stderr.trimEnd().split('\n').at(-1)!, repository, remote);
    messages.set(row, message);

    expect({ exit: ran.exit, code: message.split(':')[0], message }).toEqual({
      exit: row.code === 'E_USAGE' ? 2 : 1,
      code: row.code,
      message,
    });
    expect(ran.stderr).not.toMatch(/^\s+at .*:\d+/m);
    expect(ran.stderr.match(/^E_\w+: /gm)).toHaveLength(1);
    const { error } = JSON.parse(ran.stdout) as { error: { code: string; message: string } };
    expect(error.code).toBe(row.code);
    expect(ran.stderr.trimEnd().endsWith(error.message)).toBe(true);
    expect(ran.seconds).toBeLessThan(slowest);
    expect(await stateOf(repository)).toEqual(before);
    expect(leftoversIn(repository)).toEqual([]);
  });
});

/** What is not wrong but does not pass: a verdict with its reason, and its own exit code. */
const verdicts: readonly [string, string, Readonly<Record<string, string>>, number, readonly string[]][] = [
  [
    'a metric that nobody measured',
    'draft',
    { 'models/draft/policy.yaml': 'checks:\n  - {metric: accuracy_top5, at-least: 0.5}\n' },
    3,
    [
      'accuracy_top5: not measured',
      'first version, judged against the class prior',
      'draft is new to the base commit: judged by the policy beside it',
    ],
  ],
  [
    'a policy that the change made another',
    'toy',
    { 'models/toy/policy.yaml': 'checks:\n  - {metric: roc_auc, at-least: 0.9999}\n' },
    0,
    [],
  ],
];

test.each(verdicts)('%s is a verdict, not an error', async (name, model, files, exit, reasons) => {
  const repository = fixture.copy(name.replaceAll(' ', '-'));
  for (const [path, content] of Object.entries(files)) repository.write(path, content);
  const ran = await runCli(repository.root, ['run', model, '--json']);
  const found = JSON.parse(ran.stdout) as { reasons: string[]; comment: string };
  expect({ exit: ran.exit, reasons: found.reasons }).toEqual({ exit, reasons });
  if (model === 'toy')
    expect(repository.read(found.comment)).toContain('judged by the policy of the base commit');
});

test('all messages, to be read', async () => {
  const pages = Object.entries(groups).map(([group, rows]) => {
    const lines = rows.map(
      (row) => `${row.name}\n  $ lockstep ${shownCommand(row)}\n  ${messages.get(row)}\n`,
    );
    return `# ${group}\n\n${lines.join('')}`;
  });
  await expect(pages.join('\n')).toMatchFileSnapshot('./bad-inputs/messages.txt');
});

const shownCommand = ({ command }: BadInput): string =>
  command.map((word) => (/^[\w@:./<>=-]+$/.test(word) ? word : JSON.stringify(word).slice(0, 60))).join(' ');

/** Without what differs from run to run and from machine to machine. */
const plain = (text: string, { folder }: Repository, { url }: TestRemote): string =>
  text
    .replaceAll(folder, '<folder>')
    .replaceAll(url.replace('http://', ''), '127.0.0.1:<port>')
    .replaceAll(/\b[0-9a-f]{12,64}\b/g, '<hex>')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    // Every shell says in words of its own that a program is not there.
    .replaceAll(/could not start: .*? in pipelines/g, 'could not start: <words of sh> in pipelines');
