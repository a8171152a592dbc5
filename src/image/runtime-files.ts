import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { resolveNative } from '../model/index.ts';
import type { LayerFile } from './layer.ts';
import type { Platform } from './platform.ts';

/**
 * What the server needs of onnxruntime on one platform, and nothing else of it: its JavaScript and the native
 * library (47 of 291 MB). A fixed list of folders and endings, so nothing that lies about can get in.
 */
export function runtimeFiles({ folder }: Platform): LayerFile[] {
  const { node, common } = runtimeFolders();
  const native = `bin/napi-v6/${folder}`;
  return [
    ...taken('onnxruntime-node', node, '.', ['package.json']),
    ...taken('onnxruntime-node', node, 'dist', endingWith(node, 'dist', '.js')),
    ...taken('onnxruntime-node', node, native, readdirSync(join(node, native)).sort()),
    ...taken('onnxruntime-common', common, '.', ['package.json']),
    ...['dist/cjs', 'dist/esm'].flatMap((part) => [
      ...taken('onnxruntime-common', common, part, ['package.json', ...endingWith(common, part, '.js')]),
    ]),
  ];
}

/** Where the packages lie that CI installed, else those of our own installation. Errors: E_NATIVE_MISSING. */
export function runtimeFolders(): { node: string; common: string } {
  const manifest = resolveNative('onnxruntime-node/package.json', null);
  // onnxruntime-common exports its entry only: <package>/dist/cjs/index.js.
  const entry = createRequire(manifest).resolve('onnxruntime-common');
  return { node: dirname(manifest), common: dirname(dirname(dirname(entry))) };
}

const endingWith = (packageFolder: string, folder: string, ending: string): string[] =>
  readdirSync(join(packageFolder, folder))
    .filter((name) => name.endsWith(ending))
    .sort();

const taken = (name: string, packageFolder: string, folder: string, files: readonly string[]): LayerFile[] =>
  files.map((file) => ({
    path: ['app/node_modules', name, ...(folder === '.' ? [] : [folder]), file].join('/'),
    bytes: readFileSync(join(packageFolder, folder, file)),
  }));
