import { Markup } from './html-parts.ts';
import type { Plotter } from './plots.ts';

/** Vega is no part of our bundles: where it isn't installed either, a page says so in the place of each chart. */
export async function loadPlotter(): Promise<Plotter> {
  try {
    const { openPlotter } = await import('./plots.ts');
    return openPlotter();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    return { draw: async () => notDrawn };
  }
}

const notDrawn = new Markup(
  '<p class="small">Not drawn: vega is not installed where this page was made. <code>npm ci</code> installs it.</p>',
);
