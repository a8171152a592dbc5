import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFolder } from '../../src/workspace/index.ts';

/** A command `lockstep` that runs the bundled command line on the Node of the actions; returns its folder. */
export function writeLauncher(temp: string): string {
  const folder = join(temp, 'lockstep', 'bin');
  const program = join(bundleFolder ?? join(import.meta.dirname, '../dist'), 'cli.js');
  mkdirSync(folder, { recursive: true });
  const command = `exec ${quoted(process.execPath)} ${quoted(program)} "$@"`;
  writeFileSync(join(folder, 'lockstep'), `#!/bin/sh\n${command}\n`, { mode: 0o755 });
  return folder;
}

const quoted = (path: string): string => `'${path.replaceAll("'", "'\\''")}'`;
