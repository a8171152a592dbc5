import { setSecret } from '@actions/core';
import { type Change, type Refreshed, type RefreshOptions, refreshData } from '../../src/commands/refresh.ts';
import { handOverRefresh, refreshArtifact } from '../../src/commands/refresh-handover.ts';
import { refreshedLines } from '../../src/commands/refresh-text.ts';
import { LockstepError, parseJson, type Workspace } from '../../src/workspace/index.ts';
import { say } from '../kit/foreign-output.ts';
import { fail } from '../kit/run.ts';
import { scratchFolder } from '../kit/runner-folders.ts';
import { addSummary, fenced } from '../kit/summary.ts';
import { uploadFolder } from '../kit/upload.ts';

/** Fetches, tells, and hands over what changed. What failed makes the job red and keeps no other from being proposed. */
export async function fetchSources(
  workspace: Workspace,
  wanted: RefreshOptions,
): Promise<Record<string, unknown>> {
  takeSecrets();
  const results = await refreshData(workspace, wanted);
  const lines = results.flatMap(refreshedLines);
  for (const line of lines) say(line);
  await addSummary(`### Sources\n\n${fenced(lines.join('\n'))}`);
  for (const one of results) if (one.state === 'failed') fail(one.error);
  const changes = results.filter((one): one is Refreshed & Change => 'after' in one);
  if (changes.length > 0) {
    const folder = scratchFolder('refresh');
    await handOverRefresh(workspace, changes, folder);
    await uploadFolder(refreshArtifact.name, folder, 6);
  }
  return { changed: changes.length > 0 };
}

/** Variables that decide what we or the runner do are nobody's credentials. */
const ours =
  /^(PATH|HOME|NODE_.*|LD_.*|DYLD_.*|GIT_.*|GITHUB_.*|ACTIONS_.*|RUNNER_.*|INPUT_.*|LOCKSTEP_.*)$/i;

/** `LOCKSTEP_SOURCES`: one secret that holds all that sources name by `bearer`, `env` and `from`, as a JSON object. */
function takeSecrets(env: NodeJS.ProcessEnv = process.env): void {
  const text = env.LOCKSTEP_SOURCES;
  delete env.LOCKSTEP_SOURCES;
  if (!text) return;
  const { value } = parseJson(text, 'LOCKSTEP_SOURCES');
  for (const [name, secret] of Object.entries((value ?? {}) as Record<string, unknown>)) {
    if (typeof secret !== 'string' || !/^[A-Za-z_]\w*$/.test(name) || ours.test(name)) {
      throw new LockstepError('E_ACTION_INPUT', {
        what: `the secret LOCKSTEP_SOURCES has no text, or no name of its own, at "${name}"`,
        allowed: 'a JSON object of texts by the names of variables',
        fix: 'set the secret again',
      });
    }
    setSecret(secret);
    env[name] = secret;
  }
}
