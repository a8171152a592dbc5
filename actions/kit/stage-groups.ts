import type { Report, RunEvent } from '../../src/pipeline/index.ts';
import { closeForeign, openForeign, say } from './foreign-output.ts';

/**
 * Folds the log: a group a stage. Stages that run side by side are told one after the other, the first of them live.
 * `end` closes what is open, also after an error.
 */
export function stageGroups(model: string): { readonly report: Report; readonly end: () => void } {
  const waiting = new Map<string, RunEvent[]>();
  let live: string | null = null;
  const later = (event: RunEvent): void => {
    waiting.set(event.stage, [...(waiting.get(event.stage) ?? []), event]);
  };
  const now = (event: RunEvent): void => {
    tell(model, event);
    if (event.kind === 'stage-started') live = event.stage;
    if (event.kind === 'stage-finished') live = null;
  };
  /** What finished meanwhile is told whole; the first that still runs becomes the one we follow. */
  const catchUp = (): void => {
    for (const [stage, events] of waiting) {
      if (live !== null) return;
      waiting.delete(stage);
      for (const event of events) now(event);
    }
  };
  return {
    report(event) {
      if (live === null || event.stage === live) now(event);
      else later(event);
      catchUp();
    },
    end() {
      do {
        closeForeign();
        live = null;
        catchUp();
      } while (live !== null);
    },
  };
}

function tell(model: string, event: RunEvent): void {
  if (event.kind === 'stage-started') openForeign(`${model}, ${event.stage}: ${event.why.join(', ')}`);
  else if (event.kind === 'stage-finished') closeForeign();
  const line = lineOf(model, event);
  if (line !== null) say(line);
}

function lineOf(model: string, event: RunEvent): string | null {
  switch (event.kind) {
    case 'stage-cached':
      return `${model}, ${event.stage}: nothing changed`;
    case 'stage-started':
      return null; // The group's title says it.
    case 'log':
      return event.line;
    case 'notice':
      return event.text;
    case 'metrics':
      return metricsText(event.values);
    case 'stage-finished':
      return `${model}, ${event.stage}: done in ${event.seconds.toFixed(1)} s`;
  }
}

const metricsText = (values: Readonly<Record<string, number>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
