import fc from 'fast-check';
import { marked, type Token } from 'marked';
import { expect, test } from 'vitest';
import { inert, inertCode, inertFenced, inertHtml, oneLine } from './inert-text.ts';

/** What people and attackers put into names, slice values and labels. */
const hostile = [
  '@org/team',
  '@someone please',
  'fixes #1, org/repo#2, GH-3, GHSA-aaaa-bbbb-cccc, CVE-2024-1234',
  'see 4b825dc642cb6eb9a060e54bf8d69288fbee4904 and 4b825dc',
  'https://evil.example/x?a=b www.evil.example ftp://x.example a@b.example mailto:a@b.example',
  '[text](https://evil.example) ![x](y) [r]: z <https://evil.example>',
  '<img src=x onerror=alert(1)> <script>x</script> </details> <!-- lockstep:report --> --> <![CDATA[',
  '| a | b |',
  'a \\| b \\\\| c \\',
  '`code` ``` ~~~',
  '# heading',
  '- item',
  '+ item',
  '1. item',
  '1) item',
  '> quote',
  '=== ---',
  '*bold* _em_ ~~struck~~ **b**',
  '$x^2$ $$y$$ $`z`$',
  '&lt;b&gt; &#64;org &amp;',
  ':tada: :octocat:',
  'two\nlines\r\n\r\n# heading',
  '\u202egnp.exe\u202c zero\u200bwidth \u0000 \u001b[31m \ufeff',
  '\ud800 lone',
  '[^1] [ ] task - [x] done',
  '\t    indented',
  '@org/team <img src=x> | ]( ',
];

/** The text that a reader sees and the kinds of Markdown that were found. */
function seen(markdown: string): { text: string; kinds: Set<string> } {
  const kinds = new Set<string>();
  let text = '';
  marked.walkTokens(marked.lexer(markdown), (token: Token) => {
    kinds.add(token.type);
    if ((token.type === 'text' && !('tokens' in token && token.tokens)) || token.type === 'escape')
      text += token.text;
  });
  return { text: decoded(text), kinds };
}

const decoded = (text: string) =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&#92;', '\\')
    .replaceAll('&#124;', '|')
    .replaceAll('&#36;', '$')
    .replaceAll('&amp;', '&')
    .replaceAll('\u200b', '');

const harmless = new Set(['paragraph', 'text', 'escape', 'table', 'list', 'list_item', 'heading', 'space']);
/** What GitHub looks for in text when Markdown is done. */
const found =
  /(^|\W)@[a-z0-9]|#\d|\bGH-\d|GHSA-|CVE-\d|:\/\/|\bwww\.|(^|[^0-9a-z])[0-9a-f]{7,40}([^0-9a-z]|$)|:[a-z0-9_+-]+:/i;

function expectInert(text: string): void {
  const safe = inert(text);
  expect(safe).not.toMatch(/[\n\r]/);
  const rendered = marked.parse(safe, { async: false }).replace(/&(?:amp|lt|gt|quot|#\d+);/g, ' ');
  expect(rendered.replace(/<\/?p>/g, '')).not.toMatch(found);
  for (const markdown of [safe, `- ${safe}`, `### ${safe}`, `before ${safe} after`]) {
    const { kinds } = seen(markdown);
    expect(
      [...kinds].filter((kind) => !harmless.has(kind)),
      markdown,
    ).toEqual([]);
  }
  expect(seen(`x ${safe}`).text.trimEnd()).toBe(`x ${oneLine(text.trim())}`.trimEnd());
  const [table] = marked.lexer(`| a | b |\n| - | - |\n| ${safe} | last |\n`);
  expect(table).toMatchObject({ type: 'table', rows: [[{}, { text: 'last' }]] });
  expect(decoded(seen(`| a | b |\n| - | - |\n| ${safe} | last |\n`).text)).toContain('last');
}

test.each(hostile)('renders %j as exactly that text', expectInert);

test('renders any mix of what means something as exactly that text', () => {
  const bit = fc.oneof(
    fc.constantFrom(
      ...'\\`*_{}[]()#+-.!|<>~&=$^@:/"\'\n\t 0aw',
      'www.',
      'https://',
      '-->',
      '```',
      '&#64;',
      'GH-',
    ),
    fc.constantFrom(...hostile),
    fc.string({ unit: 'binary', maxLength: 4 }),
  );
  fc.assert(
    fc.property(fc.array(bit, { maxLength: 12 }), (bits) => expectInert(bits.join('').slice(0, 150))),
    { numRuns: 2_000, seed: 7 },
  );
});

test('cuts long text and says so', () => {
  expect(inert('x'.repeat(10_000), 10)).toBe('xxxxxxxxx…');
  expect(oneLine('👩‍🚀'.repeat(50), 3)).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
});

test('keeps a digest whole, so that it can be copied', () => {
  expect(inertCode(`sha256:${'ab'.repeat(32)}`)).toBe(`\`sha256:${'ab'.repeat(32)}\``);
  expect(inertCode('a`b')).toBe('<code>a\\`b</code>');
});

test('cannot end a fenced block or forge the marker in it', () => {
  expect(inertFenced('```\n@x <!-- lockstep:report -->', 60)).toBe("''' @x <\u200b!-- lockstep:report -->");
});

test('escapes text for HTML between tags and in attributes', () => {
  expect(inertHtml(`"'><script>&`)).toBe('&#34;&#39;&#62;&#60;script&#62;&#38;');
});
