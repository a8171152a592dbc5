import { f as metricDirections, m as metricTitle } from "./evaluation.js";
import { r as loadPlotter, t as page } from "./html-page.js";
import { a as htmlTable, i as html, o as nothing, s as section, t as chartColors } from "./html-style.js";
import { a as oneLine } from "./inert-text.js";
import { C as countText, D as metricText, E as intervalText, O as percentText, k as plural } from "./comment-verdict.js";
const size = {
	width: 400,
	height: 260
};
const month = {
	field: "month",
	type: "ordinal",
	title: null,
	axis: { labelAngle: 0 }
};
const one = { values: [{}] };
function decaySpec({ months, rules, reference }) {
	const dots = months.flatMap(({ month, metrics }) => Object.hasOwn(metrics, rules.metric) ? [{
		month,
		...metrics[rules.metric]
	}] : []);
	const gate = Object.hasOwn(reference.metrics, rules.metric) ? reference.metrics[rules.metric].value : null;
	const lower = Object.hasOwn(metricDirections, rules.metric) && metricDirections[rules.metric] === "lower";
	const guides = gate === null ? [] : [guide(gate, [5, 3]), guide(lower ? gate + rules.metricMargin : gate - rules.metricMargin, [1, 3])];
	return spec([...guides, ...intervals(dots, metricTitle(rules.metric), chartColors.candidate)]);
}
function rateSpec({ months, reference, task }) {
	const title = task === "regression" ? "Mean" : "Share of positives";
	const truth = months.flatMap(({ month, labelRate }) => labelRate ? [{
		month,
		...labelRate
	}] : []);
	const said = months.flatMap(({ month, meanScore }) => meanScore === null ? [] : [{
		month,
		value: meanScore
	}]);
	return spec([
		...reference.labelRate ? [guide(reference.labelRate.value, [5, 3])] : [],
		{
			data: { values: said },
			mark: {
				type: "line",
				stroke: chartColors.baseline,
				strokeDash: [5, 3],
				point: {
					filled: true,
					fill: chartColors.baseline,
					size: 36
				}
			},
			encoding: {
				x: month,
				y: value(title)
			}
		},
		...intervals(truth, title, chartColors.candidate)
	]);
}
function driftSpec({ months, rules }, most) {
	const columns = [...new Set(months.flatMap(({ drift }) => drift.map(({ column }) => column)))].slice(0, most);
	const values = months.flatMap(({ month, drift }) => drift.filter(({ column }) => columns.includes(column)).map(({ column, stabilityIndex }) => ({
		month,
		column: oneLine(column, 40),
		stabilityIndex
	})));
	return {
		width: size.width,
		height: Math.max(size.height - 40, columns.length * 26),
		data: { values },
		layer: [{
			data: one,
			mark: {
				type: "rule",
				strokeDash: [5, 3],
				stroke: chartColors.muted
			},
			encoding: { x: { datum: rules.stabilityIndex } }
		}, {
			mark: {
				type: "point",
				filled: true,
				size: 60,
				opacity: 1
			},
			encoding: {
				x: {
					field: "stabilityIndex",
					type: "quantitative",
					title: "Stability index",
					scale: { domainMin: 0 }
				},
				y: {
					field: "column",
					type: "nominal",
					title: null,
					sort: null,
					axis: {
						grid: true,
						labelLimit: 160,
						labelColor: chartColors.ink
					}
				},
				fill: { value: chartColors.candidate },
				opacity: {
					field: "month",
					type: "ordinal",
					legend: null,
					scale: { range: [.3, 1] }
				}
			}
		}]
	};
}
const value = (title) => ({
	field: "value",
	type: "quantitative",
	title,
	scale: { zero: false }
});
const guide = (at, dash) => ({
	data: one,
	mark: {
		type: "rule",
		strokeDash: dash,
		stroke: chartColors.muted
	},
	encoding: { y: { datum: at } }
});
const intervals = (values, title, color) => [{
	data: { values: values.filter(({ low, high }) => low !== null && high !== null) },
	mark: {
		type: "rule",
		strokeWidth: 2,
		stroke: color
	},
	encoding: {
		x: month,
		y: {
			...value(title),
			field: "low"
		},
		y2: { field: "high" }
	}
}, {
	data: { values },
	mark: {
		type: "line",
		stroke: color,
		point: {
			filled: true,
			fill: color,
			size: 64
		}
	},
	encoding: {
		x: month,
		y: value(title)
	}
}];
const spec = (layer) => ({
	...size,
	layer
});
const mostColumns = 30;
async function renderMonitorHtml(report) {
	const plotter = await loadPlotter();
	return page(`${report.model}: after its training`, html`${banner(report)}
${await chartsSection(report, plotter)}
${monthsSection(report)}
${driftSection(report)}
${newSection(report)}
${rulesSection(report)}`);
}
function banner({ model, version, months, alerts }) {
	const name = version === null ? model : `${model} ${version}`;
	return html`<header class="banner ${alerts.length === 0 ? "pass" : "inconclusive"}">
<div class="kicker">${plural(months.length, "month")} after its training</div>
<h1><span class="mark" aria-hidden="true">${alerts.length === 0 ? "✓" : "!"}</span> ${name} ${alerts.length === 0 ? "holds" : "has moved"}</h1>
${alerts.length === 0 ? html`<p class="why">Nothing was violated often enough for an alert.</p>` : alerts.map(({ reason }) => html`<p class="why">${reason}</p>`)}
</header>`;
}
async function chartsSection(report, plotter) {
	const { rules, reference, task } = report;
	const title = metricTitle(rules.metric);
	const judged = report.months.some(({ metrics }) => Object.hasOwn(metrics, rules.metric));
	const figure = (name, picture, caption) => html`<figure role="group" aria-label="${name}: ${caption}"><h3>${name}</h3>${picture}<figcaption>${caption}</figcaption></figure>`;
	const rateTitle = task === "regression" ? `Mean of ${report.target}` : `Share of ${report.target}`;
	const figures = [
		...judged ? [figure(title, await plotter.draw(decaySpec(report)), "Each month with its 95 % interval; the dashed line is the value at the gate, the dotted one where the margin ends.")] : [],
		...reference.labelRate ? [figure(rateTitle, await plotter.draw(rateSpec(report)), "What came true, with its 95 % interval, and in orange what the model said on average; the dashed line is the training rows.")] : [],
		...report.months.some(({ drift }) => drift.length > 0) ? [figure("Drift", await plotter.draw(driftSpec(report, mostColumns)), `Stability index of each input against the training rows, the later the stronger; beyond the dashed line (${rules.stabilityIndex}) it counts as drifted.`)] : []
	];
	return section("charts", "Month by month", html`<div class="charts">${figures}</div>`);
}
function monthsSection(report) {
	const { rules, task } = report;
	const share = (value) => task === "regression" ? metricText("mae", value) : percentText(value);
	const rows = report.months.map((month) => {
		const found = metricOf(month, rules.metric);
		return [
			html`<b>${month.month}</b>`,
			html`${countText(month.rows)}`,
			html`${countText(month.outcomes)}`,
			month.labelRate ? html`${share(month.labelRate.value)}` : nothing,
			month.meanScore === null ? nothing : html`${share(month.meanScore)}`,
			found ? html`${metricText(rules.metric, found.value)}` : nothing,
			found ? html`${intervalText(rules.metric, found)}` : nothing
		];
	});
	const number = (text) => ({
		text,
		number: true
	});
	return section("months", "In numbers", htmlTable([
		{ text: "Month" },
		number("Rows"),
		number("Outcomes known"),
		number("Came true"),
		number("Predicted"),
		number(metricTitle(rules.metric)),
		number("95 % interval")
	], rows));
}
function driftSection({ months }) {
	const rows = [...new Set(months.flatMap(({ drift }) => drift.map(({ column }) => column)))].slice(0, mostColumns).map((name) => {
		const cells = months.map(({ drift }) => drift.find(({ column }) => column === name));
		const method = cells.find((cell) => cell)?.method ?? "";
		return [
			html`<code>${name}</code>`,
			html`<span class="small">${method}</span>`,
			...cells.map((cell) => cell ? html`<span class="${cell.drifted ? "worse" : "same"}">${cell.stabilityIndex.toFixed(3)}</span><br><span class="small">${cell.value.toPrecision(2)}${cell.drifted ? " !" : ""}</span>` : nothing)
		];
	});
	return section("drift", "Drift of the inputs", htmlTable([
		{ text: "Column" },
		{ text: "Method" },
		...months.map(({ month }) => ({
			text: month,
			number: true
		}))
	], rows), html`Above the stability index, below what the method found; an exclamation mark where the method says drifted.`);
}
function newSection({ months }) {
	const rows = months.flatMap(({ month, newCategories }) => newCategories.slice(0, mostColumns).map(({ column, rows, levels, examples }) => [
		html`${month}`,
		html`<code>${column}</code>`,
		html`${countText(levels)}`,
		html`${countText(rows)}`,
		examples.length === 0 ? html`<span class="small">not shown: the column is not public</span>` : html`${examples.join(", ")}`
	]));
	return section("new", "Values that training never saw", htmlTable([
		{ text: "Month" },
		{ text: "Column" },
		{
			text: "Values",
			number: true
		},
		{
			text: "Rows",
			number: true
		},
		{ text: "Most frequent" }
	], rows));
}
function rulesSection({ rules, reference }) {
	return section("rules", "What is watched", html`<dl><dt>an alert</dt><dd>${rules.violations} violated months of the newest ${rules.windows}; of fewer months the same share, rounded up</dd>
<dt>the metric</dt><dd>${metricTitle(rules.metric)} worse than at the gate by more than ${metricText(rules.metric, rules.metricMargin)}, the gate's value outside the month's interval</dd>
<dt>the label rate</dt><dd>more than ${metricText("mae", rules.labelRateMargin)} from the training rows, outside the month's interval</dd>
<dt>new values</dt><dd>more than ${percentText(rules.newCategoryShare, 2)} of a month's rows</dd>
<dt>drift</dt><dd>a stability index over ${String(rules.stabilityIndex)}</dd>
<dt>held against</dt><dd>${countText(reference.rows)} training rows</dd></dl>`);
}
const metricOf = ({ metrics }, metric) => Object.hasOwn(metrics, metric) ? metrics[metric] : void 0;
export { renderMonitorHtml };
