import type { CheckResult } from '../../gate/verdict.ts';
import {
  type Approval,
  baseOf,
  type Observation,
  type ReleaseRecord,
  type Trust,
} from '../../registry/index.ts';
import {
  LockstepError,
  parseConfiguration,
  parseYaml,
  readAtCommit,
  tryGit,
  type Workspace,
} from '../../workspace/index.ts';
import { readFolder, type Tip } from '../branch/tip.ts';
import type { Effects } from '../effects.ts';
import { folderOf } from '../folder/environment-folder.ts';
import type { VerifiedRelease } from '../folder/evidence.ts';
import { verifyFolder } from '../folder/verify-folder.ts';
import { checkNotHeld, readHolds } from '../holds.ts';
import { checkRules } from './environment-rules.ts';
import { judgePending } from './pending-checks.ts';
import { checkTrainedFor, isRetrained } from './retrained.ts';
import { checkRuns, checkSoak, readPredecessor, releaseThere } from './soak.ts';

export interface PromotionRequest {
  readonly model: string;
  readonly version: string;
  readonly environment: string;
  /** The tag that asked for it, where one did: it is named in the commit, and no other is made. */
  readonly tag?: string;
  /** Who approved it, as the forge's API says; kept in the record. */
  readonly approvals?: readonly Approval[];
}

/** That a version may run in an environment, and why. */
export interface Decision {
  readonly checks: readonly CheckResult[];
  /** The environment before this one, as it was seen; null for the first, or where nobody answers. */
  readonly observed: Observation | null;
}

/**
 * Whether a verified release may be promoted on this tip: a pass for this environment by a policy that is what the
 * record says, no hold, the environment before it running it, soaked. Everything is read anew each time it is asked.
 * Errors: E_PROMOTE_HELD, E_VERDICT_*, E_PROMOTE_ORDER, E_PROMOTE_NOT_OBSERVED, E_PROMOTE_SOAK, E_PROMOTE_FROZEN,
 * E_PROMOTE_APPROVAL, E_PROMOTE_RETRAIN.
 */
export async function decide(
  workspace: Workspace,
  tip: Tip,
  record: ReleaseRecord,
  environment: string,
  trust: Trust,
  effects: Effects,
  approvals: readonly Approval[] = [],
): Promise<Decision> {
  checkNotHeld(workspace, await readHolds(workspace, tip, record.model), record.model, record.version);
  const retrains = await isRetrained(workspace, record);
  if (retrains) checkTrainedFor(workspace, record, environment);
  checkVerdict(record, environment);
  await checkBasePinned(workspace, record, environment);
  const soak = await checkPolicy(workspace, record, environment, effects.now());
  const same = retrains ? sameBase(workspace.configuration.environments) : sameImage;
  const previous = await checkOrder(workspace, tip, record, environment, { trust, same });
  const predecessor = previous && (await readPredecessor(workspace, tip, previous, trust));
  const observed = predecessor && (await checkRuns(workspace, predecessor, effects));
  if (predecessor && soak !== undefined) checkSoak(workspace, predecessor, environment, soak, effects.now());
  checkRules(workspace, record, environment, approvals, effects.now());
  const checks = await judgePending(workspace, record, environment, {
    now: effects.now(),
    there: (from) => {
      const wanted = { model: record.model, environment: from };
      return releaseThere(workspace, tip, { ...wanted, isWanted: (found) => same(found, record) }, trust);
    },
  });
  return { checks, observed };
}

/** Errors: E_VERDICT_MISSING, E_VERDICT_ENVIRONMENT, E_VERDICT_FAILED, E_VERDICT_INCONCLUSIVE. */
function checkVerdict({ model, version, verdicts }: ReleaseRecord, environment: string): void {
  const verdict = Object.hasOwn(verdicts, environment) ? verdicts[environment] : undefined;
  const where = { file: `tag ${model}@${version}` };
  if (verdict === undefined) {
    const others = Object.keys(verdicts);
    throw new LockstepError(others.length === 0 ? 'E_VERDICT_MISSING' : 'E_VERDICT_ENVIRONMENT', {
      what:
        others.length === 0
          ? `${model} ${version} has no verdict`
          : `${model} ${version} has verdicts for ${others.join(', ')}, none for ${environment}`,
      where,
      allowed: `a pass for ${environment}`,
      fix: `lockstep run ${model}, then register a new version`,
    });
  }
  if (verdict.verdict === 'pass') return;
  throw new LockstepError(verdict.verdict === 'fail' ? 'E_VERDICT_FAILED' : 'E_VERDICT_INCONCLUSIVE', {
    what: `the verdict on ${model} ${version} for ${environment} is ${verdict.verdict}: ${verdict.reasons.join('; ') || 'no reason given'}`,
    where,
    allowed: 'a pass',
    fix: 'promote a version that passes',
  });
}

