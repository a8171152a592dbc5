import { a as cellText, o as column } from "./data.js";
import { Ct as LockstepError, X as checkSchema, ht as digestOf, t as init_workspace, w as parseJson } from "./workspace.js";
import { i as comparison_default, r as evaluation_default } from "../vendor/schemas-verdicts.js";
function judgedRows(labels, scores) {
	return {
		rows: labels.length,
		labels,
		scores,
		order: byScore(scores)
	};
}
function byScore(scores) {
	const sorted = scores.map((score) => -score).sort();
	const first = new Map();
	for (let place = 0; place < sorted.length; place++) {
		const score = 0 - sorted[place];
		if (!first.has(score)) first.set(score, place);
	}
	const order = new Uint32Array(scores.length);
	for (let row = 0; row < scores.length; row++) {
		const place = first.get(scores[row]);
		first.set(scores[row], place + 1);
		order[place] = row;
	}
	return order;
}
function* tiedRuns({ order, scores, rows }) {
	let from = 0;
	for (let to = 1; to <= rows; to++) {
		if (to < rows && scores[order[to]] === scores[order[from]]) continue;
		yield [from, to];
		from = to;
	}
}
function splitRows(whole, groups, count) {
	const sizes = new Uint32Array(count);
	const places = new Uint32Array(whole.rows);
	for (let row = 0; row < whole.rows; row++) places[row] = sizes[groups[row]]++;
	const parts = Array.from(sizes, (rows) => ({
		rows,
		labels: new Float64Array(rows),
		scores: new Float64Array(rows),
		order: new Uint32Array(rows)
	}));
	const filled = new Uint32Array(count);
	for (const row of whole.order) {
		const group = groups[row];
		const part = parts[group];
		const place = places[row];
		part.labels[place] = whole.labels[row];
		part.scores[place] = whole.scores[row];
		part.order[filled[group]++] = place;
	}
	return parts;
}
const sum = (values) => {
	let total = 0;
	for (const value of values) total += value;
	return total;
};
const share = (title, direction, meaning) => ({
	title,
	direction,
	unit: "share",
	scale: "logit",
	meaning
});
const metricCatalogue = {
	roc_auc: share("ROC AUC", "higher", "chance that a positive row scores above a negative one"),
	pr_auc: share("PR AUC", "higher", "average precision over all thresholds"),
	log_loss: {
		title: "Log loss",
		direction: "lower",
		unit: "nats",
		scale: "log",
		meaning: "mean negative logarithm of the probability given to what happened"
	},
	brier: {
		title: "Brier score",
		direction: "lower",
		unit: "share",
		scale: "log",
		meaning: "mean squared difference of the probability from what happened"
	},
	calibration_error: {
		title: "Calibration error",
		direction: "lower",
		unit: "share",
		scale: "identity",
		meaning: "how far mean scores lie from the shares of positives, over ten bins of the score"
	},
	accuracy: share("Accuracy", "higher", "share of rows decided rightly at the threshold"),
	precision: share("Precision", "higher", "share of positives among the rows called positive"),
	recall: share("Recall", "higher", "share of the positives that are called positive"),
	f1: share("F1", "higher", "harmonic mean of precision and recall"),
	rmse: {
		title: "RMSE",
		direction: "lower",
		unit: "target",
		scale: "log",
		meaning: "root of the mean squared error"
	},
	mae: {
		title: "MAE",
		direction: "lower",
		unit: "target",
		scale: "log",
		meaning: "mean absolute error"
	},
	r2: {
		title: "R²",
		direction: "higher",
		unit: "none",
		scale: "log-complement",
		meaning: "share of the target's variance that the predictions explain"
	},
	latency_p50_ms: {
		title: "Latency, median",
		direction: "lower",
		unit: "ms",
		scale: "identity",
		meaning: "half of the single-row predictions are faster"
	},
	latency_p99_ms: {
		title: "Latency, 99th percentile",
		direction: "lower",
		unit: "ms",
		scale: "identity",
		meaning: "99 of 100 single-row predictions are faster"
	},
	size_mb: {
		title: "Model size",
		direction: "lower",
		unit: "MB",
		scale: "identity",
		meaning: "bytes of the model file, in millions"
	}
};
const metricEntry = (name) => Object.hasOwn(metricCatalogue, name) ? metricCatalogue[name] : void 0;
const metricTitle = (name) => metricEntry(name)?.title ?? name;
const metricDirections = Object.fromEntries(Object.entries(metricCatalogue).map(([name, { direction }]) => [name, direction]));
function normalQuantile(probability) {
	const q = probability - .5;
	if (Math.abs(q) <= .425) return q * ratio(.180625 - q * q, centre);
	const tail = Math.sqrt(-Math.log(q < 0 ? probability : 1 - probability));
	const size = tail <= 5 ? ratio(tail - 1.6, near) : ratio(tail - 5, far);
	return q < 0 ? -size : size;
}
function normalProbability(x) {
	if (Number.isNaN(x)) return x;
	if (x < -8) return 0;
	if (x > 8) return 1;
	let sum = x;
	let term = x;
	for (let odd = 3; odd < 400 && Math.abs(term) > 1e-300; odd += 2) {
		term *= x * x / odd;
		sum += term;
	}
	return .5 + sum * normalDensity(x);
}
const normalDensity = (x) => Math.exp(-.5 * x * x) / Math.sqrt(2 * Math.PI);
const z95 = 1.959963984540054;
function ratio(x, [numerator, denominator]) {
	return polynomial(x, numerator) / polynomial(x, denominator);
}
const polynomial = (x, coefficients) => coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);
const centre = [[
	3.3871328727963665,
	133.14166789178438,
	1971.5909503065513,
	13731.69376550946,
	45921.95393154987,
	67265.7709270087,
	33430.57558358813,
	2509.0809287301227
], [
	1,
	42.31333070160091,
	687.1870074920579,
	5394.196021424751,
	21213.794301586597,
	39307.89580009271,
	28729.085735721943,
	5226.495278852854
]];
const near = [[
	1.4234371107496835,
	4.630337846156546,
	5.769497221460691,
	3.6478483247632045,
	1.2704582524523684,
	.2417807251774506,
	.022723844989269184,
	.0007745450142783414
], [
	1,
	2.053191626637759,
	1.6763848301838038,
	.6897673349851,
	.14810397642748008,
	.015198666563616457,
	.0005475938084995345,
	1.0507500716444169e-9
]];
const far = [[
	6.657904643501103,
	5.463784911164114,
	1.7848265399172913,
	.29656057182850487,
	.026532189526576124,
	.0012426609473880784,
	27115555687434876e-21,
	2.0103343992922881e-7
], [
	1,
	.599832206555888,
	.1369298809227358,
	.014875361290850615,
	.0007868691311456133,
	18463183175100548e-21,
	1.421511758316446e-7,
	20442631033899397e-31
]];
const transforms = {
	identity: {
		to: (x) => x,
		from: (x) => x,
		slope: () => 1
	},
	log: {
		to: Math.log,
		from: Math.exp,
		slope: (x) => 1 / x
	},
	logit: {
		to: (x) => Math.log(x / (1 - x)),
		from: (x) => 1 / (1 + Math.exp(-x)),
		slope: (x) => 1 / (x * (1 - x))
	},
	"log-complement": {
		to: (x) => -Math.log(1 - x),
		from: (x) => 1 - Math.exp(-x),
		slope: (x) => 1 / (1 - x)
	}
};
function intervalOn(scale, value, standardError) {
	if (!Number.isFinite(standardError)) return {
		low: null,
		high: null
	};
	if (standardError === 0) return {
		low: value,
		high: value
	};
	const { to, from, slope } = transforms[scale];
	const middle = to(value);
	const reach = z95 * standardError * slope(value);
	if (!Number.isFinite(middle) || !Number.isFinite(reach)) return {
		low: null,
		high: null
	};
	return {
		low: from(middle - reach),
		high: from(middle + reach)
	};
}
function wilson(successes, trials, z = z95) {
	const share = successes / trials;
	const square = z * z / trials;
	const middle = (share + square / 2) / (1 + square);
	const reach = z * Math.sqrt((share * (1 - share) + square / 4) / trials) / (1 + square);
	return {
		low: successes === 0 ? 0 : Math.min(share, middle - reach),
		high: successes === trials ? 1 : Math.max(share, middle + reach)
	};
}
function boundAt(metric, estimate, side, confidence) {
	const end = estimate[side];
	if (end === null || end === estimate.value || confidence === .975) return end;
	const share = normalQuantile(confidence) / z95;
	const { to, from } = transforms[metricEntry(metric)?.scale ?? "identity"];
	const bound = from(to(estimate.value) + share * (to(end) - to(estimate.value)));
	if (Number.isFinite(bound)) return bound;
	return estimate.value + share * (end - estimate.value);
}
function confidenceBeyond(metric, estimate, limit, side) {
	const end = side === "above" ? estimate.low : estimate.high;
	if (end === null) return null;
	const { value } = estimate;
	if (end === value) return (side === "above" ? value > limit : value < limit) ? 1 : 0;
	const { to } = transforms[metricEntry(metric)?.scale ?? "identity"];
	const share = (to(value) - to(limit)) / (to(value) - to(end));
	return normalProbability(z95 * (Number.isNaN(share) ? (value - limit) / (value - end) : share));
}
function measured(name, value, influence) {
	const kept = once(influence);
	return {
		name,
		value,
		interval: intervalOn(metricCatalogue[name].scale, value, standardErrorOf(kept())),
		influence: kept
	};
}
function standardErrorOf(influence) {
	let squares = 0;
	for (const part of influence) squares += part * part;
	return influence.length < 2 ? NaN : Math.sqrt(squares);
}
function shares(values) {
	const each = 1 / Math.sqrt(values.length * (values.length - 1));
	return values.map((value) => value * each);
}
function once(make) {
	let kept;
	return () => {
		kept ??= { value: make() };
		return kept.value;
	};
}
const binOf = (score) => Math.min(9, Math.floor(score * 10));
function calibrationError(judged) {
	const gaps = binGaps(judged);
	const value = gaps.reduce((total, { gap }) => total + Math.abs(gap), 0);
	return {
		name: "calibration_error",
		value,
		interval: judged.rows < 2 ? {
			low: null,
			high: null
		} : intervalOf(value, gaps),
		influence: once(() => {
			const weights = gaps.map(signOf);
			const parts = judged.scores.map((score, row) => weights[binOf(score)] * (judged.labels[row] - score));
			const mean = sum(parts) / judged.rows;
			return shares(parts.map((part) => part - mean));
		}),
		biased: true
	};
}
function signOf({ gap, deviation }) {
	if (deviation === 0) return Math.sign(gap);
	return Math.sign(gap) * (Math.sqrt(foldedNormal(Math.abs(gap), deviation).variance) / deviation);
}
function binGaps({ labels, scores, rows }) {
	const sums = new Float64Array(10);
	const squares = new Float64Array(10);
	for (let row = 0; row < rows; row++) {
		const bin = binOf(scores[row]);
		const gap = labels[row] - scores[row];
		sums[bin] += gap;
		squares[bin] += gap * gap;
	}
	return Array.from(sums, (total, bin) => {
		const variance = rows < 2 ? 0 : (squares[bin] - total * total / rows) / (rows * (rows - 1));
		return {
			gap: total / rows,
			deviation: Math.sqrt(Math.max(0, variance))
		};
	});
}
function intervalOf(value, gaps) {
	const surprise = (factor) => {
		let mean = 0;
		let variance = 0;
		for (const { gap, deviation } of gaps) {
			const folded = foldedNormal(Math.abs(gap) * factor, deviation);
			mean += folded.mean;
			variance += folded.variance;
		}
		return variance === 0 ? (value - mean) * Number.POSITIVE_INFINITY : (value - mean) / Math.sqrt(variance);
	};
	if (gaps.every(({ deviation }) => deviation === 0)) return {
		low: value,
		high: value
	};
	return {
		low: value * factorWhere((factor) => surprise(factor) <= z95, 1),
		high: value * Math.max(1, factorWhere((factor) => surprise(factor) <= -1.959963984540054, 64))
	};
}
function factorWhere(holds, most) {
	if (holds(0)) return 0;
	let below = 0;
	let above = most;
	for (let step = 0; step < 40; step++) {
		const middle = (below + above) / 2;
		if (holds(middle)) above = middle;
		else below = middle;
	}
	return above;
}
function foldedNormal(mean, deviation) {
	if (deviation === 0) return {
		mean,
		variance: 0
	};
	const ratio = mean / deviation;
	const folded = deviation * 2 * normalDensity(ratio) + mean * (2 * normalProbability(ratio) - 1);
	return {
		mean: folded,
		variance: Math.max(0, mean * mean + deviation * deviation - folded * folded)
	};
}
const epsilon = 2 ** -52;
const logLoss = ({ labels, scores }) => meanOf$1("log_loss", scores.map((score, row) => {
	const kept = Math.min(1 - epsilon, Math.max(epsilon, score));
	return -Math.log(labels[row] === 1 ? kept : 1 - kept);
}));
const brier = ({ labels, scores }) => meanOf$1("brier", scores.map((score, row) => (score - labels[row]) ** 2));
const meanAbsoluteError = ({ labels, scores }) => meanOf$1("mae", scores.map((score, row) => Math.abs(score - labels[row])));
function meanOf$1(name, losses) {
	const mean = sum(losses) / losses.length;
	return measured(name, mean, () => shares(losses.map((loss) => loss - mean)));
}
function rootMeanSquaredError({ labels, scores }) {
	const squares = scores.map((score, row) => (score - labels[row]) ** 2);
	const mean = sum(squares) / squares.length;
	const root = Math.sqrt(mean);
	return measured("rmse", root, () => shares(squares.map((square) => root === 0 ? 0 : (square - mean) / (2 * root))));
}
function rSquared({ labels, scores }) {
	const mean = sum(labels) / labels.length;
	const spread = labels.map((label) => (label - mean) ** 2);
	const variance = sum(spread);
	if (variance === 0) return null;
	const squares = scores.map((score, row) => (score - labels[row]) ** 2);
	const left = sum(squares) / variance;
	return measured("r2", 1 - left, () => shares(squares.map((square, row) => (left * spread[row] - square) * labels.length / variance)));
}
function rocAuc(judged) {
	const positives = sum(judged.labels);
	const negatives = judged.rows - positives;
	if (positives === 0 || negatives === 0) return null;
	const placed = placements(judged, positives, negatives);
	let wins = 0;
	for (let row = 0; row < judged.rows; row++) if (judged.labels[row] === 1) wins += placed[row];
	const auc = wins / positives;
	const ofPositive = 1 / Math.sqrt(positives * (positives - 1));
	const ofNegative = 1 / Math.sqrt(negatives * (negatives - 1));
	const result = measured("roc_auc", auc, () => placed.map((place, row) => judged.labels[row] === 1 ? apart(place, auc, ofPositive) : apart(place, auc, ofNegative)));
	if (auc !== 0 && auc !== 1) return result;
	const pairs = Math.min(positives, negatives);
	return {
		...result,
		interval: wilson(auc * pairs, pairs)
	};
}
const apart = (place, auc, each) => Number.isFinite(each) ? (place - auc) * each : NaN;
function placements(judged, positives, negatives) {
	const placed = new Float64Array(judged.rows);
	let positivesAbove = 0;
	let negativesAbove = 0;
	for (const [from, to] of tiedRuns(judged)) {
		const tied = positivesIn(judged, from, to);
		const tiedNegatives = to - from - tied;
		const ofPositive = (negatives - negativesAbove - tiedNegatives / 2) / negatives;
		const ofNegative = (positivesAbove + tied / 2) / positives;
		for (let place = from; place < to; place++) {
			const row = judged.order[place];
			placed[row] = judged.labels[row] === 1 ? ofPositive : ofNegative;
		}
		positivesAbove += tied;
		negativesAbove += tiedNegatives;
	}
	return placed;
}
function positivesIn({ order, labels }, from, to) {
	let positives = 0;
	for (let place = from; place < to; place++) positives += labels[order[place]];
	return positives;
}
function averagePrecision(judged) {
	const positives = sum(judged.labels);
	if (positives === 0) return null;
	const runs = [];
	let found = 0;
	let total = 0;
	for (const [from, to] of tiedRuns(judged)) {
		const tied = positivesIn(judged, from, to);
		found += tied;
		total += tied * found / to;
		runs.push({
			from,
			to,
			tied,
			found
		});
	}
	const average = total / positives;
	const fewer = Math.sqrt(positives / (positives - 1));
	return measured("pr_auc", average, () => shares(derivatives(judged, runs, positives, average).map((part) => part * fewer)));
}
function derivatives({ order, labels, rows }, runs, positives, average) {
	const influence = new Float64Array(rows);
	let gain = 0;
	let loss = 0;
	for (let index = runs.length - 1; index >= 0; index--) {
		const { from, to, tied, found } = runs[index];
		gain += tied / to;
		loss += tied * found / (to * to);
		for (let place = from; place < to; place++) {
			const row = order[place];
			influence[row] = (labels[row] * (found / to - average + gain) - loss) * rows / positives;
		}
	}
	return influence;
}
function confusionAt({ labels, scores, rows }, threshold) {
	let tp = 0;
	let called = 0;
	let positives = 0;
	for (let row = 0; row < rows; row++) {
		const label = labels[row];
		positives += label;
		if (scores[row] < threshold) continue;
		called++;
		tp += label;
	}
	return {
		tp,
		fp: called - tp,
		fn: positives - tp,
		tn: rows - called - positives + tp
	};
}
function thresholdMetrics(judged, threshold) {
	const { tp, fp, fn, tn } = confusionAt(judged, threshold);
	const called = (row) => judged.scores[row] >= threshold ? 1 : 0;
	const share = (name, successes, trials, counts) => ({
		name,
		value: successes / trials,
		interval: wilson(successes, trials),
		influence: influenceOf(judged, (label, row) => {
			const call = called(row);
			if (!counts(label, call)) return 0;
			return ((label === call ? 1 : 0) - successes / trials) * judged.rows / trials;
		})
	});
	const f1 = 2 * tp / (2 * tp + fp + fn);
	return [
		share("accuracy", tp + tn, judged.rows, () => true),
		share("precision", tp, tp + fp, (_label, call) => call === 1),
		share("recall", tp, tp + fn, (label) => label === 1),
		{
			name: "f1",
			value: f1,
			interval: f1Interval(tp, tp + fp + fn),
			influence: influenceOf(judged, (label, row) => {
				const call = called(row);
				return (2 * label * call - f1 * (label + call)) * judged.rows / (2 * tp + fp + fn);
			})
		}
	].filter(({ value }) => Number.isFinite(value));
}
function f1Interval(tp, union) {
	const { low, high } = wilson(tp, union);
	return {
		low: 2 * low / (1 + low),
		high: 2 * high / (1 + high)
	};
}
const influenceOf = (judged, of) => once(() => shares(judged.labels.map(of)));
function measure(judged, task, threshold) {
	if (judged.rows === 0) return [];
	return (task === "regression" ? [
		rootMeanSquaredError(judged),
		meanAbsoluteError(judged),
		rSquared(judged)
	] : [
		rocAuc(judged),
		averagePrecision(judged),
		...areProbabilities(judged.scores) ? [
			logLoss(judged),
			brier(judged),
			calibrationError(judged)
		] : [],
		...thresholdMetrics(judged, threshold)
	]).filter((metric) => metric !== null && Number.isFinite(metric.value));
}
const areProbabilities = (scores) => scores.every((score) => score >= 0 && score <= 1);
const estimatesOf = (all) => Object.fromEntries(all.map(({ name, value, interval }) => [name, estimate(value, interval)]));
const estimate = (value, { low, high }) => ({
	value,
	low,
	high
});
const mostPoints = 200;
const residualBins = 40;
const curvesOf = (judged, task, threshold) => task === "regression" ? regressionCurves(judged) : binaryCurves(judged, threshold);
function binaryCurves(judged, threshold) {
	const positives = sum(judged.labels);
	const negatives = judged.rows - positives;
	const roc = [[0, 0]];
	const pr = [];
	let found = 0;
	for (const [from, to] of tiedRuns(judged)) {
		for (let place = from; place < to; place++) found += judged.labels[judged.order[place]];
		roc.push([(to - found) / negatives, found / positives]);
		pr.push([found / positives, found / to]);
	}
	return {
		...positives > 0 && negatives > 0 ? { roc: thin(roc) } : {},
		...positives > 0 ? { pr: thin(pr) } : {},
		...areProbabilities(judged.scores) ? { calibration: calibrationByScore(judged) } : {},
		confusion: confusionAt(judged, threshold)
	};
}
function calibrationByScore({ labels, scores, rows }) {
	const bins = Array.from({ length: 10 }, () => ({
		scores: 0,
		labels: 0,
		rows: 0
	}));
	for (let row = 0; row < rows; row++) {
		const bin = bins[binOf(scores[row])];
		bin.scores += scores[row];
		bin.labels += labels[row];
		bin.rows++;
	}
	return bins.filter((bin) => bin.rows > 0).map(meansOf);
}
function regressionCurves({ labels, scores, order, rows }) {
	const tenths = Array.from({ length: 10 }, () => ({
		scores: 0,
		labels: 0,
		rows: 0
	}));
	for (let place = 0; place < rows; place++) {
		const row = order[rows - 1 - place];
		const tenth = tenths[Math.floor(place * 10 / rows)];
		tenth.scores += scores[row];
		tenth.labels += labels[row];
		tenth.rows++;
	}
	return {
		calibration: tenths.filter((tenth) => tenth.rows > 0).map(meansOf),
		residuals: histogram(labels.map((label, row) => label - scores[row]))
	};
}
function histogram(values) {
	const sorted = values.slice().sort();
	const least = sorted[0];
	const width = (sorted.at(-1) - least) / residualBins;
	if (width === 0) return [{
		from: brief(least),
		to: brief(least),
		rows: values.length
	}];
	const counts = new Uint32Array(residualBins);
	for (const value of values) counts[Math.min(39, Math.floor((value - least) / width))]++;
	return Array.from(counts, (rows, bin) => ({
		from: brief(least + bin * width),
		to: brief(least + (bin + 1) * width),
		rows
	}));
}
const meansOf = (bin) => ({
	mean: brief(bin.scores / bin.rows),
	rate: brief(bin.labels / bin.rows),
	rows: bin.rows
});
function thin(points) {
	const lengths = [0];
	for (let index = 1; index < points.length; index++) {
		const [x, y] = points[index];
		const [beforeX, beforeY] = points[index - 1];
		lengths.push(lengths[index - 1] + Math.abs(x - beforeX) + Math.abs(y - beforeY));
	}
	const step = lengths.at(-1) / 198;
	let next = 0;
	return points.filter((_, index) => {
		if (index === points.length - 1 || points.length <= mostPoints) return true;
		if (lengths[index] < next) return false;
		next = lengths[index] + step;
		return true;
	}).map(([x, y]) => [brief(x), brief(y)]);
}
const brief = (value) => Number(value.toPrecision(6));
init_workspace();
function labelsOf(target, task, positive) {
	return task === "regression" ? numbersOf(target) : classesOf(target, positive);
}
function numbersOf(target) {
	if (target.type !== "number") throw targetError(target, "is text", "numbers, for regression", "name a number column as the target");
	const missing = target.values.findIndex((value) => !Number.isFinite(value));
	if (missing >= 0) throw missingLabel(target, missing);
	return target.values.slice();
}
function classesOf(target, given) {
	const rows = target.values.length;
	const texts = Array.from({ length: rows }, (_, row) => cellText(target, row));
	const missing = texts.indexOf(null);
	if (missing >= 0) throw missingLabel(target, missing);
	const classes = [...new Set(texts)].sort();
	const shown = classes.slice(0, 5).join(", ") + (classes.length > 5 ? ", …" : "");
	if (classes.length > 2) throw targetError(target, `has ${classes.length} values (${shown})`, "two, for binary classification", "make it two classes in the prepare stage, or say task: regression");
	const positive = given === void 0 ? defaultPositive(texts) : asCell(target, given);
	if (classes.length === 2 && !classes.includes(positive)) throw targetError(target, `never holds the positive class "${given}"`, shown, "name one of them as evaluate.positive");
	return Float64Array.from(texts, (text) => text === positive ? 1 : 0);
}
function asCell(target, positive) {
	if (target.type !== "number") return positive;
	if (/^true$/i.test(positive)) return "1";
	if (/^false$/i.test(positive)) return "0";
	const number = Number(positive);
	return positive.trim() === "" || Number.isNaN(number) ? positive : String(number);
}
function defaultPositive(values) {
	const counts = new Map();
	for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
	const classes = [...counts.keys()].sort();
	const named = classes.find((value) => [
		"yes",
		"true",
		"1"
	].includes(value.toLowerCase()));
	if (named !== void 0) return named;
	return classes.reduce((rarest, value) => counts.get(value) <= (counts.get(rarest) ?? Number.POSITIVE_INFINITY) ? value : rarest, "");
}
const missingLabel = (target, row) => targetError(target, `is missing in row ${row}`, "a value in every judged row", "leave such rows out in the prepare stage");
function targetError(target, what, allowed, fix) {
	return new LockstepError("E_EVALUATE_TARGET", {
		what: `the target "${target.name}" ${what}`,
		allowed,
		fix
	});
}
init_workspace();
function joinScores(data, rowId, predictions) {
	const rows = rowsById(data, rowId);
	const ids = column(predictions, "row_id", predictionsPlace);
	const found = column(predictions, "score", predictionsPlace);
	if (found.type !== "number") throw rowsError("the scores are text", "a number for each row");
	const scores = new Float64Array(data.rows).fill(NaN);
	const seen = new Uint8Array(data.rows);
	for (let place = 0; place < predictions.rows; place++) {
		const id = cellText(ids, place);
		const row = id === null ? void 0 : rows(id);
		if (row === void 0) throw rowsError(id === null ? `prediction ${place} has no row id` : `a prediction for row id ${id}, which is not judged`);
		if (seen[row]) throw rowsError(`two predictions for row id ${id}`);
		if (!Number.isFinite(found.values[place])) throw rowsError(`the score of row id ${id} is ${found.values[place]}`, "a finite number for each row");
		seen[row] = 1;
		scores[row] = found.values[place];
	}
	const left = data.rows - predictions.rows;
	if (left > 0) {
		const first = idText(data, rowId, seen.indexOf(0));
		throw rowsError(`no prediction for ${left} of ${data.rows} judged rows, the first with row id ${first}`);
	}
	return scores;
}
function checkProbabilities(scores) {
	const row = scores.findIndex((score) => score < -1e-6 || score > 1 + 1e-6);
	if (row === -1) return;
	throw rowsError(`the score of judged row ${row} is ${scores[row]}`, "the probability of the positive class, from 0 to 1", "hand over probabilities (predict_proba in scikit-learn), not margins or classes");
}
function rowsById(data, rowId) {
	if (rowId === void 0) return (id) => /^(0|[1-9]\d*)$/.test(id) && Number(id) < data.rows ? Number(id) : void 0;
	const ids = column(data, rowId, "the judged rows");
	const rows = new Map();
	for (let row = 0; row < data.rows; row++) {
		const id = cellText(ids, row);
		if (id === null) throw rowsError(`judged row ${row} has no "${rowId}"`, "an id in every judged row");
		if (rows.has(id)) throw rowsError(`two judged rows with the "${rowId}" ${id}`, "each row id once");
		rows.set(id, row);
	}
	return (id) => rows.get(id);
}
const idText = (data, rowId, row) => rowId === void 0 ? String(row) : String(cellText(column(data, rowId), row));
const predictionsPlace = "the predictions table";
const rowsError = (what, allowed = "one prediction for each judged row", fix = "write row_id, fold and score for exactly the rows of evaluate.data") => new LockstepError("E_EVALUATE_ROWS", {
	what,
	where: { file: predictionsPlace },
	allowed,
	fix
});
function idColumn(ids) {
	return typeof ids[0] === "string" ? {
		name: "row_id",
		type: "text",
		values: Array.from(ids)
	} : {
		name: "row_id",
		type: "number",
		values: Float64Array.from(ids)
	};
}
const mostValues = 50;
const fewNumbers = 4;
const cutSlices = (table, columns) => columns.map((name) => {
	const source = column(table, name);
	return source.type === "number" && new Set(source.values).size > fewNumbers ? byQuartile(source) : byValue(source);
});
function byValue(source) {
	const texts = Array.from({ length: source.values.length }, (_, row) => cellText(source, row) ?? "null");
	const counts = new Map();
	for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
	const known = [...counts.keys()].sort();
	const kept = new Set(known.length <= mostValues ? known : known.sort((a, b) => counts.get(b) - counts.get(a)).slice(0, mostValues));
	return slicing(source.name, texts.map((text) => kept.has(text) ? text : "other"), (a, b) => rank(a) - rank(b) || byNumberOrText(a, b, source));
}
const rank = (value) => value === "null" ? 2 : value === "other" ? 1 : 0;
const byNumberOrText = (a, b, source) => source.type === "number" ? Number(a) - Number(b) : a < b ? -1 : 1;
function byQuartile(source) {
	const sorted = source.values.filter((value) => !Number.isNaN(value)).sort();
	const largest = sorted.at(-1);
	const cuts = [
		.25,
		.5,
		.75
	].map((share) => sorted[Math.ceil(share * sorted.length) - 1]).filter((cut, index, all) => cut < largest && cut !== all[index - 1]);
	const names = [...cuts, largest].map((cut, index) => {
		if (index === 0) return cuts.length === 0 ? short(largest) : `≤ ${short(cut)}`;
		return index === cuts.length ? `> ${short(cuts[index - 1])}` : `${short(cuts[index - 1])} – ${short(cut)}`;
	});
	const order = new Map([...names, "null"].map((name, index) => [name, index]));
	const texts = Array.from(source.values, (value) => {
		if (Number.isNaN(value)) return "null";
		const cut = cuts.findIndex((end) => value <= end);
		return names[cut < 0 ? cuts.length : cut];
	});
	return slicing(source.name, texts, (a, b) => order.get(a) - order.get(b));
}
const short = (value) => String(Number(value.toPrecision(6)));
function slicing(name, texts, compare) {
	const values = [...new Set(texts)].sort(compare);
	const groups = new Map(values.map((value, index) => [value, index]));
	return {
		column: name,
		values,
		groups: Uint32Array.from(texts, (text) => groups.get(text))
	};
}
const defaultThreshold = .5;
function evaluate(input) {
	const { model, task, data, target, subject, folds, predictions } = input;
	const prepared = prepare(input);
	const scores = joinScores(data.table, input.rowId, predictions.table);
	const binary = task === "binary-classification";
	if (binary) checkProbabilities(scores);
	const judged = judgedRows(prepared.labels, scores);
	return {
		v: 1,
		model,
		task,
		data: data.digest,
		rows: judged.rows,
		...binary ? { positives: sum(judged.labels) } : {},
		target,
		...binary ? {
			positive: prepared.positive,
			threshold: prepared.threshold
		} : {},
		...folds === void 0 ? {} : { folds },
		subject,
		predictions: predictions.digest,
		metrics: {
			...estimatesOf(measure(judged, task, prepared.threshold)),
			...withoutInterval(input.measured ?? {})
		},
		slices: prepared.slicings.flatMap((slicing) => splitRows(judged, slicing.groups, slicing.values.length).map((part, index) => ({
			column: slicing.column,
			value: slicing.values[index],
			rows: part.rows,
			...binary ? { positives: sum(part.labels) } : {},
			metrics: estimatesOf(measure(part, task, prepared.threshold))
		}))),
		curves: judged.rows === 0 ? {} : curvesOf(judged, task, prepared.threshold)
	};
}
function prepare({ task, data, target, positive, threshold, slices }) {
	const source = column(data.table, target, "the judged rows");
	const chosen = positive ?? (task === "regression" ? "" : defaultPositive(Array.from(source.values, textOrNull)));
	return {
		labels: labelsOf(source, task, positive ?? (chosen === "" ? void 0 : chosen)),
		positive: chosen,
		threshold: threshold ?? defaultThreshold,
		slicings: cutSlices(data.table, slices ?? [])
	};
}
const textOrNull = (value) => value === null || Number.isNaN(value) ? null : String(value);
const withoutInterval = (values) => Object.fromEntries(Object.entries(values).filter(([, value]) => Number.isFinite(value)).map(([name, value]) => [name, {
	value,
	low: null,
	high: null
}]));
function compare(input) {
	const { task, data, rowId } = input;
	const { labels, threshold, slicings } = prepare(input);
	const candidate = judgedRows(labels, joinScores(data.table, rowId, input.candidate.table));
	const baseline = judgedRows(labels, joinScores(data.table, rowId, input.baseline.table));
	return {
		v: 1,
		baseline: input.baselineSubject,
		candidateEvaluation: input.candidateEvaluation,
		baselineEvaluation: input.baselineEvaluation,
		rows: candidate.rows,
		metrics: differences(candidate, baseline, task, threshold),
		slices: slicings.flatMap(({ column, values, groups }) => {
			const others = splitRows(baseline, groups, values.length);
			return splitRows(candidate, groups, values.length).map((part, index) => ({
				column,
				value: values[index],
				rows: part.rows,
				metrics: differences(part, others[index], task, threshold)
			}));
		})
	};
}
function differences(candidate, baseline, task, threshold) {
	const others = new Map(measure(baseline, task, threshold).map((metric) => [metric.name, metric]));
	const found = {};
	for (const metric of measure(candidate, task, threshold)) {
		const difference = others.has(metric.name) ? differenceOf(metric, others.get(metric.name)) : null;
		if (difference) found[metric.name] = difference;
	}
	return found;
}
function differenceOf(candidate, baseline) {
	const delta = candidate.value - baseline.value;
	const standardError = candidate.biased ? fromIntervals(candidate, baseline) : paired(candidate, baseline);
	if (!Number.isFinite(standardError)) return null;
	return {
		delta,
		standardError,
		low: delta - z95 * standardError,
		high: delta + z95 * standardError
	};
}
function paired(candidate, baseline) {
	const other = baseline.influence();
	return standardErrorOf(candidate.influence().map((part, row) => part - other[row]));
}
function fromIntervals(candidate, baseline) {
	const [one, other] = [candidate, baseline].map(({ value, interval }) => ({
		low: interval.low === null ? NaN : value - interval.low,
		high: interval.high === null ? NaN : interval.high - value
	}));
	const mine = standardErrorOf(candidate.influence());
	const theirs = standardErrorOf(baseline.influence());
	const both = paired(candidate, baseline);
	if (both === 0) return 0;
	const correlation = mine === 0 || theirs === 0 ? 0 : (mine ** 2 + theirs ** 2 - both ** 2) / (2 * mine * theirs);
	const reach = (a, b) => Math.sqrt(Math.max(0, a * a + b * b - 2 * correlation * a * b));
	return Math.max(both, reach(one.low, other.low) / z95, reach(one.high, other.high) / z95);
}
init_workspace();
function parseEvaluation(content, file, expected) {
	checkBytes(content, file, expected);
	return checkSchema(parseJson(content, file), evaluation_default);
}
function parseComparison(content, file, expected) {
	checkBytes(content, file, expected);
	return checkSchema(parseJson(content, file), comparison_default);
}
function checkBytes(content, file, expected) {
	if (expected === void 0 || digestOf(content) === expected) return;
	throw new LockstepError("E_METRICS_TAMPERED", {
		what: `metrics with the digest ${digestOf(content)}`,
		where: { file },
		allowed: `the bytes that were handed over, ${expected}`,
		fix: "run the evaluation again"
	});
}
init_workspace();
function simplestPredictions({ train, rowIds, folds }) {
	if (train.length === 0 || folds && (folds.length !== rowIds.length || folds.length !== train.length)) throw new LockstepError("E_EVALUATE_ROWS", {
		what: folds ? `${train.length} training rows, ${rowIds.length} row ids and ${folds.length} folds` : "no training rows for the simplest model",
		allowed: folds ? "one fold and one id for each training row" : "at least one training row",
		fix: "look at what the prepare stage wrote"
	});
	const rows = rowIds.length;
	const fold = folds ? Float64Array.from(folds) : new Float64Array(rows);
	const scores = folds ? outOfFold(train, fold) : new Float64Array(rows).fill(meanOf(train));
	return {
		rows,
		columns: [
			idColumn(rowIds),
			{
				name: "fold",
				type: "number",
				values: fold
			},
			{
				name: "score",
				type: "number",
				values: scores
			}
		]
	};
}
function outOfFold(train, fold) {
	const inside = new Map();
	let total = 0;
	for (let row = 0; row < fold.length; row++) {
		const sums = inside.get(fold[row]) ?? {
			total: 0,
			rows: 0
		};
		sums.total += train[row];
		sums.rows++;
		inside.set(fold[row], sums);
		total += train[row];
	}
	return fold.map((name) => {
		const own = inside.get(name);
		return own.rows === fold.length ? total / fold.length : (total - own.total) / (fold.length - own.rows);
	});
}
function meanOf(values) {
	let total = 0;
	for (let row = 0; row < values.length; row++) total += values[row];
	return total / values.length;
}
export { evaluate as a, boundAt as c, normalQuantile as d, metricDirections as f, compare as i, confidenceBeyond as l, metricTitle as m, parseComparison as n, defaultPositive as o, metricEntry as p, parseEvaluation as r, labelsOf as s, simplestPredictions as t, normalProbability as u };
