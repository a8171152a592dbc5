import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { readBody, send, withoutQuery } from '../../http/index.ts';
import { idToken } from './id-token.ts';
import { noCredentials } from './token.ts';

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  /** When they end, ms since 1970. */
  readonly expires?: number | undefined;
}

export interface S3Identity {
  /** Null: nobody; requests go out unsigned, as to a public bucket. */
  readonly credentials: S3Credentials | null;
  /** The region of the profile. */
  readonly region?: string | undefined;
  /** The places that were looked at, for a message. */
  readonly looked: string;
}

type Env = NodeJS.ProcessEnv;
const mostAnswer = 1 << 16;

/**
 * Who we are to S3, in the order of AWS's own tools: keys in the environment, the job's or pod's OIDC token for
 * AWS_ROLE_ARN, the profile in ~/.aws, the container's and the machine's role. Errors: E_REMOTE_*, among them E_REMOTE_CREDENTIALS where one of them is named and refused.
 */
export async function findS3Identity(env: Env = process.env): Promise<S3Identity> {
  const profile = readProfile(env);
  const region = env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? profile.region;
  const found =
    fromEnvironment(env) ??
    (await fromWebIdentity(env, region)) ??
    fromProfile(profile, env) ??
    (await fromContainer(env)) ??
    (await fromMachine(env));
  const looked =
    'AWS_ACCESS_KEY_ID, AWS_ROLE_ARN with an OIDC token, ~/.aws, the container’s and the machine’s role';
  return { credentials: found, region, looked };
}

function fromEnvironment(env: Env): S3Credentials | null {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = env;
  return id && secret ? { accessKeyId: id, secretAccessKey: secret, sessionToken: token || undefined } : null;
}

/** AssumeRoleWithWebIdentity needs no signature: the token is the proof. */
async function fromWebIdentity(env: Env, region = 'us-east-1'): Promise<S3Credentials | null> {
  if (!env.AWS_ROLE_ARN) return null;
  const token = env.AWS_WEB_IDENTITY_TOKEN_FILE
    ? readToken(env.AWS_WEB_IDENTITY_TOKEN_FILE)
    : await idToken('sts.amazonaws.com', env);
  if (token === null) return null;
  const url = new URL(env.AWS_ENDPOINT_URL_STS ?? `https://sts.${region}.amazonaws.com/`);
  const body = new URLSearchParams({
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: env.AWS_ROLE_ARN,
    RoleSessionName: env.AWS_ROLE_SESSION_NAME ?? 'lockstep',
    WebIdentityToken: token,
  }).toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/xml' };
  const answer = await send({ method: 'POST', url, headers, body });
  const xml = (await readBody(answer, mostAnswer, url)).toString();
  const word = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  const [id, secret] = [word('AccessKeyId'), word('SecretAccessKey')];
  if (answer.status !== 200 || !id || !secret)
    throw noCredentials(
      `${withoutQuery(url)} answered ${answer.status} ${word('Code') ?? ''} to AWS_ROLE_ARN`,
      "let the role's trust policy name this repository, pod or account",
    );
  const expires = Date.parse(word('Expiration') ?? '') || undefined;
  return { accessKeyId: id, secretAccessKey: secret, sessionToken: word('SessionToken'), expires };
}

/** Errors: E_REMOTE_CREDENTIALS. */
function readToken(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw noCredentials(
      `the token file ${path} cannot be read (${code})`,
      'correct the variable that names it',
    );
  }
}

type Profile = Readonly<Record<string, string>>;

/** The profile of the two files of AWS's tools, keys of `credentials` before those of `config`. */
function readProfile(env: Env): Profile {
  const folder = join(env.HOME ?? homedir(), '.aws');
  const name = env.AWS_PROFILE ?? 'default';
  const config = readIni(env.AWS_CONFIG_FILE ?? join(folder, 'config'));
  const credentials = readIni(env.AWS_SHARED_CREDENTIALS_FILE ?? join(folder, 'credentials'));
  return { ...(config[`profile ${name}`] ?? config[name]), ...credentials[name] };
}

