import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, unknown>>;
}

export interface Job {
  readonly needs?: string | readonly string[];
  readonly if?: string;
  readonly 'runs-on': unknown;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: unknown };
  readonly environment?: { readonly name: string; readonly deployment?: boolean };
  readonly 'timeout-minutes'?: number;
  readonly steps: readonly Step[];
}

export interface Workflow {
  readonly path: string;
  readonly text: string;
  readonly name: string;
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: unknown;
  readonly concurrency?: { readonly group: string; readonly 'cancel-in-progress': unknown };
  readonly jobs: Readonly<Record<string, Job>>;
}

export const readWorkflows = (root: string): Workflow[] =>
  globSync('.github/workflows/*.yml', { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .sort()
    .map((path) => parseWorkflowFile(path, readFileSync(join(root, path), 'utf8')));

export const parseWorkflowFile = (path: string, text: string): Workflow => ({
  path,
  text,
  ...(parse(text) as Omit<Workflow, 'path' | 'text'>),
});

/** Every job with words that say where it is. */
export const jobsOf = (workflows: readonly Workflow[]) =>
  workflows.flatMap((workflow) =>
    Object.entries(workflow.jobs).map(([id, job]) => ({
      workflow,
      id,
      job,
      where: `${workflow.name}/${id}`,
    })),
  );

export const stepsOf = (workflows: readonly Workflow[]) =>
  jobsOf(workflows).flatMap(({ job, where, ...rest }) =>
    job.steps.map((step, index) => ({
      ...rest,
      job,
      step,
      where: `${where} step ${index + 1} (${step.uses ?? step.run?.split('\n')[0]})`,
    })),
  );

/** Name of an action of ours that a step uses, or null. */
export const ownAction = ({ uses }: Step): string | null =>
  /^\.\/actions\/([a-z-]+)$/.exec(uses ?? '')?.[1] ?? null;

/** Texts of everything between `${{` and `}}`, and of every `if:`. */
export function expressionsIn(value: unknown): string[] {
  if (typeof value === 'string') return [...value.matchAll(/\$\{\{(.*?)\}\}/gs)].map(([, inner]) => inner!);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    ...expressionsIn(inner),
    ...(key === 'if' && typeof inner === 'string' && !inner.includes('${{') ? [inner] : []),
  ]);
}
