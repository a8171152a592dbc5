import { cpSync, existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { getState, saveState } from '@actions/core';
import { restoreApart, saveFrom } from '../kit/cache.ts';
import type { SetupInputs } from './inputs.ts';
import type { ModulesPlan } from './modules.ts';

/** npm's own folder of tarballs by their hash: it checks each against the lock when it takes one. */
const folderName = '_cacache';

/** Brings tarballs of this lock, or of one like it; true when they are of exactly this one. */
export async function restoreTarballs(
  { key, npmCache }: ModulesPlan,
  cache: Exclude<SetupInputs['cache'], 'false'>,
): Promise<boolean> {
  const like = key.slice(0, key.lastIndexOf('-') + 1);
  const restored = await restoreApart([folderName], { key, otherwise: [like] });
  const found = restored === null ? null : join(restored.folder, folderName);
  if (restored !== null && found !== null && existsSync(found) && lstatSync(found).isDirectory()) {
    removeOdd(found);
    move(found, join(npmCache, folderName));
  }
  if (restored !== null) rmSync(restored.folder, { recursive: true, force: true });
  const hit = restored?.key === key;
  if (cache === 'true' && !hit)
    for (const [name, value] of Object.entries({ key, npmCache })) saveState(name, value);
  return hit;
}

/** After the job: keeps the tarballs where this lock's are not kept yet. */
export async function saveTarballs(): Promise<void> {
  const [key, npmCache] = [getState('key'), getState('npmCache')];
  if (key === '' || !existsSync(join(npmCache, folderName))) return;
  rmSync(join(npmCache, folderName, 'tmp'), { recursive: true, force: true });
  await saveFrom(npmCache, [folderName], key);
}

/** A cache of npm's is made of folders and files; links and devices were put there by somebody else. */
function removeOdd(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) removeOdd(path);
    else if (!entry.isFile()) rmSync(path, { force: true });
  }
}

function move(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  mkdirSync(dirname(to), { recursive: true });
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    cpSync(from, to, { recursive: true });
  }
}
