/** A line of CODEOWNERS: its pattern, and those of its words that name somebody. */
export interface OwnersLine {
  readonly pattern: string;
  readonly owners: readonly string[];
}

/** An account, a team or an address; the template's own `@your/leads` is nobody. */
const isOwner = (word: string): boolean =>
  !word.startsWith('@your/') && /^(@[\w-]+(\/[\w.-]+)?|[^@\s]+@[^@\s]+\.[^@\s]+)$/.test(word);

export function parseOwners(text: string): OwnersLine[] {
  return text.split('\n').flatMap((line) => {
    const [pattern, ...words] = line.replace(/#.*$/, '').trim().split(/\s+/);
    return pattern ? [{ pattern, owners: words.filter(isOwner) }] : [];
  });
}

/**
 * Whether somebody owns all of a path (`/models/*\/deploy/`; a folder ends in `/`). The last line that matches a file
 * decides, and it may name nobody; no later line may take a part away (docs.github.com, "About code owners").
 */
export function isOwned(lines: readonly OwnersLine[], path: string): boolean {
  const file = path.slice(1).replace('*', 'some-model') + (path.endsWith('/') ? 'folder/file.yml' : '');
  const last = lines.findLastIndex(({ pattern }) => expressionOf(pattern).test(file));
  if (last === -1 || lines[last]!.owners.length === 0) return false;
  const whole = expressionOf(path);
  return !lines
    .slice(last + 1)
    .some(({ pattern, owners }) => owners.length === 0 && whole.test(pattern.replace(/^\/|\/$/g, '')));
}

/** As gitignore(5) has it, but for `folder/*`, which GitHub does not take for what lies deeper. */
function expressionOf(pattern: string): RegExp {
  const anchored = pattern.slice(0, -1).includes('/');
  const body = pattern
    .replace(/^\/|\/$/g, '')
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('**', '\0')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]')
    .replaceAll('\0', '.*');
  return new RegExp(`^${anchored ? '' : '(?:.*/)?'}${body}${/\/\*$/.test(pattern) ? '' : '(?:/.*)?'}$`);
}
