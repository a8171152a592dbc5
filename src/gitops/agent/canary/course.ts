import { statePath } from '../../../workspace/index.ts';
import type { EnvironmentInput } from '../incumbent.ts';
import { type Launch, predictionLog } from '../launch.ts';
import type { Release } from '../wanted.ts';
import { openCanary } from './canary.ts';
import { type CanaryOrder, readOrder, removeOrder } from './order.ts';
import { openOutcomes } from './outcomes.ts';
import type { CanaryPlan } from './plan.ts';
import type { CanaryReport, CanaryState } from './state.ts';

/** A canary with what it was started from, people's orders to it, and what it tells. */
export interface Course {
  readonly release: Release;
  readonly tree: string;
  readonly launched: Launch & { kind: 'running' };
  state(): CanaryState;
  report(): Omit<CanaryReport, 'by'>;
  /** Its end, once it has one; null while it goes on. */
  tend(): Ended | null;
  leave(): Promise<void>;
}

export interface Ended {
  readonly course: Course;
  readonly outcome: /** `by` is who finished it before its time. */
    | { readonly kind: 'passed'; readonly by: string | null }
    | { readonly kind: 'refused'; readonly reasons: readonly string[] };
}

interface CourseInput extends EnvironmentInput {
  readonly release: Release;
  readonly plan: CanaryPlan;
  readonly launched: Launch & { kind: 'running' };
  readonly oldVersion: string;
  readonly tree: string;
  /** How far a killed agent had got with the same folder: its step begins again. */
  readonly before: CanaryState | null;
}

const savedEveryMs = 1_000;
/** Thousands of scores are sorted at a look, in the process that answers clients: at most so much of its time. */
const lookShare = 0.05;

export function beginCanary(input: CourseInput): Course {
  const { release, plan, launched, tree, before, onChange, report, front, model, environment } = input;
  const canary = openCanary({
    release,
    plan,
    server: launched.server,
    front,
    tree,
    outcomes:
      plan.checks.outcome === null ? null : openOutcomes({ ...outcomeFiles(input), ...versionsOf(input) }),
    step: before === null ? 0 : before.step - 1,
    paused: before?.paused ?? false,
    now: Date.now(),
  });
  let savedAt = Date.now();
  let nextLook = 0;
  const tell = (what: 'begins' | 'continues' | 'paused' | 'next step', by: string | null = null): void => {
    onChange();
    const { version, image, weight, step, steps } = canary.state();
    report({
      event: 'canary',
      model,
      environment,
      version,
      image,
      url: front.url,
      what,
      weight,
      step,
      steps,
      by,
    });
  };

  /** An order is taken away only once its effect is in the state file, so that a kill between loses none. */
  function obey({ action, by, reason }: CanaryOrder): Ended['outcome'] | null {
    if (action === 'abort') return { kind: 'refused', reasons: [`aborted by ${by}: ${reason}`] };
    if (action === 'promote') return { kind: 'passed', by };
    canary.pause(action === 'pause', Date.now());
    tell(action === 'pause' ? 'paused' : 'continues', by);
    removeOrder(input);
    return null;
  }

  const course: Course = {
    release,
    tree,
    launched,
    state: canary.state,
    report: canary.report,
    leave: canary.leave,
    tend() {
      const order = readOrder(input);
      if (order !== null && order.image !== release.image) removeOrder(input);
      const ordered = order?.image === release.image ? obey(order) : null;
      if (ordered !== null) return { course, outcome: ordered };
      const began = performance.now();
      if (began < nextLook) return null;
      const seen = canary.look(Date.now());
      const ended = performance.now();
      nextLook = ended + (ended - began) / lookShare;
      if (seen.kind === 'passed') return { course, outcome: { ...seen, by: null } };
      if (seen.kind === 'refused') return { course, outcome: seen };
      if (seen.kind === 'next step') tell('next step');
      else if (Date.now() > savedAt + savedEveryMs) onChange();
      else return null;
      savedAt = Date.now();
      return null;
    },
  };
  tell(before === null ? 'begins' : 'continues');
  return course;
}

const outcomeFiles = (input: CourseInput) => ({
  predictions: predictionLog(input),
  outcomes: statePath(input.workspace, 'agent', input.model, input.environment, 'outcomes.jsonl'),
});

const versionsOf = ({ oldVersion, release }: CourseInput) => ({ oldVersion, newVersion: release.version });
