import { canonicalJson, LockstepError, type TrustedWorkflow, type Workspace } from '../workspace/index.ts';
import { payloadType, preAuthenticationEncoding, type Statement, sign } from './envelope.ts';
import type { JobToken } from './job-token.ts';
import { loadKey } from './key.ts';
import type { Envelope } from './release-record.ts';
import { baseCommit, readRoot, trustEntries } from './trust.ts';
import { differs, identityOfClaims } from './workflow-identity.ts';

/**
 * Signs as this machine may: with $LOCKSTEP_SIGNING_KEY; without a key where the base commit's `trust:` has the workflow
 * that runs; else with the machine's own key, unless workflows alone are trusted, since nobody would believe it.
 * Errors: E_SIGNATURE, E_KEYLESS, E_REMOTE_*.
 */
export async function signStatement(
  workspace: Workspace,
  statement: Statement<unknown>,
  environment?: string,
): Promise<Envelope> {
  const byKey = () => sign(statement, loadKey(workspace));
  if (process.env.LOCKSTEP_SIGNING_KEY?.trim()) return byKey();
  const base = await baseCommit(workspace);
  const listed = await trustEntries(workspace, base);
  const workflows = listed.filter((entry) => 'keyless' in entry);
  if (workflows.length === 0) return byKey();
  const alone = workflows.length === listed.length;
  if (!mayAskForToken(process.env)) {
    if (alone) throw nobody('this is no job with a token of OIDC', workflows);
    return byKey();
  }
  const { askForToken } = await import('./job-token.ts');
  const token = await askForToken();
  const entry = fitting(workflows, token, environment);
  if (typeof entry === 'string') {
    if (alone) throw nobody(entry, workflows);
    return byKey();
  }
  const body = Buffer.from(canonicalJson(statement));
  const { signKeyless } = await import('./keyless-sign.ts');
  return signKeyless({
    entry,
    root: await readRoot(workspace, base, entry),
    token,
    payloadType,
    body,
    encoded: preAuthenticationEncoding(payloadType, body),
  });
}

/** GitHub sets both where a job's permissions say `id-token: write`. */
const mayAskForToken = (env: NodeJS.ProcessEnv): boolean =>
  Boolean(env.ACTIONS_ID_TOKEN_REQUEST_URL && env.ACTIONS_ID_TOKEN_REQUEST_TOKEN);

/** The entry for this job, or what of the job nobody trusts. */
function fitting(
  workflows: readonly TrustedWorkflow[],
  { claims }: JobToken,
  environment: string | undefined,
): TrustedWorkflow | string {
  const identity = identityOfClaims(claims);
  const mine = workflows.filter((entry) => differs(entry, identity) === null);
  if (mine.length === 0) return `this job has the ${differs(workflows[0]!, identity)}`;
  const may = mine.find(
    ({ environments }) =>
      environment === undefined || environments === undefined || environments.includes(environment),
  );
  return may ?? `${mine[0]!.owner} may not sign for ${environment}`;
}

const nobody = (what: string, workflows: readonly TrustedWorkflow[]): LockstepError =>
  new LockstepError('E_KEYLESS', {
    what: `nothing can be signed here: trust lists workflows alone, and ${what}`,
    where: { file: 'lockstep.yaml' },
    allowed: workflows.map(({ workflow, ref }) => `${workflow}@${ref}`).join(', '),
    fix: 'give the job permissions: {id-token: write}; or list a key under trust and sign with it (docs/formats/keys.md)',
  });