/** The policy is the one the record names, from a commit it grew out of; returns the environment's soak. */
async function checkPolicy(
  workspace: Workspace,
  record: ReleaseRecord,
  environment: string,
  now: Date,
): Promise<string | undefined> {
  const { root } = workspace;
  const { readPolicy } = await import('../../gate/index.ts');
  const commit = record.policy.commit ?? record.commit;
  const { status } = await tryGit(['merge-base', '--is-ancestor', commit, record.commit], { cwd: root });
  const read = status === 0 ? await readPolicy(workspace, record.model, commit) : null;
  if (read === null || read.commit === null || read.digest !== record.policy.digest) {
    throw new LockstepError('E_VERDICT_POLICY', {
      what: `${record.model} ${record.version} was judged by the policy ${record.policy.digest}, ${read?.commit ? `commit ${commit.slice(0, 12)} has ${read.digest}` : `which commit ${commit.slice(0, 12)} does not have`}`,
      where: { file: `models/${record.model}/policy.yaml` },
      allowed: 'the policy at the commit that the record names',
      fix: `lockstep run ${record.model}, then register a new version`,
    });
  }
  const waived = record.verdicts[environment]!.checks.filter(({ outcome }) => outcome === 'waived');
  for (const { id } of waived) {
    const waiver = read.policy.waivers?.find(({ check }) => check === id);
    // A date means the whole day.
    if (waiver && now.toISOString().slice(0, 10) <= waiver.until.slice(0, 10)) continue;
    throw new LockstepError('E_VERDICT_EXPIRED', {
      what: `the waiver of ${id} ${waiver ? `ended on ${waiver.until}` : 'is gone'}`,
      where: { file: `models/${record.model}/policy.yaml` },
      allowed: 'waivers that still hold on the day of promotion',
      fix: 'mend what the check found, or renew the waiver, and register a new version',
    });
  }
  return read.policy.environments?.[environment]?.soak;
}

const before = ({ configuration }: Workspace, environment: string): string | undefined =>
  configuration.environments[configuration.environments.indexOf(environment) - 1];

/** Whether what an environment names is what comes next, or, where each trains for itself, of the same version. */
type Sameness = (found: ReleaseRecord, wanted: ReleaseRecord) => boolean;

const sameImage: Sameness = (found, { image, version }) =>
  found.image.digest === image.digest && found.version === version;

const sameBase =
  (environments: readonly string[]): Sameness =>
  (found, wanted) =>
    baseOf(found.version, environments) === baseOf(wanted.version, environments);

/**
 * What the environment before this one names: this very image, or its own training of the version. Null for the first.
 * Errors: E_PROMOTE_ORDER.
 */
async function checkOrder(
  workspace: Workspace,
  tip: Tip,
  record: ReleaseRecord,
  environment: string,
  { trust, same }: { trust: Trust; same: Sameness },
): Promise<VerifiedRelease | null> {
  const { model, version } = record;
  const previous = before(workspace, environment);
  if (previous === undefined) return null;
  const files = await readFolder(workspace, tip, model, previous);
  const verdict = files && verifyFolder({ model, environment: previous, files, trust });
  const found = verdict?.kind === 'verified' ? verdict.release : null;
  if (found !== null && same(found.record, record)) return found;
  const state = found ? found.version : verdict ? 'something that its evidence does not prove' : 'nothing';
  throw new LockstepError('E_PROMOTE_ORDER', {
    what: `expected ${model} ${version} in ${previous}, found ${state}`,
    where: { file: folderOf(model, previous) },
    allowed: `the order ${workspace.configuration.environments.join(' → ')}`,
    fix: `lockstep promote ${model} ${version} --to ${previous}`,
  });
}

/**
 * From the second environment on, what runs must be what anybody can build again: the version's own lockstep.yaml names
 * its base by digest. Images that leave no laptop need none. Errors: E_BASE_UNPINNED.
 */
async function checkBasePinned(
  workspace: Workspace,
  record: ReleaseRecord,
  environment: string,
): Promise<void> {
  if (before(workspace, environment) === undefined) return;
  const { isRegistryName } = await import('../../image/index.ts');
  if (!isRegistryName(record.image.name)) return;
  const bytes = await readAtCommit(workspace.root, record.commit, 'lockstep.yaml');
  const base = bytes && parseConfiguration(parseYaml(bytes, 'lockstep.yaml')).image.base;
  if (base?.includes('@sha256:')) return;
  throw new LockstepError('E_BASE_UNPINNED', {
    what: `${record.model} ${record.version} is built upon ${base ? `${base}, a name that may mean other bytes tomorrow` : 'nothing that lockstep.yaml names'}`,
    where: { file: 'lockstep.yaml' },
    allowed: `for ${environment}: a base by digest at the version's commit`,
    fix: 'commit what `lockstep image pin-base` writes, and promote the version that comes of it',
  });
}
