import { rmSync } from 'node:fs';
import { type MonitorReport, planRetraining } from '../monitoring/index.ts';
import { baseCommit, pushAtomic, pushRefused, remoteRefs } from '../registry/index.ts';
import { git, gitBytes, LockstepError, scratchPath, type Workspace } from '../workspace/index.ts';

export interface Retraining {
  readonly branch: string;
  readonly commit: string;
  readonly title: string;
  readonly train: readonly string[];
  readonly test: readonly string[];
}

/**
 * Prepares the change that learns from the months whose outcomes are known: one commit on a branch of its own, on
 * top of the default branch. The work tree and the current branch stay as they are. Null when the pipeline does
 * already. Errors: E_MONITOR_DATA, E_GIT, E_GIT_IDENTITY.
 */
export async function prepareRetraining(
  workspace: Workspace,
  report: MonitorReport,
): Promise<Retraining | null> {
  const { root } = workspace;
  const base = await baseCommit(workspace);
  if (base === null)
    throw new LockstepError('E_GIT', { what: 'nothing is committed', fix: 'commit the pipeline first' });
  const file = `pipelines/${report.model}/pipeline.yaml`;
  const text = (await gitBytes(['cat-file', 'blob', `${base}:${file}`], { cwd: root })).toString();
  const plan = planRetraining({
    text,
    file,
    model: report.model,
    months: report.months.filter(({ outcomes }) => outcomes > 0).map(({ month }) => month),
    reasons: report.alerts.map(({ reason }) => reason),
  });
  if (plan === null) return null;
  const branch = `retrain/${report.model}-${plan.test[0]}`;
  const commit = await commitFile(workspace, {
    base,
    file,
    text: plan.text,
    message: `${plan.title}\n\n${plan.body}\n`,
  });
  await git(['update-ref', '-m', 'lockstep monitor', `refs/heads/${branch}`, commit], { cwd: root });
  return { branch, commit, title: plan.title, train: plan.train, test: plan.test };
}

/**
 * Pushes the branch, so that whoever looks at the compare page opens the pull request. `there` when an earlier run
 * pushed one for the same month: it stays as it is. Errors: E_GIT, E_GIT_PUSH_REFUSED.
 */
export async function pushRetraining(
  { root }: Workspace,
  { branch, commit }: Pick<Retraining, 'branch' | 'commit'>,
): Promise<'pushed' | 'there'> {
  const ref = `refs/heads/${branch}`;
  if ((await remoteRefs(root, [ref])).has(ref)) return 'there';
  const outcome = await pushAtomic(root, { [ref]: commit });
  if (outcome.kind === 'pushed' || (await remoteRefs(root, [ref])).has(ref)) return 'pushed';
  throw pushRefused(`the branch ${branch}`, outcome.reason);
}

/** A commit that replaces one file, made in an index of its own. */
async function commitFile(
  workspace: Workspace,
  { base, file, text, message }: { base: string; file: string; text: string; message: string },
): Promise<string> {
  const { root } = workspace;
  const index = scratchPath(workspace, 'index');
  const options = { cwd: root, env: { GIT_INDEX_FILE: index } };
  try {
    await git(['read-tree', base], options);
    const blob = await git(['hash-object', '-w', '--stdin'], { ...options, input: text });
    await git(['update-index', '--cacheinfo', `100644,${blob},${file}`], options);
    const tree = await git(['write-tree'], options);
    return await git(['commit-tree', tree, '-p', base, '-F', '-'], { ...options, input: message });
  } finally {
    rmSync(index, { force: true });
  }
}
