import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Tools } from '../suite.ts';
import { which } from './debian.ts';

/** The part of Playwright's page that suites use; its types are not installed here. */
interface Page {
  on(event: 'request', listener: (request: { url(): string }) => void): void;
  on(event: 'pageerror', listener: (error: Error) => void): void;
  on(event: 'console', listener: (message: { type(): string; text(): string }) => void): void;
  goto(url: string, options: { waitUntil: 'networkidle' }): Promise<unknown>;
  evaluate(expression: string): Promise<unknown>;
  waitForFunction(expression: string): Promise<unknown>;
  setViewportSize(size: { width: number; height: number }): Promise<void>;
  locator(selector: string): {
    count(): Promise<number>;
    textContent(): Promise<string | null>;
    click(): Promise<void>;
  };
  screenshot(options: { path: string; fullPage: boolean }): Promise<unknown>;
  close(): Promise<void>;
}

/** A page that was opened, with every address it asked for and every complaint; both grow as it lives on. */
export interface SeenPage {
  readonly page: Page;
  readonly requests: readonly string[];
  readonly errors: readonly string[];
}

export interface Browser {
  readonly look: (url: string, colorScheme: 'light' | 'dark') => Promise<SeenPage>;
  readonly close: () => Promise<void>;
}

interface Playwright {
  readonly chromium: {
    launch(options: object): Promise<{
      newPage(options: object): Promise<Page>;
      close(): Promise<void>;
    }>;
  };
}

/** Debian's Chromium, driven by the playwright-core of `needs.npm`. */
export async function openBrowser({ modules }: Tools): Promise<Browser> {
  const { chromium } = createRequire(join(modules, 'x.js'))('playwright-core') as Playwright;
  const browser = await chromium.launch({
    executablePath: which('chromium')!,
    // Chromium refuses its sandbox to root, and a container's /dev/shm is small.
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  return {
    close: () => browser.close(),
    look: async (url, colorScheme) => {
      const page = await browser.newPage({ colorScheme });
      const requests: string[] = [];
      const errors: string[] = [];
      page.on('request', (request) => requests.push(request.url()));
      page.on('pageerror', (error) => errors.push(error.message));
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) errors.push(message.text());
      });
      await page.goto(url, { waitUntil: 'networkidle' });
      return { page, requests, errors };
    },
  };
}
