import {
  baseCommit,
  branchKeysFile,
  loadKey,
  parseBranchKeys,
  personOf,
  type Trust,
  trustedKeys,
  trustsBranch,
  withBranchKey,
} from '../../registry/index.ts';
import { LockstepError, readBlobs, type Workspace } from '../../workspace/index.ts';
import { writeBranch } from '../branch/branch-write.ts';
import { isProposed, readTip, type Tip } from '../branch/tip.ts';
import { type Effects, realEffects } from '../effects.ts';
import { runUrl } from '../run-url.ts';

/**
 * Makes the key that this machine signs with known on the branch `environments`, where `trust:` says that the keys
 * there count, and does nothing elsewhere. Done before anything is signed, so that nothing is left that nobody can
 * check. Errors: those of `writeBranch`.
 */
export async function recordRunKey(
  workspace: Workspace,
  model: string,
  effects: Effects = realEffects,
): Promise<'recorded' | 'known' | 'not needed'> {
  if (!(await trustsBranch(workspace, await baseCommit(workspace)))) return 'not needed';
  const { spki: key } = loadKey(workspace);
  const what = 'the key that this run signs with';
  const options = { effects, tagsOf: model, what, proposal: 'keys' };
  const written = await writeBranch(workspace, options, async (tip, ident) => {
    const text = await readKeysFile(workspace, tip);
    const known = text === null ? [] : parseBranchKeys(Buffer.from(text));
    if (known.some((entry) => entry.key === key)) return { kind: 'done', result: 'known' as const };
    if (isProposed(workspace)) throw needsLastingKey(workspace);
    const by = runUrl(process.env) ?? personOf(ident);
    const content = Buffer.from(withBranchKey(text, { key, by, time: effects.now().toISOString() }));
    const change = {
      files: new Map([[branchKeysFile, content]]),
      message: `keys: ${by} signs with a new one\n`,
    };
    return { kind: 'write', change, result: 'recorded' as const };
  });
  return written.result;
}

/** Nobody would merge a key before what it signs. */
const needsLastingKey = ({ configuration }: Workspace): LockstepError =>
  new LockstepError('E_CONFIG_VALUE', {
    what: `trust says {keys: environments}, and ${configuration.gitops.branch} takes pull requests alone: a run cannot leave its key there`,
    where: { file: 'lockstep.yaml' },
    allowed: 'with gitops: {mode: pull-request}, keys that last',
    fix: 'list the public key of whoever promotes under trust, and give runs the secret LOCKSTEP_SIGNING_KEY (docs/formats/keys.md)',
  });

/** Whose signatures count now. Keys that the branch holds are asked of origin first. */
export async function currentTrust(workspace: Workspace): Promise<Trust> {
  const base = await baseCommit(workspace);
  if (await trustsBranch(workspace, base)) await readTip(workspace);
  return trustedKeys(workspace, base, { local: true });
}

async function readKeysFile({ root }: Workspace, tip: Tip): Promise<string | null> {
  const entry = tip.entries.find(({ path }) => path === branchKeysFile);
  return entry ? (await readBlobs(root, [entry.oid])).get(entry.oid)!.toString() : null;
}
