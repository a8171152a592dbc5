import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rolldown } from 'rolldown';

/**
 * Vega beside the programs, where they find it first: as installed it is two hundred files, which every command that
 * writes a report reads for a quarter of a second.
 */
export async function bundleCharts(root: string, programs: string): Promise<void> {
  const packages = join(programs, 'node_modules');
  const build = await rolldown({
    input: { vega: 'vega', 'vega-lite': 'vega-lite' },
    cwd: root,
    platform: 'node',
    logLevel: 'silent',
  });
  await build.write({ dir: join(packages, 'vega'), format: 'esm', chunkFileNames: '[name].js' });
  await build.close();
  const files = {
    'vega/package.json': JSON.stringify({ type: 'module', exports: './vega.js' }),
    'vega-lite/package.json': JSON.stringify({ type: 'module', exports: './index.js' }),
    'vega-lite/index.js': "export * from '../vega/vega-lite.js';\n",
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(packages, name)), { recursive: true });
    writeFileSync(join(packages, name), text);
  }
}
