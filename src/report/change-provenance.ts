import type { ChangeInput, Training } from './change-input.ts';
import { inert, inertCode } from './inert-text.ts';
import { plural, secondsText } from './numbers.ts';

/** One command that shows the same at home. */
export function reproduce({ base, models }: Pick<ChangeInput, 'base' | 'models'>): string {
  const [first] = models;
  if (first === undefined || !/^[0-9a-f]{40,64}$/.test(base) || !/^[a-z0-9-]+$/.test(first.model)) return '';
  return `**See it at home**: \`./lockstep run ${first.model} --base ${base.slice(0, 12)}\``;
}

/** What was computed where. */
export function howJudged({ models, judge, base, isolation, trainedIn }: ChangeInput): string {
  const judged = models.flatMap((part) => (part.kind === 'judged' ? [part] : []));
  if (judged.length === 0) return '';
  const trained = judged.flatMap((part) => part.trained ?? []);
  const apart = [
    ...(isolation.user ? ['as another user'] : []),
    ...(isolation.network ? ['without network'] : []),
  ];
  const where = trainedIn === undefined ? "the pull request's run" : inert(trainedIn, 60);
  const time = trained.length === 0 ? '' : ` (${trainingText(trained)})`;
  const scored = apart.length > 0 ? `scored ${apart.join(' and ')}, judged` : 'scored and judged';
  const by =
    judge === base
      ? `main's code, rows and policy at ${inertCode(base.slice(0, 12))}`
      : `main's code at ${inertCode(judge.slice(0, 12))} on the rows and by the policy of ${inertCode(base.slice(0, 12))}`;
  return `<sub>Trained in ${where}${time}; ${scored} by ${by}.</sub>`;
}

/** `2 stages, 6.3 s, of which the cache saved 2.1 s; 12 GPU minutes` */
function trainingText(all: readonly Training[]): string {
  const sum = (of: keyof Training): number => all.reduce((total, one) => total + one[of], 0);
  const saved = sum('work') - sum('took');
  const gpu = sum('gpu') / 60;
  return [
    `${plural(sum('stages'), 'stage')} in ${secondsText(sum('took'))}${saved >= 0.1 ? `, the cache saved ${secondsText(saved)}` : ''}`,
    ...(gpu > 0 ? [`${gpu < 10 ? gpu.toFixed(1) : Math.round(gpu)} GPU minutes`] : []),
  ].join(', ');
}
