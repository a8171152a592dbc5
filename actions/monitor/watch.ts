import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorModel } from '../../src/commands/monitor.ts';
import { type MonitorReport, renderText } from '../../src/monitoring/index.ts';
import { renderMonitorHtml } from '../../src/report/index.ts';
import { isLockstepError, type Workspace } from '../../src/workspace/index.ts';
import { say } from '../kit/foreign-output.ts';
import { scratchFolder } from '../kit/runner-folders.ts';
import { addSummary, fenced } from '../kit/summary.ts';

export interface Watching {
  readonly environment: string | null;
  readonly log: string | null;
}

export const reportFolder = (): string => scratchFolder('monitor');

/** What a model's environment saw, told in the log and the summary. Null where nothing runs, or was asked, yet. */
export async function watch(
  workspace: Workspace,
  model: string,
  { environment, log }: Watching,
): Promise<MonitorReport | null> {
  const where = environment ?? workspace.configuration.environments.at(-1)!;
  try {
    const report = await monitorModel(workspace, model, {
      environment: where,
      ...(log === null ? {} : { log }),
    });
    for (const line of renderText(report).split('\n')) say(line);
    await addSummary(`### ${model} in ${where}\n\n${fenced(renderText(report))}`);
    mkdirSync(reportFolder(), { recursive: true });
    writeFileSync(join(reportFolder(), `${model}.html`), await renderMonitorHtml(report));
    return report;
  } catch (error) {
    // A schedule finds nothing to look at until something runs and was asked; that is no failure of anybody's.
    if (!isLockstepError(error, 'E_NOT_RUNNING') && !isLockstepError(error, 'E_MONITOR_DATA')) throw error;
    say(error.message);
    return null;
  }
}
