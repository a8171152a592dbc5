import { cmlSteps } from './cml.ts';
import { dvcSteps, openDvc } from './dvc.ts';
import { openFlights } from './flights.ts';
import { printSeconds, secondsOf } from './measure.ts';
import { ourSteps, type Steps, trainOnce } from './our-steps.ts';

/*
 * From a pull request's event to its comment, without training time: the flights example with one param changed, every
 * step as GitHub's runner starts it, against GitHub's API, artifacts and cache of our own; installing asks the real
 * registry. Beside each, turn by turn, what DVC and CML do in its place. A ratio is to our step above it.
 *   node bench/comment.ts [times] [--no-install]
 */
const times = Number(process.argv[2] ?? 5);
const install = !process.argv.includes('--no-install');
await using flights = await openFlights();
const trained = await trainOnce(flights);
const dvc = await openDvc(flights);
const turns: Steps[] = [];
for (let turn = 1; turn <= times; turn++) {
  const node = secondsOf([process.execPath, '-e', '0'], { cwd: flights.forge.folder });
  turns.push({
    'node -e 0': node,
    ...(await ourSteps(flights, trained, turn, install)),
    ...(dvc === null ? {} : await dvcSteps(dvc, install)),
    ...(await cmlSteps(flights, install)),
  });
}

const of = (name: string): number[] => turns.flatMap((turn) => turn[name] ?? []);
const sum = (names: readonly string[]): number[] =>
  turns.flatMap((turn) =>
    names.every((name) => name in turn) ? names.reduce((all, name) => all + turn[name]!, 0) : [],
  );
const print = (name: string, seconds: readonly number[], reference?: readonly number[]): void => {
  if (seconds.length > 0) printSeconds(name, seconds, reference);
};

/** A step of ours, and what others do instead. */
const beside: readonly (readonly [string, ...string[]])[] = [
  ['plan', 'dvc repro --dry'],
  ['setup, cold', 'pip install dvc, cold', "npm install of CML's parts, cold"],
  ['setup, warm', 'pip install dvc, warm', "npm install of CML's parts, warm"],
  ['data-pull, cold', 'dvc pull, cold'],
  ['data-pull, warm', 'dvc pull, warm'],
  ['train: hand over', 'dvc push'],
  ['report: collect'],
  ['data-pull, judging'],
  ['judge', 'dvc metrics diff'],
  ['gate'],
  ['report: keep'],
  ['report: publish', "CML's parts, a comment"],
  ['promote: sweep'],
];
print('node -e 0', of('node -e 0'));
for (const [step, ...others] of beside) {
  print(step, of(step));
  for (const other of others) print(`  ${other}`, of(other), of(step));
}

const own = [
  'plan',
  'data-pull, warm',
  'train: hand over',
  'report: collect',
  'data-pull, judging',
  'judge',
  'gate',
];
const told = ['report: keep', 'report: publish'];
const theirs = ['dvc repro --dry', 'dvc push', 'dvc metrics diff', "CML's parts, a comment"];
const ours = sum([...own, ...told]);
print('our own steps (goal: 10 s)', ours);
print('  those of DVC and CML', sum([...theirs, 'dvc pull, warm']), ours);
for (const [way, goal] of [
  ['cold', 30],
  ['warm', 15],
] as const) {
  // Two jobs install: the one that trains and the one that judges.
  const whole = sum([...own, ...told, `setup, ${way}`, `setup, ${way}`]);
  print(`event to comment, ${way} (goal: ${goal} s)`, whole);
  const installing = [`pip install dvc, ${way}`, `npm install of CML's parts, ${way}`];
  print('  DVC and CML', sum([...theirs, ...installing, `dvc pull, ${way}`]), whole);
}
for (const light of ['plan', 'gate', 'report: collect', 'report: publish', 'promote: sweep'])
  print(`light: ${light} (goal: 0.3 s)`, of(light), of('node -e 0'));
