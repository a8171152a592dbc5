import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/**
 * Who we are to a registry: the token that a job passes (for ghcr.io, or the host in $LOCKSTEP_REGISTRY_HOST), else
 * what `docker login` left. A token is sent to the host it is for and to no other.
 */
export function credentialsFor(host: string, env: NodeJS.ProcessEnv = process.env): Credentials | null {
  const token = env.LOCKSTEP_REGISTRY_TOKEN;
  if (token && host === (env.LOCKSTEP_REGISTRY_HOST ?? 'ghcr.io'))
    return { user: env.LOCKSTEP_REGISTRY_USER ?? env.GITHUB_ACTOR ?? 'lockstep', password: token };
  const folder = env.DOCKER_CONFIG ?? join(env.HOME ?? homedir(), '.docker');
  return fromDocker(join(folder, 'config.json'), host === 'docker.io' ? 'https://index.docker.io/v1/' : host);
}

function fromDocker(path: string, key: string): Credentials | null {
  try {
    const { auths } = JSON.parse(readFileSync(path, 'utf8')) as { auths?: Record<string, { auth?: string }> };
    const text = Buffer.from(auths?.[key]?.auth ?? '', 'base64').toString();
    const colon = text.indexOf(':');
    return colon > 0 ? { user: text.slice(0, colon), password: text.slice(colon + 1) } : null;
  } catch {
    return null; // Nobody logged in, or with a helper that only Docker can ask.
  }
}

export const basic = ({ user, password }: Credentials): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
