import type { RunEvent, StageRecord } from '../pipeline/index.ts';
import type { StageLine } from '../report/index.ts';

/** Gathers from a run's events what was done to each stage, for the report. */
export function stageLines() {
  const ran = new Map<string, StageLine>();
  return {
    note(event: RunEvent): void {
      if (event.kind === 'stage-started')
        ran.set(event.stage, { name: event.stage, kind: 'ran', seconds: 0, why: event.why.join(', ') });
      if (event.kind !== 'stage-finished') return;
      const started = ran.get(event.stage);
      if (started) ran.set(event.stage, { ...started, seconds: event.seconds });
    },
    of: (stages: readonly StageRecord[]): StageLine[] =>
      stages.map(({ name, seconds }) => ran.get(name) ?? { name, kind: 'cached', seconds }),
  };
}
