import { globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type OutputChunk, type Plugin, rolldown } from 'rolldown';
import { minifySync } from 'rolldown/utils';
import { bundleServer } from '../src/image/server-bundle.ts';
import { openWorkspace } from '../src/workspace/index.ts';
import { compiledSchemaChunk, compiledSchemas } from './compiled-schemas.ts';
import { leanPackages } from './lean-packages.ts';
import { licensesOf } from './licenses.ts';
import { nativeLock } from './native-lock.ts';
import { chunkGroups, packageFolders, vendorPrefix } from './vendor-chunks.ts';

// Makes `actions/dist/`, or the folder that is named: what GitHub runs, and whoever has no TypeScript around.
// All is minified, since a template's archive has to stay small; our functions keep their names, for whoever reads a stack
// trace, and a rebuild from the sources gives the same bytes. What is native, draws charts or bundles stays outside:
// those who need it find it where it is installed, or say so.

const root = dirname(import.meta.dirname);
const outside = ['onnxruntime-node', 'rolldown', 'vega', 'vega-lite'];

/** Writes everything anew; the bytes depend on the sources and the lock file, not on where either lies. */
async function bundle(folder: string): Promise<void> {
  const files = new Map<string, string | Uint8Array>([
    ...(await chunks()),
    ['server.mjs', await bundleServer(openWorkspace(root))],
    // Without it Node would look for the kind of module in whatever folder is above.
    ['package.json', `${JSON.stringify({ type: 'module' })}\n`],
    ...nativeLock(root, 'onnxruntime-node'),
  ]);
  rmSync(folder, { recursive: true, force: true });
  for (const [name, content] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  const bytes = [...files.values()].reduce((sum, content) => sum + Buffer.byteLength(content), 0);
  process.stderr.write(`${files.size} files, ${(bytes / 1e6).toFixed(2)} MB in ${folder}\n`);
}

async function chunks(): Promise<[string, string][]> {
  const build = await rolldown({
    input: entries(),
    cwd: root,
    platform: 'node',
    external: outside,
    plugins: [compiledSchemas, leanPackages, withoutUpgrade],
    // An action that only talks to its runner loads no HTTP client with it: @actions/core has one for tokens of OIDC.
    treeshake: {
      moduleSideEffects: [{ test: /[\\/](tunnel|@actions[\\/](core|http-client))[\\/]/, sideEffects: false }],
    },
    logLevel: 'warn',
    // Comments that name each module's path would carry the place of the checkout into the bytes.
    experimental: { attachDebugInfo: 'none' },
  });
  try {
    const { output } = await build.generate({
      format: 'esm',
      entryFileNames: '[name].js',
      chunkFileNames: ({ name }) =>
        name.startsWith(vendorPrefix) ? `vendor/${name.slice(vendorPrefix.length)}.js` : 'parts/[name].js',
      comments: { legal: true, annotation: false, jsdoc: false },
      codeSplitting: {
        groups: [{ name: compiledSchemaChunk, debugName: 'schemas', priority: 200 }, ...chunkGroups],
      },
    });
    const made = output.map((file): [string, string] => {
      if (file.type === 'asset') return [file.fileName, String(file.source)];
      return [file.fileName, minified(file)];
    });
    const modules = output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
    return [...made, ['LICENSES.txt', licensesOf(packageFolders(modules))]];
  } finally {
    await build.close();
  }
}

/** Every action, the command line, and the programs that either starts. */
function entries(): Record<string, string> {
  const found: Record<string, string> = { cli: join(root, 'src/cli/main.ts') };
  const add = (name: string, path: string): void => {
    if (Object.hasOwn(found, name))
      throw new Error(`two entries are called ${name}: ${found[name]}, ${path}`);
    found[name] = path;
  };
  for (const path of sources('actions/*/main.ts')) add(basename(dirname(path)), path);
  for (const path of sources('actions/*/post.ts')) add(`${basename(dirname(path))}-post`, path);
  for (const path of sources('src/*/worker/*.ts')) add(`worker/${basename(path, '.ts')}`, path);
  return found;
}

const sources = (pattern: string): string[] =>
  globSync(pattern, { cwd: root })
    .filter((path) => !path.endsWith('.test.ts'))
    .sort()
    .map((path) => join(root, path));

/** A copy of the template changes itself by its sources: fifty kilobytes that no bundle has a use for. */
const withoutUpgrade: Plugin = {
  name: 'without-upgrade',
  load: {
    filter: { id: /[\\/]src[\\/]cli[\\/](upgrade-result|init-own)\.ts$/ },
    handler: () => 'export const upgradeResult = null;\nexport const initOwn = null;\n',
  },
};

function minified({ name, code }: OutputChunk): string {
  const { code: small, errors } = minifySync(`${name}.js`, code, {
    module: true,
    mangle: { keepNames: false },
  });
  if (errors.length > 0) throw new Error(`${name}: ${errors[0]!.message}`);
  return small;
}

await bundle(process.argv[2] ?? join(root, 'actions/dist'));
