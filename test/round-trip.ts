import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { rolldown } from 'rolldown';
import { leanPackages } from '../scripts/lean-packages.ts';
import type { Results } from './fakes/results/server.ts';

const program = join(import.meta.dirname, 'fakes/results/round-trip.ts');

/**
 * What the clients of caches and artifacts do, as they are in our bundles or unmodified, in a process of their own.
 * They reach the blobs by way of `proxy`, at an address that the cache client takes for Azure's.
 */
export async function roundTrip(
  from: 'bundle' | 'packages',
  {
    folder,
    results,
    proxy,
    mebibytes,
  }: { folder: string; results: Results; proxy: string; mebibytes: number },
) {
  const [work, temp] = ['work-', 'temp-'].map((name) => mkdtempSync(join(folder, name)));
  const { PATH } = process.env;
  const env = { PATH, RUNNER_TEMP: temp, GITHUB_WORKSPACE: work, HTTP_PROXY: proxy, http_proxy: proxy };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [from === 'bundle' ? await bundled(folder) : program, work!, String(mebibytes)],
    { env: { ...env, no_proxy: '127.0.0.1', ...results.environment(1) }, maxBuffer: 64 << 20 },
  );
  const told = /^round-trip (.*)$/m.exec(stdout)?.[1];
  if (told === undefined) throw new Error(stdout);
  return { ...(JSON.parse(told) as { saved: boolean; same: boolean }), log: stdout };
}

async function bundled(folder: string): Promise<string> {
  const build = await rolldown({
    input: program,
    platform: 'node',
    plugins: [leanPackages],
    logLevel: 'warn',
  });
  const made = mkdtempSync(join(folder, 'bundled-'));
  await build.write({ dir: made, format: 'esm', entryFileNames: '[name].mjs' });
  await build.close();
  return join(made, 'round-trip.mjs');
}
