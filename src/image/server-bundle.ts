import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  bundleFolder,
  type Digest,
  digestOf,
  statePath,
  type Workspace,
  writeAtomic,
} from '../workspace/index.ts';

/** Root of our own package: the sources that are bundled, and the node_modules they import from. */
const home = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Two fifths less to load and to send. Functions keep their names, for whoever reads a stack. */
const minify = { compress: true, mangle: { keepNames: true }, codegen: true } as const;

interface CachedBundle {
  readonly bundler: string;
  /** Every file that went in, relative to the package, by digest. */
  readonly modules: Readonly<Record<string, Digest>>;
  readonly digest: Digest;
}

/**
 * The model server as one JavaScript file, onnxruntime-node left outside: the one beside our own bundle, or made
 * from source, again only when one of the files that went in last time has changed. The bytes depend on the sources and the lock file, not on where
 * either lies.
 */
export async function bundleServer(workspace: Workspace, entry = 'src/serving/server.ts'): Promise<Buffer> {
  if (bundleFolder !== null) return readFileSync(join(bundleFolder, 'server.mjs'));
  const path = (name: string) => statePath(workspace, 'cache', 'server', name);
  const bundler = bundlerVersion();
  const known = readCached(path('server.json'), path('server.mjs'), bundler, entry);
  if (known) return known;
  const { code, modules } = await bundle(entry);
  const bytes = Buffer.from(code);
  const cached: CachedBundle = { bundler, modules: digests(modules), digest: digestOf(bytes) };
  writeAtomic(path('server.mjs'), bytes);
  writeAtomic(path('server.json'), JSON.stringify(cached));
  return bytes;
}

async function bundle(entry: string): Promise<{ code: string; modules: string[] }> {
  const { rolldown } = await import('rolldown');
  const build = await rolldown({
    input: join(home, entry),
    cwd: home,
    platform: 'node',
    external: ['onnxruntime-node'],
    logLevel: 'silent',
    // Comments that name each module's path would carry the place of the checkout into the bytes.
    experimental: { attachDebugInfo: 'none' },
  });
  try {
    const { output } = await build.generate({
      format: 'esm',
      codeSplitting: false,
      minify,
      comments: { legal: true, annotation: false, jsdoc: false },
    });
    const [chunk] = output;
    // Those that were shaken out too: they may not be, once they change.
    const modules = (await build.watchFiles).filter((path) => isAbsolute(path));
    return { code: chunk.code, modules };
  } finally {
    await build.close();
  }
}

const digests = (modules: readonly string[]): Record<string, Digest> =>
  Object.fromEntries(
    modules
      .map((path): [string, Digest] => [
        relative(home, path).split(sep).join('/'),
        digestOf(readFileSync(path)),
      ])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

function readCached(aboutPath: string, codePath: string, bundler: string, entry: string): Buffer | null {
  if (!existsSync(aboutPath) || !existsSync(codePath)) return null;
  const about = JSON.parse(readFileSync(aboutPath, 'utf8')) as CachedBundle;
  const code = readFileSync(codePath);
  const same =
    about.bundler === bundler &&
    about.modules[entry] !== undefined &&
    about.digest === digestOf(code) &&
    Object.entries(about.modules).every(([path, digest]) => {
      const file = join(home, path);
      return existsSync(file) && digestOf(readFileSync(file)) === digest;
    });
  return same ? code : null;
}

/** What decides the bytes beside the sources. */
const bundlerVersion = (): string => {
  const { version } = createRequire(import.meta.url)('rolldown/package.json') as { version: string };
  return `${version} ${JSON.stringify(minify)}`;
};
