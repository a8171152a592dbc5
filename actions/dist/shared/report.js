import { C as subjectLabel, D as deltaText, E as deltaInterval, M as secondsText, O as intervalText, P as metricRows, _ as table, d as chartSection, f as dataSection, g as folded, h as stageSection, i as footer, j as plural, k as metricText, m as sliceSection, n as checksSection, o as headLine, p as metricSection, r as environmentTable, s as notesSection, t as baselineLine, v as padEnd, x as headlineOf, y as widthOf } from "./comment-verdict.js";
import { a as oneLine, n as inertCode, t as inert } from "./inert-text.js";
import { t as require_dist } from "../vendor/yaml.js";
import "./evaluation.js";
import { styleText } from "node:util";
const order = [
	"success",
	"doubt",
	"pending",
	"failure"
];
function partOutcome(part) {
	switch (part.kind) {
		case "judged": {
			const { outcome, reason } = headlineOf(part.input);
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
	const worst = order.findLast((weight) => parts.some((part) => part.weight === weight));
	const deciding = parts.filter(({ weight }) => weight === worst);
	const state = worst === "doubt" ? "success" : worst;
	if (parts.length === 1) return {
		state,
		description: deciding[0].words
	};
	const others = deciding.length > 1 ? ` and ${plural(deciding.length - 1, "more model")}` : "";
	const what = worst === "success" ? "pass" : deciding[0].words;
	const names = `${deciding[0].model}${others} of ${parts.length}`;
	return {
		state,
		description: worst === "success" ? `all ${parts.length} models pass` : `${names}: ${what}`
	};
}
const commentMarker = "<!-- lockstep:report -->";
const mostUnits$1 = 65536;
const limits = [
	{
		checks: 60,
		metrics: 24,
		slices: 24,
		chart: 12,
		data: 40,
		stages: 40,
		notes: 20,
		text: 160
	},
	{
		checks: 20,
		metrics: 16,
		slices: 10,
		chart: 8,
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
		if (body.length + 24 + 2 <= mostUnits$1) return `${body}\n\n${commentMarker}\n`;
	}
	return `${headLine(input, 40)}\n\n_The rest is longer than a comment may be: see the HTML report._\n\n${commentMarker}\n`;
}
const modelBody = (input, limit, more) => commentBody({
	...input,
	data: null
}, limit, more);
function commentBody(input, limit, more = "") {
	return [
		headLine(input, limit.text),
		baselineLine(input, limit),
		more,
		environmentTable(input, limit),
		metricSection(input, limit),
		chartSection(input, limit),
		sliceSection(input, limit, "worse"),
		sliceSection(input, limit, "better"),
		checksSection(input, limit),
		dataSection(input, limit),
		stageSection(input, limit),
		notesSection(input, limit),
		footer(input)
	].filter((part) => part !== "").join("\n\n");
}
function withoutValues(input) {
	const open = new Set(input.modelFile.inputs.filter((column) => column.public).map(({ name }) => name));
	const hidden = new Map();
	const counts = new Map();
	for (const { column, value } of input.evaluation.slices) {
		const name = `${column}=${value}`;
		if (open.has(column) || hidden.has(name)) continue;
		counts.set(column, (counts.get(column) ?? 0) + 1);
		hidden.set(name, `#${counts.get(column)}`);
	}
	if (hidden.size === 0) return input;
	const words = [...hidden].sort(([a], [b]) => b.length - a.length);
	const clean = (text) => words.reduce((said, [name, number]) => said.replaceAll(name, `${name.slice(0, name.indexOf("="))}=${number}`), text);
	const slices = (all) => all.map((slice) => ({
		...slice,
		value: hidden.get(`${slice.column}=${slice.value}`) ?? slice.value
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
		notes: [...input.notes ?? [], `values of ${[...counts.keys()].join(", ")} are numbered here: model.yaml does not call ${counts.size === 1 ? "it" : "them"} public`]
	};
}
const mostUnits = 65280;
const signs = {
	failure: "❌",
	pending: "⏳",
	doubt: "⚠️",
	success: "✅"
};
function renderChange(change) {
	const models = change.models.map((part) => part.kind === "judged" ? {
		...part,
		input: withoutValues(part.input)
	} : part);
	const shown = {
		...change,
		models
	};
	for (const limit of limits) for (const bodies of [
		models.length,
		Math.min(8, models.length),
		0
	]) {
		const body = changeBody(shown, limit, bodies);
		if (body.length + 24 + 2 <= mostUnits) return `${body}\n\n${commentMarker}\n`;
	}
	const { description } = changeOutcome(shown);
	return `### ${inert(description, 140)}\n\n_The rest is longer than a comment may be: see the run._\n\n${commentMarker}\n`;
}
function changeBody(change, limit, bodies) {
	const [only] = change.models;
	return (change.models.length === 1 ? [
		partBody(only, change, limit),
		dataSection({ data: change.data }, limit),
		reproduce(change),
		howJudged(change)
	] : [
		changeHead(change),
		overview(change, limit),
		dataSection({ data: change.data }, limit),
		...importantFirst(change.models).slice(0, bodies).map((part) => foldedPart(part, change, limit)),
		bodies < change.models.length && change.models.length > 1 ? `_${plural(change.models.length - bodies, "model")} ${bodies === 0 ? "" : "more "}in the table only, to keep this comment short: the whole report is with the run._` : "",
		reproduce(change),
		howJudged(change)
	]).filter((part) => part !== "").join("\n\n");
}
function changeHead(change) {
	const { state, description } = changeOutcome(change);
	const doubt = state === "success" && change.models.some((part) => partOutcome(part).weight === "doubt");
	return `### ${signs[doubt ? "doubt" : state]} ${plural(change.models.length, "model")}: ${inert(description, 160)}`;
}
function overview({ models }, limit) {
	const most = limit.checks * 4;
	const rows = importantFirst(models).slice(0, most).map((part) => {
		const { weight, words } = partOutcome(part);
		return [
			signs[weight],
			`**${inert(part.model, 60)}**`,
			inert(words, limit.text),
			inert(part.why.join("; "), limit.text)
		];
	});
	const rest = models.length > rows.length ? `\n\n_… and ${plural(models.length - rows.length, "more model")}._` : "";
	return table([
		"",
		"Model",
		"Verdict",
		"What changed"
	], rows, [
		"c",
		"l",
		"l",
		"l"
	]) + rest;
}
const weights = [
	"failure",
	"pending",
	"doubt",
	"success"
];
const importantFirst = (models) => weights.flatMap((weight) => models.filter((part) => partOutcome(part).weight === weight));
const foldedPart = (part, change, limit) => folded(`${signs[partOutcome(part).weight]} ${inert(part.model, 60)}`, partBody(part, change, limit));
function partBody(part, change, limit) {
	const changed = whatChanged(part, limit);
	if (part.kind === "judged") {
		const own = part.own === null ? "" : `**policy.yaml** is changed here. It was judged by the base's; by its own it would be **${part.own}**.`;
		const quick = part.quick ? "Judged by a quick run, on a sample of the rows: it can refuse, never pass." : "";
		return modelBody(part.input, limit, [
			changed,
			quick,
			own
		].filter((line) => line !== "").join("\n\n"));
	}
	const { weight, words } = partOutcome(part);
	return [
		`### ${signs[weight]} **${inert(part.model, 60)}** ${inert(words, limit.text * 2)}`,
		explain(part, change),
		changed
	].filter((line) => line !== "").join("\n\n");
}
function whatChanged({ why }, limit) {
	const shown = why.slice(0, Math.max(3, Math.floor(limit.data / 5)));
	const rest = why.length > shown.length ? ` and ${plural(why.length - shown.length, "more thing")}` : "";
	return shown.length === 0 ? "" : `**Changed**: ${shown.map((one) => inert(one, limit.text)).join(" · ")}${rest}`;
}
function explain(part, { head }) {
	switch (part.kind) {
		case "waiting": return `Its pipeline asks for a machine that pull requests may not use. Someone with write access starts its training on this very commit with a comment:\n\n\`\`\`text\n/train ${head}\n\`\`\``;
		case "missing": return "The change touches it, and its run handed nothing over: it failed, was cancelled, or left it out. The log of the run says why.";
		case "refused": return `Nothing of it was used (${inertCode(part.code, 60)}).`;
		case "new": return "The base has neither rows nor a policy to judge it by, so it is trained and judged on main after the merge.";
		default: return "";
	}
}
function reproduce({ base, models }) {
	const [first] = models;
	if (first === void 0) return "";
	return `**See it at home**\n\n\`\`\`sh\n./lockstep run ${models.length === 1 ? first.model : "<model>"} --base ${base.slice(0, 12)}\n\`\`\``;
}
function howJudged({ models, judge, base, isolation, trainedIn }) {
	const judged = models.flatMap((part) => part.kind === "judged" ? [part.input] : []);
	if (judged.length === 0) return "";
	const apart = [isolation.user ? "as another user" : "", isolation.network ? "without network" : ""].filter(Boolean);
	const scored = `scored and judged by the code at ${inertCode(judge.slice(0, 12))} on rows of ${inertCode(base.slice(0, 12))}`;
	return `<sub>Trained in ${trainedIn === void 0 ? "the pull request's run" : inert(trainedIn, 60)} (${training(judged)}); ${scored}${apart.length > 0 ? `, ${apart.join(" and ")}` : ""}. What the run says of itself was not believed.</sub>`;
}
function training(judged) {
	const stages = judged.flatMap(({ run }) => run.stages);
	const seconds = stages.reduce((sum, stage) => sum + stage.seconds, 0);
	return `${plural(stages.length, "stage")}, ${secondsText(seconds)}`;
}
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
export { commentMarker as a, renderChange as i, renderMonitorHtml as n, renderComment as o, renderText as r, changeOutcome as s, renderHtml as t };
