import type { TrustedWorkflow } from '../workspace/index.ts';

/** Who a certificate of Sigstore was given to, as GitHub's own token said and Fulcio wrote into it. */
export interface WorkflowIdentity {
  readonly issuer: string | null;
  /** URL of the workflow whose job signed, with its ref. */
  readonly signer: string | null;
  /** URL of the workflow that was started, with its ref. */
  readonly workflow: string | null;
  readonly repository: string | null;
  readonly ref: string | null;
  readonly repositoryId: string | null;
}

export const githubIssuer = 'https://token.actions.githubusercontent.com';
const github = 'https://github.com';

/** What a token of OIDC says of the job (docs.github.com, "OpenID Connect reference"). */
export interface JobClaims {
  readonly iss: string;
  readonly sub: string;
  readonly job_workflow_ref: string;
  readonly workflow_ref: string;
  readonly repository: string;
  readonly repository_id: string;
  readonly repository_visibility?: string;
  readonly ref: string;
}

/**
 * Null, or the first thing in which somebody is not whom an entry trusts. The job's own workflow alone would not do: a
 * workflow that others may call has one name, whoever calls it.
 */
export function differs(entry: TrustedWorkflow, found: WorkflowIdentity): string | null {
  const started = `${entry.workflow}@${entry.ref}`;
  const id = entry['repository-id'];
  const wanted: Partial<Record<keyof WorkflowIdentity, string>> = {
    issuer: githubIssuer,
    repository: `${github}/${entry.workflow.split('/', 2).join('/')}`,
    workflow: `${github}/${started}`,
    ref: entry.ref,
    signer: `${github}/${entry.signer ?? started}`,
    ...(id === undefined ? {} : { repositoryId: String(id) }),
  };
  const names = Object.keys(wanted) as (keyof WorkflowIdentity)[];
  const wrong = names.find((name) => found[name] !== wanted[name]);
  return wrong === undefined ? null : `${words[wrong]} ${found[wrong] ?? 'not named'}`;
}

const words: Readonly<Record<keyof WorkflowIdentity, string>> = {
  issuer: 'issuer',
  signer: 'signing workflow',
  workflow: 'workflow',
  repository: 'repository',
  ref: 'ref',
  repositoryId: 'repository number',
};

export const identityOfClaims = (claims: JobClaims): WorkflowIdentity => ({
  issuer: claims.iss,
  signer: `${github}/${claims.job_workflow_ref}`,
  workflow: `${github}/${claims.workflow_ref}`,
  repository: `${github}/${claims.repository}`,
  ref: claims.ref,
  repositoryId: claims.repository_id,
});
