/**
 * Text from outside as one line of a log in which the runner finds no command: neither `::name::` at its start nor
 * `##[name]` anywhere, and no second line. A space makes the difference, so people read what was written.
 */
export const inert = (text: string): string =>
  text
    .replace(/[\r\n\u0085\u2028\u2029\v\f]+/g, ' ')
    .replaceAll('##[', '## [')
    .replace(/^(\s*:):/, '$1 :');
