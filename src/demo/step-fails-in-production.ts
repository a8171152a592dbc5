import { setTimeout as sleep } from 'node:timers/promises';
import { promote, register, run } from './release.ts';
import { merge } from './step-better-model.ts';
import { edit, environments, expectThat, git, lockstep, model, type Story } from './story.ts';

const laterMonths = ['03', '04', '05', '06'].map((month) => `data:flights/2001-${month}.parquet`);

/**
 * Step 4: a model that refuses airports it has never seen. All it is judged on it knows, so it passes; what
 * production was asked since it does not. Production keeps v1.1.0, and one commit says so in Git.
 */
export async function failsInProduction(story: Story): Promise<void> {
  const production = story.summary.environments.production;
  expectThat(production !== undefined, 'production runs nothing');
  const requests = laterMonths.flatMap((month) => ['--data', month]);
  await lockstep(
    story,
    ['predict', '--to', production.url, ...requests, '--id-column', 'row_id'],
    ({ json }) =>
      `${Number(json.answered).toLocaleString('en-US')} flights of the months after training asked of production, mean chance of delay ${Number(json.meanScore).toFixed(3)}`,
  );
  await git(story, ['switch', '-q', '-c', 'strict-airports'], 'a branch for the change');
  edit(story, `pipelines/${model}/pipeline.yaml`, '  unknown: ignore', '  unknown: error');
  await git(story, ['commit', '-q', '-a', '-m', 'fix: refuse airports the model does not know'], 'committed');
  await run(story);
  await merge(story, 'strict-airports');
  await register(story, 'minor', 'v1.2.0');
  await promote(story, 'v1.2.0', ['dev', 'staging']);
  const refused = await lockstep(
    story,
    ['promote', model, 'v1.2.0', '--to', 'production'],
    ({ json }) => (json as { error: { message: string } }).error.message,
    1,
  );
  expectThat(
    (refused.json as { error: { code: string } }).error.code === 'E_PROMOTE_REFUSED_BY_AGENT',
    'the agent did not refuse it',
  );
  await answersStill(story, production.url, 'v1.1.0');
  const { json } = await lockstep(
    story,
    ['rollback', model, '--in', 'production', '--reason', 'cannot answer airports that training never had'],
    ({ json }) =>
      `production: ${json.from} → ${json.to} in commit ${String(json.commit).slice(0, 12)}, ${json.from} is held`,
  );
  story.summary.rollback = { from: String(json.from), to: String(json.to), commit: String(json.commit) };
  expectThat(json.from === 'v1.2.0' && json.to === 'v1.1.0', 'the rollback went elsewhere');
  await answersStill(story, production.url, 'v1.1.0');
  await lockstep(
    story,
    ['verify'],
    () => `every environment agrees with its evidence: ${environments.join(', ')}`,
  );
}

/** Asks production itself which version it is. */
async function answersStill(story: Story, url: string, version: string): Promise<void> {
  const running = story.tell.command(`curl ${url}/metadata`);
  for (let tries = 0; ; tries++) {
    const metadata = (await (await fetch(`${url}/metadata`)).json()) as { version?: string };
    if (metadata.version === version) break;
    expectThat(tries < 50, `production answers as ${metadata.version}, not ${version}`);
    await sleep(200);
  }
  running.done(`production answers with ${version}`);
}
