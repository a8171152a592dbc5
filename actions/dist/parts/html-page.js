import { A as secondsText, C as countText, D as metricText, E as intervalText, M as metricRows, N as sliceRows, O as percentText, S as bytesText, T as deltaText, _ as baselineName, a as groupedChecks, c as tallyOf, j as directionOf, k as plural, l as provenance, u as changeWord, v as headlineOf, w as deltaInterval, x as subjectLabel, y as primaryMetric } from "./comment-verdict.js";
import { a as htmlTable, i as html, n as style, o as nothing, r as Markup, s as section, t as chartColors } from "./html-style.js";
import { m as metricTitle } from "./evaluation.js";
import { a as oneLine } from "./inert-text.js";
import { createHash } from "node:crypto";
const size = {
	width: 400,
	height: 320
};
const unit = {
	domain: [0, 1],
	nice: false
};
const strokeOf = {
	field: "who",
	type: "nominal",
	legend: null,
	scale: {
		domain: ["candidate", "baseline"],
		range: [chartColors.candidate, chartColors.baseline]
	}
};
const dashOf = {
	field: "who",
	type: "nominal",
	legend: null,
	scale: {
		domain: ["candidate", "baseline"],
		range: [[1, 0], [5, 3]]
	}
};
function rocSpec(candidate, baseline) {
	return {
		...size,
		layer: [guideLine([{
			x: 0,
			y: 0
		}, {
			x: 1,
			y: 1
		}]), curveLayer(candidate, baseline, "False positive rate", "True positive rate")]
	};
}
function prSpec(candidate, baseline, { positives, rows }) {
	const share = positives === void 0 || rows === 0 ? null : positives / rows;
	return {
		...size,
		layer: [...share === null ? [] : [guideLine([{
			x: 0,
			y: share
		}, {
			x: 1,
			y: share
		}])], curveLayer(candidate, baseline, "Recall", "Precision")]
	};
}
function curveLayer(candidate, baseline, x, y) {
	return {
		data: { values: [...named(baseline, "baseline"), ...named(candidate, "candidate")] },
		mark: { type: "line" },
		encoding: {
			x: {
				field: "x",
				type: "quantitative",
				title: x,
				scale: unit,
				axis: { format: ".1f" }
			},
			y: {
				field: "y",
				type: "quantitative",
				title: y,
				scale: unit,
				axis: { format: ".1f" }
			},
			order: {
				field: "at",
				type: "quantitative"
			},
			stroke: strokeOf,
			strokeDash: dashOf
		}
	};
}
const named = (points, who) => (points ?? []).map(([x, y], at) => ({
	x,
	y,
	at,
	who
}));
const guideLine = (values) => ({
	data: { values },
	mark: {
		type: "line",
		strokeWidth: 1,
		strokeDash: [2, 3],
		stroke: chartColors.muted
	},
	encoding: {
		x: {
			field: "x",
			type: "quantitative"
		},
		y: {
			field: "y",
			type: "quantitative"
		}
	}
});
function calibrationSpec(bins, baseline, regression) {
	const ends = [...bins, ...baseline ?? []].flatMap(({ mean, rate }) => [mean, rate]);
	const from = regression ? Math.min(...ends) : 0;
	const to = Math.max(...ends, regression ? from + 1e-9 : .05);
	const domain = regression ? [from, to] : [0, Math.min(1, Math.ceil(to * 10) / 10)];
	const scale = {
		domain,
		nice: regression
	};
	const x = {
		field: "mean",
		type: "quantitative",
		scale
	};
	const points = [...(baseline ?? []).map((bin) => ({
		...bin,
		who: "baseline"
	})), ...bins.map((bin) => ({
		...bin,
		who: "candidate"
	}))];
	return {
		spacing: 10,
		vconcat: [{
			width: size.width,
			height: 236,
			layer: [guideLine([{
				x: domain[0],
				y: domain[0]
			}, {
				x: domain[1],
				y: domain[1]
			}]), {
				data: { values: points },
				mark: {
					type: "line",
					point: {
						size: 38,
						filled: true
					}
				},
				encoding: {
					x: {
						...x,
						title: null,
						axis: { labels: false }
					},
					y: {
						field: "rate",
						type: "quantitative",
						scale,
						title: regression ? "Mean of the target" : "Share of positives"
					},
					color: strokeOf,
					strokeDash: dashOf
				}
			}]
		}, {
			width: size.width,
			height: 56,
			data: { values: bins },
			mark: {
				type: "bar",
				size: 12,
				fill: chartColors.candidate,
				opacity: .75
			},
			encoding: {
				x: {
					...x,
					title: regression ? "Mean prediction" : "Mean score"
				},
				y: {
					field: "rows",
					type: "quantitative",
					title: "Rows",
					axis: {
						tickCount: 2,
						format: "~s"
					}
				}
			}
		}]
	};
}
function residualSpec(bins, unitName) {
	return {
		...size,
		data: { values: bins },
		layer: [{
			mark: {
				type: "bar",
				fill: chartColors.candidate,
				opacity: .85,
				binSpacing: 1
			},
			encoding: {
				x: {
					field: "from",
					type: "quantitative",
					bin: { binned: true },
					title: unitName ? `Truth minus prediction, ${unitName}` : "Truth minus prediction"
				},
				x2: { field: "to" },
				y: {
					field: "rows",
					type: "quantitative",
					title: "Rows",
					axis: { format: "~s" }
				}
			}
		}, {
			data: { values: [{}] },
			mark: {
				type: "rule",
				strokeDash: [2, 3],
				stroke: chartColors.ink
			},
			encoding: { x: { datum: 0 } }
		}]
	};
}
const margin = 6;
function whisker(candidate, baseline) {
	const all = baseline ? [candidate, baseline] : [candidate];
	if (all.every(({ low, high }) => low === null || high === null)) return nothing;
	const ends = all.flatMap(({ value, low, high }) => [
		value,
		low ?? value,
		high ?? value
	]);
	const from = Math.min(...ends);
	const span = Math.max(...ends) - from || 1;
	const x = (value) => (margin + (value - from) / span * 156).toFixed(1);
	return html`<svg class="whisker" viewBox="0 0 168 26" role="presentation">${mark(candidate, baseline ? 8 : 13, chartColors.candidate, x, "")}${baseline ? mark(baseline, 19, chartColors.baseline, x, "4 2") : nothing}</svg>`;
}
function mark({ value, low, high }, y, color, x, dash) {
	const line = low === null || high === null ? nothing : html`<line x1="${x(low)}" x2="${x(high)}" y1="${y}" y2="${y}" stroke="${color}" stroke-width="2" stroke-dasharray="${dash}"/>`;
	return html`${line}<circle cx="${x(value)}" cy="${y}" r="4" fill="${color}"/>`;
}
const mostRows = 200;
function verdictBanner(input) {
	const { outcome, claim, reason } = headlineOf(input);
	const { evaluation, comparison, version } = input;
	const share = evaluation.positives === void 0 ? "" : `, ${percentText(evaluation.positives / Math.max(1, evaluation.rows))} positive`;
	return html`<header class="banner ${outcome}">
<div class="kicker">${input.modelFile.description ?? input.model}</div>
<h1><span class="mark" aria-hidden="true">${glyphs[outcome]}</span> ${input.model} ${claim}</h1>
<p class="why">${capitalized(reason)}</p>
<p class="small">${comparison?.baseline.kind === "simplest" ? "First version, judged" : "Judged"}${comparison ? ` against ${baselineName(comparison)}` : ""} on ${plural(evaluation.rows, "row")}${share}${evaluation.folds === void 0 ? "" : `, in ${evaluation.folds} folds`}.${version === void 0 || outcome === "fail" ? "" : ` Merged, it would become ${version}.`}</p>
<ul class="pills">${input.verdicts.slice(0, 50).map(({ environment, verdict }) => html`<li class="${verdict}">${environment}: ${verdict}</li>`)}</ul>
</header>`;
}
const glyphs = {
	pass: "✓",
	fail: "✗",
	inconclusive: "?"
};
const capitalized = (text) => text.charAt(0).toUpperCase() + text.slice(1);
function metricsSection(input) {
	const all = metricRows(input);
	const shown = all.slice(0, mostRows);
	const subject = input.comparison?.baseline ?? input.baseline?.subject;
	const label = subject ? subjectLabel(subject) : "Baseline";
	const hasBaseline = shown.some(({ baseline }) => baseline);
	const head = [
		{ text: "Metric" },
		{
			text: "Candidate",
			number: true
		},
		...hasBaseline ? [{
			text: label,
			number: true
		}] : [],
		{ text: "With 95 % intervals" },
		...hasBaseline ? [
			{
				text: "Difference",
				number: true
			},
			{
				text: "95 % interval",
				number: true
			},
			{ text: "" }
		] : []
	];
	return section("metrics", "Metrics", html`${hasBaseline ? keys(label) : nothing}${htmlTable(head, shown.map((row) => metricCells(row, hasBaseline)), leftOut(all.length, shown.length, "metric"))}`);
}
const keys = (label) => html`<p class="keys"><span><i class="key"></i>Candidate</span><span><i class="key of-baseline"></i>Baseline, ${label}</span></p>`;
function metricCells({ metric, title, candidate, baseline, difference }, hasBaseline) {
	const better = directionOf(metric);
	const cells = [html`<b>${title}</b>${better ? html`<br><span class="small">${better} is better</span>` : nothing}`, html`${metricText(metric, candidate.value)}<br><span class="small">${intervalText(metric, candidate)}</span>`];
	const picture = whisker(candidate, baseline);
	if (!hasBaseline) return [...cells, picture];
	return [
		...cells,
		baseline ? html`${metricText(metric, baseline.value)}<br><span class="small">${intervalText(metric, baseline)}</span>` : nothing,
		picture,
		difference ? html`${difference.arrow} ${deltaText(metric, difference.delta)}` : nothing,
		difference ? html`${deltaInterval(metric, difference.low, difference.high)}` : nothing,
		difference ? html`<span class="${difference.judgement}">${words[difference.judgement]}</span>` : nothing
	];
}
const words = {
	better: "better",
	worse: "worse",
	same: "no clear change",
	unknown: "changed"
};
const outcomeWords = {
	pass: "✓ holds",
	fail: "✗ refused",
	inconclusive: "? inconclusive",
	waived: "~ waived",
	pending: "… pending",
	"not-judged": "– not judged"
};
function checksSection({ verdicts }) {
	const checks = groupedChecks(verdicts);
	const judged = checks.filter(({ result }) => result.outcome !== "not-judged");
	const others = checks.filter(({ result }) => result.outcome === "not-judged");
	const tally = tallyOf(checks.map(({ result }) => result));
	return section("checks", "Checks of the policy", html`${checksTable(judged)}${others.length === 0 ? nothing : html`<details><summary>${others.length} not judged</summary>${checksTable(others)}</details>`}`, html`${capitalized(tally)}.`);
}
function checksTable(checks) {
	const shown = checks.slice(0, mostRows);
	const rows = shown.map(({ result, environments }) => [
		html`<span class="mark ${result.outcome}">${outcomeWords[result.outcome]}</span>`,
		html`<code>${result.id}</code>`,
		html`${environments === null ? "all" : environments.join(", ")}`,
		html`${result.reason}`
	]);
	return htmlTable([
		{ text: "Outcome" },
		{ text: "Check" },
		{ text: "In" },
		{ text: "What was found" }
	], rows, leftOut(checks.length, shown.length, "check"));
}
function runSection({ stages, run }) {
	const shown = stages.slice(0, mostRows);
	const params = new Map(run.stages.map((stage) => [stage.name, stage.params]));
	const rows = shown.map(({ name, kind, seconds, why }) => [
		html`<b>${name}</b>`,
		html`<span class="${kind === "cached" ? "quiet" : "ran"}">${kind === "cached" ? "from the cache" : "ran"}</span>${why === void 0 ? nothing : html`<br><span class="small">${why}</span>`}`,
		html`${secondsText(seconds)}`,
		html`<code>${paramsText(params.get(name) ?? {})}</code>`
	]);
	return section("run", "What ran", htmlTable([
		{ text: "Stage" },
		{ text: "" },
		{
			text: "Time",
			number: true
		},
		{ text: "Params" }
	], rows, leftOut(stages.length, shown.length, "stage")));
}
const paramsText = (params) => Object.entries(params).map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(", ");
function dataSection({ data }) {
	if (data === null) return nothing;
	if (data.length === 0) return section("data", "Data", html`<p>Nothing changed from the base commit.</p>`);
	const shown = data.slice(0, mostRows);
	const rows = shown.map((change) => [
		html`<code>${change.key}</code>`,
		html`${changeWord(change)}`,
		refCell(change.before),
		refCell(change.after)
	]);
	return section("data", "Data", htmlTable([
		{ text: "Dataset" },
		{ text: "" },
		{ text: "Before" },
		{ text: "After" }
	], rows, leftOut(data.length, shown.length, "dataset")), html`${plural(data.length, "dataset")} changed from the base commit.`);
}
const refCell = (ref) => ref ? html`${bytesText(ref.size)}<br><code class="small">${ref.digest.slice(7, 23)}</code>` : nothing;
function inputsSection({ modelFile, notes = [] }) {
	const shown = modelFile.inputs.slice(0, mostRows);
	const rows = shown.map(({ name, type, minimum, maximum, missing, description }) => [
		html`<code>${name}</code>`,
		html`${type}`,
		html`${rangeText(minimum, maximum)}`,
		html`${missing === false ? "required" : "may be missing"}`,
		html`${description ?? ""}`
	]);
	const said = notes.slice(0, 50).map((note) => html`<p>${note}</p>`);
	return section("inputs", "What the model reads", html`${htmlTable([
		{ text: "Column" },
		{ text: "Type" },
		{ text: "Range" },
		{ text: "" },
		{ text: "" }
	], rows, leftOut(modelFile.inputs.length, shown.length, "column"))}${said}`);
}
function rangeText(minimum, maximum) {
	if (minimum === void 0 && maximum === void 0) return "";
	return `${minimum ?? "−∞"} … ${maximum ?? "∞"}`;
}
const leftOut = (all, shown, one) => all > shown ? html`<p class="small">… and ${plural(all - shown, `more ${one}`)}, left out here; ${countText(all)} in all.</p>` : nothing;
const rowHeight = 22;
function sliceSpec({ slices, title, overall, baseline }) {
	const values = slices.map(({ column, value, rows, candidate, difference }, order) => ({
		order,
		label: `${oneLine(column, 24)} = ${oneLine(value, 28)}  (${countText(rows)})`,
		value: candidate?.value ?? null,
		low: candidate?.low ?? candidate?.value ?? null,
		high: candidate?.high ?? candidate?.value ?? null,
		delta: difference?.delta ?? null,
		deltaLow: difference?.low ?? null,
		deltaHigh: difference?.high ?? null
	}));
	const compared = baseline !== null && values.some(({ delta }) => delta !== null);
	const height = slices.length * rowHeight;
	return {
		spacing: 36,
		data: { values },
		hconcat: [panel([
			"low",
			"value",
			"high"
		], {
			title,
			guide: overall,
			labels: true,
			width: compared ? 330 : 620,
			height,
			color: chartColors.candidate
		}), ...compared ? [panel([
			"deltaLow",
			"delta",
			"deltaHigh"
		], {
			title: `Difference from ${oneLine(baseline, 40)}`,
			guide: 0,
			labels: false,
			width: 330,
			height,
			color: chartColors.ink
		})] : []],
		resolve: { scale: { y: "shared" } }
	};
}
function panel([low, value, high], options) {
	const y = {
		field: "order",
		type: "ordinal",
		title: null,
		axis: {
			labels: false,
			grid: true,
			ticks: false
		},
		scale: { paddingInner: 0 }
	};
	const x = (field) => ({
		field,
		type: "quantitative",
		title: options.title,
		scale: { zero: false },
		axis: {
			orient: "top",
			tickCount: 5
		}
	});
	return {
		width: options.width,
		height: options.height,
		layer: [
			{
				data: { values: [{}] },
				mark: {
					type: "rule",
					strokeDash: [3, 3],
					stroke: chartColors.muted
				},
				encoding: { x: { datum: options.guide } }
			},
			{
				mark: {
					type: "rule",
					strokeWidth: 2,
					stroke: options.color
				},
				encoding: {
					y,
					x: x(low),
					x2: { field: high }
				}
			},
			{
				mark: {
					type: "point",
					filled: true,
					size: 56,
					fill: options.color,
					opacity: 1
				},
				encoding: {
					y,
					x: x(value)
				}
			},
			...options.labels ? [{
				mark: {
					type: "text",
					align: "right",
					dx: -12,
					fontSize: 11.5,
					fill: chartColors.ink,
					limit: 270
				},
				encoding: {
					y,
					x: { value: 0 },
					text: { field: "label" }
				}
			}] : []
		]
	};
}
const mostSlices = 60;
async function curvesSection(input, plotter) {
	const { evaluation, baseline } = input;
	const { curves } = evaluation;
	const other = baseline?.curves;
	const regression = evaluation.task === "regression";
	const figures = [];
	if (curves.roc?.length) figures.push(figure("ROC", await plotter.draw(rocSpec(curves.roc, other?.roc)), "How many positives are found for how many false alarms, over all thresholds. The dotted diagonal is chance."));
	if (curves.pr?.length) figures.push(figure("Precision and recall", await plotter.draw(prSpec(curves.pr, other?.pr, evaluation)), "How pure the alarms are when so many positives are found. The dotted line is the share of positives."));
	if (curves.calibration?.length) figures.push(figure("Calibration", await plotter.draw(calibrationSpec(curves.calibration, other?.calibration, regression)), `What was predicted against what came true, in ${plural(curves.calibration.length, "bin")} of the ${regression ? "prediction" : "score"}; on the dotted diagonal they agree. Below: rows a bin.`));
	if (curves.residuals?.length) figures.push(figure("Residuals", await plotter.draw(residualSpec(curves.residuals, input.modelFile.output.unit)), "How far the predictions lie from the truth."));
	if (curves.confusion) figures.push(confusionFigure(curves.confusion, input));
	if (figures.length === 0) return nothing;
	return section("curves", "How it predicts", html`${baseline ? keys(subjectLabel(baseline.subject)) : nothing}<div class="charts">${figures}</div>`);
}
const figure = (title, picture, caption) => html`<figure role="group" aria-label="${title}: ${caption}"><h3>${title}</h3>${picture}<figcaption>${caption}</figcaption></figure>`;
function confusionFigure({ tp, fp, fn, tn }, { evaluation }) {
	const all = Math.max(1, tp + fp + fn + tn);
	const cell = (count, kind, word) => html`<div class="cell ${kind}"><b>${countText(count)}</b>${word}<br><span class="small">${percentText(count / all)}</span></div>`;
	const positive = `${evaluation.target} = ${evaluation.positive ?? "positive"}`;
	return html`<figure role="group" aria-label="Confusion matrix"><h3>Confusion at threshold ${String(evaluation.threshold ?? .5)}</h3><div class="confusion">
<div class="head"></div><div class="head">predicted positive</div><div class="head">predicted negative</div>
<div class="head">truly positive</div>${cell(tp, "right", "found")}${cell(fn, "wrong", "missed")}
<div class="head">truly negative</div>${cell(fp, "wrong", "false alarms")}${cell(tn, "right", "left alone")}
</div><figcaption>Positive means ${positive}. Shares are of all ${countText(all)} rows.</figcaption></figure>`;
}
async function slicesSection(input, plotter) {
	const metric = primaryMetric(input);
	const all = sliceRows(input, metric).filter(({ candidate }) => candidate);
	const overall = input.evaluation.metrics[metric];
	if (all.length === 0 || !overall) return nothing;
	const shown = all.length <= mostSlices ? all : [...all].sort((a, b) => b.rows - a.rows).slice(0, mostSlices);
	const title = metricTitle(metric);
	const picture = await plotter.draw(sliceSpec({
		slices: shown,
		title,
		overall: overall.value,
		baseline: input.comparison ? subjectLabel(input.comparison.baseline) : null
	}));
	const worse = all.filter(({ difference }) => difference?.judgement === "worse").length;
	const better = all.filter(({ difference }) => difference?.judgement === "better").length;
	const compared = input.comparison ? ` ${plural(better, "slice")} got better, ${countText(worse)} got worse.` : "";
	return section("slices", "Slices", html`<figure role="group" aria-label="${title} by slice">${picture}<figcaption>Each dot is one slice with its 95 % interval and its rows in brackets; the dashed line is ${input.comparison ? "the value over all rows, and no difference" : "the value over all rows"}.${all.length > shown.length ? ` The ${shown.length} largest of ${countText(all.length)} slices are shown.` : ""}</figcaption></figure>`, html`${title} for parts of the data.${compared}`);
}
function provenanceSection(input) {
	const { host } = input.run;
	const rows = provenance(input).map(([name, value]) => html`<dt>${name}</dt><dd><code>${value}</code></dd>`);
	return section("provenance", "What this speaks of", html`<dl>${rows}<dt>made on</dt><dd>${host.os} ${host.arch}, Node ${host.node}, ${host.cpu}</dd></dl>`, html`Another model, dataset, policy or evaluation has another digest, and then this verdict says nothing about it.`);
}
async function loadPlotter() {
	try {
		const { openPlotter } = await import("./plots.js");
		return openPlotter();
	} catch (error) {
		if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
		return { draw: async () => notDrawn };
	}
}
const notDrawn = new Markup("<p class=\"small\">Not drawn: vega is not installed where this page was made. <code>npm ci</code> installs it.</p>");
async function renderHtml(input) {
	const plotter = await loadPlotter();
	const { outcome } = headlineOf(input);
	return page(`${input.model}: ${outcome}`, html`${verdictBanner(input)}
${metricsSection(input)}
${checksSection(input)}
${await curvesSection(input, plotter)}
${await slicesSection(input, plotter)}
${runSection(input)}
${dataSection(input)}
${inputsSection(input)}
${provenanceSection(input)}`);
}
function page(title, body) {
	const policy = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'; base-uri 'none'; form-action 'none'`;
	return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<main>
${body}
<footer>Made by Lockstep. This file holds everything it shows and asks the network for nothing.</footer>
</main>
</body>
</html>
`.text;
}
export { renderHtml as n, loadPlotter as r, page as t };
