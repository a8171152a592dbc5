import { mkdirSync, rmSync } from 'node:fs';
import type { DatedSource, Fetched } from '../../data/sources/index.ts';
import {
  cleanVariables,
  durationMs,
  type Outcome,
  openStageLog,
  runSupervised,
} from '../../pipeline/index.ts';
import { LockstepError, scratchPath, shown, statePath, type Workspace } from '../../workspace/index.ts';

/**
 * Runs the command at the repository's root with as little of the host as a stage sees; it writes the dataset to
 * $LOCKSTEP_OUTPUT (a folder for a folder's key), and $LOCKSTEP_DATE is the day. Errors: E_SOURCE_FAILED, E_INTERRUPTED.
 */
export async function runCommand(
  workspace: Workspace,
  { key, asked, date, declared }: DatedSource,
  target: string,
): Promise<Fetched> {
  if (key.endsWith('/')) mkdirSync(target, { recursive: true });
  const logFile = statePath(workspace, 'runs', 'refresh', `${encodeURIComponent(key)}.log`);
  const log = openStageLog(logFile, () => {});
  const outcomeFile = scratchPath(workspace, 'outcome', '.json');
  const clean = cleanVariables({ environment: null, declared: declared.env ?? [], host: process.env });
  try {
    const outcome = await runSupervised({
      command: asked,
      timeoutMs: declared.timeout === undefined ? null : durationMs(declared.timeout),
      outcomeFile,
      cwd: workspace.root,
      env: { ...clean, LOCKSTEP_OUTPUT: target, LOCKSTEP_DATE: date! },
      onOutput: log.write,
    });
    const words = log.end().filter(Boolean).slice(-3).join(' / ').slice(-400);
    const ending = failureOf(outcome, declared.timeout);
    if (ending === null) return { kind: 'fetched', etag: null };
    throw new LockstepError('E_SOURCE_FAILED', {
      what: `the command of "${key}" ${ending}${words === '' ? '' : `, saying: ${words}`}`,
      where: { file: 'lockstep.yaml' },
      allowed: 'a command that ends with 0; what it wrote is dropped',
      fix: `read ${shown(workspace, logFile)} and mend the command`,
    });
  } finally {
    log.end();
    rmSync(outcomeFile, { force: true });
  }
}

function failureOf(outcome: Outcome, timeout: string | undefined): string | null {
  switch (outcome.kind) {
    case 'exit':
      return outcome.code === 0 ? null : `ended with ${outcome.code}`;
    case 'signal':
      return `was killed by ${outcome.signal}`;
    case 'timeout':
      return `was stopped after ${timeout}`;
    case 'not-started':
      return `could not start (${outcome.message})`;
  }
}
