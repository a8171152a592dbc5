import { Ct as LockstepError, St as writeAtomic, t as init_workspace } from "./workspace.js";
import { a as cellText, i as readTable, l as writeParquet, o as column, s as selectRows } from "./data.js";
import { n as openScorer } from "./model.js";
import { n as metadataKeys } from "./model-metadata.js";
import { t as predictionsTable } from "./predictions.js";
import { _ as builtins } from "./pipeline.js";
import { a as NodeProtoSchema, c as TensorProtoSchema, d as TensorShapeProtoSchema, f as TensorShapeProto_DimensionSchema, g as toBinary, h as ValueInfoProtoSchema, i as ModelProtoSchema, m as TypeProto_TensorSchema, n as AttributeProto_AttributeType, o as OperatorSetIdProtoSchema, p as TypeProtoSchema, r as GraphProtoSchema, s as StringStringEntryProtoSchema, t as AttributeProtoSchema, u as TensorProto_DataType, v as create } from "../vendor/onnx.js";
import { a as foldsOf, i as rowIdOf, n as judgingFolds, o as rowHashes, r as rowIdColumn } from "./judging-folds.js";
init_workspace();
const dataType = {
	float: 1,
	int64: 7,
	string: 8,
	double: 11
};
const ln2High = .6931471803691238;
const ln2Low = 19082149292705877e-26;
const perLn2 = Math.LOG2E;
const squareRootHalf = Math.SQRT1_2;
const inverseFactorials = Float64Array.from({ length: 14 }, (_, n) => {
	let factorial = 1;
	for (let i = 2; i <= n; i++) factorial *= i;
	return 1 / factorial;
});
const powersOfTwo = (() => {
	const powers = new Float64Array(2046);
	powers[1022] = 1;
	for (let i = 1023; i < powers.length; i++) powers[i] = powers[i - 1] * 2;
	for (let i = 1021; i >= 0; i--) powers[i] = powers[i + 1] / 2;
	return powers;
})();
function exponential(x) {
	const held = Math.min(700, Math.max(-700, x));
	const k = Math.floor(held * perLn2 + .5);
	const r = held - k * ln2High - k * ln2Low;
	let sum = inverseFactorials[13];
	for (let n = 12; n >= 0; n--) sum = sum * r + inverseFactorials[n];
	return sum * powersOfTwo[k + 1022];
}
function logarithm(x) {
	let mantissa = x;
	let exponent = 0;
	while (mantissa >= 2 * squareRootHalf) {
		mantissa *= .5;
		exponent++;
	}
	while (mantissa < squareRootHalf) {
		mantissa *= 2;
		exponent--;
	}
	const s = (mantissa - 1) / (mantissa + 1);
	const square = s * s;
	let sum = 0;
	for (let n = 23; n >= 1; n -= 2) sum = sum * square + 1 / n;
	return exponent * ln2High + (2 * s * sum + exponent * ln2Low);
}
const logistic = (x) => 1 / (1 + exponential(-x));
const logOdds = (p) => logarithm(p / (1 - p));
function logLoss(x, y) {
	return Math.max(x, 0) - y * x + logarithm(1 + exponential(-Math.abs(x)));
}
function levelTensor(graph, text, map, guarded) {
	if (!guarded) return graph.node("LabelEncoder", [text], {
		domain: "ai.onnx.ml",
		attributes: {
			keys_strings: { texts: map.levels },
			values_floats: { floats: map.values },
			default_float: { float: map.other }
		}
	});
	const missing = map.levels.includes("") ? [] : [""];
	const levels = [...map.levels, ...missing];
	const values = [...map.values, ...missing.map(() => map.other)];
	const index = graph.node("LabelEncoder", [text], {
		domain: "ai.onnx.ml",
		attributes: {
			keys_strings: { texts: levels },
			values_int64s: { ints: levels.map((_, place) => place) },
			default_int64: { int: levels.length }
		}
	});
	return graph.node("Gather", [graph.constant({ floats: values }, [levels.length]), index], { attributes: { axis: { int: 0 } } });
}
const mostListed = 1e3;
function knownCategories({ inputs, values }, unknown) {
	return Object.fromEntries(inputs.flatMap(({ kind, name }, place) => {
		if (kind !== "category") return [];
		const levels = new Set(values[place].values);
		levels.delete("");
		return unknown === "ignore" && levels.size > mostListed ? [] : [[name, [...levels].sort()]];
	}));
}
const smoothing = 10;
const countLevels = (texts) => {
	const counts = new Map();
	for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
	return new Map([...counts].sort(([a], [b]) => a < b ? -1 : 1));
};
function levelStatistics(texts, labels, keep = () => true) {
	const sums = sumByLevel(texts, labels);
	const prior = Math.fround(average(labels));
	const levels = [...sums.keys()].filter((level) => keep(sums.get(level).count)).sort(byCode);
	return {
		levels,
		values: Float32Array.from(levels, (level) => smoothed(sums.get(level), prior)),
		prior
	};
}
function outOfFoldStatistics(texts, labels, folds) {
	const total = sumByLevel(texts, labels);
	const all = {
		sum: average(labels) * labels.length,
		count: labels.length
	};
	const ofFold = Array.from({ length: 5 }, () => new Map());
	const foldTotals = Array.from({ length: 5 }, () => ({
		sum: 0,
		count: 0
	}));
	texts.forEach((text, row) => {
		const fold = folds[row];
		addTo(ofFold[fold], text, labels[row]);
		foldTotals[fold].sum += labels[row];
		foldTotals[fold].count++;
	});
	return Float32Array.from(texts, (text, row) => {
		const own = ofFold[folds[row]].get(text);
		const level = total.get(text);
		const fold = foldTotals[folds[row]];
		const others = all.count - fold.count;
		const prior = others > 0 ? (all.sum - fold.sum) / others : all.sum / all.count;
		return smoothed({
			sum: level.sum - own.sum,
			count: level.count - own.count
		}, prior);
	});
}
function sumByLevel(texts, labels) {
	const sums = new Map();
	texts.forEach((text, row) => {
		addTo(sums, text, labels[row]);
	});
	return sums;
}
function addTo(sums, level, label) {
	const found = sums.get(level);
	if (found) {
		found.sum += label;
		found.count++;
	} else sums.set(level, {
		sum: label,
		count: 1
	});
}
const smoothed = ({ sum, count }, prior) => (sum + smoothing * prior) / (count + smoothing);
function average(values) {
	let sum = 0;
	for (const value of values) sum += value;
	return sum / values.length;
}
const byCode = (a, b) => a < b ? -1 : a > b ? 1 : 0;
const mostRanked = 250;
function fitCategory(texts, context) {
	const { labels, folds, unknown } = context;
	const counts = countLevels(texts);
	const guards = unknown === "error" && texts.some((text) => text !== "");
	if (counts.size < 2 && !guards) return [];
	if (counts.size <= 50) {
		const { levels, values } = levelStatistics(texts, labels);
		return [ranked(texts, levels, values)];
	}
	const keep = (count) => unknown === "error" || count > 1;
	const { levels, values, prior } = levelStatistics(texts, labels, keep);
	if (levels.length === 0) return [];
	const training = outOfFoldStatistics(texts, labels, folds);
	const statistic = {
		map: {
			levels,
			values,
			other: prior
		},
		values: training,
		levels: 0
	};
	const names = [...counts.keys()];
	return names.length <= mostRanked ? [statistic, ranked(texts, names, new Float32Array(names.length))] : [statistic];
}
function applyLevels({ levels, values, other }, texts) {
	const byLevel = new Map(levels.map((level, index) => [level, values[index]]));
	return Float32Array.from(texts, (text) => byLevel.get(text) ?? other);
}
function ranked(texts, levels, values) {
	const order = levels.map((_, index) => index);
	order.sort((a, b) => values[a] - values[b] || byCode(levels[a], levels[b]));
	const ranks = new Float32Array(levels.length);
	order.forEach((level, rank) => {
		ranks[level] = rank;
	});
	const map = {
		levels,
		values: ranks,
		other: NaN
	};
	return {
		map,
		values: applyLevels(map, texts),
		levels: levels.length
	};
}
const day = "(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)";
const clock = "(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?";
const datePatterns = {
	day,
	timeAfterT: `${day}T${clock}`,
	timeAfterSpace: `${day} ${clock}`
};
const dateParts = [
	"year",
	"month",
	"day",
	"weekday",
	"time",
	"hour",
	"minute",
	"days"
];
const cycleDays = {
	month: 365,
	day: 30,
	weekday: 7,
	days: Number.POSITIVE_INFINITY
};
function learnableParts(texts, use) {
	let [first, last] = ["", ""];
	for (const text of texts) {
		if (!isDate(text)) continue;
		if (first === "" || text < first) first = text;
		if (text > last) last = text;
	}
	const days = first === "" ? 0 : Math.round((Date.parse(last.slice(0, 10)) - Date.parse(first.slice(0, 10))) / 864e5) + 1;
	return {
		parts: new Set(dateParts.filter((part) => use === "all" || days >= 2 * (cycleDays[part] ?? 0))),
		days
	};
}
const whole = new RegExp(`^(?:${day}(?:[T ]${clock})?)$`);
const weekdayOffsets = [
	0,
	3,
	2,
	5,
	0,
	3,
	5,
	1,
	4,
	6,
	2,
	4
];
const isDate = (text) => whole.test(text);
function datePartsOf(texts) {
	const columns = Object.fromEntries(dateParts.map((part) => [part, new Float32Array(texts.length).fill(NaN)]));
	texts.forEach((text, row) => {
		if (!isDate(text)) return;
		const year = Number(text.slice(0, 4));
		const month = Number(text.slice(5, 7));
		const dayOfMonth = Number(text.slice(8, 10));
		const hour = text.length > 10 ? Number(text.slice(11, 13)) : 0;
		const minute = text.length > 10 ? Number(text.slice(14, 16)) : 0;
		columns.year[row] = year;
		columns.month[row] = month;
		columns.day[row] = dayOfMonth;
		columns.weekday[row] = weekdayOf(year, month, dayOfMonth);
		columns.time[row] = hour * 60 + minute;
		columns.hour[row] = hour;
		columns.minute[row] = minute;
		columns.days[row] = daysSince1970(year, month, dayOfMonth);
	});
	return columns;
}
const marchOffsets = [
	306,
	337,
	0,
	31,
	61,
	92,
	122,
	153,
	184,
	214,
	245,
	275
];
const days1970 = 719468;
function daysSince1970(year, month, dayOfMonth) {
	const y = month < 3 ? year - 1 : year;
	const leaps = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
	return 365 * y + leaps + marchOffsets[month - 1] + dayOfMonth - 1 - days1970;
}
function weekdayOf(year, month, dayOfMonth) {
	const y = month < 3 ? year - 1 : year;
	const sum = y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + weekdayOffsets[month - 1] + dayOfMonth;
	return sum - 7 * Math.floor(sum / 7);
}
const treeDateParts = [
	"year",
	"month",
	"day",
	"weekday",
	"time",
	"minute",
	"days"
];
function fitTreeFeatures(inputs, values, context) {
	const plans = [];
	const training = [];
	const notes = [];
	inputs.forEach(({ kind, name }, input) => {
		const raw = values[input];
		const before = plans.length;
		if (raw.kind === "number") {
			if (varies(raw.values)) {
				plans.push({
					kind: "number",
					input
				});
				training.push({
					values: raw.values,
					levels: 0
				});
			}
		} else if (kind === "date") {
			const parts = datePartsOf(raw.values);
			const { parts: learnable } = learnableParts(raw.values, context.dates);
			for (const part of treeDateParts) {
				if (!learnable.has(part) || !varies(parts[part])) continue;
				plans.push({
					kind: "date",
					input,
					part
				});
				training.push({
					values: parts[part],
					levels: 0
				});
			}
			notes.push(...dateNotes(name, raw.values, context.dates));
		} else for (const fitted of fitCategory(raw.values, context)) {
			plans.push({
				kind: "levels",
				input,
				map: fitted.map,
				guarded: context.unknown === "error"
			});
			training.push({
				values: fitted.values,
				levels: fitted.levels
			});
		}
		if (plans.length === before) notes.push(leftOutNote(name, raw));
	});
	if (plans.length === 0) {
		const plan = placeholder(inputs[0]);
		plans.push(plan);
		training.push({
			values: applyTreeFeatures([plan], values)[0],
			levels: 0
		});
	}
	return {
		plans,
		training,
		notes
	};
}
const placeholder = ({ kind }) => kind === "number" ? {
	kind: "number",
	input: 0
} : {
	kind: "levels",
	input: 0,
	map: {
		levels: [""],
		values: new Float32Array(1),
		other: 0
	},
	guarded: false
};
const applyTreeFeatures = (plans, values) => {
	const dates = new Map();
	return plans.map((plan) => {
		const raw = values[plan.input];
		if (plan.kind === "number") return raw.values;
		const texts = raw.values;
		if (plan.kind === "levels") return applyLevels(plan.map, texts);
		if (!dates.has(plan.input)) dates.set(plan.input, datePartsOf(texts));
		return dates.get(plan.input)[plan.part];
	});
};
function varies(values) {
	const first = values[0];
	return values.some((value) => value !== first && !(Number.isNaN(value) && Number.isNaN(first)));
}
function dateNotes(name, texts, use) {
	const bad = texts.filter((text) => text !== "" && !isDate(text)).length;
	const { parts, days } = learnableParts(texts, use);
	const left = [
		...parts.has("month") ? [] : ["month"],
		...parts.has("day") ? [] : ["day of the month"],
		...parts.has("weekday") ? [] : ["weekday"]
	];
	return [...bad === 0 ? [] : [`${name}: ${bad} of ${texts.length} values are no ISO 8601 dates and count as missing`], ...left.length === 0 || days === 0 ? [] : [`${name}: ${left.join(" and ")} not used, ${days} days of training rows don't span it twice`]];
}
function leftOutNote(name, raw) {
	const isMissing = (value) => value === "" || Number.isNaN(value);
	const values = raw.values;
	if (values.every(isMissing)) return `${name}: missing in every row, not used`;
	const first = values.find((value) => !isMissing(value));
	return values.every((value) => value === first) ? `${name}: the same value in every row, not used` : `${name}: no two rows can be told apart or compared by it, not used`;
}
function linkOf({ task, labels }) {
	if (task === "binary-classification") return { kind: "logistic" };
	const mean = average(labels);
	const deviation = Math.sqrt(average(labels.map((label) => (label - mean) * (label - mean))));
	return {
		kind: "scale",
		mean,
		deviation: deviation > 0 ? deviation : 1
	};
}
const standardised = (labels, link) => link.kind === "logistic" ? labels : labels.map((label) => (label - link.mean) / link.deviation);
const exactFloat32 = 2 ** 24;
const wideFrom = 201;
const isWide = (inputs) => inputs.length >= wideFrom || inputs.some(({ name }) => name === "score");
function planInputs(table, inputs) {
	return inputs.map((input) => {
		if (input.type === "category" || input.type === "date") return {
			kind: input.type,
			name: input.name
		};
		const numbers = numbersOf(column(table, input.name));
		const int64 = !isWide(inputs) && needsInt64(numbers, input);
		return {
			kind: "number",
			name: input.name,
			int64,
			offset: int64 ? least(numbers) : 0
		};
	});
}
const readInputs = (table, inputs) => inputs.map((input) => {
	const source = column(table, input.name);
	if (input.kind !== "number") return {
		kind: "text",
		values: textsOf(source, table.rows)
	};
	const values = Float32Array.from(numbersOf(source), (value) => value - input.offset);
	refuseInfinite(values, input.name);
	return {
		kind: "number",
		values
	};
});
const selectValues = (inputs, indices) => inputs.map((input) => input.kind === "number" ? {
	kind: "number",
	values: Float32Array.from(indices, (row) => input.values[row])
} : {
	kind: "text",
	values: Array.from(indices, (row) => input.values[row])
});
function needsInt64(values, input) {
	if (input.type !== "integer" || input.missing !== false) return false;
	let large = false;
	for (const value of values) {
		if (!Number.isSafeInteger(value)) return false;
		if (value > exactFloat32 || value < -exactFloat32) large = true;
	}
	return large;
}
function numbersOf(source) {
	if (source.type === "number") return source.values;
	const first = source.values.findIndex((value) => value !== null);
	if (first < 0) return new Float64Array(source.values.length).fill(NaN);
	throw new LockstepError("E_TRAIN_DATA", {
		what: `column "${source.name}" holds text, first in row ${first + 1}`,
		allowed: "model.yaml declares it as a number",
		fix: `declare "${source.name}" as category or date in model.yaml, or mend the cells that are no numbers`
	});
}
const textsOf = (source, rows) => source.type === "text" ? source.values.map((value) => value ?? "") : Array.from({ length: rows }, (_, row) => cellText(source, row) ?? "");
function refuseInfinite(values, name) {
	const row = values.findIndex((value) => value === Infinity || value === -Infinity);
	if (row < 0) return;
	throw new LockstepError("E_TRAIN_DATA", {
		what: `column "${name}" holds a number beyond ±3.4e38, first in row ${row + 1}`,
		allowed: "numbers that float32, which models compute in, can hold",
		fix: `rescale the column in the stage before, or take "${name}" off \`inputs\` in model.yaml`
	});
}
function least(values) {
	let low = Number.POSITIVE_INFINITY;
	for (const value of values) if (value < low) low = value;
	return low;
}
init_workspace();
const affirmative = [
	"yes",
	"true",
	"1"
];
function readLabels(table, task, target, positive) {
	return task === "regression" ? readValues(table, target) : readClasses(table, target, positive);
}
function readValues(table, target) {
	const source = column(table, target);
	if (source.type === "text" && source.values.some((value) => value !== null)) throw refusal(`the target "${target}" holds text`, "a regression predicts a number", { fix: "set `task: binary-classification` in model.yaml, or mend the cells that are no numbers" });
	const values = source.type === "number" ? source.values : new Float64Array(table.rows).fill(NaN);
	const known = values.filter((value) => !Number.isNaN(value));
	if (known.length === 0) throw allMissing(target);
	if (known.every((value) => value === known[0])) throw refusal(`the target "${target}" has one value in all ${known.length} rows`, "two different values");
	if (known.some((value) => !Number.isFinite(Math.fround(value)))) throw refusal(`the target "${target}" holds a number beyond ±3.4e38`, "numbers that float32 can hold", { fix: "rescale the column in the stage before" });
	return { values };
}
function readClasses(table, target, stated) {
	const source = column(table, target);
	const texts = Array.from({ length: table.rows }, (_, row) => cellText(source, row));
	const counts = new Map();
	for (const text of texts) if (text !== null) counts.set(text, (counts.get(text) ?? 0) + 1);
	if (counts.size === 0) throw allMissing(target);
	if (counts.size === 1) throw refusal(`the target "${target}" has one class in all ${table.rows} rows`, "two classes");
	if (counts.size > 2) throw refusal(`the target "${target}" has ${counts.size} classes`, "two classes", { fix: "name a column of two classes, or set `task: regression` in model.yaml" });
	const positive = stated === void 0 ? likelyPositive(counts) : spelled(stated, counts);
	if (!counts.has(positive)) throw refusal(`the positive class "${positive}" is not among the target's classes`, [...counts.keys()].sort().join(" or "), { fix: "correct `evaluate.positive` in pipeline.yaml" });
	return {
		values: Float64Array.from(texts, (text) => text === null ? NaN : text === positive ? 1 : 0),
		positive
	};
}
function likelyPositive(counts) {
	const names = [...counts.keys()].sort();
	const rarer = counts.get(names[0]) < counts.get(names[1]) ? names[0] : names[1];
	return names.find((name) => affirmative.includes(name.toLowerCase())) ?? rarer;
}
function spelled(stated, counts) {
	if (counts.has(stated)) return stated;
	const number = {
		true: "1",
		false: "0"
	}[stated.toLowerCase()] ?? String(Number(stated));
	return counts.has(number) ? number : stated;
}
const allMissing = (target) => refusal(`the target "${target}" is missing in every row`, "a target in at least two rows");
function refusal(what, allowed, { fix = "name another column as `evaluate.target`" } = {}) {
	return new LockstepError("E_TRAIN_DATA", {
		what,
		allowed,
		fix
	});
}
function scoreOutOfFold(rows, train, progress = () => {}) {
	const scores = new Float64Array(rows.labels.length);
	for (let fold = 0; fold < rows.foldCount; fold++) {
		const [learn, judged] = [[], []];
		rows.judges.forEach((judge, row) => {
			if (judge === fold) judged.push(row);
			else if (!Number.isNaN(rows.labels[row])) learn.push(row);
		});
		if (judged.length === 0) continue;
		const model = train(selectTraining(rows, learn));
		const values = selectValues(rows.values, judged);
		model.predict(values, judged.length).forEach((score, index) => {
			scores[judged[index]] = score;
		});
		progress(fold);
	}
	return scores;
}
const selectTraining = (rows, indices) => indices.length === rows.labels.length ? rows : {
	task: rows.task,
	inputs: rows.inputs,
	values: selectValues(rows.values, indices),
	labels: Float64Array.from(indices, (row) => rows.labels[row]),
	folds: Int32Array.from(indices, (row) => rows.folds[row])
};
init_workspace();
const mostRows = 5e3;
const tolerance = 1e-5;
async function checkParity(model, bytes, table) {
	const step = Math.max(1, Math.ceil(table.rows / mostRows));
	const rows = Array.from({ length: Math.ceil(table.rows / step) }, (_, index) => index * step);
	const sample = selectRows(table, rows);
	const own = model.predict(readInputs(sample, model.inputs), sample.rows);
	const scorer = await openScorer(bytes);
	const exported = await scorer.score(sample).finally(() => scorer.release());
	const unit = model.link.kind === "scale" ? model.link.deviation : 1;
	let largest = 0;
	own.forEach((score, row) => {
		const difference = Math.abs(score - exported[row]) / Math.max(1, Math.abs(score), unit);
		largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(largest, difference);
	});
	if (largest <= tolerance) return largest;
	throw new LockstepError("E_TRAIN_PARITY", {
		what: `the exported model differs from its trainer by ${largest} on the training rows`,
		allowed: `at most ${tolerance}`,
		fix: "report this with the table: it is a defect of the trainer, and no model was written"
	});
}
const opset = 20;
const machineLearningOpset = 4;
const irVersion = 9;
var OnnxGraph = class {
	#name;
	#names = new Set();
	#inputs = [];
	#outputs = [];
	#constants = [];
	#nodes = [];
	constructor(name) {
		this.#name = name;
	}
	input(name, type, width = 1) {
		if (this.#names.has(name)) throw new Error(`two tensors are called ${name}`);
		this.#names.add(name);
		this.#inputs.push(valueInfo(name, type, width));
		return name;
	}
	constant(value, shape) {
		const name = this.#fresh("constant");
		this.#constants.push(tensor(name, value, shape));
		return name;
	}
	node(operator, inputs, options = {}) {
		return this.nodes(operator, inputs, options)[0];
	}
	nodes(operator, inputs, options = {}) {
		const outputs = Array.from({ length: options.outputs ?? 1 }, () => this.#fresh(operator));
		this.#nodes.push(nodeProto(operator, inputs, outputs, options));
		return outputs;
	}
	output(name, from, type) {
		if (this.#names.has(name)) throw new Error(`two tensors are called ${name}`);
		this.#names.add(name);
		this.#nodes.push(nodeProto("Identity", [from], [name], {}));
		this.#outputs.push(valueInfo(name, type, 1));
	}
	toBytes(metadata) {
		return toBinary(ModelProtoSchema, create(ModelProtoSchema, {
			irVersion: BigInt(irVersion),
			producerName: "lockstep",
			opsetImport: [create(OperatorSetIdProtoSchema, {
				domain: "",
				version: BigInt(opset)
			}), create(OperatorSetIdProtoSchema, {
				domain: "ai.onnx.ml",
				version: BigInt(machineLearningOpset)
			})],
			graph: create(GraphProtoSchema, {
				name: this.#name,
				node: this.#nodes,
				initializer: this.#constants,
				input: this.#inputs,
				output: this.#outputs
			}),
			metadataProps: Object.entries(metadata).map(([key, value]) => create(StringStringEntryProtoSchema, {
				key,
				value
			}))
		}));
	}
	#fresh(kind) {
		let number = this.#names.size;
		while (this.#names.has(`${kind}_${number}`)) number++;
		this.#names.add(`${kind}_${number}`);
		return `${kind}_${number}`;
	}
};
function nodeProto(operator, inputs, outputs, options) {
	return create(NodeProtoSchema, {
		name: outputs[0],
		opType: operator,
		domain: options.domain ?? "",
		input: [...inputs],
		output: [...outputs],
		attribute: Object.entries(options.attributes ?? {}).map(([name, value]) => attribute(name, value))
	});
}
function attribute(name, value) {
	const Type = AttributeProto_AttributeType;
	if ("float" in value) return create(AttributeProtoSchema, {
		name,
		type: Type.FLOAT,
		f: value.float
	});
	if ("int" in value) return create(AttributeProtoSchema, {
		name,
		type: Type.INT,
		i: BigInt(value.int)
	});
	if ("text" in value) return create(AttributeProtoSchema, {
		name,
		type: Type.STRING,
		s: utf8(value.text)
	});
	if ("floats" in value) return create(AttributeProtoSchema, {
		name,
		type: Type.FLOATS,
		floats: Array.from(value.floats)
	});
	if ("ints" in value) return create(AttributeProtoSchema, {
		name,
		type: Type.INTS,
		ints: Array.from(value.ints, BigInt)
	});
	return create(AttributeProtoSchema, {
		name,
		type: Type.STRINGS,
		strings: value.texts.map(utf8)
	});
}
function tensor(name, value, shape) {
	const dims = shape.map(BigInt);
	const Type = TensorProto_DataType;
	if ("floats" in value) return create(TensorProtoSchema, {
		name,
		dims,
		dataType: Type.FLOAT,
		floatData: Array.from(value.floats)
	});
	if ("doubles" in value) return create(TensorProtoSchema, {
		name,
		dims,
		dataType: Type.DOUBLE,
		doubleData: Array.from(value.doubles)
	});
	if ("ints" in value) return create(TensorProtoSchema, {
		name,
		dims,
		dataType: Type.INT64,
		int64Data: Array.from(value.ints, BigInt)
	});
	return create(TensorProtoSchema, {
		name,
		dims,
		dataType: Type.STRING,
		stringData: value.texts.map(utf8)
	});
}
function valueInfo(name, type, width) {
	const dimension = (value) => create(TensorShapeProto_DimensionSchema, { value });
	return create(ValueInfoProtoSchema, {
		name,
		type: create(TypeProtoSchema, { value: {
			case: "tensorType",
			value: create(TypeProto_TensorSchema, {
				elemType: dataType[type],
				shape: create(TensorShapeProtoSchema, { dim: [dimension({
					case: "dimParam",
					value: "N"
				}), dimension({
					case: "dimValue",
					value: BigInt(width)
				})] })
			})
		} })
	});
}
const utf8 = (text) => Uint8Array.from(Buffer.from(text, "utf8"));
const machineLearning = "ai.onnx.ml";
function datePartTensors(graph, text) {
	const write = new DateWriter(graph);
	const isDay = write.matches(text, datePatterns.day);
	const isAfterT = write.matches(text, datePatterns.timeAfterT);
	const isAfterSpace = write.matches(text, datePatterns.timeAfterSpace);
	const afterT = write.split(write.where(isAfterT, text, write.text("1970-01-01T00:00")), "T");
	const afterSpace = write.split(write.where(isAfterSpace, text, write.text("1970-01-01 00:00")), " ");
	const otherDay = write.where(isAfterSpace, afterSpace(0), afterT(0));
	const day = write.split(write.where(isDay, text, otherDay), "-");
	const zoned = write.where(isAfterSpace, afterSpace(1), afterT(1));
	const clock = write.split(write.split(write.split(zoned, "+")(0), "-")(0), ":");
	const isDate = graph.node("Or", [isDay, graph.node("Or", [isAfterT, isAfterSpace])]);
	const known = (tensor) => write.where(isDate, tensor, write.number(NaN));
	const year = graph.node("Cast", [day(0)], { attributes: { to: { int: dataType.float } } });
	const month = write.twoDigits(day(1));
	const dayOfMonth = write.twoDigits(day(2));
	const hour = write.twoDigits(clock(0));
	const minute = write.twoDigits(clock(1));
	const time = graph.node("Add", [graph.node("Mul", [hour, write.number(60)]), minute]);
	return {
		year: known(year),
		month: known(month),
		day: known(dayOfMonth),
		weekday: known(weekday(graph, write, year, month, dayOfMonth)),
		time: known(time),
		hour: known(hour),
		minute: known(minute),
		get days() {
			return known(dayNumber(graph, write, year, month, dayOfMonth));
		}
	};
}
function leapDays(graph, write, year, month) {
	const early = write.ofMonth(month, (index) => index < 2 ? 1 : 0);
	const y = graph.node("Sub", [year, early]);
	const quotient = (divisor) => graph.node("Floor", [graph.node("Div", [y, write.number(divisor)])]);
	return {
		y,
		leaps: graph.node("Add", [graph.node("Sub", [quotient(4), quotient(100)]), quotient(400)])
	};
}
function dayNumber(graph, write, year, month, day) {
	const { y, leaps } = leapDays(graph, write, year, month);
	const before = write.ofMonth(month, (index) => marchOffsets[index]);
	const years = graph.node("Add", [graph.node("Mul", [y, write.number(365)]), leaps]);
	const sum = graph.node("Add", [graph.node("Add", [years, before]), day]);
	return graph.node("Sub", [sum, write.number(719469)]);
}
function weekday(graph, write, year, month, day) {
	const { y, leaps } = leapDays(graph, write, year, month);
	const offset = write.ofMonth(month, (index) => weekdayOffsets[index]);
	const sum = graph.node("Add", [graph.node("Add", [graph.node("Add", [y, leaps]), offset]), day]);
	const weeks = graph.node("Floor", [graph.node("Div", [sum, write.number(7)])]);
	return graph.node("Sub", [sum, graph.node("Mul", [weeks, write.number(7)])]);
}
var DateWriter = class {
	#graph;
	constructor(graph) {
		this.#graph = graph;
	}
	text = (value) => this.#graph.constant({ texts: [value] }, [1]);
	number = (value) => this.#graph.constant({ floats: [value] }, [1]);
	where = (condition, yes, no) => this.#graph.node("Where", [
		condition,
		yes,
		no
	]);
	matches(text, pattern) {
		return this.#graph.node("RegexFullMatch", [text], { attributes: { pattern: { text: pattern } } });
	}
	split(text, delimiter) {
		const attributes = { delimiter: { text: delimiter } };
		const [pieces] = this.#graph.nodes("StringSplit", [text], {
			attributes,
			outputs: 2
		});
		return (piece) => {
			const place = this.#graph.constant({ ints: [piece] }, []);
			return this.#graph.node("Gather", [pieces, place], { attributes: { axis: { int: 2 } } });
		};
	}
	twoDigits(text) {
		const digits = Array.from({ length: 100 }, (_, value) => String(value).padStart(2, "0"));
		return this.#graph.node("LabelEncoder", [text], {
			domain: machineLearning,
			attributes: {
				keys_strings: { texts: [...digits, ...digits.map((value) => `${value}Z`)] },
				values_floats: { floats: [...digits, ...digits].map(Number) },
				default_float: { float: 0 }
			}
		});
	}
	ofMonth(month, value) {
		const months = Array.from({ length: 12 }, (_, index) => index);
		return this.#graph.node("LabelEncoder", [month], {
			domain: machineLearning,
			attributes: {
				keys_floats: { floats: months.map((index) => index + 1) },
				values_floats: { floats: months.map(value) },
				default_float: { float: 0 }
			}
		});
	}
};
const wideInputs = (inputs) => isWide(inputs) ? {
	numbers: inputs.filter(({ kind }) => kind === "number").map(({ name }) => name),
	texts: inputs.filter(({ kind }) => kind !== "number").map(({ name }) => name)
} : null;
function declareInputs(graph, inputs) {
	const raw = isWide(inputs) ? wideTensors(graph, inputs) : narrowTensors(graph, inputs);
	const numbers = remember((input) => shifted(graph, raw(input), inputs[input]));
	const dates = remember((input) => datePartTensors(graph, raw(input)));
	return {
		number: numbers,
		text: raw,
		datePart: (input, part) => dates(input)[part]
	};
}
function narrowTensors(graph, inputs) {
	for (const input of inputs) {
		const type = input.kind !== "number" ? "string" : input.int64 ? "int64" : "float";
		graph.input(input.name, type);
	}
	return (input) => inputs[input].name;
}
function wideTensors(graph, inputs) {
	const { numbers, texts } = wideInputs(inputs);
	if (numbers.length > 0) graph.input("numbers", "float", numbers.length);
	if (texts.length > 0) graph.input("texts", "string", texts.length);
	return remember((input) => {
		const { kind, name } = inputs[input];
		const [source, index] = kind === "number" ? ["numbers", numbers.indexOf(name)] : ["texts", texts.indexOf(name)];
		const place = graph.constant({ ints: [index] }, [1]);
		return graph.node("Gather", [source, place], { attributes: { axis: { int: 1 } } });
	});
}
function shifted(graph, tensor, input) {
	if (input.kind !== "number" || !input.int64) return tensor;
	const offset = graph.constant({ ints: [input.offset] }, [1]);
	return graph.node("Cast", [graph.node("Sub", [tensor, offset])], { attributes: { to: { int: 1 } } });
}
function remember(make) {
	const made = new Map();
	return (input) => {
		if (!made.has(input)) made.set(input, make(input));
		return made.get(input);
	};
}
function writeScore(graph, sum, link) {
	if (link.kind === "logistic") {
		graph.output("score", graph.node("Sigmoid", [sum]), "float");
		return;
	}
	const cast = (tensor, to) => graph.node("Cast", [tensor], { attributes: { to: { int: to } } });
	const deviation = graph.constant({ doubles: [link.deviation] }, [1]);
	const mean = graph.constant({ doubles: [link.mean] }, [1]);
	const value = graph.node("Add", [graph.node("Mul", [cast(sum, dataType.double), deviation]), mean]);
	graph.output("score", cast(value, dataType.float), "float");
}
function exportOnnx(model, version) {
	const graph = new OnnxGraph(model.trainer);
	writeScore(graph, model.writeSum(graph, declareInputs(graph, model.inputs)), model.link);
	const wide = wideInputs(model.inputs);
	return graph.toBytes({
		"lockstep.trainer": model.trainer,
		"lockstep.trainer-version": String(version),
		[metadataKeys.unknown]: model.unknown,
		[metadataKeys.categories]: JSON.stringify(model.categories),
		"lockstep.notes": JSON.stringify(model.notes),
		...wide ? {
			[metadataKeys.numbers]: JSON.stringify(wide.numbers),
			[metadataKeys.texts]: JSON.stringify(wide.texts)
		} : {}
	});
}
init_workspace();
async function trainStage(stage, name, train) {
	const table = await readTable(stage.table);
	const rows = readRows(stage, table);
	const known = indicesWithLabel(rows.labels);
	const notes = missingNote(rows.labels.length - known.length, stage.evaluate.target);
	const counted = `${known.length} rows, ${rows.inputs.length} columns`;
	stage.say(`${name}: ${counted}`);
	const fitted = train(selectTraining(rows, known), stage.params, reporter(stage, name));
	const model = {
		...fitted,
		notes: [...notes, ...fitted.notes]
	};
	for (const note of model.notes) stage.say(`note: ${note}`);
	const bytes = exportOnnx(model, builtins[name].version);
	const difference = await checkParity(model, bytes, table);
	stage.say(`${name}: equal to ONNX Runtime within ${difference.toExponential(1)}`);
	if (rows.foldCount > 0) await writePredictions(stage, table, rows, name, train);
	writeAtomic(stage.output("model.onnx"), bytes);
}
async function writePredictions(stage, table, rows, name, train) {
	const scores = scoreOutOfFold(rows, (part) => train(part, stage.params), (fold) => stage.say(`${name}: fold ${fold + 1}/${rows.foldCount} scored`));
	const predictions = predictionsTable(table, scores, rowIdColumn(table, stage.evaluate["row-id"]));
	const fold = {
		name: "fold",
		type: "number",
		values: Float64Array.from(rows.judges)
	};
	const columns = predictions.columns.map((column) => column.name === "fold" ? fold : column);
	await writeParquet(stage.output("predictions.parquet"), {
		rows: table.rows,
		columns
	});
}
function readRows(stage, table) {
	const { evaluate, model, params } = stage;
	checkColumns(stage, table);
	const { values: labels } = readLabels(table, model.task, evaluate.target, positiveOf(stage));
	const inputs = planInputs(table, model.inputs);
	const seed = params.seed;
	const hashes = rowHashes(table, {
		purpose: "statistic",
		seed,
		without: rowIdOf(table, evaluate["row-id"])
	});
	return {
		task: model.task,
		inputs,
		values: readInputs(table, inputs),
		labels,
		folds: foldsOf(hashes, 5),
		...judgingFolds(table, evaluate, seed)
	};
}
const positiveOf = ({ evaluate, model }) => evaluate.positive ?? model.output.positive;
function checkColumns({ evaluate, model }, table) {
	const refuse = (what, fix) => new LockstepError("E_TRAIN_DATA", {
		what,
		fix
	});
	if (table.rows === 0) throw refuse("the training table has no rows", "add rows, or correct the stage before");
	if (model.inputs.length === 0) throw refuse("model.yaml declares no inputs", "list the columns that the model takes");
	if (!table.columns.some(({ name }) => name === evaluate.target)) throw refuse(`the training table has no target "${evaluate.target}"`, "correct `evaluate.target` in pipeline.yaml, or make the column");
	for (const { name } of model.inputs) {
		if (name === evaluate.target) throw refuse(`the target "${name}" is among the model's inputs`, "take it off `inputs` in model.yaml");
		if (!table.columns.some((column) => column.name === name)) throw new LockstepError("E_TRAIN_DATA", {
			what: `the training table has no column "${name}", which model.yaml declares as an input`,
			allowed: table.columns.slice(0, 20).map((column) => column.name).join(", "),
			fix: `take "${name}" off \`inputs\` in model.yaml, or make the column`
		});
	}
}
function indicesWithLabel(labels) {
	const rows = [];
	labels.forEach((label, row) => {
		if (!Number.isNaN(label)) rows.push(row);
	});
	return rows;
}
const missingNote = (missing, target) => missing === 0 ? [] : [`${missing} rows without a value of ${target} were not used`];
function reporter(stage, name) {
	const total = typeof stage.params.trees === "number" ? stage.params.trees : null;
	return (iteration, loss) => {
		stage.metric({
			iteration,
			loss
		});
		const every = total === null ? 1 : Math.max(1, Math.floor(total / 10));
		const of = total === null ? "" : `/${total}`;
		if (iteration % every === 0) stage.say(`${name}: ${iteration}${of}, loss ${loss.toFixed(5)}`);
	};
}
export { levelTensor as _, dateNotes as a, logistic as b, varies as c, applyLevels as d, average as f, knownCategories as g, outOfFoldStatistics as h, applyTreeFeatures as i, datePartsOf as l, levelStatistics as m, linkOf as n, fitTreeFeatures as o, countLevels as p, standardised as r, leftOutNote as s, trainStage as t, learnableParts as u, logLoss as v, logOdds as y };
