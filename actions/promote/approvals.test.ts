import { expect, test } from 'vitest';
import { openGitHub, type RunContext } from '../../src/github/index.ts';
import { type FakeGitHub, startGitHub } from '../../test/fakes/github/server.ts';
import type { ForgeJob } from '../kit/forge.ts';
import { approvalsFor } from './approvals.ts';

const [ada, grace] = [
  { login: 'ada', id: 6 },
  { login: 'grace', id: 7 },
];
const tag = 'churn#production#3';

/** Both approved the run for production; grace alone for staging. */
async function approved(fake: FakeGitHub, event: Record<string, unknown>): Promise<ForgeJob> {
  fake.state.approvals.length = 0;
  fake.state.approvals.push(
    ...[ada, grace].map((user) => ({ run: 41, state: 'approved' as const, user, environment: 'production' })),
    { run: 41, state: 'approved', user: grace, environment: 'staging' },
  );
  const repository = { owner: 'acme', name: 'models' };
  const github = await openGitHub('token', { repository, apiUrl: fake.url });
  return { github, context: { repository, runId: 41, event } as unknown as RunContext } as ForgeJob;
}

const people = async (job: ForgeJob, asked: string | undefined) =>
  (await approvalsFor(job, { environment: 'production', ...(asked ? { tag: asked } : {}) })).map(
    ({ by }) => by,
  );

test('who pressed the button, or pushed the tag, does not approve it', async () => {
  await using fake = await startGitHub();
  expect(await people(await approved(fake, { sender: ada }), undefined)).toEqual(['grace']);
  const run = { head_branch: tag, actor: grace, triggering_actor: grace };
  const job = await approved(fake, { sender: ada, workflow_run: run });
  expect(await people(job, tag)).toEqual(['ada']);
  expect(await approvalsFor(job, { environment: 'dev', tag })).toEqual([]);
});

test('at the hourly sweep the run of the tag says who pushed it; without one anybody may have', async () => {
  await using fake = await startGitHub();
  const job = await approved(fake, {});
  expect(await people(job, tag)).toEqual([]);
  const run = {
    run_attempt: 1,
    event: 'push',
    path: '.github/workflows/lockstep-promotion-tag.yml',
    head_sha: 'a'.repeat(40),
    head_repository: { id: 1, full_name: 'acme/models' },
    status: 'completed',
    conclusion: 'success',
  };
  fake.state.runs.push({ ...run, id: 39, head_branch: 'churn#staging#2', actor: grace });
  expect(await people(job, tag)).toEqual([]);
  fake.state.runs.push({ ...run, id: 40, head_branch: tag, actor: ada });
  expect(await people(job, tag)).toEqual(['grace']);
});
