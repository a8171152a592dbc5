import type { Asked } from './constant-requests.ts';

/** What a folder named from a moment on, on the clock of the requests. */
export interface Named {
  readonly version: string;
  readonly from: number;
}

/**
 * Answers by a version that the folder had not named yet, or no longer named once a later one had answered. What runs
 * may lag behind the folder, and skip what is refused, but it never goes back: so each answer must fit a place in the
 * list of names that is not before the place of any answer that was given before it was asked. Knows nothing of the agent.
 */
export function wrongVersions(asked: readonly Asked[], named: readonly Named[]): Asked[] {
  const answers = asked.filter(({ version }) => version !== null);
  const byStart = [...answers].sort((a, b) => a.start - b.start);
  const byEnd = [...answers].sort((a, b) => a.end - b.end);
  const places = new Map<Asked, number>();
  const wrong: Asked[] = [];
  let ended = 0;
  let place = 0;
  for (const answer of byStart) {
    for (; ended < byEnd.length && byEnd[ended]!.end <= answer.start; ended++) {
      place = Math.max(place, places.get(byEnd[ended]!) ?? 0);
    }
    const found = named.findIndex(
      ({ version, from }, at) => at >= place && version === answer.version && from <= answer.end,
    );
    if (found < 0) wrong.push(answer);
    else places.set(answer, found);
  }
  return wrong;
}
