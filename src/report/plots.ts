import { parse, resetSVGDefIds, View, Warn } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { Markup } from './html-parts.ts';
import { chartColors as colors } from './html-style.ts';

/** Only this file loads vega, and only `plotter.ts` loads this file. */
export interface Plotter {
  draw(spec: PlotSpec): Promise<Markup>;
}

export type PlotSpec = Omit<TopLevelSpec, '$schema' | 'config'> & object;

/** A plotter whose charts lie on one page: element ids are unique among them and the same at every run. */
export function openPlotter(): Plotter {
  resetSVGDefIds();
  return { draw };
}

async function draw(spec: PlotSpec): Promise<Markup> {
  const whole = { ...spec, config } as unknown as TopLevelSpec;
  const { spec: vega } = compile(whole, { logger: quiet });
  const view = new View(parse(vega), { renderer: 'none', logLevel: Warn, logger: quiet });
  try {
    const svg = await view.toSVG();
    return new Markup(
      svg.replace(/^<svg([^>]*?) width="[^"]*" height="[^"]*"/, '<svg$1 role="presentation"'),
    );
  } finally {
    view.finalize();
  }
}

/** Vega-Lite warns on the console about choices that were made on purpose. */
const quiet = {
  level: () => quiet,
  error: (...problem: readonly unknown[]): never => {
    throw new Error(problem.map(String).join(' '));
  },
  warn: () => quiet,
  info: () => quiet,
  debug: () => quiet,
} as never;

const font = 'system-ui, sans-serif';

const config = {
  background: 'transparent',
  padding: 2,
  font,
  aria: false,
  view: { stroke: null },
  axis: {
    labelColor: colors.muted,
    titleColor: colors.muted,
    titleFontWeight: 400,
    labelFontSize: 11,
    titleFontSize: 12,
    titlePadding: 8,
    gridColor: colors.grid,
    domainColor: colors.muted,
    tickColor: colors.muted,
    domain: false,
    ticks: false,
    labelPadding: 6,
    tickCount: 5,
  },
  line: { strokeWidth: 2.2, strokeJoin: 'round' },
  rule: { color: colors.muted },
  text: { color: colors.ink, font },
};
