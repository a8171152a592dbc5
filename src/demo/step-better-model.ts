import { join } from 'node:path';
import { promote, register, run } from './release.ts';
import { edit, git, model, type Story } from './story.ts';

/** Step 3: more trees. Passes, becomes v1.1.0, goes all the way. */
export async function betterModel(story: Story): Promise<void> {
  await git(story, ['switch', '-q', '-c', 'more-trees'], 'a branch for the change');
  edit(story, `pipelines/${model}/pipeline.yaml`, '  trees: 30', '  trees: 100');
  await git(story, ['commit', '-q', '-a', '-m', 'feat: 100 trees'], 'committed');
  const { json } = await run(story);
  story.summary.report = join(story.sandbox.repository, String(json.report));
  await merge(story, 'more-trees');
  await register(story, 'minor', 'v1.1.0');
  await promote(story, 'v1.1.0');
}

/** What the merge button does. */
export async function merge(story: Story, branch: string): Promise<void> {
  await git(story, ['switch', '-q', 'main'], 'on main');
  await git(story, ['merge', '-q', '--ff-only', branch], `${branch} merged`);
  await git(story, ['push', '-q', 'origin', 'main'], 'pushed');
}
