import { run } from './release.ts';
import { edit, expectThat, git, lockstep, model, type Story } from './story.ts';

/** Step 2: far too few, too shallow trees. The gate refuses, and says why; nothing can be registered. */
export async function worseModel(story: Story): Promise<void> {
  await git(story, ['switch', '-q', '-c', 'fewer-trees'], 'a branch for the change');
  edit(story, `pipelines/${model}/pipeline.yaml`, '  trees: 30', '  trees: 2');
  await git(story, ['commit', '-q', '-a', '-m', 'perf: two trees are faster than thirty'], 'committed');
  const { json } = await run(story, 3);
  const refused = await lockstep(
    story,
    ['register', model],
    ({ json }) => (json as { error: { message: string } }).error.message,
    1,
  );
  expectThat(
    (refused.json as { error: { code: string } }).error.code === 'E_GATE_REFUSED',
    'register did not refuse because of the gate',
  );
  story.summary.refused = { version: json.wouldBecome as string | null, reasons: json.reasons as string[] };
  expectThat(story.summary.refused.reasons.length > 0, 'the gate refused without a reason');
  await git(story, ['switch', '-q', 'main'], 'back on main; the change is not merged');
}
