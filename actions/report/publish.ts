import { rmSync } from 'node:fs';
import { changedModels } from '../../src/commands/changed-models.ts';
import { judgedFileName, partsOfModel } from '../../src/commands/judged-file.ts';
import { reviewChange } from '../../src/commands/judged-review.ts';
import {
  type CommentInput,
  type CommitStatus,
  downloadArtifact,
  findArtifact,
  publishComment,
  runUrl,
  setStatus,
  verdictContextOf,
  workflowFiles,
} from '../../src/github/index.ts';
import {
  type ChangeInput,
  changeKey,
  changeOutcome,
  commentMarker,
  renderChange,
} from '../../src/report/index.ts';
import { say } from '../kit/foreign-output.ts';
import { fail } from '../kit/run.ts';
import { scratchFolder } from '../kit/runner-folders.ts';
import { addSummary } from '../kit/summary.ts';
import { type Change, findChange, type ReportJob } from './change.ts';

/** What the judging job of this very run kept. */
export const judgedArtifact = 'lockstep-judged';

const mostManifest = 4 * 1024 * 1024;
const mostPage = 64 * 1024 * 1024;

type Known = Extract<Change, { kind: 'change' }>;

/** Says what came of a change: the comment where there is a model to speak of, the status always. */
export async function publish(job: ReportJob): Promise<Record<string, unknown>> {
  const change = await findChange(job);
  if (change.kind === 'stale') {
    say(`nothing to report on: ${change.why}`);
    return {};
  }
  if (change.kind === 'unapproved') {
    await status(job, change, 'pending', 'waiting for a maintainer to let the workflow run');
    return { verdict: 'pending' };
  }
  const review = await reviewOf(job, change);
  if (review === null) {
    const description = 'the change could not be judged: the run of lockstep-report says why';
    await status(job, change, 'error', description);
    return { verdict: 'error' };
  }
  const { state, description } = changeOutcome(review);
  const markdown = renderChange(review).replace(commentMarker, '').trimEnd();
  await addSummary(markdown);
  const said = { body: markdown, key: changeKey(review) };
  const comment = review.models.length === 0 ? {} : await commentOn(job, change, said);
  await status(job, change, state, description, said.key);
  say(`${state}: ${description}`);
  return { verdict: state, ...comment };
}

/** Null when the judge left nothing. Errors: those of `reviewChange`. */
async function reviewOf(job: ReportJob, { run, commits }: Known): Promise<ChangeInput | null> {
  const artifact = await findArtifact(job.github, { id: job.context.runId }, judgedArtifact);
  if (artifact === null) return null;
  const models = (await changedModels(job.workspace, commits)).map(({ model }) => model);
  const folder = scratchFolder('judged-again');
  rmSync(folder, { recursive: true, force: true });
  await downloadArtifact(job.github, artifact, folder, allowedFor(models));
  const trainedIn = run.path === workflowFiles.trainPr ? 'lockstep-train-pr' : "the pull request's run";
  return { ...(await reviewChange(job.workspace, folder, commits)), trainedIn };
}

const allowedFor = (models: readonly string[]): Record<string, number> =>
  Object.fromEntries([
    [judgedFileName, mostManifest],
    ...models.flatMap((model) =>
      Object.entries({ ...partsOfModel, 'report.html': mostPage }).map(([name, most]): [string, number] => [
        `${model}/${name}`,
        most,
      ]),
    ),
  ]);

/** A comment that can't be written is no reason to leave the status out. */
async function commentOn(
  { github }: ReportJob,
  { run, subject, commits: { head } }: Known,
  said: Pick<CommentInput, 'body' | 'key'>,
): Promise<{ comment?: string }> {
  if (subject.kind !== 'pull-request') return {};
  try {
    const outcome = await publishComment(github, { number: subject.number, ...said, head, run });
    say(
      outcome.kind === 'skipped' ? `no comment: ${outcome.why}` : `comment ${outcome.kind}: ${outcome.url}`,
    );
    return outcome.kind === 'skipped' ? {} : { comment: outcome.url };
  } catch (error) {
    fail(error);
    return {};
  }
}

async function status(
  { context, github }: ReportJob,
  { run, subject }: Pick<Known, 'run' | 'subject'>,
  state: 'success' | 'failure' | 'pending' | 'error',
  description: string,
  key?: CommitStatus['key'],
): Promise<void> {
  await setStatus(github, {
    sha: subject.head,
    context: verdictContextOf(subject),
    state,
    description,
    url: runUrl(context),
    about: run,
    ...(key === undefined ? {} : { key }),
  });
}
