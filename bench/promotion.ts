import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { hostPath } from '../test/interop/tools/environment.ts';
import { pythonWith } from '../test/interop/tools/python.ts';
import { openReport, ours } from './data/report.ts';
import { type Sample, type Subject, takeTurns, timed } from './data/taken.ts';
import type { Command } from './measure.ts';
import { makeProject, tagsOfModel } from './promotion/project.ts';
import { measureSwitch, switchLine } from './promotion/switch.ts';

/*
 * Whole commands on a remote as years of releases leave it, beside GTO's where it does part of the work (tags alone,
 * without a verdict, a signature or a branch): once, on request, since it takes minutes for ten thousand tags.
 *   node bench/promotion.ts [--times 7] [--models 1000] [--peers]
 */
const { values } = parseArgs({
  options: {
    times: { type: 'string', default: '7' },
    models: { type: 'string', default: '1000' },
    peers: { type: 'boolean', default: false },
  },
});
const times = Number(values.times);
const checkout = join(import.meta.dirname, '..');
const programs = {
  checkout: ['node', join(checkout, 'bin/lockstep.js')],
  bundle: [process.execPath, join(checkout, 'actions/dist/cli.js')],
} as const satisfies Record<string, Command>;
const ourProgram =
  (name: keyof typeof programs, cwd: string) =>
  (...args: string[]): Promise<Sample> =>
    timed([...programs[name], ...args] as unknown as Command, { cwd, env: environment });
const report = openReport();
const root = mkdtempSync(join(tmpdir(), 'lockstep-bench-'));
const environment = { ...process.env, PATH: hostPath(), NODE_COMPILE_CACHE: undefined };
try {
  await measureMany();
  await measureVerify();
  report.say('a switch of versions');
  const plan = { rate: 500, switches: 5, seconds: 4 };
  const figures = await measureSwitch(plan);
  report.say(switchLine(figures, plan.rate));
  report.goal(
    'requests dropped, or answered by a wrong version',
    figures.dropped + figures.wrongVersion,
    { atMost: 0 },
    'requests',
  );
} finally {
  rmSync(root, { recursive: true, force: true, maxRetries: 5 });
}
process.stdout.write(`${report.met} of ${report.goals} goals met\n`);
process.exitCode = report.met === report.goals ? 0 : 1;

async function measureMany(): Promise<void> {
  const project = await makeProject(inRoot('many'), Number(values.models));
  const { models } = project;
  report.say(`${models.length} models × 3 environments, ${models.length * tagsOfModel} tags`);
  const clones = {
    checkout: await project.clone('ada'),
    bundle: await project.clone('bea'),
    gto: await project.clone('guido'),
  };
  const gto = values.peers ? join(dirname(await pythonWith(['gto==1.10.1'])), 'gto') : null;
  const own = async (name: keyof typeof programs, turn: number) => {
    const run = ourProgram(name, clones[name]);
    // Every turn another model, and never one that the other program has.
    const model = models[2 * turn + (name === 'bundle' ? 1 : 0)]!;
    rmSync(join(clones[name], '.lockstep/cache'), { recursive: true, force: true });
    return {
      'first status': await run('status'),
      status: await run('status'),
      promote: await run('promote', model, 'v1.2.0', '--to', 'staging', '--observe', '0'),
      'status after it': await run('status'),
    };
  };
  const subjects: Subject[] = [
    { name: ours, turn: (turn) => own('checkout', turn) },
    { name: 'lockstep, bundled', turn: (turn) => own('bundle', turn) },
  ];
  if (gto !== null) {
    const where = {
      cwd: clones.gto,
      env: { ...environment, PATH: `${dirname(gto)}${delimiter}${environment.PATH}` },
    };
    const assign = (model: string): Command => [
      gto,
      'assign',
      model,
      '--version',
      'v1.2.0',
      '--stage',
      'staging',
    ];
    subjects.push({
      name: 'GTO',
      times: 1,
      turn: async (turn) => ({
        status: await timed([gto, 'show'], where),
        promote: await timed([...assign(models.at(-turn)!), '--push'], where),
      }),
    });
  }
  const taken = await takeTurns(subjects, times);
  for (const step of ['promote', 'status', 'status after it', 'first status']) report.step(taken, step);
  for (const name of [ours, 'lockstep, bundled']) {
    goalOf(`promote, ${name}`, taken.of(name, 'promote'), 2);
    goalOf(`status, ${name}`, taken.of(name, 'status'), 1);
  }
}

async function measureVerify(): Promise<void> {
  const project = await makeProject(inRoot('few'), 20);
  report.say('20 models × 3 environments');
  const clone = await project.clone('ada');
  const subject = (name: keyof typeof programs, called: string): Subject => ({
    name: called,
    turn: async () => ({ verify: await ourProgram(name, clone)('verify') }),
  });
  const subjects = [subject('checkout', ours), subject('bundle', 'lockstep, bundled')];
  const taken = await takeTurns(subjects, times);
  report.step(taken, 'verify');
  for (const { name } of subjects) goalOf(`verify, ${name}`, taken.of(name, 'verify'), 1);
}

function inRoot(name: string): string {
  const folder = join(root, name);
  mkdirSync(folder);
  return folder;
}

/** Judged by the median: others use this machine too. */
function goalOf(what: string, samples: readonly Sample[], seconds: number): void {
  const sorted = samples.map((sample) => sample.seconds).sort((a, b) => a - b);
  report.goal(`${what}, median`, sorted[(sorted.length - 1) >> 1]!, { atMost: seconds }, 's');
}
