import {
  LockstepError,
  parseConfiguration,
  parseYaml,
  readAtCommit,
  resolveCommit,
  type TrustEntry,
  type TrustedWorkflow,
  tryGit,
  type Workspace,
} from '../workspace/index.ts';
import { branchKeysFile, readBranchKeys } from './branch-keys.ts';
import { type Trust, type TrustedSigner, trustedSigner } from './envelope.ts';
import { loadKey } from './key.ts';
import { localRefs } from './origin.ts';

/**
 * Whose signatures count: `trust:` of lockstep.yaml as it was at the base commit, never as a change under judgement
 * has it. With no entry there, this machine's own key, when `local` allows it. `base` null reads the working tree's.
 * Keys that the branch `environments` holds are those of its last fetch.
 */
export async function trustedKeys(
  workspace: Workspace,
  base: string | null,
  options: { readonly local: boolean },
): Promise<Trust> {
  const own = () => trustedSigner(loadKey(workspace).spki, 'this machine', null);
  const listed = await trustEntries(workspace, base);
  if (listed.length === 0) return options.local ? [own()] : [];
  const signers: TrustedSigner[] = [];
  for (const entry of listed) {
    if ('key' in entry)
      signers.push(
        trustedSigner(entry.key, entry.owner, entry.environments ?? null, { file: 'lockstep.yaml' }),
      );
    else if ('keyless' in entry) signers.push(await workflowOf(workspace, base, entry));
    else signers.push(...(await keysOfBranch(workspace)), ...(options.local ? [own()] : []));
  }
  return signers;
}

/** Whether runs leave their keys on the branch: nobody gave them a lasting one. */
export const trustsBranch = async (workspace: Workspace, base: string | null): Promise<boolean> =>
  (await trustEntries(workspace, base)).some((entry) => 'keys' in entry);

export const trustEntries = async (
  workspace: Workspace,
  base: string | null,
): Promise<readonly TrustEntry[]> =>
  base === null ? workspace.configuration.trust : trustAt(workspace, base);

/** What checks certificates is a hundred kilobytes: loaded where an entry asks for it. Errors: E_KEYLESS. */
async function workflowOf(workspace: Workspace, base: string | null, entry: TrustedWorkflow) {
  const { workflowSigner } = await import('./workflow-signer.ts');
  return workflowSigner(entry, await readRoot(workspace, base, entry));
}

/** The entry's own trusted root, of the same commit as the entry; null for the public instance. Errors: E_KEYLESS. */
export async function readRoot(
  { root }: Workspace,
  base: string | null,
  { root: file }: TrustedWorkflow,
): Promise<Uint8Array | null> {
  if (file === undefined) return null;
  const bytes = await readAtCommit(root, base ?? 'HEAD', file).catch(() => null);
  if (bytes !== null) return bytes;
  throw new LockstepError('E_KEYLESS', {
    what: `trust names a root that is not there`,
    where: { file },
    allowed: 'a file of the commit that lockstep.yaml is read from',
    fix: 'commit it to the main branch together with the entry (docs/formats/keyless.md)',
  });
}

const keysOfBranch = async (workspace: Workspace): Promise<TrustedSigner[]> =>
  (await readBranchKeys(workspace)).map(({ key, by }) =>
    trustedSigner(key, by, null, { file: branchKeysFile }),
  );

async function trustAt(workspace: Workspace, commit: string) {
  const bytes = await readAtCommit(workspace.root, commit, 'lockstep.yaml');
  return bytes === null ? [] : parseConfiguration(parseYaml(bytes, 'lockstep.yaml')).trust;
}

/**
 * The commit whose rules hold: where HEAD left the default branch of origin, HEAD itself where it is on it or there
 * is no such branch here, null before the first commit. Errors: E_GIT on a runner that checked out a pull request
 * and nothing else, since the change would then be judged by its own rules.
 */
export async function baseCommit(workspace: Workspace): Promise<string | null> {
  const { root } = workspace;
  const head = await resolveCommit(root, 'HEAD');
  if (head === null) return null;
  for (const branch of ['origin/HEAD', 'origin/main', 'origin/master']) {
    const { status, stdout } = await tryGit(['merge-base', 'HEAD', `refs/remotes/${branch}`], { cwd: root });
    if (status === 0) return stdout.trim();
  }
  if ((await localRefs(root, ['refs/remotes/pull/'])).size === 0) return head;
  throw new LockstepError('E_GIT', {
    what: 'this clone holds a pull request and not the branch it is for, whose policy and trust hold',
    allowed: 'a clone with origin/main (or origin/HEAD), and the history back to where the change began',
    fix: 'check out with fetch-depth: 0',
  });
}
