import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/*
 * How fast and how large, as ratios within one run: `npm run bench` for all, `npm run bench -- run trees` for some.
 * Not asserted, but for `data` and `promotion`: a machine that others use too would fail at random. docs/benchmarks.md has figures that were seen.
 */
const benches: Readonly<Record<string, string>> = {
  run: '`lockstep run` with nothing changed, beside the start of Node',
  changes: 'the `plan` action in a repository of 1,000 pipelines, beside the start of Node and `git diff`',
  comment: 'from a pull request to its comment, step by step, beside DVC and CML',
  'data-status': '`lockstep data status` on 10,000 files, beside `git status`',
  data: 'datasets added, looked at, pushed and pulled, beside DVC, rclone and others; its goals are counted',
  trees: '100 trees of depth 6 on 100,000 rows of 20 numbers, beside scikit-learn where it is installed',
  promotion:
    'promotion, status and verify with 1,000 models and 10,000 tags, and a switch of versions; its goals are counted',
  serving: 'a model server asked single rows, beside a bare node:http echo, one core each',
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0) {
  process.stderr.write(`No bench ${unknown.join(', ')}: there are ${Object.keys(benches).join(', ')}.\n`);
  process.exit(2);
}
for (const [name, what] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stdout.write(`\n${name}: ${what}\n`);
  // A process each, so that peak memory is the bench's own.
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, `${name}.ts`)], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
