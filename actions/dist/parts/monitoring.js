import { a as cellText, o as column, s as selectRows } from "./data.js";
import { a as evaluate, d as normalQuantile, f as metricDirections, m as metricTitle, s as labelsOf, u as normalProbability } from "./evaluation.js";
import { Ct as LockstepError, Et as printable, ht as digestOf, t as init_workspace } from "./workspace.js";
import { t as require_dist } from "../vendor/yaml.js";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
init_workspace();
const z = normalQuantile(.975);
function shareOf(yes, rows) {
	if (rows === 0) return null;
	const value = yes / rows;
	const scale = 1 + z ** 2 / rows;
	const middle = (value + z ** 2 / (2 * rows)) / scale;
	const half = z / scale * Math.sqrt(value * (1 - value) / rows + z ** 2 / (4 * rows ** 2));
	return {
		value,
		low: Math.max(0, middle - half),
		high: Math.min(1, middle + half)
	};
}
function meanOf(values) {
	const rows = values.length;
	if (rows === 0) return null;
	const value = values.reduce((all, one) => all + one, 0) / rows;
	if (rows < 2) return {
		value,
		low: null,
		high: null
	};
	const variance = values.reduce((all, one) => all + (one - value) ** 2, 0) / (rows - 1);
	const half = z * Math.sqrt(variance / rows);
	return {
		value,
		low: value - half,
		high: value + half
	};
}
function decayReport(truth, predictions, windows) {
	const target = column(truth.outcomes, truth.target);
	const places = placesById(truth.outcomes, truth.rowId);
	const ids = column(predictions, "row_id");
	const scores = column(predictions, "score");
	return new Map([...windows].map(([window, rows]) => {
		return [window, judge(rows.flatMap((row) => {
			const place = places.get(cellText(ids, row) ?? "");
			return place === void 0 || cellText(target, place) === null ? [] : [{
				row,
				place
			}];
		}))];
	}));
	function judge(joined) {
		if (joined.length === 0) return {
			rows: 0,
			labelRate: null,
			metrics: {}
		};
		const rowIds = {
			name: "row_id",
			type: "number",
			values: Float64Array.from(joined, (_, index) => index)
		};
		const labels = pick(target, joined.map(({ place }) => place), "target");
		const { metrics } = evaluate({
			...truth,
			target: "target",
			rowId: "row_id",
			positive: truth.positive,
			data: {
				table: {
					rows: joined.length,
					columns: [rowIds, labels]
				},
				digest: unnamed
			},
			predictions: {
				table: {
					rows: joined.length,
					columns: [
						rowIds,
						{
							...rowIds,
							name: "fold",
							values: new Float64Array(joined.length)
						},
						pick(scores, joined.map(({ row }) => row), "score")
					]
				},
				digest: unnamed
			},
			subject: {
				kind: "candidate",
				modelDigest: null
			}
		});
		return {
			rows: joined.length,
			labelRate: labelRateOf(labels, truth),
			metrics
		};
	}
}
const unnamed = digestOf("");
function labelRateOf(target, { task, positive }) {
	if (target.values.length === 0) return null;
	const labels = labelsOf(target, task, positive);
	return task === "regression" ? meanOf(labels) : shareOf(labels.reduce((all, label) => all + label, 0), labels.length);
}
function pick(source, rows, name) {
	const [picked] = selectRows({
		rows: source.values.length,
		columns: [source]
	}, rows).columns;
	return {
		...picked,
		name
	};
}
function placesById(table, rowId) {
	const source = rowId === void 0 ? void 0 : column(table, rowId);
	const places = new Map();
	for (let row = 0; row < table.rows; row++) {
		const id = source ? cellText(source, row) : String(row);
		if (id !== null) places.set(id, row);
	}
	return places;
}
const leastShare = 1e-4;
function stabilityIndex(reference, current) {
	const [before, now] = [sharesOf(reference), sharesOf(current)];
	let sum = 0;
	for (let bin = 0; bin < before.length; bin++) {
		const p = Math.max(before[bin], leastShare);
		const q = Math.max(now[bin], leastShare);
		sum += (q - p) * Math.log(q / p);
	}
	return sum;
}
function jensenShannon(reference, current) {
	const [p, q] = [sharesOf(reference), sharesOf(current)];
	let bits = 0;
	for (let bin = 0; bin < p.length; bin++) {
		const middle = (p[bin] + q[bin]) / 2;
		if (p[bin] > 0) bits += p[bin] / 2 * Math.log2(p[bin] / middle);
		if (q[bin] > 0) bits += q[bin] / 2 * Math.log2(q[bin] / middle);
	}
	return Math.sqrt(Math.max(0, bits));
}
function wasserstein(reference, current) {
	let distance = 0;
	eachStep(reference, current, (before, now, width) => {
		distance += Math.abs(before - now) * width;
	});
	return distance / Math.max(deviation(reference), .001);
}
function kolmogorovSmirnov(reference, current) {
	let most = 0;
	eachStep(reference, current, (before, now) => {
		most = Math.max(most, Math.abs(before - now));
	});
	const size = Math.sqrt(reference.length * current.length / (reference.length + current.length));
	const x = (size + .12 + .11 / size) * most;
	if (x < .2) return 1;
	let p = 0;
	for (let k = 1; k <= 100; k++) p += 2 * (k % 2 === 1 ? 1 : -1) * Math.exp(-2 * k * k * x * x);
	return Math.min(1, Math.max(0, p));
}
function chiSquare(reference, current) {
	const shares = sharesOf(reference);
	const rows = sum(current);
	let statistic = 0;
	for (let bin = 0; bin < shares.length; bin++) {
		const expected = Math.max(shares[bin], leastShare) * rows;
		statistic += (current[bin] - expected) ** 2 / expected;
	}
	return upperGamma((shares.length - 1) / 2, statistic / 2);
}
function proportionTest(yes, rows, yesNow, rowsNow) {
	const pooled = (yes + yesNow) / (rows + rowsNow);
	const error = Math.sqrt(pooled * (1 - pooled) * (1 / rows + 1 / rowsNow));
	if (error === 0) return 1;
	return 2 * (1 - normalProbability(Math.abs(yes / rows - yesNow / rowsNow) / error));
}
function eachStep(a, b, visit) {
	let [i, j] = [0, 0];
	while (i < a.length || j < b.length) {
		const at = Math.min(a[i] ?? Number.POSITIVE_INFINITY, b[j] ?? Number.POSITIVE_INFINITY);
		while (i < a.length && a[i] <= at) i++;
		while (j < b.length && b[j] <= at) j++;
		const next = Math.min(a[i] ?? Number.POSITIVE_INFINITY, b[j] ?? Number.POSITIVE_INFINITY);
		visit(i / a.length, j / b.length, Number.isFinite(next) ? next - at : 0);
	}
}
function deviation(values) {
	const mean = sum(values) / values.length;
	let squares = 0;
	for (const value of values) squares += (value - mean) ** 2;
	return Math.sqrt(squares / values.length);
}
function sharesOf(counts) {
	const all = sum(counts);
	return Float64Array.from(counts, (count) => all === 0 ? 0 : count / all);
}
function sum(values) {
	let all = 0;
	for (let index = 0; index < values.length; index++) all += values[index];
	return all;
}
function upperGamma(a, x) {
	if (a <= 0) return 1;
	if (x <= 0) return 1;
	const front = Math.exp(a * Math.log(x) - x - logGamma(a));
	if (x < a + 1) {
		let term = 1 / a;
		let series = term;
		for (let n = 1; n < 1e3 && Math.abs(term) > 1e-16 * Math.abs(series); n++) {
			term *= x / (a + n);
			series += term;
		}
		return 1 - front * series;
	}
	let b = x + 1 - a;
	let c = 1e300;
	let d = 1 / b;
	let fraction = d;
	for (let n = 1; n < 1e3; n++) {
		const step = -n * (n - a);
		b += 2;
		d = 1 / (step * d + b || 1e-300);
		c = b + step / c || 1e-300;
		fraction *= d * c;
		if (Math.abs(d * c - 1) < 1e-15) break;
	}
	return front * fraction;
}
function logGamma(x) {
	const lanczos = [
		.9999999999998099,
		676.5203681218851,
		-1259.1392167224028,
		771.3234287776531,
		-176.6150291621406,
		12.507343278686905,
		-.13857109526572012,
		9984369578019572e-21,
		1.5056327351493116e-7
	];
	if (x < .5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
	const t = x + 6.5;
	const series = lanczos.reduce((all, part, index) => index === 0 ? part : all + part / (x - 1 + index), 0);
	return .5 * Math.log(2 * Math.PI) + (x - .5) * Math.log(t) - t + Math.log(series);
}
const bins = 10;
const manyRows = 1e3;
const fewValues = 5;
const mostExamples = 5;
const prepareReference = (column) => column.type === "number" && distinct(column.values) > fewValues ? numeric(column.name, column.values) : categorical(column);
function numeric(name, values) {
	const sorted = present(values);
	const cuts = quantileCuts(sorted);
	const before = histogram(values, cuts);
	const missing = 1 - sorted.length / Math.max(1, values.length);
	return {
		name,
		rows: values.length,
		missing,
		newCategories: () => null,
		compare(current) {
			const now = current.type === "number" ? current.values : Float64Array.from(current.values, () => NaN);
			const sortedNow = present(now);
			const method = values.length > manyRows ? "wasserstein" : "kolmogorov-smirnov";
			const value = sorted.length === 0 || sortedNow.length === 0 ? method === "wasserstein" ? 0 : 1 : method === "wasserstein" ? wasserstein(sorted, sortedNow) : kolmogorovSmirnov(sorted, sortedNow);
			return {
				column: name,
				stabilityIndex: stabilityIndex(before, histogram(now, cuts)),
				...judged(method, value),
				missing: [missing, 1 - sortedNow.length / Math.max(1, now.length)]
			};
		}
	};
}
function categorical(column) {
	const texts = textsOf(column);
	const levels = new Map();
	for (const text of [...new Set(texts)].filter((text) => text !== null).sort()) levels.set(text, levels.size);
	const counted = (cells) => {
		const counts = new Float64Array(levels.size + 2);
		for (const cell of cells) counts[cell === null ? levels.size + 1 : levels.get(cell) ?? levels.size]++;
		return counts;
	};
	const before = counted(texts);
	const share = (counts) => counts.at(-1) / Math.max(1, counts.reduce((a, b) => a + b, 0));
	return {
		name: column.name,
		rows: texts.length,
		missing: share(before),
		compare(current) {
			const cells = textsOf(current);
			const now = counted(cells);
			return {
				column: column.name,
				stabilityIndex: stabilityIndex(before, now),
				...categoryTest(before, now, texts.length, cells.length, levels.size),
				missing: [share(before), share(now)]
			};
		},
		newCategories(current, examples) {
			if (column.type === "number") return null;
			const found = new Map();
			for (const cell of textsOf(current)) if (cell !== null && !levels.has(cell)) found.set(cell, (found.get(cell) ?? 0) + 1);
			if (found.size === 0) return null;
			const most = [...found].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).slice(0, mostExamples);
			return {
				column: column.name,
				rows: [...found.values()].reduce((all, count) => all + count, 0),
				levels: found.size,
				examples: examples ? most.map(([text]) => text) : []
			};
		}
	};
}
function categoryTest(before, now, rows, rowsNow, levels) {
	if (rowsNow === 0 || rows === 0) return judged("jensen-shannon", 0);
	if (rows > manyRows) return judged("jensen-shannon", jensenShannon(before, now));
	if (levels <= 2) return judged("z-test", proportionTest(before[0], rows, now[0], rowsNow));
	return judged("chi-square", chiSquare(used(before, before, now), used(now, before, now)));
}
const used = (counts, before, now) => counts.filter((_, bin) => before[bin] + now[bin] > 0);
function judged(method, value) {
	const distance = method === "wasserstein" || method === "jensen-shannon";
	const threshold = distance ? .1 : .05;
	return {
		method,
		value,
		threshold,
		drifted: distance ? value >= threshold : value < threshold
	};
}
const textsOf = (column) => Array.from({ length: column.values.length }, (_, row) => cellText(column, row));
const present = (values) => values.filter((value) => !Number.isNaN(value)).sort();
function distinct(values) {
	const found = new Set();
	for (const value of values) {
		if (!Number.isNaN(value)) found.add(value);
		if (found.size > fewValues) break;
	}
	return found.size;
}
function quantileCuts(sorted) {
	const cuts = new Set();
	for (let bin = 1; bin < bins; bin++) cuts.add(sorted[Math.min(sorted.length - 1, Math.floor(bin * sorted.length / bins))]);
	return Float64Array.from(cuts);
}
function histogram(values, cuts) {
	const counts = new Float64Array(cuts.length + 2);
	for (const value of values) {
		if (Number.isNaN(value)) {
			counts[cuts.length + 1]++;
			continue;
		}
		let bin = 0;
		while (bin < cuts.length && value >= cuts[bin]) bin++;
		counts[bin]++;
	}
	return counts;
}
function driftReport(input) {
	const { reference, current, windows } = input;
	const prepared = reference.columns.filter(({ name }) => input.columns.includes(name)).map(prepareReference);
	const shown = new Set(input.public ?? []);
	return new Map([...windows].map(([window, rows]) => {
		const part = selectRows(current, rows);
		const columnOf = (name) => part.columns.find((found) => found.name === name) ?? {
			name,
			type: "text",
			values: new Array(part.rows).fill(null)
		};
		return [window, {
			drift: prepared.map((column) => column.compare(columnOf(column.name))),
			newCategories: prepared.flatMap((column) => column.newCategories(columnOf(column.name), shown.has(column.name)) ?? [])
		}];
	}));
}
function neededViolations(windows, rules) {
	return windows >= rules.windows ? rules.violations : Math.max(1, Math.ceil(rules.violations * windows / rules.windows));
}
function alertsOf(report) {
	const { rules } = report;
	const newest = report.months.slice(-rules.windows);
	const columns = [...new Set(newest.flatMap(({ drift }) => drift.map(({ column }) => column)))];
	return [
		raise("metric", rules.metric, newest.filter(({ outcomes }) => outcomes > 0), (month) => worseThanGate(month, report)),
		raise("label-rate", "label rate", newest.filter(({ labelRate }) => labelRate), (month) => movedRate(month, report)),
		...columns.map((column) => raise("drift", column, newest, ({ drift }) => drift.some((found) => found.column === column && found.stabilityIndex > rules.stabilityIndex))),
		...[...new Set(newest.flatMap(({ newCategories }) => newCategories.map(({ column }) => column)))].map((column) => raise("new-categories", column, newest, ({ newCategories, rows }) => newCategories.some((found) => found.column === column && found.rows > rules.newCategoryShare * rows)))
	].filter((alert) => alert !== null);
	function raise(kind, subject, windows, violates) {
		const months = windows.filter(violates).map(({ month }) => month);
		const needed = neededViolations(windows.length, rules);
		if (windows.length === 0 || months.length < needed) return null;
		const counted = `in ${months.length} of ${windows.length} months (${needed} are enough)`;
		return {
			kind,
			subject,
			months,
			of: windows.length,
			needed,
			reason: `${wordsOf(kind, subject, rules)} ${counted}: ${months.join(", ")}.`
		};
	}
}
function wordsOf(kind, subject, rules) {
	switch (kind) {
		case "metric": return `${metricTitle(subject)} was worse than at the gate by more than ${round(rules.metricMargin)}`;
		case "label-rate": return `The label rate was more than ${round(rules.labelRateMargin)} from the training rows'`;
		case "drift": return `${subject} drifted (stability index over ${round(rules.stabilityIndex)})`;
		case "new-categories": return `More than ${round(rules.newCategoryShare * 100)} % of ${subject} were values that training never saw`;
	}
}
const round = (value) => String(Number(value.toPrecision(3)));
function worseThanGate({ metrics }, { reference, rules }) {
	const now = own(metrics, rules.metric);
	const gate = own(reference.metrics, rules.metric);
	if (!now || !gate) return false;
	const lower = own(metricDirections, rules.metric) === "lower";
	const loss = lower ? now.value - gate.value : gate.value - now.value;
	const bound = lower ? now.low : now.high;
	const certain = bound === null || (lower ? bound > gate.value : bound < gate.value);
	return loss > rules.metricMargin && certain;
}
function movedRate({ labelRate }, { reference, rules }) {
	if (!labelRate || !reference.labelRate) return false;
	const before = reference.labelRate.value;
	const certain = labelRate.low === null || labelRate.high === null || before < labelRate.low || before > labelRate.high;
	return Math.abs(labelRate.value - before) > rules.labelRateMargin && certain;
}
const own = (record, name) => Object.hasOwn(record, name) ? record[name] : void 0;
init_workspace();
function rowsByMonth(table, time) {
	const source = column(table, time);
	const found = new Map();
	for (let row = 0; row < table.rows; row++) {
		const month = monthOf(cellText(source, row));
		if (month === null) throw new LockstepError("E_MONITOR_DATA", {
			what: `row ${row} has no date in "${time}" (${cellText(source, row) ?? "missing"})`,
			allowed: "ISO 8601 dates, such as 2001-03-14",
			fix: "name a date column as monitor.time, or mend it in the prepare stage"
		});
		const rows = found.get(month);
		if (rows) rows.push(row);
		else found.set(month, [row]);
	}
	return new Map([...found].sort(([a], [b]) => a < b ? -1 : 1));
}
const monthOf = (text) => text === null ? null : /^(\d{4}-(?:0[1-9]|1[0-2]))(?:$|[-T ])/.exec(text)?.[1] ?? null;
init_workspace();
function monitor(input) {
	const { seen, predictions, outcomes, training, task, target } = input;
	if (predictions.rows !== seen.rows) throw new LockstepError("E_MONITOR_DATA", {
		what: `${predictions.rows} predictions for ${seen.rows} rows`,
		allowed: "one prediction a row, in the same order"
	});
	const windows = rowsByMonth(seen, input.time);
	const scores = scoreColumn(predictions);
	const drift = driftReport({
		reference: training,
		current: seen,
		windows,
		columns: input.inputs.filter(({ type, name }) => type !== "date" && name !== input.time).map(({ name }) => name),
		public: input.inputs.filter((one) => one.public === true).map(({ name }) => name)
	});
	const scoreDrift = input.gateScores && scoreDriftOf(input.gateScores, scores, windows);
	const known = outcomes && decayReport({
		...input,
		outcomes
	}, predictions, windows);
	const months = [...windows].map(([month, rows]) => {
		const outcome = known?.get(month);
		return {
			month,
			rows: rows.length,
			outcomes: outcome?.rows ?? 0,
			labelRate: outcome?.labelRate ?? null,
			meanScore: rows.reduce((sum, row) => sum + scores.values[row], 0) / rows.length,
			metrics: outcome?.metrics ?? {},
			drift: [...drift.get(month).drift, ...scoreDrift?.get(month)?.drift ?? []],
			newCategories: drift.get(month).newCategories
		};
	});
	const reference = {
		rows: training.rows,
		labelRate: trainingRate(training, target, input),
		metrics: input.gate
	};
	const rules = rulesFor(input, reference.labelRate);
	const report = {
		v: 1,
		model: input.model,
		version: input.version,
		task,
		target,
		reference,
		rules,
		months
	};
	return {
		...report,
		alerts: alertsOf(report)
	};
}
function rulesFor({ task, gate, rules }, labelRate) {
	const metric = rules?.metric ?? (task === "regression" ? "rmse" : "roc_auc");
	const atGate = Object.hasOwn(gate, metric) ? gate[metric].value : 0;
	return {
		windows: 5,
		violations: 2,
		metricMargin: task === "regression" ? .05 * Math.abs(atGate) : .01,
		stabilityIndex: .2,
		labelRateMargin: .1 * Math.abs(labelRate?.value ?? 0),
		newCategoryShare: .001,
		...rules,
		metric
	};
}
function trainingRate(training, target, truth) {
	return training.columns.some(({ name }) => name === target) ? labelRateOf(column(training, target), truth) : null;
}
function scoreColumn(predictions) {
	const found = column(predictions, "score");
	if (found.type === "number") return found;
	throw new LockstepError("E_MONITOR_DATA", {
		what: "the scores are text",
		allowed: "a number for each row"
	});
}
function scoreDriftOf(gate, now, windows) {
	const table = (values) => ({
		rows: values.length,
		columns: [{
			name: "score",
			type: "number",
			values
		}]
	});
	return driftReport({
		reference: table(gate),
		current: table(now.values),
		windows,
		columns: ["score"]
	});
}
init_workspace();
function renderText(report) {
	const { model, version, months, alerts, rules, reference } = report;
	const gate = Object.hasOwn(reference.metrics, rules.metric) ? reference.metrics[rules.metric] : void 0;
	const head = `${printable(model)}${version === null ? "" : ` ${printable(version)}`} on ${months.length} ${months.length === 1 ? "month" : "months"} after its training`;
	const rows = [
		[
			"",
			"rows",
			"label rate",
			metricTitle(rules.metric),
			"95 % interval",
			"most drift",
			"new values"
		],
		[
			"reference",
			"",
			shareText(reference.labelRate?.value),
			figure(gate?.value),
			"",
			"",
			""
		],
		...months.map((month) => monthCells(month, rules.metric))
	];
	const widths = rows[0].map((_, index) => Math.max(...rows.map((row) => row[index].length)));
	const table = rows.map((row) => `  ${row.map((cell, index) => index === 0 || index >= 5 ? cell.padEnd(widths[index]) : cell.padStart(widths[index])).join("  ")}`.trimEnd());
	const said = alerts.length === 0 ? ["no alert: nothing was violated often enough"] : alerts.map(({ reason }) => `! ${printable(reason, 400)}`);
	return [
		head,
		"",
		...table,
		"",
		...said
	].join("\n");
	function monthCells(month, metric) {
		const found = Object.hasOwn(month.metrics, metric) ? month.metrics[metric] : void 0;
		const most = [...month.drift].sort((a, b) => b.stabilityIndex - a.stabilityIndex)[0];
		const fresh = month.newCategories.map(({ column, levels }) => `${printable(column, 40)} ${levels}`).join(", ");
		return [
			month.month,
			String(month.rows),
			shareText(month.labelRate?.value),
			figure(found?.value),
			found && found.low !== null && found.high !== null ? `${figure(found.low)} – ${figure(found.high)}` : "",
			most ? `${printable(most.column, 40)} ${most.stabilityIndex.toFixed(3)}` : "",
			fresh
		];
	}
	function shareText(value) {
		if (value === void 0) return "";
		return report.task === "regression" ? figure(value) : `${(value * 100).toFixed(1)} %`;
	}
}
const figure = (value) => value === void 0 ? "" : Math.abs(value) < 10 ? value.toFixed(4) : value.toPrecision(5);
init_workspace();
async function readPredictionLog(path) {
	const requests = [];
	let held = null;
	let line = 0;
	for await (const text of linesOf(path)) {
		if (held) requests.push(parseLine(held.text, path, held.line));
		line++;
		held = text === "" ? null : {
			text,
			line
		};
	}
	if (!held) return requests;
	try {
		requests.push(parseLine(held.text, path, held.line));
	} catch {}
	return requests;
}
async function* linesOf(path) {
	const stream = createReadStream(path, "utf8");
	try {
		yield* createInterface({
			input: stream,
			crlfDelay: Number.POSITIVE_INFINITY
		});
	} catch (error) {
		throw new LockstepError("E_MONITOR_DATA", {
			what: `cannot read the prediction log ${path} (${error.code ?? "error"})`,
			fix: "name a log that a model server wrote with --log",
			cause: error
		});
	}
}
function parseLine(text, file, line) {
	const refuse = (what) => {
		throw new LockstepError("E_MONITOR_DATA", {
			what,
			where: {
				file,
				line
			},
			allowed: "one JSON object a line with id, time, model, version, inputs and score"
		});
	};
	const { id = null, time, model, version, inputs, score } = jsonOf(text) ?? refuse("a line that is no JSON object");
	if (typeof time !== "string" || Number.isNaN(Date.parse(time))) return refuse("a request without a time");
	if (typeof model !== "string" || typeof version !== "string") return refuse("a request without model and version");
	if (typeof score !== "number") return refuse("a request without a score");
	if (inputs === null || typeof inputs !== "object" || Array.isArray(inputs)) return refuse("a request without inputs");
	return {
		id: id === null ? null : String(id),
		time,
		model,
		version,
		inputs,
		score
	};
}
function jsonOf(text) {
	try {
		const value = JSON.parse(text);
		return value !== null && typeof value === "object" && !Array.isArray(value) ? value : void 0;
	} catch {
		return;
	}
}
function requestTable(requests, like) {
	const kept = lastById(requests);
	const columns = like.columns.map(({ name, type }) => {
		const cells = kept.map(({ inputs }) => Object.hasOwn(inputs, name) ? inputs[name] : null);
		return type === "number" ? {
			name,
			type,
			values: Float64Array.from(cells, numberOf)
		} : {
			name,
			type,
			values: cells.map((cell) => cell === null || cell === void 0 || cell === "" ? null : String(cell))
		};
	});
	return {
		rows: kept.length,
		columns: [
			...columns,
			{
				name: "row_id",
				type: "text",
				values: kept.map(({ id }) => id)
			},
			{
				name: "time",
				type: "text",
				values: kept.map(({ time }) => time)
			},
			{
				name: "score",
				type: "number",
				values: Float64Array.from(kept, ({ score }) => score)
			}
		]
	};
}
function lastById(requests) {
	const last = new Map(requests.map((request, index) => [request.id ?? index, index]));
	return requests.filter((request, index) => last.get(request.id ?? index) === index);
}
function numberOf(cell) {
	if (typeof cell === "number") return cell;
	if (typeof cell === "boolean") return cell ? 1 : 0;
	return typeof cell === "string" && cell.trim() !== "" ? Number(cell) : NaN;
}
var import_dist = require_dist();
init_workspace();
const names = [
	"train-months",
	"test-months",
	"later-months"
];
function planRetraining(input) {
	const lists = findLists(input);
	const [before, judged, later] = names.map((name) => lists.get(name)?.months ?? []);
	const all = [...new Set([
		...before,
		...judged,
		...input.months
	])].sort();
	const newest = all.at(-1);
	if (judged.length === 1 && judged[0] === newest) return null;
	const train = all.slice(0, -1);
	const next = new Map([
		["train-months", train],
		["test-months", [newest]],
		["later-months", later.filter((month) => month > newest)]
	]);
	return {
		text: [...lists].map(([name, { node }]) => editOf(input.text, node, next.get(name))).sort((a, b) => b.from - a.from).reduce((text, { from, to, by }) => text.slice(0, from) + by + text.slice(to), input.text),
		train,
		test: [newest],
		title: `feat(${input.model}): learn from ${train[0]} to ${train.at(-1)}, judge on ${newest}`,
		body: [`Before: ${before.join(", ")}, judged on ${judged.join(", ")}.`, ...input.reasons?.length ? ["", ...input.reasons.map((reason) => `- ${reason}`)] : []].join("\n")
	};
}
function findLists({ text, file }) {
	const params = (0, import_dist.parseDocument)(text).get("params");
	const found = new Map();
	for (const name of names) {
		const node = (0, import_dist.isMap)(params) ? params.get(name, true) : void 0;
		if ((0, import_dist.isSeq)(node)) found.set(name, {
			node,
			months: node.items.map((item) => (0, import_dist.isScalar)(item) ? String(item.value) : "").filter(Boolean)
		});
		else if (name !== "later-months") throw new LockstepError("E_MONITOR_DATA", {
			what: `no list "${name}" among the params`,
			where: { file },
			allowed: "params with train-months and test-months",
			fix: "make the months that the prepare stage reads params of the pipeline, or change it by hand"
		});
	}
	return found;
}
function editOf(text, node, months) {
	const first = node.items.find((item) => (0, import_dist.isScalar)(item));
	const quote = first?.type === import_dist.Scalar.PLAIN ? "" : first?.type === import_dist.Scalar.QUOTE_SINGLE ? "'" : "\"";
	const items = months.map((month) => quote + month + quote);
	const [start, end] = node.range;
	if (node.flow || !first || months.length === 0) {
		const last = node.items.at(-1);
		return {
			from: start,
			to: node.flow || !(0, import_dist.isScalar)(last) ? end : last.range[1],
			by: `[${items.join(", ")}]`
		};
	}
	const indent = " ".repeat(start - (text.lastIndexOf("\n", start - 1) + 1));
	const last = node.items.at(-1);
	return {
		from: start,
		to: (0, import_dist.isScalar)(last) ? last.range[1] : end,
		by: items.map((item) => `- ${item}`).join(`\n${indent}`)
	};
}
function rowDifference(before, after, names) {
	const column = (table, name) => table.columns.find((one) => one.name === name);
	const pairs = names.map((name) => [column(before, name), column(after, name)]);
	const asText = pairs.map(([old, now]) => old.type !== now.type);
	const [old, now] = [rowHashes(before.rows, pairs.map(([one]) => one), asText), rowHashes(after.rows, pairs.map(([, one]) => one), asText)];
	let [i, j, same] = [
		0,
		0,
		0
	];
	while (i < old.length && j < now.length) if (old[i] === now[j]) {
		same++;
		i++;
		j++;
	} else if (old[i] < now[j]) i++;
	else j++;
	return {
		added: now.length - same,
		removed: old.length - same
	};
}
function rowHashes(rows, columns, asText) {
	const [a, b] = [new Uint32Array(rows).fill(2654435769), new Uint32Array(rows).fill(2246822507)];
	const number = new Float64Array(1);
	const halves = new Uint32Array(number.buffer);
	for (const [at, column] of columns.entries()) for (let row = 0; row < rows; row++) {
		let [x, y] = [a[row], b[row]];
		const take = (unit) => {
			x = Math.imul(x ^ unit, 16777619);
			x = x << 13 | x >>> 19;
			y = Math.imul(y ^ unit, 1540483477);
			y ^= y >>> 15;
		};
		if (column.type === "number" && !asText[at]) {
			const value = column.values[row];
			if (Number.isNaN(value)) take(65537);
			else {
				number[0] = value + 0;
				take(halves[0]);
				take(halves[1]);
			}
		} else {
			const text = cellText(column, row);
			if (text === null) take(65537);
			else for (let unit = 0; unit < text.length; unit++) take(text.charCodeAt(unit));
		}
		take(65536);
		[a[row], b[row]] = [x, y];
	}
	const hashes = new Float64Array(rows);
	for (let row = 0; row < rows; row++) hashes[row] = (mixed(a[row] ^ b[row]) & 2097151) * 2 ** 32 + mixed(b[row]);
	return hashes.sort();
}
function mixed(value) {
	let h = value;
	h = Math.imul(h ^ h >>> 16, 2246822507);
	h = Math.imul(h ^ h >>> 13, 3266489909);
	return (h ^ h >>> 16) >>> 0;
}
const stable = .1;
const mostLevels = 1e3;
function tableDifference(before, after) {
	const [old, now] = [before, after].map((table) => new Map(table.columns.map((one) => [one.name, one])));
	const shared = [...old.keys()].filter((name) => now.has(name));
	const same = shared.filter((name) => old.get(name).type === now.get(name).type);
	const unmeasured = same.filter((name) => isFree(old.get(name)));
	const counted = shared.length > 0 && Math.max(before.rows, after.rows) <= 5e6;
	return {
		rows: {
			before: before.rows,
			after: after.rows
		},
		content: counted ? rowDifference(before, after, shared) : null,
		columns: {
			added: [...now.keys()].filter((name) => !old.has(name)),
			removed: [...old.keys()].filter((name) => !now.has(name)),
			retyped: shared.filter((name) => !same.includes(name)).map((column) => ({
				column,
				before: old.get(column).type,
				after: now.get(column).type
			}))
		},
		distributions: same.filter((name) => !unmeasured.includes(name)).map((name) => distributionChange(old.get(name), now.get(name))).sort((a, b) => b.stabilityIndex - a.stabilityIndex),
		unmeasured
	};
}
function distributionChange(before, after) {
	const reference = prepareReference(before);
	const drift = reference.compare(after);
	const much = drift.stabilityIndex > stable;
	const distance = drift.method === "wasserstein" || drift.method === "jensen-shannon";
	return {
		...drift,
		moved: distance ? much || drift.drifted : much && drift.drifted,
		newCategories: reference.newCategories(after, false)?.levels ?? 0
	};
}
function isFree(column) {
	if (column.type === "number") return false;
	const levels = new Set();
	const most = Math.min(mostLevels, Math.max(20, column.values.length / 2));
	for (const value of column.values) {
		levels.add(value);
		if (levels.size > most) return true;
	}
	return false;
}
export { renderText as a, requestTable as i, planRetraining as n, monitor as o, readPredictionLog as r, tableDifference as t };
