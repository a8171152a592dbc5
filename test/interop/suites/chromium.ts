import assert from 'node:assert/strict';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import type { Suite, Tools } from '../suite.ts';
import { type Browser, openBrowser, type SeenPage } from '../tools/browser.ts';
import { exampleModel, makeProject, type Project } from '../tools/project.ts';

export const suite: Suite = {
  name: 'chromium',
  shows: 'the HTML report and the page to try a model render in light and dark, quiet and without network',
  minutes: 3,
  needs: { npm: ['playwright-core@1.65.1'], debian: { chromium: 'chromium' } },
  run: lookAtPages,
};

async function lookAtPages(tools: Tools): Promise<string> {
  const project = await makeProject(tools);
  const run = await project.lockstep('run', exampleModel);
  const address = await serve(tools, project);
  const browser = await openBrowser(tools);
  try {
    const report = pathToFileURL(join(project.root, String(run.report))).href;
    const plots = await lookAtReport(browser, report);
    await lookAtTryPage(browser, address);
    return `report with ${plots} plots, and the page to try`;
  } finally {
    await browser.close();
  }
}

async function lookAtReport(browser: Browser, url: string): Promise<number> {
  const looks = await inBothSchemes(browser, url);
  assert.deepEqual(looks[0].requests, [url], 'the report asks for nothing but itself');
  const plots = await looks[0].page.locator('svg').count();
  assert.ok(plots >= 5, `${plots} plots`);
  assert.match((await looks[0].page.locator('body').textContent()) ?? '', /flight-delay/);
  await Promise.all(looks.map(({ page }) => page.close()));
  return plots;
}

async function lookAtTryPage(browser: Browser, url: string): Promise<void> {
  const looks = await inBothSchemes(browser, url);
  const { page, requests, errors } = looks[0];
  await page.locator('button').click();
  const answer = page.locator('output');
  await page.waitForFunction("document.querySelector('output').textContent.trim() !== ''");
  assert.match((await answer.textContent()) ?? '', /\d/);
  for (const request of requests) assert.equal(new URL(request).origin, new URL(url).origin);
  assert.deepEqual(errors, [], 'after a prediction');
  await Promise.all(looks.map((look) => look.page.close()));
}

/** The page as each scheme shows it: quiet, no wider than a telephone, and not the same colours. */
async function inBothSchemes(browser: Browser, url: string): Promise<readonly [SeenPage, SeenPage]> {
  const light = await browser.look(url, 'light');
  const dark = await browser.look(url, 'dark');
  const [bright, dim] = await Promise.all([light, dark].map(({ page }) => brightness(page)));
  assert.ok(bright! > 0.8 && dim! < 0.3, `background: ${bright} in light, ${dim} in dark`);
  for (const { page, errors } of [light, dark]) {
    assert.deepEqual(errors, [], url);
    await page.setViewportSize({ width: 390, height: 800 });
    const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    assert.ok(Number(await page.evaluate(overflow)) <= 0, `${url} scrolls sideways on a telephone`);
  }
  return [light, dark];
}

/** 0 (black) to 1 (white), of the page's background as it is painted. */
const brightness = async (page: SeenPage['page']): Promise<number> =>
  Number(
    await page.evaluate(`(() => {
      const painted = [document.body, document.documentElement].map((e) => getComputedStyle(e).backgroundColor)
        .find((color) => !/^(transparent|rgba\\(.*, 0\\))$/.test(color)) ?? 'Canvas';
      const context = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d');
      context.fillStyle = painted;
      context.fillRect(0, 0, 1, 1);
      const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
      return (r + g + b) / 3 / 255;
    })()`),
  );

async function serve({ programs }: Tools, { root, environment }: Project): Promise<string> {
  const program = [join(root, 'src/cli/main.ts'), 'serve', exampleModel];
  const child = programs.start(process.execPath, program, { cwd: root, env: environment });
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout! })) {
    lines.push(line);
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
    if (address) return `${address}/`;
  }
  throw new Error(`lockstep serve ended: ${lines.join('\n')}`);
}
