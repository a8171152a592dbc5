import { expect, test } from 'vitest';
import { renderChange } from './change-comment.ts';
import { changeOutcome } from './change-outcome.ts';
import { commentMarker } from './comment.ts';
import { expectHarmless, poisonedChange } from './poisoned.test-data.ts';
import { changeOf, partFailing } from './sample-change.test-data.ts';
import { failing } from './sample-input.test-data.ts';

/** What does something on GitHub, or in HTML, or to a reader's eyes. */
const payloads = [
  '@org/team',
  '@someone',
  '#1',
  'org/repo#2',
  'GH-3',
  'GHSA-aaaa-bbbb-cccc',
  'CVE-2024-1234',
  '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  'https://e.example/x?a=b&c=d',
  'www.e.example',
  'ftp://e.example',
  'a@b.example',
  'mailto:a@b.example',
  '[a](https://e.example)',
  '![a](https://e.example/b.png)',
  '[r]: https://e.example',
  '<https://e.example>',
  '<img src=x onerror=alert(1)>',
  '<script>alert(1)</script>',
  '<a href="https://e.example">a</a>',
  '</details></details>',
  '</summary>',
  commentMarker,
  '<!-- x',
  '-->',
  '<![CDATA[ x ]]>',
  '| a | b |',
  '```mermaid',
  '~~~',
  '**b** _e_ ~~d~~',
  '# h',
  '$$x$$ $`y`$',
  '&lt;b&gt; &#64;org',
  ':tada:',
  '\u202egnp.exe\u202c \u0000\u001b[31m\ud800',
];

/** Where it stands in a text. */
const around: readonly ((payload: string) => string)[] = [
  (payload) => payload,
  (payload) => `x${payload}`,
  (payload) => `x ${payload} y`,
  (payload) => `\n\n${payload}\n\n`,
  (payload) => `${payload}${payload}`,
  (payload) => `\`${payload}`,
  (payload) => `\\${payload}`,
  (payload) => `|${payload}|`,
  (payload) => `[${payload}](`,
  (payload) => `](${payload})`,
  (payload) => `<${payload}`,
  (payload) => `"${payload}">`,
  (payload) => `**${payload}`,
  (payload) => `\n\`\`\`\n${payload}`,
  (payload) => `- ${payload}`,
  (payload) => `> ${payload}`,
  (payload) => `</code></td>${payload}`,
];

test('595 texts that want to be more than text, each in every place', () => {
  const texts = payloads.flatMap((payload) => around.map((where) => where(payload)));
  expect(new Set(texts).size).toBe(595);
  for (const text of texts) {
    const change = poisonedChange(text);
    expectHarmless(renderChange(change));
    const { description } = changeOutcome(change);
    expect(description).not.toMatch(/[\p{Cc}\u202e]/u);
  }
});

test('one model, 100,000 metrics, thousands of slices: a comment, and a status of one line', () => {
  const many = <T>(value: T) =>
    Object.fromEntries(
      Array.from({ length: 100_000 }, (_, index) => [`m_@${index}_${'<'.repeat(60)}`, value]),
    );
  const slices = Array.from({ length: 5_000 }, (_, index) => ({
    column: 'origin',
    value: `${index}${'|'.repeat(90)}`,
    rows: 10,
  }));
  const input = {
    ...failing,
    evaluation: {
      ...failing.evaluation,
      metrics: many({ value: 1, low: 0, high: 2 }),
      slices: slices.map((slice) => ({ ...slice, metrics: {} })),
    },
  };
  const comment = renderChange(changeOf([{ ...partFailing, kind: 'judged', input } as typeof partFailing]));
  expect(comment.length).toBeLessThanOrEqual(65_536);
  expectHarmless(comment);
});

test('a thousand models: the worst first, whole reports for as many as there is room', () => {
  const parts = Array.from({ length: 1_000 }, (_, index) => ({ ...partFailing, model: `model-${index}` }));
  const [failingPart, ...others] = parts;
  const waiting = others.map(({ model, why }) => ({ model, why, kind: 'waiting', input: null }) as const);
  const comment = renderChange(changeOf([...waiting, failingPart!]));
  expect(comment.length).toBeLessThanOrEqual(65_536);
  expectHarmless(comment);
  expect(comment.split('\n')[0]).toBe('### ❌ 1 of 1,000 models must not be merged; 999 waiting for a GPU');
  expect(comment.indexOf('model-0')).toBeLessThan(comment.indexOf('model-1'));
  expect(comment).toContain('more models, left out here');
});
