import { W as hexOf, c as amount } from "./workspace.js";
import { n as markdownTable } from "../vendor/small.js";
import { f as metricDirections, m as metricTitle, p as metricEntry } from "./evaluation.js";
import { n as inertCode, r as inertFenced, t as inert } from "./inert-text.js";
function changeOf(metric, { delta, low, high }) {
	const direction = directionOf(metric);
	if (low <= 0 && high >= 0) return {
		judgement: "same",
		arrow: "≈"
	};
	const arrow = delta > 0 ? "↑" : "↓";
	if (direction === void 0) return {
		judgement: "unknown",
		arrow
	};
	return {
		judgement: delta > 0 === (direction === "higher") ? "better" : "worse",
		arrow
	};
}
const directionOf = (metric) => own(metricDirections, metric);
function metricRows(input) {
	const { evaluation, baseline, comparison } = input;
	const asked = new Set(input.verdicts.flatMap(({ checks }) => checks.map(({ check }) => check.metric)));
	const usual = new Map(Object.keys(metricDirections).map((name, index) => [name, index]));
	const rank = (name) => (comparison && Object.hasOwn(comparison.metrics, name) ? 0 : 2) + (asked.has(name) ? 0 : 1) + (usual.get(name) ?? usual.size) / (usual.size + 1);
	const ranked = Object.keys(evaluation.metrics).map((name) => ({
		name,
		rank: rank(name)
	}));
	ranked.sort((a, b) => a.rank - b.rank || (a.name < b.name ? -1 : 1));
	return ranked.map(({ name }) => rowOf(name));
	function rowOf(metric) {
		const candidate = evaluation.metrics[metric];
		const found = own(comparison?.metrics, metric);
		const measured = own(baseline?.metrics, metric);
		return {
			metric,
			title: metricTitle(metric),
			candidate,
			baseline: measured ?? (found ? {
				value: candidate.value - found.delta,
				low: null,
				high: null
			} : null),
			difference: found ? {
				...found,
				...changeOf(metric, found)
			} : null
		};
	}
}
const own = (record, key) => record && Object.hasOwn(record, key) ? record[key] : void 0;
function sliceRows({ evaluation, comparison }, metric) {
	const key = (column, value) => JSON.stringify([column, value]);
	const compared = new Map(comparison?.slices.map((slice) => [key(slice.column, slice.value), own(slice.metrics, metric)]));
	return evaluation.slices.map((slice) => {
		const difference = compared.get(key(slice.column, slice.value));
		return {
			column: slice.column,
			value: slice.value,
			rows: slice.rows,
			candidate: own(slice.metrics, metric) ?? null,
			difference: difference ? {
				...difference,
				...changeOf(metric, difference)
			} : null
		};
	});
}
const minus = "−";
const signed = (text) => text.replace("-", minus);
function metricText(metric, value) {
	const unit = metricEntry(metric)?.unit ?? "target";
	if (unit === "ms" || unit === "MB") return `${signed(significant(value, 3))} ${unit}`;
	return signed(unit === "target" ? significant(value, 5) : value.toFixed(4));
}
function deltaText(metric, value) {
	const text = metricText(metric, value);
	if (!/[1-9]/.test(text)) return text.replace(minus, "");
	return value > 0 ? `+${text}` : text;
}
function intervalText(metric, { low, high }) {
	return low === null || high === null ? "" : `${metricText(metric, low)} – ${metricText(metric, high)}`;
}
const deltaInterval = (metric, low, high) => `${deltaText(metric, low)} … ${deltaText(metric, high)}`;
function significant(value, digits) {
	if (!Number.isFinite(value) || value === 0) return String(value);
	const size = Math.abs(value);
	if (size >= 1e9 || size < 1e-4) return value.toExponential(digits - 1);
	const decimals = digits - 1 - Math.floor(Math.log10(size));
	return value.toFixed(Math.max(0, Math.min(size >= .01 ? 4 : 8, decimals)));
}
const countText = (value) => amount(value, "count");
const percentText = (share, decimals = 1) => `${(share * 100).toFixed(decimals)} %`;
const bytesText = (bytes) => amount(bytes, "bytes");
function secondsText(seconds) {
	if (seconds < .05) return `${Math.round(seconds * 1e3)} ms`;
	if (seconds < 10) return `${seconds.toFixed(1)} s`;
	if (seconds < 90) return `${Math.round(seconds)} s`;
	const minutes = Math.floor(seconds / 60);
	if (minutes < 90) return `${minutes} min ${Math.round(seconds - minutes * 60)} s`;
	return `${(seconds / 3600).toFixed(1)} h`;
}
const plural = (count, one, many = `${one}s`) => `${countText(count)} ${count === 1 ? one : many}`;
const signOf = {
	pass: "✅",
	fail: "❌",
	inconclusive: "⚠️",
	waived: "🟡",
	pending: "⏳",
	"not-judged": "➖"
};
function headlineOf(input) {
	const outcome = worst(input.verdicts);
	const deciding = input.verdicts.find(({ verdict }) => verdict === outcome);
	if (outcome === "pass") return {
		outcome,
		claim: "may be merged",
		reason: passReason(input)
	};
	const reason = deciding?.reasons[0] ?? "no environment gave a verdict";
	return outcome === "fail" ? {
		outcome,
		claim: "must not be merged, the gate refuses",
		reason
	} : {
		outcome,
		claim: "is inconclusive, too little to tell",
		reason
	};
}
function worst(verdicts) {
	const found = new Set(verdicts.map(({ verdict }) => verdict));
	if (found.has("fail")) return "fail";
	return found.has("inconclusive") || found.size === 0 ? "inconclusive" : "pass";
}
function passReason(input) {
	const { comparison } = input;
	const metric = primaryMetric(input);
	const difference = comparison?.metrics[metric];
	if (!comparison || !difference) {
		const held = input.verdicts.flatMap(({ checks }) => checks).filter(({ outcome }) => outcome === "pass");
		return `${plural(held.length, "check")} hold${held.length === 1 ? "s" : ""}`;
	}
	const who = baselineName(comparison);
	const { judgement } = changeOf(metric, difference);
	if (judgement === "better") return `better than ${who}`;
	if (judgement === "worse") return `within the margin of ${who}`;
	return `as good as ${who} in ${metricTitle(metric)}`;
}
function primaryMetric({ verdicts, evaluation }) {
	const usual = evaluation.task === "regression" ? "rmse" : "roc_auc";
	return verdicts.flatMap(({ checks }) => checks).find(({ check }) => check["not-worse-than"] !== void 0 && check.slice === void 0)?.check.metric ?? usual;
}
const baselineName = (comparison) => subjectName(comparison.baseline);
function subjectName(subject) {
	if (subject.kind === "simplest") return `the simplest model (${subject.name})`;
	if (subject.kind === "candidate") return "the candidate";
	return subject.environment === void 0 ? subject.version : `${subject.version} in ${subject.environment}`;
}
const subjectLabel = (subject) => subject.kind === "version" ? subject.version : subject.kind === "simplest" ? `simplest (${subject.name})` : "candidate";
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
const table = (head, rows, align) => markdownTable([head, ...rows], {
	align: [...align],
	alignDelimiters: false,
	padding: true
});
const folded = (summary, body) => `<details>\n<summary>${summary}</summary>\n\n${body}\n\n</details>`;
const more = (all, shown, one, many) => all > shown ? `\n\n_… and ${plural(all - shown, `more ${one}`, many === void 0 ? void 0 : `more ${many}`)}, left out here to keep this comment short._` : "";
const words = {
	better: "**better**",
	worse: "**worse**",
	same: "no clear change",
	unknown: "changed"
};
function metricSection(input, limit) {
	const all = metricRows(input);
	if (all.length === 0) return "";
	const shown = all.slice(0, limit.metrics);
	const rest = more(all.length, shown.length, "metric");
	if (!shown.some(({ baseline }) => baseline)) {
		const rows = shown.map(({ metric, title, candidate }) => [
			inert(title, 60),
			metricText(metric, candidate.value),
			intervalText(metric, candidate)
		]);
		return table([
			"Metric",
			"Candidate",
			"95 % interval"
		], rows, [
			"l",
			"r",
			"c"
		]) + rest;
	}
	const rows = shown.map(({ metric, title, candidate, baseline, difference }) => [
		inert(title, 60),
		metricText(metric, candidate.value),
		baseline ? metricText(metric, baseline.value) : "",
		difference ? `${difference.arrow} ${deltaText(metric, difference.delta)}` : "",
		difference ? deltaInterval(metric, difference.low, difference.high) : "",
		difference ? words[difference.judgement] : ""
	]);
	const subject = input.comparison?.baseline ?? input.baseline?.subject;
	const head = [
		"Metric",
		"Candidate",
		subject ? inert(subjectLabel(subject), 40) : "Baseline"
	];
	return table([
		...head,
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
	]) + rest;
}
function chartSection(input, limit) {
	const metric = primaryMetric(input);
	const title = metricTitle(metric);
	const slices = sliceRows(input, metric);
	const overall = input.comparison && Object.hasOwn(input.comparison.metrics, metric) ? input.comparison.metrics[metric] : void 0;
	if (overall && input.comparison) {
		const rows = [{
			label: "all rows",
			rows: input.evaluation.rows,
			value: overall.delta,
			low: overall.low,
			high: overall.high
		}, ...largest(slices, limit.chart - 1).map(({ column, value, rows, difference }) => ({
			label: `${column} = ${value}`,
			rows,
			value: difference.delta,
			low: difference.low,
			high: difference.high
		}))];
		const good = directionOf(metric) === "lower";
		return fenced(intervalChart(rows, {
			metric,
			kind: "difference",
			title: `Difference in ${title} from ${subjectLabel(input.comparison.baseline)}, with its 95 % interval`,
			...directionOf(metric) ? { sides: good ? ["better", "worse"] : ["worse", "better"] } : {}
		}));
	}
	const estimate = Object.hasOwn(input.evaluation.metrics, metric) ? input.evaluation.metrics[metric] : void 0;
	if (!estimate || estimate.low === null || estimate.high === null) return "";
	const known = slices.flatMap(({ column, value, rows, candidate }) => candidate && candidate.low !== null && candidate.high !== null ? [{
		label: `${column} = ${value}`,
		rows,
		value: candidate.value,
		low: candidate.low,
		high: candidate.high
	}] : []);
	const all = {
		label: "all rows",
		rows: input.evaluation.rows,
		value: estimate.value,
		low: estimate.low,
		high: estimate.high
	};
	return fenced(intervalChart([all, ...known.slice(0, limit.chart - 1)], {
		metric,
		kind: "value",
		title: `${title}, with its 95 % interval`
	}));
}
const largest = (slices, most) => slices.map((slice, index) => ({
	slice,
	index
})).filter(({ slice }) => slice.difference).sort((a, b) => b.slice.rows - a.slice.rows || a.index - b.index).slice(0, Math.max(0, most)).sort((a, b) => a.index - b.index).map(({ slice }) => slice);
const fenced = (text) => `\`\`\`text\n${text}\n\`\`\``;
function sliceSection(input, limit, judgement) {
	const metric = primaryMetric(input);
	const compared = sliceRows(input, metric).filter(({ difference }) => difference);
	const found = compared.filter(({ difference }) => difference?.judgement === judgement).sort((a, b) => Math.abs(b.difference.delta) - Math.abs(a.difference.delta));
	if (found.length === 0) return "";
	const shown = found.slice(0, limit.slices);
	const rows = shown.map(({ column, value, rows, candidate, difference }) => [
		`${inertCode(column, 60)} = ${inertCode(value, 60)}`,
		countText(rows),
		candidate ? metricText(metric, candidate.value) : "",
		`${difference.arrow} ${deltaText(metric, difference.delta)}`,
		deltaInterval(metric, difference.low, difference.high)
	]);
	const chance = Math.round(compared.length * .025);
	return folded(`${judgement === "worse" ? "🔻" : "🔺"} ${plural(found.length, "slice")} got ${judgement} in ${inert(metricTitle(metric), 60)}, of ${compared.length} compared`, `${table([
		"Slice",
		"Rows",
		"Candidate",
		"Difference",
		"95 % interval"
	], rows, [
		"l",
		"r",
		"r",
		"r",
		"c"
	])}${more(found.length, shown.length, "slice")}${chance > 0 ? `\n\n_Each interval stands alone: of ${compared.length} slices about ${chance} would look ${judgement} by chance._` : ""}`);
}
function dataSection({ data }, limit) {
	if (data === null) return "";
	if (data.length === 0) return "**Data**: nothing changed.";
	const shown = data.slice(0, limit.data);
	const rows = shown.map((change) => [
		inertCode(change.key, limit.text),
		changeWord(change),
		change.before ? sizeAndDigest(change.before) : "",
		change.after ? sizeAndDigest(change.after) : ""
	]);
	return `**Data**: ${plural(data.length, "dataset")} changed.\n\n${table([
		"Dataset",
		"",
		"Before",
		"After"
	], rows, [
		"l",
		"l",
		"l",
		"l"
	])}${more(data.length, shown.length, "dataset")}`;
}
const changeWord = ({ before, after }) => before && after ? "changed" : after ? "new" : "gone";
const sizeAndDigest = ({ digest, size }) => `${bytesText(size)} ${inertCode(digest.slice(7, 19))}`;
function stageSection({ stages }, limit) {
	if (stages.length === 0) return "";
	const ran = stages.filter(({ kind }) => kind === "ran");
	const seconds = ran.reduce((sum, stage) => sum + stage.seconds, 0);
	const summary = ran.length === 0 ? `**Run**: nothing ran, ${plural(stages.length, "stage")} came from the cache.` : `**Run**: ${plural(ran.length, "stage")} ran in ${secondsText(seconds)}${ran.length < stages.length ? `, ${stages.length - ran.length} came from the cache` : ""}.`;
	const shown = stages.slice(0, limit.stages);
	const rows = shown.map(({ name, kind, seconds, why }) => [
		inertCode(name, 60),
		kind,
		secondsText(seconds),
		why === void 0 ? "" : inert(why, limit.text)
	]);
	const columns = shown.some(({ why }) => why !== void 0) ? 4 : 3;
	return `${summary}\n\n${table([
		"Stage",
		"",
		"Time",
		"Why"
	].slice(0, columns), rows.map((row) => row.slice(0, columns)), [
		"l",
		"l",
		"r",
		"l"
	])}${more(stages.length, shown.length, "stage")}`;
}
function provenance(input) {
	const binding = input.verdicts[0]?.binding;
	return [
		["commit", input.head === null ? null : input.head + (input.run.dirty ? " with changes that are not committed" : "")],
		["base", input.base],
		["data.lock", input.run.lock],
		["run", input.run.fingerprint],
		["model", binding?.modelDigest],
		["judged rows", input.evaluation.data],
		["predictions", input.evaluation.predictions],
		["evaluation", binding?.evaluation],
		["comparison", binding?.comparison],
		["policy", binding?.policy.digest],
		["policy read at", binding ? binding.policy.commit ?? "the working tree" : null],
		["environments at", binding?.tip]
	].filter((row) => typeof row[1] === "string");
}
function headLine(input, most) {
	const { outcome, claim, reason } = headlineOf(input);
	return `### ${signOf[outcome]} **${inert(input.model, 60)}** ${claim}: ${inert(reason, Math.max(most, 120))}`;
}
function baselineLine(input, limit) {
	const { evaluation, comparison, version } = input;
	const against = comparison ? ` against ${inert(baselineName(comparison), limit.text)}` : "";
	const first = comparison?.baseline.kind === "simplest" ? "First version, judged" : "Judged";
	const folds = evaluation.folds === void 0 ? "" : `, in ${evaluation.folds} folds`;
	const become = version === void 0 || headlineOf(input).outcome === "fail" ? "" : ` Merged, it would become **${inert(version, 40)}**.`;
	const commits = input.head === null ? "" : ` Commit ${shortCommit(input.head)}${input.base === null ? "" : `, base ${shortCommit(input.base)}`}.`;
	return `${first}${against} on ${plural(evaluation.rows, "row")}${folds}.${become}${commits}`;
}
function environmentTable({ verdicts }, limit) {
	if (verdicts.length === 0) return "";
	const shown = verdicts.slice(0, limit.checks);
	const why = shown.map((verdict) => reasonsOf(verdict, limit));
	const rows = shown.map(({ environment, verdict }, index) => [
		inert(environment, 60),
		`${signOf[verdict]} ${verdict}`,
		index > 0 && verdict !== "pass" && why[index] === why[0] ? `as ${inert(shown[0].environment, 60)}` : why[index]
	]);
	return table([
		"Environment",
		"Verdict",
		"Why"
	], rows, [
		"l",
		"l",
		"l"
	]) + more(verdicts.length, shown.length, "environment");
}
function reasonsOf({ verdict, reasons, checks }, limit) {
	const tally = `Checks: ${tallyOf(checks)}`;
	if (verdict === "pass" && reasons.length === 0) return tally;
	const shown = reasons.slice(0, 3).map((reason) => inert(reason, limit.text));
	if (reasons.length > 3) shown.push(`and ${plural(reasons.length - 3, "more reason")}`);
	return shown.join("<br>") || tally;
}
function checksSection({ verdicts }, limit) {
	const checks = groupedChecks(verdicts);
	if (checks.length === 0) return "";
	const shown = checks.slice(0, limit.checks);
	const rows = shown.map(({ result, environments }) => [
		signOf[result.outcome],
		inertCode(result.id, limit.text),
		environments === null ? "all" : environments.map((name) => inert(name, 40)).join(", "),
		inert(result.reason, limit.text * 2)
	]);
	return folded(`Checks: ${tallyOf(checks.map(({ result }) => result))}`, table([
		"",
		"Check",
		"In",
		"What was found"
	], rows, [
		"c",
		"l",
		"l",
		"l"
	]) + more(checks.length, shown.length, "check"));
}
function tallyOf(results) {
	return Object.entries({
		fail: "refused",
		inconclusive: "inconclusive",
		waived: "waived",
		pass: "hold",
		pending: "pending",
		"not-judged": "not judged"
	}).map(([outcome, word]) => ({
		word,
		count: results.filter((result) => result.outcome === outcome).length
	})).filter(({ count }) => count > 0).map(({ word, count }) => `${count} ${word}`).join(", ");
}
const weight = {
	fail: 0,
	inconclusive: 1,
	waived: 2,
	pending: 3,
	pass: 4,
	"not-judged": 5
};
function groupedChecks(verdicts) {
	const found = new Map();
	for (const { environment, checks } of verdicts) for (const result of checks) {
		const key = JSON.stringify([
			result.id,
			result.outcome,
			result.reason
		]);
		const group = found.get(key);
		if (group) group.environments.push(environment);
		else found.set(key, {
			result,
			environments: [environment]
		});
	}
	return [...found.values()].map(({ result, environments }) => ({
		result,
		environments: environments.length === verdicts.length ? null : environments
	})).sort((a, b) => weight[a.result.outcome] - weight[b.result.outcome]);
}
function notesSection({ notes = [] }, limit) {
	if (notes.length === 0) return "";
	const shown = notes.slice(0, limit.notes);
	return folded(`About the inputs: ${plural(notes.length, "note")}`, shown.map((note) => `- ${inert(note, limit.text * 2)}`).join("\n") + more(notes.length, shown.length, "note"));
}
function footer(input) {
	return folded("What this speaks of, by digest", table(["What", "Digest or commit"], provenance(input).map(([name, value]) => [name, inertCode(value, 90)]), ["l", "l"]));
}
const shortCommit = (commit) => inertCode(commit.startsWith("sha256:") ? hexOf(commit).slice(0, 7) : commit.slice(0, 7));
export { percentText as A, subjectLabel as C, deltaText as D, deltaInterval as E, sliceRows as F, secondsText as M, directionOf as N, intervalText as O, metricRows as P, primaryMetric as S, countText as T, table as _, groupedChecks as a, baselineName as b, tallyOf as c, chartSection as d, dataSection as f, folded as g, stageSection as h, footer as i, plural as j, metricText as k, provenance as l, sliceSection as m, checksSection as n, headLine as o, metricSection as p, environmentTable as r, notesSection as s, baselineLine as t, changeWord as u, padEnd as v, bytesText as w, headlineOf as x, widthOf as y };
