import type { Approval, ReleaseRecord } from '../../registry/index.ts';
import { frozenBy, LockstepError, type Workspace } from '../../workspace/index.ts';

/** What `lockstep.yaml` asks of a promotion to this environment. Errors: E_PROMOTE_FROZEN, E_PROMOTE_APPROVAL. */
export function checkRules(
  workspace: Workspace,
  { model, version }: ReleaseRecord,
  environment: string,
  approvals: readonly Approval[],
  now: Date,
): void {
  const { configuration } = workspace;
  const rules = configuration.rules[environment];
  if (rules === undefined) return;
  checkNotFrozen(workspace, environment, now);
  // Where people merge the promotion, their reviews are what the branch's rules ask for, and come after this.
  if (configuration.gitops.mode === 'pull-request') return;
  const people = new Set(approvals.map(({ id, by }) => id ?? by));
  if (people.size >= rules.approvals) return;
  throw new LockstepError('E_PROMOTE_APPROVAL', {
    what: `${model} ${version} has ${people.size} of the ${rules.approvals} approvals that ${environment} asks for`,
    where: { file: 'lockstep.yaml' },
    allowed: 'people who approved the run on GitHub, each once, and not who asked for it',
    fix: `add reviewers to the environment ${environment} (Settings → Environments) and promote by the tag or the button, or set \`gitops: {mode: pull-request}\``,
  });
}

/** Whether promotions are written now; asked again where one was decided before. Errors: E_PROMOTE_FROZEN. */
export function checkNotFrozen({ configuration }: Workspace, environment: string, now: Date): void {
  const freeze = frozenBy(configuration.rules[environment]?.freeze ?? [], now);
  if (freeze === null) return;
  throw new LockstepError('E_PROMOTE_FROZEN', {
    what: `${environment} takes no promotions from ${freeze.from} to ${freeze.to}, ${freeze.zone ?? 'UTC'}${freeze.reason ? `: ${freeze.reason}` : ''}`,
    where: { file: 'lockstep.yaml' },
    allowed: 'promotions outside its freezes, and rollbacks at any time',
    fix: 'wait, and promote again',
  });
}
