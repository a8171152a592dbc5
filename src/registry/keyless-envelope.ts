import { LockstepError, type Place, type TrustedWorkflow } from '../workspace/index.ts';
import type { EnvelopeContext, Trust } from './envelope.ts';
import type { Envelope } from './release-record.ts';
import { differs, type WorkflowIdentity } from './workflow-identity.ts';

export type KeylessCheck =
  | { readonly kind: 'valid'; readonly identity: WorkflowIdentity }
  | { readonly kind: 'wrong'; readonly why: string };

/** A workflow whose certificates count. */
export interface WorkflowSigner {
  /** Digest of the entry and its root. */
  readonly keyid: string;
  readonly entry: TrustedWorkflow;
  readonly owner: string;
  readonly environments: readonly string[] | null;
  readonly check: (envelope: Envelope) => KeylessCheck;
}

/** Who signed by a certificate, if an entry trusts them for this. Errors: E_SIGNATURE. */
export function workflowThatSigned(
  envelope: Envelope,
  trust: Trust,
  { where, environment }: EnvelopeContext,
): WorkflowSigner {
  const workflows = trust.filter((signer) => 'check' in signer);
  if (workflows.length === 0) throw noneTrusted(where);
  const checked = workflows.map((signer) => ({ signer, result: signer.check(envelope) }));
  const same = checked.filter(
    ({ signer, result }) => result.kind === 'valid' && differs(signer.entry, result.identity) === null,
  );
  const may = same.find(({ signer: { environments } }) => environments?.includes(environment ?? '') ?? true);
  if (may || (same.length > 0 && environment === undefined)) return (may ?? same[0])!.signer;
  if (same.length > 0) throw otherEnvironment(same[0]!.signer, environment!, where);
  const strange = checked.find(({ result }) => result.kind === 'valid');
  if (strange?.result.kind === 'valid')
    throw stranger(workflows, differs(strange.signer.entry, strange.result.identity)!, where);
  const { result } = checked[0]!;
  throw new LockstepError('E_SIGNATURE', {
    what: `a signature by certificate that does not hold: ${result.kind === 'wrong' ? result.why : ''}`,
    where,
    allowed: 'what a workflow signed, with its certificate and the log entry or timestamp made for it',
    fix: 'restore what was signed; where the instance has new keys, renew the file under root:',
  });
}

const noneTrusted = (where: Place | undefined): LockstepError =>
  new LockstepError('E_SIGNATURE', {
    what: 'signed by a certificate, and nobody here trusts a workflow',
    where,
    allowed: 'trust: in lockstep.yaml with keyless: github',
    fix: 'add the workflow that signed to trust: on the main branch (docs/formats/keyless.md)',
  });

const stranger = (workflows: readonly WorkflowSigner[], found: string, where: Place | undefined) =>
  new LockstepError('E_SIGNATURE', {
    what: `signed by a workflow that nobody here trusts: ${found}`,
    where,
    allowed: workflows
      .map(({ entry: { workflow, ref, signer } }) => `${workflow}@${ref}${signer ? ` by ${signer}` : ''}`)
      .join(', '),
    fix: 'let a workflow sign that lockstep.yaml trusts on the main branch',
  });

const otherEnvironment = (
  { owner, environments }: WorkflowSigner,
  environment: string,
  where: Place | undefined,
) =>
  new LockstepError('E_SIGNATURE', {
    what: `${owner} may not sign for ${environment}`,
    where,
    allowed: `signers trusted for ${environment} (${owner}: ${environments?.join(', ') || 'none'})`,
    fix: 'let a signer sign whom lockstep.yaml trusts for this environment',
  });
