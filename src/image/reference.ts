import { type Digest, isDigest, LockstepError, type Workspace } from '../workspace/index.ts';

/**
 * Grammar of the OCI distribution specification: path components in lower case with separators, a registry host
 * with an optional port in front, a tag of at most 128 characters.
 */
const repository = /^[a-z0-9]+([._-][a-z0-9]+)*(:[0-9]+)?(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)+$/;
const tag = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

export interface ImageReference {
  /** Registry and repository: `localhost/churn`. */
  readonly name: string;
  readonly tag: string | null;
  readonly digest: Digest | null;
}

/** The repository a model's images go by: below `images:` of the configuration, `localhost/` without one. Errors: E_IMAGE_REF. */
export const imageName = ({ configuration }: Workspace, model: string): string =>
  checkRepository(`${configuration.images ?? defaultImages(process.env)}/${model}`);

/** On GitHub the repository's own packages; on a laptop the layout. */
export const defaultImages = ({
  GITHUB_ACTIONS: runner,
  GITHUB_REPOSITORY: repository,
}: NodeJS.ProcessEnv): string =>
  runner === 'true' && repository ? `ghcr.io/${repository.toLowerCase()}` : 'localhost';

/** `name`, `name:tag`, `name@sha256:…` or `name:tag@sha256:…`. Errors: E_IMAGE_REF, E_IMAGE_TAG. */
export function parseReference(text: string): ImageReference {
  const [before = '', digest, ...more] = text.split('@');
  if (more.length > 0 || (digest !== undefined && !isDigest(digest))) throw badReference(text);
  const colon = before.indexOf(':', before.lastIndexOf('/') + 1);
  const name = colon === -1 ? before : before.slice(0, colon);
  return {
    name: checkRepository(name),
    tag: colon === -1 ? null : checkTag(before.slice(colon + 1)),
    digest: (digest as Digest | undefined) ?? null,
  };
}

/** Errors: E_IMAGE_TAG. */
export function checkTag(text: string): string {
  if (tag.test(text)) return text;
  throw new LockstepError('E_IMAGE_TAG', {
    what: `the image tag "${text}"`,
    allowed: '1 to 128 letters, digits, _, . and -, not beginning with . or -',
    fix: 'choose another version',
  });
}

function checkRepository(text: string): string {
  if (text.length <= 255 && repository.test(text)) return text;
  throw badReference(text);
}

const badReference = (text: string) =>
  new LockstepError('E_IMAGE_REF', {
    what: `the image reference "${text}"`,
    allowed: 'registry/repository in lower case, then :tag or @sha256:<64 hex>',
    fix: 'write it in lower case, as in ghcr.io/acme/models',
  });
