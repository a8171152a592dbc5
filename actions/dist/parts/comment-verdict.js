import { gt as hexOf, p as amount, t as init_workspace } from "./workspace.js";
import { n as markdownTable } from "../vendor/small.js";
import { f as metricDirections, m as metricTitle, p as metricEntry } from "./evaluation.js";
import { n as inertCode, t as inert } from "./inert-text.js";
init_workspace();
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
const table = (head, rows, align) => markdownTable([head, ...rows], {
	align: [...align],
	alignDelimiters: false,
	padding: true
});
const folded = (summary, body) => `<details>\n<summary>${summary}</summary>\n\n${body}\n\n</details>`;
const foldedDetails = (details) => {
	const found = details.filter((detail) => detail !== null);
	if (found.length === 0) return "";
	const parts = found.map(({ name, title = capital(name), body }) => `**${title}**\n\n${body}`);
	return folded(`Details: ${found.map(({ name }) => name).join(", ")}`, parts.join("\n\n"));
};
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const more = (all, shown, one, many) => all > shown ? `\n\n_… and ${plural(all - shown, `more ${one}`, many === void 0 ? void 0 : `more ${many}`)}, left out here to keep this comment short._` : "";
function dataSection({ data }, limit) {
	if (data === null || data.length === 0) return null;
	const shown = data.slice(0, limit.data);
	const rows = shown.map((change) => [
		inertCode(change.key, limit.text),
		changeWord(change),
		change.before ? sizeAndDigest(change.before) : "",
		change.after ? sizeAndDigest(change.after) : ""
	]);
	return {
		name: plural(data.length, "changed dataset"),
		body: table([
			"Dataset",
			"",
			"Before",
			"After"
		], rows, [
			"l",
			"l",
			"l",
			"l"
		]) + more(data.length, shown.length, "dataset") + insideText(shown, limit)
	};
}
function insideText(shown, limit) {
	const lines = shown.flatMap(({ key, inside }) => {
		const words = inside === void 0 ? [] : insideWords(inside, limit);
		return words.length === 0 ? [] : [`- ${inertCode(key, limit.text)}: ${words.join("; ")}`];
	});
	return lines.length === 0 ? "" : `\n\n${lines.join("\n")}`;
}
function insideWords({ files, rows, columns, moved, unread }, limit) {
	const names = (all) => {
		const some = all.slice(0, limit.data).map((name) => inertCode(name, 60));
		return `${some.join(", ")}${all.length > some.length ? ` and ${all.length - some.length} more` : ""}`;
	};
	const counted = Object.entries(files ?? {}).filter(([, count]) => count > 0);
	const told = (what, all = []) => all.length === 0 ? [] : [`${what} ${names(all)}`];
	return [
		...counted.length > 0 ? [`files ${counted.map(([what, count]) => `${countText(count)} ${what}`).join(", ")}`] : [],
		...rows ? [rowsText(rows)] : [],
		...told("columns added:", columns?.added),
		...told("columns gone:", columns?.removed),
		...told("type changed:", columns?.retyped),
		...columns && columns.unnamed > 0 ? [`${plural(columns.unnamed, "changed column")} that no model.yaml names`] : [],
		...moved ? [movedText(moved, limit)] : [],
		...unread === void 0 ? [] : [inert(unread, limit.text)]
	];
}
function rowsText({ before, after, added, removed }) {
	const which = added === void 0 || removed === void 0 ? "" : ` (${countText(added)} new, ${countText(removed)} gone)`;
	return `rows ${countText(before)} → ${countText(after)}${which}`;
}
function movedText({ compared, count, columns }, limit) {
	if (count === 0) return "no distribution moved";
	const some = columns.slice(0, limit.data).map(({ column, stabilityIndex }) => `${inertCode(column, 60)} ${stabilityIndex.toFixed(2)}`);
	const named = some.length === 0 ? "" : ` (stability index: ${some.join(", ")})`;
	return `${countText(count)} of ${plural(compared, "distribution")} moved${named}`;
}
const changeWord = ({ before, after }) => before && after ? "changed" : after ? "new" : "gone";
const sizeAndDigest = ({ digest, size }) => `${bytesText(size)} ${inertCode(digest.slice(7, 19))}`;
function stageSection({ stages }, limit, whose) {
	if (stages.length === 0) return null;
	const shown = stages.slice(0, limit.stages);
	const rows = shown.map(({ name, kind, seconds, why }) => [
		inertCode(name, 60),
		kind,
		secondsText(seconds),
		why === void 0 ? "" : inert(why, limit.text)
	]);
	const columns = shown.some(({ why }) => why !== void 0) ? 4 : 3;
	return {
		name: "time",
		title: `${whose}: ${stagesText(stages)}`,
		body: table([
			"Stage",
			"",
			"Time",
			"Why"
		].slice(0, columns), rows.map((row) => row.slice(0, columns)), [
			"l",
			"l",
			"r",
			"l"
		]) + more(stages.length, shown.length, "stage")
	};
}
function stagesText(stages) {
	const ran = stages.filter(({ kind }) => kind === "ran");
	if (ran.length === 0) return `nothing ran, ${plural(stages.length, "stage")} came from the cache`;
	const seconds = ran.reduce((sum, stage) => sum + stage.seconds, 0);
	const cached = stages.length - ran.length;
	return `${plural(ran.length, "stage")} ran in ${secondsText(seconds)}${cached > 0 ? `, ${cached} came from the cache` : ""}`;
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
init_workspace();
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
function environmentSection({ verdicts }, limit) {
	if (verdicts.length === 0) return "";
	const [first] = verdicts;
	const said = ({ verdict, reasons }) => JSON.stringify([verdict, reasons]);
	const shown = verdicts.slice(0, limit.checks);
	const rest = more(verdicts.length, shown.length, "environment");
	if (verdicts.every((verdict) => said(verdict) === said(first))) {
		const line = shown.map((one) => `${signOf[one.verdict]} ${inert(one.environment, 60)}${waitsFor(one, limit)}`);
		const others = [...new Set(first.reasons)].slice(1, 4).map((reason) => `\n- ${inert(reason, limit.text)}`);
		return line.join(" · ") + (others.length > 0 ? `\n${others.join("")}` : "") + rest;
	}
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
	]) + rest;
}
function waitsFor({ verdict, checks }, limit) {
	const from = checks.flatMap(({ outcome, check }) => outcome === "pending" && check.from !== void 0 ? [check.from] : []);
	if (verdict === "fail" || from.length === 0) return "";
	return ` (after ${[...new Set(from)].slice(0, 3).map((name) => inert(name, limit.text)).join(", ")})`;
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
	if (checks.length === 0) return null;
	const shown = checks.slice(0, limit.checks);
	const rows = shown.map(({ result, environments }) => [
		signOf[result.outcome],
		inertCode(result.id, limit.text),
		environments === null ? "all" : environments.map((name) => inert(name, 40)).join(", "),
		inert(result.reason, limit.text * 2)
	]);
	return {
		name: plural(checks.length, "check"),
		title: `Checks: ${tallyOf(checks.map(({ result }) => result))}`,
		body: table([
			"",
			"Check",
			"In",
			"What was found"
		], rows, [
			"c",
			"l",
			"l",
			"l"
		]) + more(checks.length, shown.length, "check")
	};
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
	if (notes.length === 0) return null;
	const shown = notes.slice(0, limit.notes);
	return {
		name: plural(notes.length, "note"),
		body: shown.map((note) => `- ${inert(note, limit.text * 2)}`).join("\n") + more(notes.length, shown.length, "note")
	};
}
function footer(input) {
	return {
		name: "digests",
		title: "What this speaks of",
		body: table(["What", "Digest or commit"], provenance(input).map(([name, value]) => [name, inertCode(value, 90)]), ["l", "l"])
	};
}
const shortCommit = (commit) => inertCode(commit.startsWith("sha256:") ? hexOf(commit).slice(0, 7) : commit.slice(0, 7));
export { secondsText as A, countText as C, metricText as D, intervalText as E, metricRows as M, sliceRows as N, percentText as O, bytesText as S, deltaText as T, baselineName as _, groupedChecks as a, signOf as b, tallyOf as c, dataSection as d, stageSection as f, table as g, more as h, footer as i, directionOf as j, plural as k, provenance as l, foldedDetails as m, checksSection as n, headLine as o, folded as p, environmentSection as r, notesSection as s, baselineLine as t, changeWord as u, headlineOf as v, deltaInterval as w, subjectLabel as x, primaryMetric as y };
