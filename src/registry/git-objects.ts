import { git, LockstepError, tryGit } from '../workspace/index.ts';

/**
 * Who commits and tags, as Git writes it: `Name <mail> seconds zone`. Nothing is guessed from the machine's name.
 * Errors: E_GIT_IDENTITY.
 */
export async function committer(cwd: string): Promise<string> {
  const { status, stdout } = await tryGit(['-c', 'user.useConfigOnly=true', 'var', 'GIT_COMMITTER_IDENT'], {
    cwd,
  });
  if (status === 0) return stdout.trim();
  throw new LockstepError('E_GIT_IDENTITY', {
    what: 'git does not know who you are, and a release without a name is worth nothing',
    fix: 'git config user.name "Your Name" && git config user.email you@example.com',
  });
}

/** `Name <mail>` without the time. */
export const personOf = (ident: string): string => ident.replace(/ \d+ [+-]\d{4}$/, '');

/** Writes an annotated tag object that no ref names yet, so that it can travel in an atomic push. */
export const writeTagObject = (
  cwd: string,
  { tag, commit, ident, message }: { tag: string; commit: string; ident: string; message: string },
): Promise<string> =>
  git(['mktag'], {
    cwd,
    input: `object ${commit}\ntype commit\ntag ${tag}\ntagger ${ident}\n\n${message}\n`,
  });

/** The message of a tag object, without signature blocks of other tools being taken for anything. */
export async function tagMessage(cwd: string, object: string): Promise<string> {
  const content = await git(['cat-file', 'tag', object], { cwd });
  return content.slice(content.indexOf('\n\n') + 2);
}
