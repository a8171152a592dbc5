import { markdownTable } from 'markdown-table';
import { plural } from './numbers.ts';

/** One table; cells are Markdown already, so whatever is in them from outside must be inert by now. */
export const table = (
  head: readonly string[],
  rows: readonly (readonly string[])[],
  align: readonly ('l' | 'r' | 'c')[],
): string => markdownTable([head, ...rows], { align: [...align], alignDelimiters: false, padding: true });

export const folded = (summary: string, body: string): string =>
  `<details>\n<summary>${summary}</summary>\n\n${body}\n\n</details>`;

/** A part of what is folded away, under its own title; both are Markdown. */
export interface Detail {
  /** What the fold promises: plain words of ours, which need no escaping anywhere. */
  readonly name: string;
  readonly title?: string;
  readonly body: string;
}

/** All details behind one line that says what they are. */
export const foldedDetails = (details: readonly (Detail | null)[]): string => {
  const found = details.filter((detail) => detail !== null);
  if (found.length === 0) return '';
  const parts = found.map(({ name, title = capital(name), body }) => `**${title}**\n\n${body}`);
  return folded(`Details: ${found.map(({ name }) => name).join(', ')}`, parts.join('\n\n'));
};

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Notice for what a table leaves out, or nothing. */
export const more = (all: number, shown: number, one: string, many?: string): string =>
  all > shown
    ? `\n\n_… and ${plural(all - shown, `more ${one}`, many === undefined ? undefined : `more ${many}`)}, left out here to keep this comment short._`
    : '';
