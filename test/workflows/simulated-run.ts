import { holds } from './expression.ts';
import type { Job, Workflow } from './workflow-file.ts';

export interface Occasion {
  /** The context `github`. */
  readonly github: Readonly<Record<string, unknown>>;
  readonly inputs?: Readonly<Record<string, unknown>>;
  /** The repository's variables. */
  readonly vars?: Readonly<Record<string, string>>;
  /** What jobs give, if they run. */
  readonly outputs?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly failing?: readonly string[];
}

type Result = 'success' | 'failure' | 'skipped';

/** Which jobs of a workflow GitHub would start on an occasion, and how each ends, by the conditions alone. */
export function simulate({ jobs }: Workflow, occasion: Occasion): Readonly<Record<string, Result>> {
  const results: Record<string, Result> = {};
  // A job stands after those it needs: the order in the file, which the test of `needs` holds us to.
  for (const [id, job] of Object.entries(jobs)) {
    if (!isStarted(job, occasion, results)) results[id] = 'skipped';
    else results[id] = occasion.failing?.includes(id) ? 'failure' : 'success';
  }
  return results;
}

function isStarted(
  job: Job,
  { github, inputs = {}, vars = {}, outputs = {} }: Occasion,
  results: Record<string, Result>,
) {
  const needed = [job.needs ?? []].flat();
  const needs = Object.fromEntries(
    needed.map((id) => [
      id,
      { result: results[id], outputs: results[id] === 'skipped' ? {} : (outputs[id] ?? {}) },
    ]),
  );
  const succeeded = needed.every((id) => results[id] === 'success');
  return holds(job.if, { contexts: { github, inputs, vars, needs }, succeeded });
}

/** Names of the jobs that ran. */
export const started = (results: Readonly<Record<string, Result>>): string[] =>
  Object.entries(results).flatMap(([id, result]) => (result === 'skipped' ? [] : [id]));
