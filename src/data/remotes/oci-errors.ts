import { type ErrorCode, isLockstepError, LockstepError } from '../../workspace/index.ts';

const codes: Partial<Record<ErrorCode, ErrorCode>> = {
  E_IMAGE_REF: 'E_REMOTE_SCHEME',
  E_REGISTRY_AUTH: 'E_REMOTE_CREDENTIALS',
  E_REGISTRY_RATE_LIMIT: 'E_REMOTE_RATE_LIMIT',
  E_REGISTRY_FAILED: 'E_REMOTE_FAILED',
  E_REGISTRY_DIGEST: 'E_REMOTE_FAILED',
};
/** By the registry's status, which the client leaves as the error's cause. */
const byStatus: Readonly<Record<number, ErrorCode>> = {
  405: 'E_REMOTE_READ_ONLY',
  413: 'E_REMOTE_TOO_LARGE',
  501: 'E_REMOTE_READ_ONLY',
};

/** A registry's refusals in the words of remotes. */
export function atEdge(error: unknown, host: string): unknown {
  if (!isLockstepError(error)) return error;
  const status = byStatus[Number(error.cause)];
  const code = error.code === 'E_REGISTRY_FAILED' && status !== undefined ? status : codes[error.code];
  if (code === undefined) return error;
  const { what, allowed } = error;
  const fix = fixes[code]?.(host) ?? error.fix;
  return new LockstepError(code, { what, allowed, fix, cause: error });
}

const fixes: Partial<Record<ErrorCode, (host: string) => string>> = {
  E_REMOTE_SCHEME: () => 'set `remote:` in lockstep.yaml to oci://<registry>/<repository>',
  E_REMOTE_CREDENTIALS: (host) =>
    host === 'ghcr.io'
      ? 'give the job `packages: write` (to pull, `read`) and GITHUB_TOKEN, and in the settings of a package made by hand access for this repository; elsewhere `docker login ghcr.io`'
      : `\`docker login ${host}\`, or set LOCKSTEP_REGISTRY_HOST, LOCKSTEP_REGISTRY_USER and LOCKSTEP_REGISTRY_TOKEN`,
  E_REMOTE_READ_ONLY: () => 'name a registry that takes pushes as the remote',
  E_REMOTE_TOO_LARGE: () => 'raise the limit of the proxy before the registry',
};

export const notRemoved = (name: string, kind: 'manifests' | 'blobs', host: string): LockstepError =>
  new LockstepError('E_REMOTE_READ_ONLY', {
    what: `${name} removes no ${kind}`,
    allowed: 'a registry that lets one remove what one put',
    fix:
      host === 'ghcr.io'
        ? "delete the package's versions on its page at GitHub"
        : kind === 'blobs'
          ? 'let the registry collect its garbage: no manifest names them any more'
          : 'allow it there (docker-registry: `storage: {delete: {enabled: true}}`)',
  });
