import { marked } from 'marked';
import { expect } from 'vitest';
import type { ChangeInput } from './change-input.ts';
import { commentMarker } from './comment.ts';
import type { ReportInput } from './report-input.ts';
import { partFailing, partMissing } from './sample-change.test-data.ts';
import { failing } from './sample-input.test-data.ts';

/** The same text in every place that comes from outside. */
export function poisoned(text: string): ReportInput {
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

/** A change of several models with the same text in every place that comes from outside. */
export function poisonedChange(text: string): ChangeInput {
  const facts = { model: text, why: [text, text] };
  const input = poisoned(text);
  const column = { name: text, type: 'category', public: true } as const;
  const open = { ...input, modelFile: { ...input.modelFile, inputs: [column] } };
  return {
    base: text,
    head: text,
    judge: text,
    isolation: { user: true, network: true },
    trainedIn: text,
    data: [{ key: text }],
    models: [
      { ...partFailing, ...facts, kind: 'judged', quick: true, input: open, own: 'fail', trained: null },
      { ...facts, kind: 'waiting', input },
      { ...facts, kind: 'refused', code: text, reason: text },
      { ...partMissing, ...facts },
      { ...facts, kind: 'new' },
    ],
  };
}

const own = /^<(?:\/?(?:details|summary|code|sub|b)|br)>|^<!-- lockstep:report -->/;
const active = ['link', 'image', 'del', 'em', 'hr', 'blockquote', 'def'];

/** Read as GitHub reads it: only our own tags, no link, picture, mention or reference, every fold closed, one marker. */
export function expectHarmless(comment: string): void {
  expect(comment.endsWith(`\n${commentMarker}\n`)).toBe(true);
  expect(comment.split(commentMarker).length).toBe(2);
  // What we leave out we say in italics of our own.
  const tokens = marked.lexer(comment.replace(/^_[^_\\]*_$/gm, ''));
  const kinds: string[] = [];
  marked.walkTokens(tokens, (token) => {
    if (active.includes(token.type)) kinds.push(token.type);
    if (token.type === 'html')
      for (const tag of token.raw.match(/<[^>]*>/g) ?? []) if (!own.test(tag)) kinds.push(tag);
    if (token.type === 'table') for (const row of token.rows) expect(row.length).toBe(token.header.length);
  });
  expect(kinds).toEqual([]);
  const rendered = marked.parser(tokens).replace(/<pre>[\s\S]*?<\/pre>|<code>[\s\S]*?<\/code>|&#\d+;/g, '');
  expect(rendered).not.toMatch(/@[a-z0-9]|#\d|:\/\/|www\.|(?<![0-9a-z])4b825dc642cb(?![0-9a-z])/i);
  expect(rendered.match(/<details>/g)?.length).toBe(rendered.match(/<\/details>/g)?.length);
}
