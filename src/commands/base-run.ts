import {
  type FileRef,
  type Pipeline,
  planRun,
  type Report,
  runPipeline,
  type StageRecord,
} from '../pipeline/index.ts';
import type { StageLine } from '../report/index.ts';
import type { Workspace } from '../workspace/index.ts';
import { stageLines } from './stage-lines.ts';

/** Some first stages of the pipeline as a commit has it. */
export interface BaseRun {
  readonly outputs: Readonly<Record<string, FileRef>>;
  readonly stages: readonly StageRecord[];
  readonly lines: readonly StageLine[];
}

/** From the cache, or made again with the code, data.lock and params of the commit that the pipeline was read at. */
export async function runAtBase(
  workspace: Workspace,
  pipeline: Pipeline,
  until: string,
  report: Report = () => {},
): Promise<BaseRun> {
  const lines = stageLines();
  const planned = (await planRun(workspace, pipeline, { until })).stages;
  const cached = planned.flatMap(({ decision }) => (decision.kind === 'cached' ? [decision.record] : []));
  if (cached.length === planned.length) {
    const outputs = Object.assign({}, ...cached.map((stage) => stage.outputs)) as BaseRun['outputs'];
    return { outputs, stages: cached, lines: lines.of(cached) };
  }
  const { outputs, record } = await runPipeline(workspace, pipeline.model, {
    until,
    source: { commit: pipeline.commit! },
    report: (event) => {
      lines.note(event);
      report(event);
    },
  });
  return { outputs, stages: record.stages, lines: lines.of(record.stages) };
}
