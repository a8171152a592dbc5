import { LockstepError } from '../workspace/index.ts';

/** One repository of a registry that speaks OCI's distribution protocol. */
export interface RegistryAddress {
  /** As the image's name begins: `ghcr.io`, `127.0.0.1:5000`. */
  readonly host: string;
  /** Repository within the registry: `acme/models/churn`. */
  readonly repository: string;
  /** Ends without a slash: `https://ghcr.io/v2/acme/models/churn`. */
  readonly url: string;
}

/** Names of Docker's own hub, whose registry has another host than its images' names. */
const hub = ['docker.io', 'index.docker.io'];

export const isLoopback = (host: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/.test(host);

/** Plain HTTP only to this very machine, as Docker's own client has it. Errors: E_IMAGE_REF for a name without a registry. */
export function registryAddress(name: string): RegistryAddress {
  const slash = checkRegistryName(name).indexOf('/');
  const host = name.slice(0, slash);
  const path = name.slice(slash + 1);
  const atHub = hub.includes(host);
  const repository = atHub && !path.includes('/') ? `library/${path}` : path;
  const scheme = isLoopback(host) ? 'http' : 'https';
  return { host, repository, url: `${scheme}://${atHub ? 'registry-1.docker.io' : host}/v2/${repository}` };
}

/** Errors: E_IMAGE_REF for a name without a registry. */
export function checkRegistryName(name: string): string {
  if (isRegistryName(name)) return name;
  throw new LockstepError('E_IMAGE_REF', {
    what: `"${name}" names no registry`,
    allowed: 'a host with a dot or a port before the first slash, as in ghcr.io/acme/models',
    fix: 'set `images:` in lockstep.yaml to a repository of your registry',
  });
}

/** `localhost/churn` is the layout of this machine; `localhost:5000/churn` is a registry on it. */
export function isRegistryName(name: string): boolean {
  const [host = '', ...rest] = name.split('/');
  return rest.length > 0 && (host.includes('.') || host.includes(':'));
}

/** Domains whose hosts belong to as many owners: a neighbour there is a stranger. */
const shared =
  /(^|\.)(amazonaws\.com|azurecr\.io|azurewebsites\.net|windows\.net|cloudfront\.net|github\.io|googleapis\.com|run\.app|appspot\.com|herokuapp\.com|pages\.dev|workers\.dev|(co|com|org|net|ac|gov|edu)\.[a-z]{2})$/;

/**
 * Whether one host may speak for another: the same, or one of the same owner's domain, since registries have their
 * tokens from a sibling (auth.docker.io for registry-1.docker.io).
 */
export function sameOwner(one: string, other: string): boolean {
  if (isLoopback(one) && isLoopback(other)) return true;
  const [a, b] = [one, other].map((host) => host.replace(/:\d+$/, '').toLowerCase()) as [string, string];
  if ([a, b].some((host) => /^[\d.]+$|^\[/.test(host))) return one === other;
  return a === b || domainOf(a) === domainOf(b);
}

/** The part that somebody registered: two labels, or three below a shared domain. */
const domainOf = (host: string): string => {
  const labels = host.split('.');
  const two = labels.slice(-2).join('.');
  return shared.test(two) ? labels.slice(-3).join('.') : two;
};
