import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { which } from './debian.ts';
import { openRunner } from './programs.ts';
import { Unavailable } from './unavailable.ts';

/** The folder of a Python of this minor version ("3.12") on PATH or under pyenv; throws `Unavailable` without one. */
export async function folderOfPython(minor: string): Promise<string> {
  const { tryRun } = openRunner('/');
  const names = [`python${minor}`, 'python3', 'python'];
  const pyenv = join(homedir(), '.pyenv/versions');
  const versions = existsSync(pyenv) ? readdirSync(pyenv).sort().reverse() : [];
  const kept = versions.map((version) => join(pyenv, version, 'bin', `python${minor}`));
  const candidates = [
    ...names.flatMap((name) => which(name) ?? []),
    ...kept.filter((path) => existsSync(path)),
  ];
  for (const path of candidates) {
    // A shim of pyenv answers only where its version is chosen.
    const { code, out } = await tryRun(path, [
      '-c',
      'import sys, venv; print("%d.%d" % sys.version_info[:2])',
    ]);
    if (code === 0 && out.trim() === minor) return dirname(path);
  }
  throw new Unavailable(`needs Python ${minor} with venv, on PATH or under ~/.pyenv/versions`);
}
