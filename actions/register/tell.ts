import { notice, warning } from '@actions/core';
import type { RegisterOutcome } from '../../src/commands/release-model.ts';
import { mergedPull, openIssueOnce, publishComment, runUrl } from '../../src/github/index.ts';
import { renderMerged } from '../../src/report/index.ts';
import type { ForgeJob } from '../kit/forge.ts';
import { fail, refuse } from '../kit/run.ts';
import { fenced } from '../kit/summary.ts';

type Result = Extract<RegisterOutcome, { kind: 'registered' | 'unchanged' }>['result'];
export type SeenImage = Pick<Result, 'image' | 'public' | 'base'>;

/** What people have to know of it: in the run, on the pull request that was merged, in one issue. */
export async function tellOutcomes(job: ForgeJob, outcomes: readonly RegisterOutcome[]): Promise<void> {
  const refused = outcomes.filter((outcome) => outcome.kind === 'refused');
  for (const { code, reason } of refused) refuse(code, reason);
  if (refused.length > 0) {
    const [models, reasons] = [refused.map(({ model }) => model), refused.map(({ reason }) => reason)];
    await tellPull(job, models, reasons).catch(fail);
  }
  const made = outcomes.flatMap((outcome) => ('result' in outcome ? [outcome.result.model] : []));
  if (made.length > 0 && job.context.runAttempt > 1) await tellPull(job, made, []).catch(fail);
  for (const outcome of outcomes) {
    if (outcome.kind === 'neutral') warning(`not registered: ${outcome.reason}`, { title: outcome.code });
  }
}

/** Told before the version is there: a run that is cut off between the two, started again, would not come here. */
export async function tellImage(job: ForgeJob, seen: SeenImage): Promise<void> {
  if (seen.public === false) notice(pullSecret(job, seen), { title: 'the image is private' });
  if (seen.base !== null && !seen.base.pinned) await askToPin(job, seen.base.reference).catch(fail);
}

export function outputsOf(outcomes: readonly RegisterOutcome[]) {
  const parts = outcomes.map((outcome) =>
    'result' in outcome
      ? ([outcome.result.model, { kind: outcome.kind, version: outcome.result.version }] as const)
      : ([outcome.model, { kind: outcome.kind, reason: outcome.reason }] as const),
  );
  const registered = outcomes.flatMap((outcome) => ('result' in outcome ? [outcome.result.model] : []));
  return { registered: registered.join(' '), outcomes: Object.fromEntries(parts) };
}

/**
 * The one comment on the pull request says above its report what came of it. A later attempt that registers what an
 * earlier one refused says that.
 */
async function tellPull(
  { context, github }: ForgeJob,
  models: readonly string[],
  reasons: readonly string[],
) {
  const pull = await mergedPull(github, context.sha);
  if (pull === null) return;
  const answer = { run: context.runId, runUrl: runUrl(context), models, reasons };
  await publishComment(github, {
    number: pull.number,
    head: pull.head,
    body: (before) => renderMerged(answer, before),
    run: { id: context.runId, attempt: context.runAttempt },
  });
}

/** For a cluster that has no account with the registry. */
const pullSecret = ({ context }: ForgeJob, { image }: SeenImage): string =>
  [
    `Only who has access to ${context.repository.owner}/${context.repository.name} can pull ${image}.`,
    `A cluster needs: kubectl create secret docker-registry lockstep-pull --docker-server=${image.split('/')[0]} --docker-username=<name> --docker-password=<token with read:packages>,`,
    'and imagePullSecrets: [{name: lockstep-pull}] in deployment.yaml; or make the package public in its settings.',
  ].join(' ');

/** An image whose base may be another one tomorrow reaches the first environment only. */
async function askToPin({ context, github }: ForgeJob, reference: string): Promise<void> {
  const { number, opened } = await openIssueOnce(github, {
    title: 'Pin the base of the images',
    body: [
      'The base image is named by a tag, which may be another one tomorrow. From the second environment on, images need a base with a digest. Commit this line to `lockstep.yaml`, or run `lockstep image pin-base`:',
      fenced(`image:\n  base: ${reference}`),
      `[The run that looked it up](${runUrl(context)})`,
    ].join('\n\n'),
    marker: 'lockstep:pin-base',
  });
  if (opened) notice(`issue ${number} has the line that pins the base of the images`);
}
