import { isLockstepError } from '../workspace/errors.ts';
import { isEqualScore } from './equal-score.ts';
import type { ServedModel } from './served-model.ts';

/** Whether requests may be answered, and why not. */
export type Readiness = { readonly ready: true } | { readonly ready: false; readonly reason: string };

export const warmingUp: Readiness = { ready: false, reason: 'warming up' };

/**
 * Asks the model its own golden requests: it warms up the runtime and shows that on this machine the model
 * still answers as it did when it was judged.
 */
export async function warmUp(model: ServedModel): Promise<Readiness> {
  const { requests } = model.golden;
  try {
    const scores = await model.score(requests.map(({ inputs }) => inputs));
    const wrong = requests.findIndex(({ score }, index) => !isEqualScore(scores[index]!, score));
    if (wrong === -1) return { ready: true };
    const reason = `golden request ${wrong} is answered ${scores[wrong]}, not ${requests[wrong]!.score}`;
    return { ready: false, reason };
  } catch (error) {
    const reason = isLockstepError(error) ? error.message : String(error);
    return { ready: false, reason: `the golden requests fail: ${reason}` };
  }
}
