import fc from 'fast-check';
import { marked } from 'marked';
import { expect, test } from 'vitest';
import { commentMarker, renderComment } from './comment.ts';
import type { ReportInput } from './report-input.ts';
import { failing } from './sample-input.test-data.ts';

/** The same text in every place that comes from outside. */
function poisoned(text: string): ReportInput {
  const estimate = { value: 0.5, low: 0.4, high: 0.6 };
  const difference = { delta: -0.1, standardError: 0.01, low: -0.12, high: -0.08 };
  return {
    ...failing,
    model: text,
    evaluation: {
      ...failing.evaluation,
      target: text,
      positive: text,
      metrics: { ...failing.evaluation.metrics, [text]: estimate },
      slices: [{ column: text, value: text, rows: 10, metrics: { roc_auc: estimate } }],
    },
    comparison: {
      ...failing.comparison!,
      baseline: { kind: 'version', version: text, modelDigest: null, environment: text },
      metrics: { ...failing.comparison!.metrics, [text]: difference },
      slices: [{ column: text, value: text, rows: 10, metrics: { roc_auc: difference } }],
    },
    verdicts: failing.verdicts.map((verdict) => ({
      ...verdict,
      environment: text,
      reasons: [text, text],
      checks: verdict.checks.map((check) => ({ ...check, id: text, reason: text })),
    })),
    stages: [{ name: text, kind: 'ran', seconds: 1, why: text }],
    data: [{ key: text }],
    head: text,
    base: text,
    version: text,
    notes: [text],
  };
}

const own = /^<(?:\/?(?:details|summary|code)|br)>|^<!-- lockstep:report -->/;

test('nothing from outside does anything, wherever it stands', () => {
  const bit = fc.constantFrom(
    '@org/team',
    '<img src=x>',
    '</details>',
    '|',
    '](',
    '![a](b)',
    '[a](b)',
    '```',
    '\n```\n',
    '`',
    '\n',
    '\\',
    '\\|',
    'https://e.example',
    'www.e.example',
    'a@b.example',
    '#1',
    'GH-1',
    commentMarker,
    '<!--',
    '-->',
    '*',
    '_',
    '~~',
    '$',
    '&lt;',
    ':tada:',
    '4b825dc642cb',
    '# ',
    '- ',
    '> ',
    '1. ',
    ' ',
    'ok',
  );
  fc.assert(
    fc.property(fc.array(bit, { maxLength: 8 }), (bits) => {
      const comment = renderComment(poisoned(`x${bits.join('')}`));
      expect(comment.endsWith(`\n${commentMarker}\n`)).toBe(true);
      expect(comment.split(commentMarker).length).toBe(2);
      const tokens = marked.lexer(comment);
      const kinds: string[] = [];
      marked.walkTokens(tokens, (token) => {
        if (['link', 'image', 'del', 'em', 'hr', 'blockquote', 'def'].includes(token.type))
          kinds.push(token.type);
        if (token.type === 'html')
          for (const tag of token.raw.match(/<[^>]*>/g) ?? []) if (!own.test(tag)) kinds.push(tag);
        if (token.type === 'table')
          for (const row of token.rows) expect(row.length).toBe(token.header.length);
      });
      expect(kinds).toEqual([]);
      const rendered = marked.parser(tokens).replace(/<pre>[\s\S]*?<\/pre>|<code>[\s\S]*?<\/code>/g, '');
      expect(rendered).not.toMatch(/@[a-z0-9]|#\d|:\/\/|www\.|(?<![0-9a-z])4b825dc642cb(?![0-9a-z])/i);
      expect(rendered.match(/<details>/g)?.length).toBe(rendered.match(/<\/details>/g)?.length);
    }),
    { numRuns: 300, seed: 7 },
  );
});

test('stays within a comment for 100,000 metrics, and says what it leaves out', () => {
  const many = <T>(value: T) =>
    Object.fromEntries(
      Array.from({ length: 100_000 }, (_, index) => [`metric_@_${index}_${'<'.repeat(60)}`, value]),
    );
  const long = '<'.repeat(5_000);
  const big = poisoned(long);
  const comment = renderComment({
    ...big,
    evaluation: { ...big.evaluation, metrics: many({ value: 1, low: 0, high: 2 }) },
    comparison: { ...big.comparison!, metrics: many({ delta: 1, standardError: 1, low: -1, high: 3 }) },
    data: Array.from({ length: 10_000 }, (_, index) => ({ key: `${long}${index}` })),
    notes: Array.from({ length: 10_000 }, () => long),
    stages: Array.from({ length: 500 }, (_, index) => ({ name: `${index}${long}`, kind: 'ran', seconds: 1 })),
  });
  expect(comment.length).toBeLessThanOrEqual(65_536);
  expect(comment).toMatch(/_… and 99,9\d\d more metrics, left out here to keep this comment short\._/);
  expect(comment.endsWith(`\n${commentMarker}\n`)).toBe(true);
});
