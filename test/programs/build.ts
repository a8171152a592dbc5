import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { bundleCharts } from './charts.ts';

const root = dirname(dirname(import.meta.dirname));
// As deep as `actions/dist`: from both, what else the repository holds is two folders up.
const home = join(root, '.lockstep');
const prefix = 'programs-';
const aDay = 86_400_000;

/**
 * Before all tests: the command line, the actions and the programs that both start, bundled from the sources as they
 * are now. Hundreds of processes start half as slow from these as from the sources. Made once for the same sources.
 */
export default async function build(): Promise<void> {
  const folder = join(home, `${prefix}${keyOf(['src', 'actions', 'scripts', 'docs/schemas'])}`);
  if (!existsSync(folder)) await make(folder);
  process.env.LOCKSTEP_TEST_PROGRAMS = folder;
}

async function make(folder: string): Promise<void> {
  // Another run of other sources may be using its own at this moment.
  for (const name of existsSync(home) ? readdirSync(home) : [])
    if (name.startsWith(prefix) && Date.now() - statSync(join(home, name)).mtimeMs > aDay)
      rmSync(join(home, name), { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  const scratch = mkdtempSync(join(home, prefix));
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts/bundle.ts'), scratch], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the programs could not be bundled: ${stderr}`);
  await bundleCharts(root, scratch);
  chmodSync(scratch, 0o755);
  try {
    renameSync(scratch, folder);
  } catch (error) {
    rmSync(scratch, { recursive: true, force: true });
    if (!existsSync(folder)) throw error; // Else another run has just made the same.
  }
}

/** Of all that goes into a bundle. */
function keyOf(folders: readonly string[]): string {
  const hash = createHash('sha256');
  const files = folders.flatMap((folder) => globSync(`${folder}/**/*.{ts,mjs,json,yml}`, { cwd: root }));
  for (const file of [
    ...files,
    'test/programs/charts.ts',
    'package.json',
    'package-lock.json',
    'lockstep.yaml',
  ].sort()) {
    if (file.endsWith('.test.ts') || file.startsWith(join('actions', 'dist'))) continue;
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0');
  }
  return hash.digest('hex').slice(0, 20);
}
