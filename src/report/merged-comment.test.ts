import { expect, test } from 'vitest';
import { commentMarker } from './comment.ts';
import { renderChange } from './index.ts';
import { type MergedAnswer, renderMerged } from './merged-comment.ts';
import { expectHarmless } from './poisoned.test-data.ts';
import { changeOf, everyPart, partPassing } from './sample-change.test-data.ts';

const answer = (over: Partial<MergedAnswer> = {}): MergedAnswer => ({
  run: 12,
  runUrl: 'https://github.com/acme/models/actions/runs/12',
  models: ['flight-delay'],
  reasons: ['E_GATE_REFUSED: flight-delay: the verdict for dev is fail: ROC AUC 0.58, at least 0.6'],
  ...over,
});
const report = renderChange(changeOf([partPassing]))
  .replace(commentMarker, '')
  .trimEnd();
/** As `publishComment` finds it again. */
const told = (said: MergedAnswer, before: string | null): string => renderMerged(said, before)!.trimEnd();

test("main's answer stands above the report that it differs from", () => {
  const text = told(answer(), report);
  expect(text.replace(report, '(the report)')).toMatchInlineSnapshot(`
    "<!-- lockstep:main run=12 models=flight-delay -->

    ### ❌ Merged, and not registered: flight-delay

    Main judged again, and its verdict is another one. No version was made, and no environment changes.

    \`\`\`text
    E_GATE_REFUSED: flight-delay: the verdict for dev is fail: ROC AUC 0.58, at least 0.6
    \`\`\`

    [The run that judged](https://github.com/acme/models/actions/runs/12)

    <!-- lockstep:before-merge -->
    <details>
    <summary>What the report said before the merge</summary>

    (the report)

    </details>"
  `);
  expect(text).toContain(report);
});

test('said again, it is the same; a later run puts its own above the same report', () => {
  const first = told(answer(), report);
  expect(told(answer(), first)).toBe(first);
  const later = told(answer({ run: 13, reasons: ['E_GATE_REFUSED: worse still'] }), first);
  expect(later).toContain('worse still');
  expect([later.includes('0.58'), later.split(report).length]).toEqual([false, 2]);
});

test('jobs of one run speak side by side, and each takes back its own', () => {
  const first = told(answer(), report);
  const both = told(answer({ models: ['fares'], reasons: ['E_GATE_REFUSED: fares'] }), first);
  expect(both.match(/^### ❌ .*/gm)).toEqual([
    '### ❌ Merged, and not registered: fares',
    '### ❌ Merged, and not registered: flight-delay',
  ]);
  const better = told(answer({ reasons: [] }), both);
  expect(better.match(/^### (?:✅ Merged,|❌) .*/gm)).toEqual([
    '### ✅ Merged, and registered: flight-delay',
    '### ❌ Merged, and not registered: fares',
  ]);
  expect(better.split(report)).toHaveLength(2);
});

test('a model that is registered at once is worth no word', () => {
  for (const before of [null, report, told(answer({ models: ['fares'] }), report)])
    expect(renderMerged(answer({ reasons: [] }), before)).toBeNull();
});

test('without a report it stands alone; a report that is too long loses its details, then itself', () => {
  expect(told(answer(), null)).not.toContain('<details>');
  const long = `### ✅ fine\n\n<details>\n<summary>Details</summary>\n\n${'x'.repeat(65_000)}\n\n</details>`;
  const short = told(answer(), long);
  expect(short).toContain('### ✅ fine\n\n</details>');
  expect(told(answer(), short)).toBe(short);
  const without = told(answer(), 'x'.repeat(65_000));
  expect(without).toMatch(/history: it is too long to stand here/);
  const many = Array.from({ length: 100 }, (_, at) => `model-${at}`);
  const reasons = many.map((model) => `E_GATE_REFUSED: ${model} ${'🙂'.repeat(5_000)}`);
  const most = told(answer({ models: many, reasons }), told(answer(), report));
  expect(most.length).toBeLessThanOrEqual(65_536 - 256);
  expect(most).toContain('and 92 more');
});

test.each([
  '@org/team <img src=x> | ]( ` #1',
  '```\n</details>\n# forged',
  '<!-- lockstep:before-merge -->\n<details>',
  '<!-- lockstep:main run=12 models=flight-delay -->',
  `x\n\n${commentMarker}`,
])('a reason that says %j is shown, and does nothing', (reason) => {
  const text = told(answer({ reasons: [reason] }), report);
  expectHarmless(
    `${text.replace(/^(?:<!-- lockstep:(?:main run=12 models=flight-delay|before-merge) -->|\[The run.*)$/gm, '')}\n\n${commentMarker}\n`,
  );
  expect(text.match(/<!--/g)).toHaveLength(2);
  expect(told(answer({ reasons: [reason] }), text)).toBe(text);
});

test('the report of every kind of model comes back whole', () => {
  const all = renderChange(changeOf(everyPart)).replace(commentMarker, '').trimEnd();
  expect(told(answer(), told(answer({ run: 11 }), all))).toBe(told(answer(), all));
});
