import { isSecure, readBody, send } from '../http/index.ts';
import { LockstepError } from '../workspace/index.ts';
import { githubIssuer, type JobClaims } from './workflow-identity.ts';

export interface JobToken {
  readonly jwt: string;
  readonly claims: JobClaims;
}

/** A token for Sigstore that says which job this is. Errors: E_KEYLESS, E_REMOTE_*. */
export async function askForToken(env: NodeJS.ProcessEnv = process.env): Promise<JobToken> {
  const url = new URL(env.ACTIONS_ID_TOKEN_REQUEST_URL!);
  if (!isSecure(url)) throw noToken('ACTIONS_ID_TOKEN_REQUEST_URL is no address of https');
  url.searchParams.set('audience', 'sigstore');
  const headers = {
    authorization: `Bearer ${env.ACTIONS_ID_TOKEN_REQUEST_TOKEN}`,
    accept: 'application/json',
  };
  const answer = await send({ method: 'GET', url, headers, follow: false });
  const body = (await readBody(answer, 1 << 20, url)).toString();
  if (answer.status !== 200) throw noToken(`GitHub answered ${answer.status} when asked for the job's token`);
  try {
    const jwt = (JSON.parse(body) as { value: string }).value;
    const claims = JSON.parse(Buffer.from(jwt.split('.')[1]!, 'base64url').toString()) as JobClaims;
    if (claims.iss !== githubIssuer) throw new TypeError(`issuer ${claims.iss}`);
    return { jwt, claims };
  } catch (cause) {
    throw noToken("GitHub's answer holds no token of a job", cause);
  }
}

const noToken = (what: string, cause?: unknown): LockstepError =>
  new LockstepError('E_KEYLESS', {
    what,
    allowed: 'a job of GitHub Actions with permissions: {id-token: write}',
    fix: 'run the job again; or sign with a key (docs/formats/keys.md)',
    cause,
  });
