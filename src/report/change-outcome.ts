import type { ChangedPart, ChangeInput } from './change-input.ts';
import { headlineOf } from './headline.ts';
import { plural } from './numbers.ts';

/** What a commit status can say. */
export type StatusState = 'success' | 'failure' | 'pending';

export interface ChangeOutcome {
  readonly state: StatusState;
  /** In one line, for a status. */
  readonly description: string;
}

type Weight = 'failure' | 'pending' | 'doubt' | 'success';
const order: readonly Weight[] = ['success', 'doubt', 'pending', 'failure'];

/** One model's part in the whole, with the words for it. */
export function partOutcome(part: ChangedPart): { readonly weight: Weight; readonly words: string } {
  switch (part.kind) {
    case 'judged': {
      const { outcome, reason } = headlineOf(part.input);
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
export function changeOutcome({ models }: ChangeInput): ChangeOutcome {
  if (models.length === 0) return { state: 'success', description: 'unchanged: no model is affected' };
  const parts = models.map((part) => ({ model: part.model, ...partOutcome(part) }));
  const worst = order.findLast((weight) => parts.some((part) => part.weight === weight))!;
  const deciding = parts.filter(({ weight }) => weight === worst);
  const state = worst === 'doubt' ? 'success' : worst;
  if (parts.length === 1) return { state, description: deciding[0]!.words };
  const others = deciding.length > 1 ? ` and ${plural(deciding.length - 1, 'more model')}` : '';
  const what = worst === 'success' ? 'pass' : deciding[0]!.words;
  const names = `${deciding[0]!.model}${others} of ${parts.length}`;
  return {
    state,
    description: worst === 'success' ? `all ${parts.length} models pass` : `${names}: ${what}`,
  };
}
