import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { statePath, type Workspace } from './workspace.ts';

/**
 * A name below `.lockstep/work/` that no other process will choose; the folder exists. It tells the process, so that
 * a later command can sweep up what a killed one left, and nothing that is still in use.
 */
export function scratchPath(workspace: Workspace, name: string, ending = ''): string {
  const folder = statePath(workspace, 'work');
  mkdirSync(folder, { recursive: true });
  return `${folder}/${name}-${process.pid}-${randomBytes(4).toString('hex')}${ending}`;
}
