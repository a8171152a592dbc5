import type { Approval, ReleaseRecord } from '../registry/index.ts';
import { frozenBy, LockstepError, type Workspace } from '../workspace/index.ts';

/** What `lockstep.yaml` asks of a promotion to this environment. Errors: E_PROMOTE_FROZEN, E_PROMOTE_APPROVAL. */
export function checkRules(
  { configuration }: Workspace,
  { model, version }: ReleaseRecord,
  environment: string,
  approvals: readonly Approval[],
  now: Date,
): void {
  const rules = configuration.rules[environment];
  if (rules === undefined) return;
  const freeze = frozenBy(rules.freeze, now);
  if (freeze !== null) {
    throw new LockstepError('E_PROMOTE_FROZEN', {
      what: `${environment} takes no promotions from ${freeze.from} to ${freeze.to}, ${freeze.zone ?? 'UTC'}${freeze.reason ? `: ${freeze.reason}` : ''}`,
      where: { file: 'lockstep.yaml' },
      allowed: 'promotions outside its freezes, and rollbacks at any time',
      fix: 'wait, and promote again',
    });
  }
  // Where people merge the promotion, their reviews are what the branch's rules ask for, and come after this.
  if (configuration.gitops.mode === 'pull-request') return;
  const people = new Set(approvals.map(({ id, by }) => id ?? by));
  if (people.size >= rules.approvals) return;
  throw new LockstepError('E_PROMOTE_APPROVAL', {
    what: `${model} ${version} has ${people.size} of the ${rules.approvals} approvals that ${environment} asks for`,
    where: { file: 'lockstep.yaml' },
    allowed: 'people who approved the run on GitHub, each once',
    fix: `add reviewers to the environment ${environment} (Settings → Environments) and promote by the tag or the button, or set \`gitops: {mode: pull-request}\``,
  });
}
