import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { marked } from 'marked';
import { renderChange, renderMerged } from '../../../src/report/index.ts';
import {
  changeOf,
  everyPart,
  partFailing,
  partPassing,
  partUndecided,
  partWaiting,
} from '../../../src/report/sample-change.test-data.ts';
import type { Suite, Tools } from '../suite.ts';
import { type Browser, openBrowser } from '../tools/browser.ts';

export const suite: Suite = {
  name: 'comment-page',
  shows: 'the comment on a change reads on one screen in Chromium, in light and dark',
  minutes: 2,
  needs: { npm: ['playwright-core@1.65.1'], debian: { chromium: 'chromium' } },
  run: lookAtComments,
};

const changes = {
  pass: changeOf([partPassing]),
  fail: changeOf([partFailing], { data: [] }),
  inconclusive: changeOf([partUndecided], { data: [], isolation: { user: false, network: true } }),
  waiting: changeOf([partWaiting], { data: [] }),
  many: changeOf(everyPart),
};
const refused = {
  run: 9,
  runUrl: 'https://github.com/acme/models/actions/runs/9',
  models: ['churn'],
  reasons: [
    'E_GATE_REFUSED: churn: the verdict for dev is fail: roc_auc 0.5912, at least 0.6. Fix: improve the model.',
  ],
};
const comments: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(changes).map(([name, change]) => [name, renderChange(change)])),
  merged: renderMerged(refused, renderChange(changes.pass))!,
};

/** What a laptop shows of a pull request, below the browser's own bars. */
const screen = { width: 1280, height: 900 };
/** A comment's width on GitHub. */
const commentWidth = 860;

async function lookAtComments(tools: Tools): Promise<string> {
  const pictures = join(tools.root, '.lockstep', 'pictures');
  mkdirSync(pictures, { recursive: true });
  const browser = await openBrowser(tools);
  const heights: string[] = [];
  try {
    for (const [name, text] of Object.entries(comments)) {
      const page = join(tools.folder, `${name}.html`);
      writeFileSync(page, pageOf(await marked.parse(text, { gfm: true, breaks: true })));
      const height = await lookAt(browser, pathToFileURL(page).href, join(pictures, name));
      heights.push(`${name} ${height}`);
    }
  } finally {
    await browser.close();
  }
  const tall = heights.filter((text) => Number(text.split(' ')[1]) > screen.height);
  assert.deepEqual(tall, [], `a screen has ${screen.height} pixels`);
  return `pixels high: ${heights.join(', ')}`;
}

/** The comment's height in pixels with everything folded; leaves a picture in each scheme. */
async function lookAt(browser: Browser, url: string, picture: string): Promise<number> {
  let height = 0;
  for (const scheme of ['light', 'dark'] as const) {
    const { page, requests, errors } = await browser.look(url, scheme);
    await page.setViewportSize(screen);
    assert.deepEqual(errors, []);
    assert.deepEqual(requests, [url], 'a comment asks the network for nothing');
    const wide =
      'document.querySelector("article").scrollWidth - document.querySelector("article").clientWidth';
    assert.equal(await page.evaluate(wide), 0, 'nothing is cut off at the side');
    height = Number(await page.evaluate('document.querySelector("article").offsetHeight'));
    await page.screenshot({ path: `${picture}-${scheme}.png`, fullPage: true });
    await page.close();
  }
  return height;
}

/** Much as GitHub sets a comment: its sizes and colours, nothing of its style sheet. */
const pageOf = (
  html: string,
): string => `<!doctype html><html lang="en"><meta charset="utf-8"><title>comment</title>
<style>
:root { color-scheme: light dark; --line: light-dark(#d1d9e0, #3d444d); --soft: light-dark(#f6f8fa, #151b23); }
body { margin: 16px; background: light-dark(#fff, #0d1117); color: light-dark(#1f2328, #f0f6fc);
  font: 14px/1.5 -apple-system, "Segoe UI", "Liberation Sans", Arial, sans-serif; }
article { box-sizing: border-box; width: ${commentWidth}px; padding: 16px; border: 1px solid var(--line); border-radius: 6px; }
article > :first-child { margin-top: 0; }
article > :last-child { margin-bottom: 0; }
h3 { font-size: 1.25em; line-height: 1.25; margin: 24px 0 16px; } h4 { margin: 24px 0 16px; }
p, table, pre, ul { margin: 0 0 16px; } details { margin-bottom: 16px; } summary { cursor: pointer; }
table { display: block; width: max-content; max-width: 100%; overflow: auto; border-collapse: collapse; }
th, td { border: 1px solid var(--line); padding: 6px 13px; } tr:nth-child(2n) { background: var(--soft); }
pre { background: var(--soft); padding: 16px; border-radius: 6px; overflow: auto; line-height: 1.45; }
code { font: 12px ui-monospace, "Liberation Mono", Menlo, "DejaVu Sans Mono", monospace; }
:not(pre) > code { background: light-dark(#818b981f, #656c7633); padding: .2em .4em; border-radius: 6px; }
sub { font-size: 12px; vertical-align: baseline; color: light-dark(#59636e, #9198a1); }
</style><article>${html}</article></html>`;
