import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generateWorkflows, staleWorkflows } from '../src/github/index.ts';
import { isLockstepError } from '../src/workspace/index.ts';

// Makes `.github/workflows/lockstep-*.yml` and `workflows/starters/` out of `workflows/`, or says with `--check` which
// of them is out of date.
//   node scripts/run.mjs workflows [--check]

function main(args: readonly string[]): void {
  const root = dirname(import.meta.dirname);
  if (args[0] === '--check') {
    const stale = staleWorkflows(root);
    for (const path of stale) process.stderr.write(`${path} is not what workflows/ makes\n`);
    process.exitCode = stale.length > 0 ? 1 : 0;
    return;
  }
  for (const [path, text] of generateWorkflows(root)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

try {
  main(process.argv.slice(2));
} catch (error) {
  if (!isLockstepError(error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
