import { printable } from '../workspace/index.ts';

/** A zero-width space: it breaks what GitHub would recognise in text, and nobody sees it. */
const gap = '\u200b';

/**
 * Text from outside (a name, a slice's value, a reason, a label) as Markdown that shows exactly that text and
 * does nothing else, in a paragraph, a list, a heading or a table cell. Escaped are:
 * - what could lie about the text: control, zero-width and bidirectional characters become `\uXXXX`, line
 *   breaks become spaces, lone surrogates U+FFFD, and more than `most` characters are cut with `…`;
 * - Markdown and HTML: every punctuation mark that means something where it stands, by a backslash, and
 *   ``\ | & < > $`` by their entities (a backslash before a pipe is read differently by different table parsers,
 *   and GitHub reads dollar signs as mathematics); dashes, plus and equals signs, dots and brackets of a list's
 *   number mean something only at the beginning;
 * - what GitHub finds in text after Markdown is done, where entities and backslashes no longer help, by a
 *   zero-width space: mentions after `@`, issues after `#`, `GH-`, `GHSA-` and `CVE-` references, addresses
 *   after `:` and `www`, emoji names after `:`, and commit ids inside runs of hex digits.
 */
export function inert(text: string, most = 200): string {
  const line = oneLine(text.trim(), most);
  return line.replace(
    /^[-+=]|(?<=^\d{1,9})[.)]|www(?=\.)|\b(?:GHSA|CVE|GH)(?=-)|(?<![0-9a-z])[0-9a-f]{7,}(?![0-9a-z])|[\\|&<>$@#:`*_[\]~]/gi,
    (found, at: number, whole: string) => replacementOf(found, /\S/.test(whole.charAt(at + found.length))),
  );
}

function replacementOf(found: string, followed: boolean): string {
  const entity = entities[found];
  if (entity !== undefined) return entity;
  if (found === '@') return found + gap;
  if (found === ':') return followed ? found + gap : found;
  if (found === '#') return `\\#${gap}`;
  if (found.length === 1) return `\\${found}`;
  if (/^(?:www|ghsa|cve|gh)$/i.test(found)) return found + gap;
  return found.replace(/.{6}(?=.)/g, `$&${gap}`);
}

const entities: Readonly<Record<string, string>> = {
  '\\': '&#92;',
  '|': '&#124;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  $: '&#36;',
};

/** The same in fixed-width type. A digest or commit stays whole, so that it can be copied. */
export const inertCode = (text: string, most = 120): string =>
  /^(sha256:)?[0-9a-f]{1,64}$/.test(text) ? `\`${text}\`` : `<code>${inert(text, most)}</code>`;

/** Text for a fenced block, where Markdown reads nothing but a line of backticks and a program may seek a marker. */
export const inertFenced = (text: string, most: number): string =>
  oneLine(text.trim(), most).replaceAll('`', "'").replaceAll('<!--', `<${gap}!--`);

/** Text for HTML, between tags and in quoted attributes. */
export const inertHtml = (text: string, most = 400): string =>
  oneLine(text, most).replace(/[&<>"']/g, (found) => `&#${found.charCodeAt(0)};`);

/** One line of well-formed, visible text of at most `most` characters. */
export function oneLine(text: string, most = 200): string {
  const flat = text.slice(0, most * 8).replace(/[ \t\r\n\u0085\u2028\u2029]+/g, ' ');
  const short = [...flat.slice(0, most * 2 + 2)];
  const cut = short.length > most ? `${short.slice(0, most - 1).join('')}…` : flat;
  return printable(cut, Number.MAX_SAFE_INTEGER).toWellFormed();
}
