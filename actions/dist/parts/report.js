import { A as secondsText, C as countText, D as metricText, E as intervalText, M as metricRows, N as sliceRows, T as deltaText, b as signOf, d as dataSection, f as stageSection, g as table, h as more, i as footer, j as directionOf, k as plural, m as foldedDetails, n as checksSection, o as headLine, p as folded, r as environmentSection, s as notesSection, t as baselineLine, v as headlineOf, w as deltaInterval, x as subjectLabel, y as primaryMetric } from "./comment-verdict.js";
import { a as oneLine, n as inertCode, r as inertFenced, t as inert } from "./inert-text.js";
import { m as metricTitle, p as metricEntry } from "./evaluation.js";
import { ft as digestOfJson, t as init_workspace } from "./workspace.js";
import { t as require_dist } from "../vendor/yaml.js";
import { styleText } from "node:util";
function withoutValues(input) {
	const open = new Set(input.modelFile.inputs.filter((column) => column.public).map(({ name }) => name));
	const closed = new Map();
	for (const { column, value } of [...input.evaluation.slices, ...input.comparison?.slices ?? []]) {
		if (open.has(column)) continue;
		closed.set(column, (closed.get(column) ?? new Set()).add(value));
	}
	const hidden = new Map([...closed].map(([column, values]) => [column, numbered(values)]));
	if ([...hidden.values()].every((names) => [...names].every(([value, name]) => value === name))) return input;
	const clean = cleaner(hidden);
	const slices = (all) => all.map((slice) => ({
		...slice,
		value: hidden.get(slice.column)?.get(slice.value) ?? slice.value
	}));
	return {
		...input,
		evaluation: {
			...input.evaluation,
			slices: slices(input.evaluation.slices)
		},
		comparison: input.comparison && {
			...input.comparison,
			slices: slices(input.comparison.slices)
		},
		verdicts: input.verdicts.map((verdict) => ({
			...verdict,
			reasons: verdict.reasons.map(clean),
			checks: verdict.checks.map((check) => ({
				...check,
				id: clean(check.id),
				reason: clean(check.reason)
			}))
		})),
		notes: [...input.notes ?? [], `values of ${[...closed.keys()].join(", ")} are numbered here: model.yaml does not call ${closed.size === 1 ? "it" : "them"} public`]
	};
}
const numbered = (values) => new Map([...values].map((value, index) => [value, `value ${index + 1} of ${values.size}`]));
function cleaner(hidden) {
	const columns = [...hidden].map(([column, names]) => ({
		start: `${column}=`,
		names,
		lengths: [...new Set([...names.keys()].map(({ length }) => length))].filter((length) => length > 0).sort((a, b) => b - a)
	}));
	return (text) => columns.reduce((said, { start, names, lengths }) => {
		const [first, ...rest] = said.split(start);
		return [first, ...rest.map((after) => {
			const length = lengths.find((most) => names.has(after.slice(0, most)));
			return length === void 0 ? after : names.get(after.slice(0, length)) + after.slice(length);
		})].join(start);
	}, text);
}
const weights = [
	"failure",
	"pending",
	"doubt",
	"success"
];
const mostCharacters = 140;
function partOutcome(part) {
	switch (part.kind) {
		case "judged": {
			const { outcome, reason } = headlineOf(withoutValues(part.input));
			if (outcome === "fail") return {
				weight: "failure",
				words: `fail: ${reason}`
			};
			if (outcome === "pass") return {
				weight: "success",
				words: `pass: ${reason}`
			};
			return {
				weight: "doubt",
				words: `inconclusive: ${reason}`
			};
		}
		case "waiting": return {
			weight: "pending",
			words: "waiting for a maintainer to train this on a GPU"
		};
		case "missing": return {
			weight: "failure",
			words: "no candidate was handed over: see the run of this pull request"
		};
		case "refused": return {
			weight: "failure",
			words: `the hand-over is refused: ${part.reason}`
		};
		case "new": return {
			weight: "doubt",
			words: "inconclusive: a new model, judged on main"
		};
	}
}
function changeOutcome({ models }) {
	if (models.length === 0) return {
		state: "success",
		description: "unchanged: no model is affected"
	};
	const parts = models.map((part) => ({
		model: part.model,
		...partOutcome(part)
	}));
	const worst = weights.find((weight) => parts.some((part) => part.weight === weight));
	const deciding = parts.filter(({ weight }) => weight === worst);
	const [first] = deciding;
	const description = parts.length === 1 ? first.words : `${summaryOf(worst, deciding.length, parts.length)}${worst === "success" ? "" : `: ${first.model}, ${first.words}`}`;
	return {
		state: worst === "doubt" ? "success" : worst,
		description: oneLine(description, mostCharacters)
	};
}
function summaryOf(weight, some, all) {
	const one = some === 1;
	const models = some === all ? `all ${plural(all, "model")}` : `${some} of ${plural(all, "model")}`;
	switch (weight) {
		case "failure": return `${models} must not be merged`;
		case "pending": return `${models} ${one ? "waits" : "wait"} for a GPU`;
		case "doubt": return `${models} ${one ? "is" : "are"} inconclusive`;
		case "success": return `${models} ${one ? "passes" : "pass"}`;
	}
}
function reproduce({ base, models }) {
	const [first] = models;
	if (first === void 0 || !/^[0-9a-f]{40,64}$/.test(base) || !/^[a-z0-9-]+$/.test(first.model)) return "";
	return `**See it at home**: \`./lockstep run ${first.model} --base ${base.slice(0, 12)}\``;
}
function howJudged({ models, judge, base, isolation, trainedIn }) {
	const judged = models.flatMap((part) => part.kind === "judged" ? [part] : []);
	if (judged.length === 0) return "";
	const trained = judged.flatMap((part) => part.trained ?? []);
	const apart = [...isolation.user ? ["as another user"] : [], ...isolation.network ? ["without network"] : []];
	return `<sub>Trained in ${trainedIn === void 0 ? "the pull request's run" : inert(trainedIn, 60)}${trained.length === 0 ? "" : ` (${trainingText(trained)})`}; ${apart.length > 0 ? `scored ${apart.join(" and ")}, judged` : "scored and judged"} by ${judge === base ? `main's code, rows and policy at ${inertCode(base.slice(0, 12))}` : `main's code at ${inertCode(judge.slice(0, 12))} on the rows and by the policy of ${inertCode(base.slice(0, 12))}`}.</sub>`;
}
function trainingText(all) {
	const sum = (of) => all.reduce((total, one) => total + one[of], 0);
	const saved = sum("work") - sum("took");
	const gpu = sum("gpu") / 60;
	return [`${plural(sum("stages"), "stage")} in ${secondsText(sum("took"))}${saved >= .1 ? `, the cache saved ${secondsText(saved)}` : ""}`, ...gpu > 0 ? [`${gpu < 10 ? gpu.toFixed(1) : Math.round(gpu)} GPU minutes`] : []].join(", ");
}
const words = {
	better: "**better**",
	worse: "**worse**",
	same: "no clear change",
	unknown: "changed"
};
const atFirst = {
	least: 4,
	most: 8
};
function metricSection(input, limit) {
	const { shown } = splitMetrics(input, limit);
	return shown.length === 0 ? "" : metricTable$1(shown, input);
}
function otherMetrics(input, limit) {
	const { all, shown, others } = splitMetrics(input, limit);
	const left = all - shown.length;
	if (left === 0) return null;
	return {
		name: plural(left, "more metric"),
		body: (others.length > 0 ? metricTable$1(others, input) : "") + more(left, others.length, "metric")
	};
}
function splitMetrics(input, limit) {
	const rows = metricRows(input);
	const asked = new Set(input.verdicts.flatMap(({ checks }) => checks.map(({ check }) => check.metric)));
	const decides = rows.map(({ metric }) => asked.has(metric));
	const inSight = new Set(rows.filter((_, index) => decides[index]).slice(0, atFirst.most));
	for (const row of rows.slice(0, atFirst.least)) if (inSight.size < atFirst.least) inSight.add(row);
	const shown = rows.filter((row) => inSight.has(row));
	const others = rows.filter((row) => !inSight.has(row)).slice(0, Math.max(0, limit.metrics - shown.length));
	return {
		all: rows.length,
		shown,
		others
	};
}
function metricTable$1(rows, input) {
	const checked = rows.map(({ metric }) => checkSign(metric, input));
	const compared = rows.some(({ baseline }) => baseline !== null);
	const withChecks = checked.some((sign) => sign !== "");
	const cells = rows.map((row, index) => [...compared ? comparedCells$1(row) : plainCells$1(row), ...withChecks ? [checked[index]] : []]);
	const subject = input.comparison?.baseline ?? input.baseline?.subject;
	const base = subject ? inert(subjectLabel(subject), 40) : "Baseline";
	const head = compared ? [
		"Metric",
		unbroken("This change"),
		base,
		"Difference",
		unbroken("95 % interval"),
		""
	] : [
		"Metric",
		unbroken("This change"),
		unbroken("95 % interval")
	];
	const align = compared ? [
		"l",
		"r",
		"r",
		"r",
		"c",
		"l"
	] : [
		"l",
		"r",
		"c"
	];
	return table([...head, ...withChecks ? ["Check"] : []], cells, [...align, ...withChecks ? ["c"] : []]);
}
const unbroken = (text) => text.replaceAll(" ", "\xA0");
const plainCells$1 = ({ metric, title, candidate }) => [
	inert(title, 60),
	unbroken(metricText(metric, candidate.value)),
	unbroken(intervalText(metric, candidate))
];
const comparedCells$1 = ({ metric, title, candidate, baseline, difference }) => [
	inert(title, 60),
	unbroken(metricText(metric, candidate.value)),
	baseline ? unbroken(metricText(metric, baseline.value)) : "",
	difference ? unbroken(`${difference.arrow} ${deltaText(metric, difference.delta)}`) : "",
	difference ? unbroken(deltaInterval(metric, difference.low, difference.high)) : "",
	difference ? unbroken(words[difference.judgement]) : ""
];
const worstFirst = [
	"fail",
	"inconclusive",
	"waived",
	"pass",
	"pending"
];
function checkSign(metric, { verdicts }) {
	const outcomes = new Set(verdicts.flatMap(({ checks }) => checks.filter(({ check }) => check.metric === metric).map(({ outcome }) => outcome)));
	const worst = worstFirst.find((outcome) => outcomes.has(outcome));
	return worst === void 0 ? "" : signOf[worst];
}
const plotWidth = 41;
const mostLabel = 26;
function intervalChart(rows, options) {
	const { from, to } = scaleOf(rows, options.kind);
	const place = (value) => Math.min(40, Math.max(0, Math.round((value - from) / (to - from) * 40)));
	const zero = options.kind === "difference" ? place(0) : null;
	const labels = rows.map(({ label }) => inertFenced(label, mostLabel));
	const counts = rows.map((row) => countText(row.rows));
	const labelWidth = Math.max(...labels.map(widthOf), 4);
	const countWidth = Math.max(...counts.map(widthOf), 4);
	const lead = " ".repeat(labelWidth + countWidth + 4);
	const number = options.kind === "difference" ? deltaText : metricText;
	const lines = rows.map((row, index) => [
		padEnd(labels[index], labelWidth),
		"  ",
		counts[index].padStart(countWidth),
		"  ",
		track(place(row.low), place(row.value), place(row.high), zero),
		"  ",
		number(options.metric, row.value)
	].join(""));
	const head = zero === null || !options.sides ? [] : [lead + sidesLine(zero, options.sides)];
	const axis = axisLine([
		from,
		...zero === null ? [] : [0],
		to
	], place, (value) => number(options.metric, value));
	return [
		inertFenced(options.title, 120),
		"",
		...head,
		...lines,
		lead + axis
	].map((line) => line.trimEnd()).join("\n");
}
function scaleOf(rows, kind) {
	const ends = rows.flatMap(({ low, high, value }) => [
		low,
		high,
		value
	]).filter(Number.isFinite);
	if (kind === "difference") ends.push(0);
	const from = ends.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
	const to = ends.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
	if (from < to) return {
		from,
		to
	};
	return Number.isFinite(from) ? {
		from: from - .5,
		to: to + .5
	} : {
		from: 0,
		to: 1
	};
}
function track(low, dot, high, zero) {
	const cells = Array.from({ length: plotWidth }, () => " ");
	for (let at = low; at <= high; at++) cells[at] = "─";
	if (low < high) {
		cells[low] = "├";
		cells[high] = "┤";
	}
	if (zero !== null) cells[zero] = zero > low && zero < high ? "┼" : cells[zero] === " " ? "│" : cells[zero];
	cells[dot] = "●";
	return cells.join("");
}
function sidesLine(zero, [left, right]) {
	return `${zero >= left.length + 2 ? `${left} ←`.padStart(zero) : " ".repeat(zero)}│${plotWidth - zero > right.length + 2 ? `→ ${right}` : ""}`;
}
function axisLine(values, place, text) {
	const marks = [...new Set(values)].map((value) => ({
		at: place(value),
		text: value === 0 ? "0" : text(value)
	}));
	const cells = Array.from({ length: 57 }, () => " ");
	const zeroFirst = [...marks].sort((a, b) => Number(b.text === "0") - Number(a.text === "0"));
	for (const mark of zeroFirst) {
		const from = Math.max(0, mark.at - Math.floor(mark.text.length / 2));
		if (cells.slice(Math.max(0, from - 1), from + mark.text.length + 1).every((cell) => cell === " ")) cells.splice(from, mark.text.length, ...mark.text);
	}
	return cells.join("");
}
function widthOf(text) {
	let width = 0;
	for (const character of text) {
		if (/\p{Mark}|\u200b/u.test(character)) continue;
		width += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(character) ? 2 : 1;
	}
	return width;
}
const padEnd = (text, width) => text + " ".repeat(Math.max(0, width - widthOf(text)));
function worseSlices(input, limit) {
	const metric = primaryMetric(input);
	const compared = comparedSlices(input, metric);
	if (compared.length === 0) return "";
	const worse = compared.filter(({ difference }) => difference.judgement === "worse");
	const where = `of ${plural(compared.length, "slice")} in ${inert(metricTitle(metric), 60)}`;
	if (worse.length === 0) return `**Worse in none** ${where}.`;
	const shown = bySize(worse).slice(0, 3);
	const names = shown.map(({ column, value, difference }) => `${inert(column, limit.text)} = ${inert(value, limit.text)} (${deltaText(metric, difference.delta)})`);
	const rest = worse.length > shown.length ? ` and ${worse.length - shown.length} more` : "";
	return `🔻 **Worse in ${countText(worse.length)}** ${where}: ${names.join(", ")}${rest}.${byChance(compared.length)}`;
}
function byChance(compared) {
	const chance = Math.round(compared * .025);
	return chance > 0 ? ` Each interval stands alone: about ${chance} would look worse by chance.` : "";
}
function sliceSection(input, limit) {
	const metric = primaryMetric(input);
	const compared = comparedSlices(input, metric);
	if (compared.length === 0) return null;
	const lower = directionOf(metric) === "lower";
	const found = [...compared].sort((a, b) => (a.difference.delta - b.difference.delta) * (lower ? -1 : 1) || b.rows - a.rows);
	const shown = found.slice(0, limit.slices);
	const rows = shown.map(({ column, value, rows, candidate, difference }) => [
		`${inertCode(column, 60)} = ${inertCode(value, 60)}`,
		countText(rows),
		candidate ? metricText(metric, candidate.value) : "",
		`${difference.arrow} ${deltaText(metric, difference.delta)}`,
		deltaInterval(metric, difference.low, difference.high),
		sign[difference.judgement]
	]);
	return {
		name: plural(found.length, "slice"),
		title: `${plural(found.length, "slice")} in ${inert(metricTitle(metric), 60)}, the worst first`,
		body: table([
			"Slice",
			"Rows",
			"This change",
			"Difference",
			"95 % interval",
			""
		], rows, [
			"l",
			"r",
			"r",
			"r",
			"c",
			"l"
		]) + more(found.length, shown.length, "slice")
	};
}
const sign = {
	better: "**better**",
	worse: "🔻 **worse**",
	same: "",
	unknown: "changed"
};
function chartSection(input, limit) {
	const metric = primaryMetric(input);
	const title = metricTitle(metric);
	const most = limit.chart - 1;
	const overall = ownOf(input.comparison?.metrics, metric);
	if (overall && input.comparison) {
		const slices = largest(comparedSlices(input, metric), most).map((slice) => chartRow(slice, {
			...slice.difference,
			value: slice.difference.delta
		}));
		const all = {
			label: "all rows",
			rows: input.evaluation.rows,
			...overall,
			value: overall.delta
		};
		const direction = directionOf(metric);
		const sides = direction === "lower" ? ["better", "worse"] : ["worse", "better"];
		return fenced([all, ...slices], {
			metric,
			kind: "difference",
			title: `Difference in ${title} from ${subjectLabel(input.comparison.baseline)}, with its 95 % interval`,
			...direction ? { sides } : {}
		});
	}
	const estimate = ownOf(input.evaluation.metrics, metric);
	if (!estimate || estimate.low === null || estimate.high === null) return "";
	const slices = largest(sliceRows(input, metric), most).flatMap((slice) => {
		const { candidate } = slice;
		if (!candidate || candidate.low === null || candidate.high === null) return [];
		return [chartRow(slice, {
			value: candidate.value,
			low: candidate.low,
			high: candidate.high
		})];
	});
	const { value, low, high } = estimate;
	return fenced([{
		label: "all rows",
		rows: input.evaluation.rows,
		value,
		low,
		high
	}, ...slices], {
		metric,
		kind: "value",
		title: `${title}, with its 95 % interval`
	});
}
const chartRow = ({ column, value, rows }, at) => ({
	label: `${column} = ${value}`,
	rows,
	value: at.value,
	low: at.low,
	high: at.high
});
const fenced = (rows, options) => `\`\`\`text\n${intervalChart(rows, options)}\n\`\`\``;
const comparedSlices = (input, metric) => sliceRows(input, metric).filter(({ difference }) => difference !== null);
const bySize = (slices) => [...slices].sort((a, b) => Math.abs(b.difference.delta) - Math.abs(a.difference.delta));
const largest = (slices, most) => {
	const chosen = new Set([...slices].sort((a, b) => b.rows - a.rows).slice(0, Math.max(0, most)));
	return slices.filter((slice) => chosen.has(slice));
};
const ownOf = (record, key) => record && Object.hasOwn(record, key) ? record[key] : void 0;
const commentMarker = "<!-- lockstep:report -->";
const mostUnits$2 = 65536;
const limits = [
	{
		checks: 60,
		metrics: 24,
		slices: 24,
		chart: 8,
		data: 40,
		stages: 40,
		notes: 20,
		text: 160
	},
	{
		checks: 20,
		metrics: 16,
		slices: 10,
		chart: 6,
		data: 12,
		stages: 12,
		notes: 8,
		text: 80
	},
	{
		checks: 6,
		metrics: 8,
		slices: 4,
		chart: 4,
		data: 5,
		stages: 5,
		notes: 3,
		text: 40
	}
];
function renderComment(input) {
	for (const limit of limits) {
		const body = commentBody(input, limit);
		if (body.length + 24 + 2 <= mostUnits$2) return `${body}\n\n${commentMarker}\n`;
	}
	return `${headLine(input, 40)}\n\n_The rest is longer than a comment may be: see the HTML report._\n\n${commentMarker}\n`;
}
const modelBody = (input, limit, more) => commentBody(input, limit, {
	more,
	stages: "The judge's rows"
});
function commentBody(input, limit, { more = "", stages = "Run" } = {}) {
	return [
		headLine(input, limit.text),
		[baselineLine(input, limit), more].filter((line) => line !== "").join("<br>"),
		environmentSection(input, limit),
		metricSection(input, limit),
		worseSlices(input, limit),
		chartSection(input, limit),
		foldedDetails([
			checksSection(input, limit),
			otherMetrics(input, limit),
			sliceSection(input, limit),
			dataSection(input, limit),
			stageSection(input, limit, stages),
			notesSection(input, limit),
			footer(input)
		])
	].filter((part) => part !== "").join("\n\n");
}
const mostUnits$1 = 65280;
const signs = {
	failure: "❌",
	pending: "⏳",
	doubt: "⚠️",
	success: "✅"
};
function renderChange(change) {
	const shown = {
		...change,
		models: importantFirst(change.models.map(ofPublicValues))
	};
	const all = shown.models.length;
	for (const limit of limits) for (const bodies of new Set([
		all,
		Math.min(8, all),
		Math.min(1, all)
	])) {
		const body = changeBody(shown, limit, bodies);
		if (body.length + 24 + 3 <= mostUnits$1) return `${body}\n\n${commentMarker}\n`;
	}
	const { description } = changeOutcome(shown);
	return `### ${inert(description, 140)}\n\n_The rest is longer than a comment may be: see the run._\n\n${commentMarker}\n`;
}
const ofPublicValues = (part) => "input" in part && part.input !== null ? {
	...part,
	input: withoutValues(part.input)
} : part;
const importantFirst = (models) => {
	const parts = models.map((part) => ({
		part,
		weight: partOutcome(part).weight
	}));
	return weights.flatMap((weight) => parts.filter((one) => one.weight === weight).map(({ part }) => part));
};
function changeBody(change, limit, bodies) {
	const { models } = change;
	const left = models.length - bodies;
	return [
		...models.length === 0 ? ["### ✅ unchanged: no model is affected"] : models.length === 1 ? [partBody(models[0], change, limit)] : [
			changeHead(models),
			overview(models, limit),
			foldedDetails([eachModel(models.slice(0, bodies), change, limit), dataSection(change, limit)]),
			left === 0 ? "" : `_${plural(left, "model")} in the table only, to keep this comment short: each one's report is with the run._`
		],
		lockConflict(change),
		reproduce(change),
		howJudged(change)
	].filter((part) => part !== "").join("\n\n");
}
const lockConflict = ({ settle }) => settle === void 0 || !/^[\w./ &-]+$/.test(settle) ? "" : `⚠️ **data.lock conflicts with the branch this goes to.** One command settles it, dataset by dataset:\n\n\`\`\`sh\n${settle}\n\`\`\``;
function changeHead(models) {
	const of = models.map((part) => partOutcome(part).weight);
	const [worst, ...others] = weights.map((weight) => ({
		weight,
		some: of.filter((one) => one === weight).length
	})).filter(({ some }) => some > 0);
	const rest = others.map(({ weight, some }) => `${some} ${briefly[weight]}`);
	const all = summaryOf(worst.weight, worst.some, models.length);
	return `### ${signs[worst.weight]} ${all}${rest.length > 0 ? `; ${rest.join(", ")}` : ""}`;
}
const briefly = {
	failure: "refused",
	pending: "waiting for a GPU",
	doubt: "inconclusive",
	success: "pass"
};
function overview(models, limit) {
	const shown = models.slice(0, limit.checks * 4);
	const rows = shown.map((part) => {
		const { weight, words } = partOutcome(part);
		const measured = "input" in part && part.input !== null ? inNumbers(part.input) : "";
		return [
			signs[weight],
			`**${inert(part.model, 60)}**`,
			measured,
			inert(words, Math.min(100, limit.text)),
			inert(part.why.slice(0, 20).join("; "), Math.min(60, limit.text))
		];
	});
	return table([
		"",
		"Model",
		"Measured",
		"Verdict",
		"What changed"
	], rows, [
		"c",
		"l",
		"l",
		"l",
		"l"
	]) + more(models.length, shown.length, "model");
}
function inNumbers(input) {
	const metric = primaryMetric(input);
	const row = metricRows(input).find((one) => one.metric === metric);
	if (row === void 0) return "";
	const { title, candidate, difference } = row;
	const changed = difference ? `<br>${difference.arrow}\u00a0${deltaText(metric, difference.delta)}` : "";
	return `${inert(title, 40)} ${metricText(metric, candidate.value)}${changed}`;
}
const eachModel = (models, change, limit) => ({
	name: "each model",
	body: models.map((part) => foldedPart(part, change, limit)).join("\n\n")
});
const foldedPart = (part, change, limit) => folded(`${signs[partOutcome(part).weight]} <b>${nameOf(part)}</b>`, partBody(part, change, limit));
const nameOf = ({ model }) => /^[a-z0-9-]+$/.test(model) ? model : "a model";
function partBody(part, change, limit) {
	const changed = whatChanged(part, limit);
	if (part.kind === "judged") {
		const told = [
			changed,
			part.quick ? quickRun : "",
			ownPolicy(part.own),
			ownJudging(part)
		];
		const data = change.models.length === 1 ? change.data : null;
		return modelBody({
			...part.input,
			data
		}, limit, told.filter((line) => line !== "").join("<br>"));
	}
	const { weight, words } = partOutcome(part);
	const head = `### ${signs[weight]} **${inert(part.model, 60)}**: ${inert(words, limit.text * 2)}`;
	const quick = part.kind === "waiting" && part.input !== null ? folded("What a quick run measured, on a sample of the rows", modelBody(part.input, limit, quickRun).replace(/^###/, "####")) : "";
	return [
		head,
		changed,
		explain(part, change),
		quick
	].filter((line) => line !== "").join("\n\n");
}
const quickRun = "By a quick run, on a sample of the rows: it can refuse, never pass.";
const ownPolicy = (own) => own === null ? "" : `**policy.yaml** is changed here. The base's decides until it is merged; by its own this would be **${own}**.`;
function ownJudging({ why }) {
	const changed = ["how it is judged (evaluate)", "model.yaml"].filter((what) => why.includes(what));
	return changed.length === 0 ? "" : `Changed here is also ${changed.join(" and ")}: the base's holds until it is merged, then main judges by this one.`;
}
function whatChanged({ why }, limit) {
	const shown = why.slice(0, Math.max(3, Math.floor(limit.data / 5)));
	const rest = why.length > shown.length ? ` and ${plural(why.length - shown.length, "more thing")}` : "";
	return shown.length === 0 ? "" : `**Changed**: ${shown.map((one) => inert(one, limit.text)).join(" · ")}${rest}`;
}
function explain(part, { head }) {
	switch (part.kind) {
		case "waiting": return `Its pipeline asks for a machine that pull requests may not use. Someone with write access starts its training on this very commit with a comment:\n\n\`\`\`text\n/train ${/^[0-9a-f]{40,64}$/.test(head) ? head : ""}\n\`\`\``;
		case "missing": return "The change touches it, and its run handed nothing over: it failed, was cancelled, or left it out. The log of the run says why.";
		case "refused": return `Nothing of it was used (${inertCode(part.code, 60)}).`;
		case "new": return "The base has neither rows nor a policy to judge it by, so it is trained and judged on main after the merge, by the policy in this change.";
		default: return "";
	}
}
init_workspace();
const changeKey = (change) => digestOfJson({
	v: 1,
	...change,
	models: change.models.map(timeless)
});
function timeless(part) {
	if (!("input" in part)) return part;
	const input = part.input && inputOf(part.input);
	return part.kind === "judged" ? {
		...part,
		trained: null,
		input
	} : {
		...part,
		input
	};
}
const inputOf = ({ evaluation, baseline, comparison, verdicts, run, ...rest }) => ({
	...rest,
	stages: null,
	run: run.fingerprint,
	evaluation: withoutTimes(evaluation),
	baseline: baseline && withoutTimes(baseline),
	comparison: comparison && comparisonOf(comparison),
	verdicts: verdicts.map(verdictOf)
});
const withoutTimes = (evaluation) => ({
	...evaluation,
	metrics: timelessOf(evaluation.metrics)
});
const timelessOf = (metrics) => Object.fromEntries(Object.entries(metrics).filter(([name]) => !isTime(name)));
const isTime = (metric) => metricEntry(metric)?.unit === "ms";
const comparisonOf = ({ candidateEvaluation, baselineEvaluation, ...rest }) => ({
	...rest,
	metrics: timelessOf(rest.metrics)
});
function verdictOf({ environment, verdict, checks, binding }) {
	const { evaluation, comparison, ...bound } = binding;
	return {
		environment,
		verdict,
		checks: checks.map(checkOf),
		binding: bound
	};
}
const checkOf = ({ id, check, outcome, value, bound, limit }) => isTime(check.metric) ? {
	id,
	check,
	outcome,
	limit
} : {
	id,
	check,
	outcome,
	value,
	bound,
	limit
};
const mostUnits = 65280;
const mostReasons = 8;
const mostReason = 2e3;
const answerStart = "<!-- lockstep:main ";
const answerMark = /^<!-- lockstep:main run=(\d{1,15}) models=([a-z0-9,-]*) -->$/;
const reportStart = "<!-- lockstep:before-merge -->\n";
const title = "What the report said before the merge";
function renderMerged(answer, before) {
	const { answers, report } = parted(before ?? "");
	const others = answers.filter(({ run, models }) => run === answer.run && !shares(models, answer.models));
	if (!(answer.reasons.length > 0) && answers.every(({ models }) => !shares(models, answer.models))) return null;
	const told = [answerBody(answer), ...others.slice(0, 15).map(({ body }) => body)];
	return (report === "" ? [""] : [
		foldedReport(report),
		foldedReport(headOf(report)),
		leftOut
	]).map((part) => [...told, part].filter((text) => text !== "").join("\n\n")).find(({ length }) => length <= mostUnits) ?? told[0];
}
function answerBody({ run, runUrl, models, reasons }) {
	const names = models.map((model) => inert(model, 60)).join(", ");
	const rest = reasons.length > mostReasons ? `_… and ${reasons.length - mostReasons} more: see the run._` : "";
	const body = reasons.length === 0 ? [`### ✅ Merged, and registered: ${names}`, "A later attempt of the run on main passed what an earlier one had refused."] : [
		`### ❌ Merged, and not registered: ${names}`,
		"Main judged again, and its verdict is another one. No version was made, and no environment changes.",
		...reasons.slice(0, mostReasons).map(reasonBlock),
		rest
	];
	return [
		`${answerStart}run=${run} models=${models.map((model) => model.replace(/[^a-z0-9-]/g, "")).join(",")} -->`,
		...body,
		`[The run that judged](${runUrl})`
	].filter((part) => part !== "").join("\n\n");
}
const reasonBlock = (reason) => `\`\`\`text\n${inertFenced(reason, mostReason)}\n\`\`\``;
const foldedReport = (report) => report === "" ? leftOut : reportStart + folded(title, report);
const leftOut = `_${title} is in this comment's history: it is too long to stand here, too._`;
const headOf = (report) => {
	const at = report.indexOf("<details>");
	return at === -1 ? "" : report.slice(0, at).trimEnd();
};
function parted(text) {
	if (!text.startsWith(answerStart)) return {
		answers: [],
		report: text.trim()
	};
	const at = text.indexOf(reportStart);
	const [start, end] = folded(title, "\0").split("\0");
	const below = at === -1 ? "" : text.slice(at + 31).trim();
	const whole = below.startsWith(start) && below.endsWith(end);
	return {
		answers: (at === -1 ? text : text.slice(0, at)).split(`\n\n${answerStart}`).flatMap(answerOf),
		report: whole ? below.slice(start.length, -end.length) : ""
	};
}
function answerOf(text) {
	const body = (text.startsWith(answerStart) ? text : answerStart + text).trim();
	const [, run, models] = answerMark.exec(body.split("\n", 1)[0]) ?? [];
	return run === void 0 ? [] : [{
		run: Number(run),
		models: (models ?? "").split(","),
		body
	}];
}
const shares = (some, others) => some.some((one) => others.includes(one));
require_dist();
const mostMetrics = 14;
const colors = {
	pass: "green",
	fail: "red",
	inconclusive: "yellow"
};
const glyphs = {
	pass: "✓",
	fail: "✗",
	inconclusive: "?"
};
function renderText(input, { color = false, report } = {}) {
	const headline = headlineOf(input);
	const paint = (style, text) => color ? styleText(style, text, { validateStream: false }) : text;
	const environments = input.verdicts.map(({ environment, verdict }) => paint(colors[verdict], `${oneLine(environment, 40)} ${verdict}`));
	return [
		paint(["bold", colors[headline.outcome]], sentence(input.model, headline)),
		...otherReasons(input, headline),
		"",
		...metricTable(input, paint),
		"",
		`${environments.join(" · ")}`,
		runLine(input),
		...report === void 0 ? [] : [`report: ${paint("underline", report)}`]
	].join("\n");
}
const sentence = (model, { outcome, claim, reason }) => `${glyphs[outcome]} ${oneLine(model, 60)} ${claim}: ${oneLine(reason, 300)}`;
function otherReasons({ verdicts }, { reason }) {
	const reasons = new Set(verdicts.flatMap((verdict) => verdict.reasons));
	reasons.delete(reason);
	return [...reasons].slice(0, 5).map((text) => `  ${oneLine(text, 300)}`);
}
function metricTable(input, paint) {
	const all = metricRows(input);
	const shown = all.slice(0, mostMetrics);
	const compared = shown.some(({ difference }) => difference);
	const subject = input.comparison?.baseline ?? input.baseline?.subject;
	const head = compared ? [
		"",
		"candidate",
		oneLine(subject ? subjectLabel(subject) : "baseline", 20),
		"difference",
		"95 % interval",
		""
	] : [
		"",
		"candidate",
		"95 % interval"
	];
	const rows = shown.map((row) => compared ? comparedCells(row) : plainCells(row));
	const widths = head.map((cell, index) => Math.max(...[cell, ...rows.map((row) => row[index])].map(widthOf)));
	const line = (cells) => `  ${cells.map((cell, index) => index === 0 || index === 5 ? padEnd(cell, widths[index]) : " ".repeat(widths[index] - widthOf(cell)) + cell).join("  ")}`.trimEnd();
	const painted = rows.map((row, index) => {
		const judgement = shown[index].difference?.judgement;
		const text = line(row);
		return judgement === "better" ? paint("green", text) : judgement === "worse" ? paint("red", text) : text;
	});
	const rest = all.length - shown.length;
	return [
		paint("dim", line(head)),
		...painted,
		...rest > 0 ? [`  … and ${plural(rest, "more metric")} in the report`] : []
	];
}
const plainCells = ({ metric, title, candidate }) => [
	oneLine(title, 40),
	metricText(metric, candidate.value),
	intervalText(metric, candidate)
];
const comparedCells = ({ metric, title, candidate, baseline, difference }) => [
	oneLine(title, 40),
	metricText(metric, candidate.value),
	baseline ? metricText(metric, baseline.value) : "",
	difference ? `${difference.arrow} ${deltaText(metric, difference.delta)}` : "",
	difference ? deltaInterval(metric, difference.low, difference.high) : "",
	difference && difference.judgement !== "same" ? difference.judgement : ""
];
function runLine({ stages }) {
	const ran = stages.filter(({ kind }) => kind === "ran").map(({ name }) => oneLine(name, 40));
	const cached = stages.length - ran.length;
	if (ran.length === 0) return `nothing ran: ${plural(stages.length, "stage")} from the cache`;
	return `ran ${ran.join(", ")}${cached > 0 ? `, ${cached} from the cache` : ""}`;
}
async function renderHtml(input) {
	return (await import("./html-page2.js")).renderHtml(input);
}
async function renderMonitorHtml(report) {
	return (await import("./monitor-page.js")).renderMonitorHtml(report);
}
export { changeKey as a, renderComment as c, renderMerged as i, changeOutcome as l, renderMonitorHtml as n, renderChange as o, renderText as r, commentMarker as s, renderHtml as t, withoutValues as u };
