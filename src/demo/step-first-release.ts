import { join } from 'node:path';
import { startAgent } from './agent.ts';
import { promote, register, run } from './release.ts';
import { lockstep, type Story } from './story.ts';

/** Step 1: data pulled and verified; v1.0.0 trained, gated, registered, imaged, promoted dev → staging → production. */
export async function firstRelease(story: Story): Promise<void> {
  await lockstep(story, ['data', 'pull'], ({ json }) => `${count(json.datasets)} datasets pulled`);
  await lockstep(
    story,
    ['data', 'verify'],
    ({ json }) => `${count(json.datasets)} datasets verified against data.lock`,
  );
  const { json } = await run(story);
  story.summary.report = join(story.sandbox.repository, String(json.report));
  await register(story, 'minor', 'v1.0.0');
  await startAgent(story);
  await promote(story, 'v1.0.0');
}

const count = (list: unknown): number => (Array.isArray(list) ? list.length : Number(list));
