import type { ChangedPart, ChangeInput } from './change-input.ts';
import { headlineOf } from './headline.ts';
import { oneLine } from './inert-text.ts';
import { plural } from './numbers.ts';
import { withoutValues } from './redaction.ts';

/** What a commit status can say. */
export type StatusState = 'success' | 'failure' | 'pending';

export interface ChangeOutcome {
  readonly state: StatusState;
  /** In one line, for a status: at most 140 characters. */
  readonly description: string;
}

export type Weight = 'failure' | 'pending' | 'doubt' | 'success';
export const weights: readonly Weight[] = ['failure', 'pending', 'doubt', 'success'];

const mostCharacters = 140;

/** One model's part in the whole, with the words for it; may hold text from outside. */
export function partOutcome(part: ChangedPart): { readonly weight: Weight; readonly words: string } {
  switch (part.kind) {
    case 'judged': {
      const { outcome, reason } = headlineOf(withoutValues(part.input));
      if (outcome === 'fail') return { weight: 'failure', words: `fail: ${reason}` };
      if (outcome === 'pass') return { weight: 'success', words: `pass: ${reason}` };
      return { weight: 'doubt', words: `inconclusive: ${reason}` };
    }
    case 'waiting':
      return { weight: 'pending', words: 'waiting for a maintainer to train this on a GPU' };
    case 'missing':
      return { weight: 'failure', words: 'no candidate was handed over: see the run of this pull request' };
    case 'refused':
      return { weight: 'failure', words: `the hand-over is refused: ${part.reason}` };
    case 'new':
      return { weight: 'doubt', words: 'inconclusive: a new model, judged on main' };
  }
}

/**
 * The one word for all models: what refuses refuses, what waits waits. A status knows no neutral; what is inconclusive
 * may be merged (it is judged again on main, and stays out of production), so it is a success that says so.
 */
export function changeOutcome({ models }: Pick<ChangeInput, 'models'>): ChangeOutcome {
  if (models.length === 0) return { state: 'success', description: 'unchanged: no model is affected' };
  const parts = models.map((part) => ({ model: part.model, ...partOutcome(part) }));
  const worst = weights.find((weight) => parts.some((part) => part.weight === weight))!;
  const deciding = parts.filter(({ weight }) => weight === worst);
  const [first] = deciding;
  const description =
    parts.length === 1
      ? first!.words
      : `${summaryOf(worst, deciding.length, parts.length)}${worst === 'success' ? '' : `: ${first!.model}, ${first!.words}`}`;
  return { state: worst === 'doubt' ? 'success' : worst, description: oneLine(description, mostCharacters) };
}

/** `2 of 5 models must not be merged` */
export function summaryOf(weight: Weight, some: number, all: number): string {
  const one = some === 1;
  const models = some === all ? `all ${plural(all, 'model')}` : `${some} of ${plural(all, 'model')}`;
  switch (weight) {
    case 'failure':
      return `${models} must not be merged`;
    case 'pending':
      return `${models} ${one ? 'waits' : 'wait'} for a GPU`;
    case 'doubt':
      return `${models} ${one ? 'is' : 'are'} inconclusive`;
    case 'success':
      return `${models} ${one ? 'passes' : 'pass'}`;
  }
}
