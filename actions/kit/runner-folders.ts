import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export interface RunnerFolders {
  /** Where the repository is checked out. */
  readonly workspace: string;
  /** Emptied by the runner before and after each job. */
  readonly temp: string;
}

export const runnerFolders = (env: NodeJS.ProcessEnv = process.env): RunnerFolders => ({
  workspace: resolve(env.GITHUB_WORKSPACE || '.'),
  temp: resolve(env.RUNNER_TEMP || tmpdir()),
});

/** A place of ours that no other job sees. */
export const scratchFolder = (name: string): string => join(runnerFolders().temp, 'lockstep', name);