function readIni(path: string): Record<string, Record<string, string>> {
  const sections: Record<string, Record<string, string>> = {};
  if (!existsSync(path)) return sections;
  let section: Record<string, string> = {};
  for (const line of readFileSync(path, 'utf8').split(/\r?\n/)) {
    const [, name] = /^\s*\[\s*([^\]]+?)\s*\]/.exec(line) ?? [];
    if (name !== undefined) section = sections[name] ??= {};
    const equals = line.indexOf('=');
    if (name === undefined && equals > 0 && !/^\s*[#;]/.test(line))
      section[line.slice(0, equals).trim()] = line.slice(equals + 1).trim();
  }
  return sections;
}

function fromProfile(profile: Profile, env: Env): S3Credentials | null {
  const { aws_access_key_id: id, aws_secret_access_key: secret, aws_session_token: token } = profile;
  if (id && secret) return { accessKeyId: id, secretAccessKey: secret, sessionToken: token };
  if (profile.credential_process) return fromProcess(profile.credential_process, [], env, true);
  // Single sign-on and roles of other profiles: AWS's own tool knows how.
  if (!profile.sso_session && !profile.sso_start_url && !profile.role_arn) return null;
  return fromProcess('aws', ['configure', 'export-credentials', '--format', 'process'], env, false);
}

function fromProcess(command: string, args: string[], env: Env, shell: boolean): S3Credentials | null {
  const { stdout } = spawnSync(command, args, { env, shell, encoding: 'utf8', timeout: 60_000 });
  return parseCredentials(stdout ?? '');
}

async function fromContainer(env: Env): Promise<S3Credentials | null> {
  const { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: path, AWS_CONTAINER_CREDENTIALS_FULL_URI: full } = env;
  if (!path && !full) return null;
  const file = env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE;
  const token = file ? readToken(file) : env.AWS_CONTAINER_AUTHORIZATION_TOKEN;
  const url = path ? `http://169.254.170.2${path}` : full!;
  return parseCredentials(await ask(url, 'GET', token ? { authorization: token } : {}));
}

/** The instance's metadata service, version 2. Nobody there is the usual case and must not take long. */
async function fromMachine(env: Env): Promise<S3Credentials | null> {
  if (env.AWS_EC2_METADATA_DISABLED === 'true') return null;
  const base = `${env.AWS_EC2_METADATA_SERVICE_ENDPOINT ?? 'http://169.254.169.254'}/latest`;
  const token = await ask(`${base}/api/token`, 'PUT', { 'x-aws-ec2-metadata-token-ttl-seconds': '300' });
  if (!token) return null;
  const headers = { 'x-aws-ec2-metadata-token': token };
  const roles = `${base}/meta-data/iam/security-credentials/`;
  const role = (await ask(roles, 'GET', headers)).split('\n')[0];
  return role ? parseCredentials(await ask(roles + role, 'GET', headers)) : null;
}

const ask = (url: string, method: string, headers: Record<string, string>): Promise<string> =>
  fetch(url, { method, headers, redirect: 'error', signal: AbortSignal.timeout(1000) }).then(
    (answer) => (answer.ok ? answer.text() : ''),
    () => '',
  );

/** The JSON that containers, machines and `credential_process` answer with. */
function parseCredentials(text: string): S3Credentials | null {
  try {
    const words = JSON.parse(text) as Record<string, string | undefined>;
    const { AccessKeyId: id, SecretAccessKey: secret, SessionToken, Token, Expiration } = words;
    if (!id || !secret) return null;
    const expires = Date.parse(Expiration ?? '') || undefined;
    return { accessKeyId: id, secretAccessKey: secret, sessionToken: SessionToken ?? Token, expires };
  } catch {
    return null;
  }
}
