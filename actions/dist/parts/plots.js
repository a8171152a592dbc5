import { r as Markup, t as chartColors } from "./html-style.js";
import { View, Warn, parse, resetSVGDefIds } from "vega";
import { compile } from "vega-lite";
function openPlotter() {
	resetSVGDefIds();
	return { draw };
}
async function draw(spec) {
	const whole = {
		...spec,
		config
	};
	const { spec: vega } = compile(whole, { logger: quiet });
	const view = new View(parse(vega), {
		renderer: "none",
		logLevel: Warn,
		logger: quiet
	});
	try {
		const svg = await view.toSVG();
		return new Markup(svg.replace(/^<svg([^>]*?) width="[^"]*" height="[^"]*"/, "<svg$1 role=\"presentation\""));
	} finally {
		view.finalize();
	}
}
const quiet = {
	level: () => quiet,
	error: (...problem) => {
		throw new Error(problem.map(String).join(" "));
	},
	warn: () => quiet,
	info: () => quiet,
	debug: () => quiet
};
const font = "system-ui, sans-serif";
const config = {
	background: "transparent",
	padding: 2,
	font,
	aria: false,
	view: { stroke: null },
	axis: {
		labelColor: chartColors.muted,
		titleColor: chartColors.muted,
		titleFontWeight: 400,
		labelFontSize: 11,
		titleFontSize: 12,
		titlePadding: 8,
		gridColor: chartColors.grid,
		domainColor: chartColors.muted,
		tickColor: chartColors.muted,
		domain: false,
		ticks: false,
		labelPadding: 6,
		tickCount: 5
	},
	line: {
		strokeWidth: 2.2,
		strokeJoin: "round"
	},
	rule: { color: chartColors.muted },
	text: {
		color: chartColors.ink,
		font
	}
};
export { openPlotter };
