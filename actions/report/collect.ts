import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fetchBaseline } from '../../src/commands/baseline.ts';
import { type ChangedModel, changedModels } from '../../src/commands/changed-models.ts';
import {
  type CandidateArtifact,
  candidateArtifacts,
  downloadCandidate,
  type GitHub,
  type WorkflowRun,
  workflowFiles,
} from '../../src/github/index.ts';
import { isLockstepError } from '../../src/workspace/index.ts';
import { say } from '../kit/foreign-output.ts';
import { type Change, findChange, type ReportJob } from './change.ts';

/**
 * Downloads the candidates of those models that the change touches, as Git says; others are left where they are.
 * Errors: E_HANDOVER_*, E_ARCHIVE_*, and then nothing is judged.
 */
export async function collect(job: ReportJob, folder: string): Promise<Record<string, unknown>> {
  const change = await findChange(job);
  if (change.kind === 'stale') {
    say(`nothing to report on: ${change.why}`);
    return { subject: '', judge: false, models: '' };
  }
  const { subject } = change;
  if (change.kind === 'unapproved') return { subject: described(subject), judge: false, models: '' };
  const { run, commits } = change;
  const touched = await changedModels(job.workspace, commits);
  const found = touched.length === 0 ? [] : await candidatesOf(job.github, run, subject.head, touched);
  rmSync(folder, { recursive: true, force: true });
  for (const artifact of found) {
    await downloadCandidate(job.github, artifact, join(folder, artifact.model));
    say(`${artifact.model}: candidate of ${artifact.size} bytes`);
  }
  for (const { model } of found) await bringBaseline(job, model, commits.base);
  return {
    subject: { ...described(subject), ...commits },
    judge: true,
    models: found.map(({ model }) => model).join(' '),
    ...commits,
    folder,
  };
}

/** While there is a token: the step that judges has none. What can't be had, the judge misses by name. */
async function bringBaseline({ workspace }: ReportJob, model: string, base: string): Promise<void> {
  try {
    say(`${model}: to be compared with ${await fetchBaseline(workspace, model, base)}`);
  } catch (error) {
    if (!isLockstepError(error)) throw error;
    say(`${model}: what it is to be compared with could not be brought. ${error.message}`);
  }
}

const described = (subject: Extract<Change, { kind: 'change' }>['subject']) => ({
  kind: subject.kind,
  ...(subject.kind === 'pull-request' ? { number: subject.number } : {}),
  head: subject.head,
});

/** The run's own, and for models that a person had trained elsewhere those of the pull request's own run. */
async function candidatesOf(
  github: GitHub,
  run: WorkflowRun,
  head: string,
  touched: readonly ChangedModel[],
): Promise<CandidateArtifact[]> {
  const found = new Map<string, CandidateArtifact>();
  for (const from of [run, ...(await runsBeside(github, run, head))])
    for (const artifact of await candidateArtifacts(github, from))
      if (touched.some(({ model }) => model === artifact.model) && !found.has(artifact.model))
        found.set(artifact.model, artifact);
  return [...found.values()].sort((a, b) => (a.model < b.model ? -1 : 1));
}

/** `lockstep-train-pr` trains only what the pull request's run could not; its newest run for this very commit has the rest. */
async function runsBeside(
  github: GitHub,
  run: WorkflowRun,
  head: string,
): Promise<Pick<WorkflowRun, 'id'>[]> {
  if (run.path !== workflowFiles.trainPr) return [];
  const [newest] = await github.list<{ id: number }>(
    'GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs',
    {
      workflow_id: workflowFiles.pullRequest.split('/').at(-1),
      head_sha: head,
      event: 'pull_request',
      status: 'completed',
    },
    { key: 'workflow_runs', most: 1, needs: 'actions: read' },
  );
  return newest === undefined ? [] : [newest];
}
