import { approvalsOf, type RunContext, tagPushers } from '../../src/github/index.ts';
import type { Approval } from '../../src/registry/index.ts';
import { say } from '../kit/foreign-output.ts';
import type { ForgeJob } from '../kit/forge.ts';

interface Wish {
  readonly environment: string;
  readonly tag?: string;
}

/**
 * Who let this run into the environment, where it has reviewers. Nobody approves what they asked for themselves; and
 * where nobody can say any more who asked, anybody may have.
 */
export async function approvalsFor(job: ForgeJob, { environment, tag }: Wish): Promise<Approval[]> {
  const { github, context } = job;
  const all = await approvalsOf(github, context.runId);
  const own = all.filter((approval) => approval.environment === environment);
  if (own.length === 0) return [];
  const askers = await askersOf(job, tag);
  if (askers.length === 0) say(`nobody knows who pushed ${tag}: approvals of this run count for nothing`);
  const time = new Date().toISOString();
  const others = askers.length === 0 ? [] : own.filter(({ id }) => !askers.includes(id));
  for (const { by, id } of own)
    if (askers.includes(id)) say(`${by} asked for this: their approval does not count`);
  return others.map(({ by, id }) => ({ by, id, time }));
}

/** Numbers of the accounts: of who pressed the button, or pushed the tag. */
async function askersOf({ github, context }: ForgeJob, tag: string | undefined): Promise<number[]> {
  if (tag === undefined) return accounts(context.event.sender);
  const run = startedBy(context);
  return run?.head_branch === tag ? accounts(run.actor, run.triggering_actor) : tagPushers(github, tag);
}

const startedBy = ({ event }: RunContext) =>
  event.workflow_run as { head_branch?: unknown; actor?: unknown; triggering_actor?: unknown } | undefined;

const accounts = (...users: readonly unknown[]): number[] =>
  users.flatMap((user) => {
    const id = (user as { id?: unknown } | null | undefined)?.id;
    return Number.isSafeInteger(id) ? [id as number] : [];
  });
