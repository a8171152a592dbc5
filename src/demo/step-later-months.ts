import { expectThat, git, lockstep, model, type Story } from './story.ts';

interface Month {
  readonly month: string;
  readonly metrics: Readonly<Record<string, { readonly value: number }>>;
  readonly labelRate: { readonly value: number } | null;
  readonly meanScore: number | null;
}

interface Alert {
  readonly reason: string;
}

/** Step 5: what production answered is joined with what really happened; a retraining change is prepared. */
export async function laterMonths(story: Story): Promise<void> {
  const { json } = await lockstep(
    story,
    ['monitor', model, '--in', 'production', '--prepare-retraining'],
    ({ json }) =>
      [
        ...(json.months as Month[]).map(describe),
        ...(json.alerts as Alert[]).map(({ reason }) => `! ${reason}`),
      ].join('\n'),
  );
  const months = json.months as Month[];
  expectThat(months.length >= 4, 'fewer than four months were monitored');
  const { branch } = (json as { retraining: { branch: string } | null }).retraining ?? {};
  expectThat(branch !== undefined, 'no retraining change was prepared');
  await git(story, ['diff', '--stat', 'main', branch]);
  await git(
    story,
    ['diff', '-U0', 'main', branch, '--', `pipelines/${model}/pipeline.yaml`],
    `${branch} is ready for a pull request`,
  );
}

const describe = ({ month, meanScore, labelRate, metrics }: Month): string => {
  const share = (value?: number | null) => `${(100 * (value ?? Number.NaN)).toFixed(1)} %`;
  return `${month}  late ${share(labelRate?.value)}, expected ${share(meanScore)}  ROC AUC ${metrics.roc_auc?.value.toFixed(3)}  calibration error ${metrics.calibration_error?.value.toFixed(3)}`;
};
