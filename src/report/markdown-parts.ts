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

/** Notice for what a table leaves out, or nothing. */
export const more = (all: number, shown: number, one: string, many?: string): string =>
  all > shown
    ? `\n\n_… and ${plural(all - shown, `more ${one}`, many === undefined ? undefined : `more ${many}`)}, left out here to keep this comment short._`
    : '';
