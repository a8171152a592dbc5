import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { type Configuration, readConfigurationFile } from './configuration.ts';
import { LockstepError } from './errors.ts';
import type { Isolation } from './isolation.ts';

/** A checkout that Lockstep works in: where things lie, and what `lockstep.yaml` says. */
export interface Workspace {
  /** Absolute path of the repository root. */
  readonly root: string;
  readonly configuration: Configuration;
  /** How children are started that run what a stranger made; as any other child where it is left out. */
  readonly isolation?: Isolation;
}

/** Caches and working state below `.lockstep/`, which Git ignores. */
export const statePath = (workspace: Workspace, ...parts: string[]): string =>
  join(workspace.root, '.lockstep', ...parts);

/** What is there is this machine's, its signing key too: Git sees none of it, in a repository that says nothing of it too. */
export function hideState(workspace: Workspace): void {
  const path = statePath(workspace, '.gitignore');
  if (!existsSync(dirname(path)) || existsSync(path)) return;
  try {
    writeFileSync(path, '*\n');
  } catch {
    // A folder that can't be written to, or none: whoever keeps something there says so.
  }
}

export const pipelinePath = (workspace: Workspace, model: string, ...parts: string[]): string =>
  join(workspace.root, 'pipelines', model, ...parts);

export const modelPath = (workspace: Workspace, model: string, ...parts: string[]): string =>
  join(workspace.root, 'models', model, ...parts);

/** A path as people write it: relative to the root, with forward slashes. */
export const shown = (workspace: Workspace, path: string): string => {
  const inside = relative(workspace.root, path);
  return inside.startsWith('..') ? path : inside.split(sep).join('/') || '.';
};

/** The workspace that `from` lies in: the nearest folder upwards that Git or Lockstep knows. Errors: E_WORKSPACE_MISSING. */
export function openWorkspace(from: string = process.cwd()): Workspace {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (['.git', 'lockstep.yaml', 'data.lock', 'pipelines'].some((mark) => existsSync(join(folder, mark)))) {
      return { root: folder, configuration: readConfigurationFile(folder) };
    }
    if (dirname(folder) === folder) break;
  }
  throw new LockstepError('E_WORKSPACE_MISSING', {
    what: `no repository at ${from} or above it`,
    allowed: 'a folder with .git, lockstep.yaml, data.lock or pipelines/',
    fix: 'change into your repository, or run `git init` there',
  });
}
