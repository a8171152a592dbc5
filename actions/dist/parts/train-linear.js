import { _ as levelTensor, a as dateNotes, b as logistic, c as varies, d as applyLevels, f as average, g as knownCategories, h as outOfFoldStatistics, l as datePartsOf, m as levelStatistics, n as linkOf, p as countLevels, r as standardised, s as leftOutNote, u as learnableParts, v as logLoss } from "./training-stage.js";
var DesignMatrix = class {
	rows;
	width;
	#blocks;
	constructor(blocks, rows) {
		this.rows = rows;
		let at = 1;
		this.#blocks = blocks.map((block) => {
			const placed = {
				block,
				at
			};
			at += block.kind === "dense" ? 1 : block.size;
			return placed;
		});
		this.width = at;
	}
	times(weights) {
		const sums = new Float64Array(this.rows).fill(weights[0]);
		for (const { block, at } of this.#blocks) if (block.kind === "dense") {
			const weight = weights[at];
			for (let row = 0; row < sums.length; row++) sums[row] += block.values[row] * weight;
		} else for (let row = 0; row < sums.length; row++) {
			const code = block.codes[row];
			if (code >= 0) sums[row] += weights[at + code];
		}
		return sums;
	}
	transposedTimes(residuals) {
		return this.#gather((row) => residuals[row], false);
	}
	squares(hessians) {
		return this.#gather((row) => hessians[row], true);
	}
	#gather(of, squared) {
		const result = new Float64Array(this.width);
		for (let row = 0; row < this.rows; row++) result[0] += of(row);
		for (const { block, at } of this.#blocks) for (let row = 0; row < this.rows; row++) if (block.kind === "dense") {
			const value = block.values[row];
			result[at] += (squared ? value * value : value) * of(row);
		} else {
			const code = block.codes[row];
			if (code >= 0) result[at + code] += of(row);
		}
		return result;
	}
};
function writeLinear(graph, inputs, plans, intercept) {
	const terms = plans.map(({ plan, weights }) => writeTerm(graph, inputs, plan, weights));
	const matrix = terms.length === 1 ? terms[0].tensor : graph.node("Concat", terms.map(({ tensor }) => tensor), { attributes: { axis: { int: 1 } } });
	const factors = graph.constant({ floats: terms.map(({ factor }) => factor) }, [terms.length, 1]);
	return graph.node("Add", [graph.node("MatMul", [matrix, factors]), scalar(graph, intercept)]);
}
function writeTerm(graph, inputs, plan, weights) {
	const weight = weights[0];
	switch (plan.kind) {
		case "number": return {
			tensor: scaled$1(graph, inputs.number(plan.input), plan.scaling),
			factor: weight
		};
		case "date-number": return {
			tensor: scaled$1(graph, inputs.datePart(plan.input, plan.part), plan.scaling),
			factor: weight
		};
		case "statistic": return {
			tensor: scaled$1(graph, levelTensor(graph, inputs.text(plan.input), plan.map, plan.guarded), plan.scaling),
			factor: weight
		};
		case "missing": {
			const source = plan.part === null ? inputs.number(plan.input) : inputs.datePart(plan.input, plan.part);
			const missing = graph.node("IsNaN", [source]);
			return {
				tensor: graph.node("Cast", [missing], { attributes: { to: { int: 1 } } }),
				factor: weight
			};
		}
		case "levels": {
			const map = {
				levels: plan.levels,
				values: weights,
				other: 0
			};
			return {
				tensor: levelTensor(graph, inputs.text(plan.input), map, plan.guarded),
				factor: 1
			};
		}
		case "date-levels": return {
			tensor: graph.node("LabelEncoder", [inputs.datePart(plan.input, plan.part)], {
				domain: "ai.onnx.ml",
				attributes: {
					keys_floats: { floats: Float32Array.from(weights, (_, value) => value) },
					values_floats: { floats: weights },
					default_float: { float: 0 }
				}
			}),
			factor: 1
		};
	}
}
function scaled$1(graph, tensor, { center, scale }) {
	const centred = graph.node("Sub", [tensor, scalar(graph, center)]);
	const unit = graph.node("Mul", [centred, scalar(graph, scale)]);
	return graph.node("Where", [
		graph.node("IsNaN", [tensor]),
		scalar(graph, 0),
		unit
	]);
}
const scalar = (graph, value) => graph.constant({ floats: [value] }, [1]);
const dateLevelSizes = {
	month: 13,
	weekday: 7,
	hour: 24
};
const dateNumbers = ["year", "day"];
function fitLinearFeatures(inputs, values, context) {
	const notes = [];
	const plans = inputs.flatMap((input, place) => {
		const raw = values[place];
		const found = raw.kind === "number" ? planNumber(place, raw.values) : planText(input, place, raw.values, context);
		if (input.kind === "date") notes.push(...dateNotes(input.name, raw.values, context.dates));
		if (found.length === 0) notes.push(leftOutNote(input.name, raw));
		return found;
	});
	if (plans.length === 0) plans.push(placeholder(inputs[0]));
	const outOfFold = (plan) => {
		if (plan.kind !== "statistic") return void 0;
		const texts = values[plan.input].values;
		const statistics = outOfFoldStatistics(texts, context.labels, context.folds);
		return {
			kind: "dense",
			values: scaled(statistics, plan.scaling)
		};
	};
	const applied = applyLinearFeatures(plans, values);
	return {
		plans,
		training: plans.map((plan, index) => outOfFold(plan) ?? applied[index]),
		notes
	};
}
const placeholder = ({ kind }) => kind === "number" ? {
	kind: "missing",
	input: 0,
	part: null
} : {
	kind: "levels",
	input: 0,
	levels: [""],
	guarded: false
};
function applyLinearFeatures(plans, values) {
	const dates = new Map();
	const datePart = (input, part) => {
		if (!dates.has(input)) dates.set(input, datePartsOf(values[input].values));
		return dates.get(input)[part];
	};
	return plans.map((plan) => blockOf(plan, values[plan.input].values, datePart));
}
function blockOf(plan, raw, datePart) {
	const dense = (values) => ({
		kind: "dense",
		values
	});
	switch (plan.kind) {
		case "number": return dense(scaled(raw, plan.scaling));
		case "date-number": return dense(scaled(datePart(plan.input, plan.part), plan.scaling));
		case "statistic": return dense(scaled(applyLevels(plan.map, raw), plan.scaling));
		case "missing": return dense((plan.part === null ? raw : datePart(plan.input, plan.part)).map((value) => Number.isNaN(value) ? 1 : 0));
		case "levels": {
			const places = new Map(plan.levels.map((level, index) => [level, index]));
			return {
				kind: "codes",
				codes: Int32Array.from(raw, (text) => places.get(text) ?? -1),
				size: plan.levels.length
			};
		}
		case "date-levels": {
			const values = datePart(plan.input, plan.part);
			return {
				kind: "codes",
				codes: Int32Array.from(values, (value) => Number.isNaN(value) ? -1 : value),
				size: dateLevelSizes[plan.part]
			};
		}
	}
}
function planNumber(input, values) {
	if (!varies(values)) return [];
	const plans = [];
	const scaling = scalingOf(values);
	if (scaling) plans.push({
		kind: "number",
		input,
		scaling
	});
	if (values.some(Number.isNaN)) plans.push({
		kind: "missing",
		input,
		part: null
	});
	return plans;
}
function planText({ kind }, input, texts, context) {
	return kind === "date" ? planDate(input, texts, context) : planCategory(input, texts, context);
}
function planDate(input, texts, { dates }) {
	const parts = datePartsOf(texts);
	const { parts: learnable } = learnableParts(texts, dates);
	const plans = dateNumbers.flatMap((part) => {
		const scaling = learnable.has(part) ? scalingOf(parts[part]) : null;
		return scaling ? [{
			kind: "date-number",
			input,
			part,
			scaling
		}] : [];
	});
	for (const part of Object.keys(dateLevelSizes)) if (learnable.has(part) && scalingOf(parts[part])) plans.push({
		kind: "date-levels",
		input,
		part
	});
	if (varies(parts.year) && parts.year.some(Number.isNaN)) plans.push({
		kind: "missing",
		input,
		part: "year"
	});
	return plans;
}
function planCategory(input, texts, context) {
	const counts = countLevels(texts);
	const guarded = context.unknown === "error" && texts.some((text) => text !== "");
	if (counts.size < 2 && !guarded) return [];
	if (counts.size <= 50) return [{
		kind: "levels",
		input,
		levels: [...counts.keys()],
		guarded
	}];
	const keep = (count) => guarded || count > 1;
	const { levels, values, prior } = levelStatistics(texts, context.labels, keep);
	if (levels.length === 0) return [];
	const map = {
		levels,
		values,
		other: prior
	};
	return [{
		kind: "statistic",
		input,
		map,
		guarded,
		scaling: scalingOf(applyLevels(map, texts)) ?? {
			center: prior,
			scale: 1
		}
	}];
}
function scalingOf(values) {
	const known = Float64Array.from(values.filter((value) => !Number.isNaN(value)));
	if (known.length === 0 || known.every((value) => value === known[0])) return null;
	const center = Math.fround(average(known));
	const deviation = Math.sqrt(average(known.map((value) => (value - center) * (value - center))));
	return {
		center,
		scale: Math.fround(1 / deviation)
	};
}
const scaled = (values, { center, scale }) => values.map((value) => Number.isNaN(value) ? 0 : Math.fround(value - center) * scale);
const crossEntropy = {
	value: logLoss,
	gradient: (z, y) => logistic(z) - y,
	hessian: (z) => {
		const probability = logistic(z);
		return probability * (1 - probability);
	}
};
const squaredError = {
	value: (z, y) => (z - y) * (z - y) / 2,
	gradient: (z, y) => z - y,
	hessian: () => 1
};
const mostSteps = 100;
const mostInnerSteps = 500;
const tolerance = 1e-9;
function minimise(design, labels, loss, lambda, progress = () => {}) {
	const penalty = new Float64Array(design.width).fill(lambda);
	penalty[0] = 0;
	let weights = new Float64Array(design.width);
	let sums = design.times(weights);
	let value = objective(sums, labels, loss, weights, penalty);
	for (let step = 1; step <= mostSteps; step++) {
		const gradient = design.transposedTimes(sums.map((z, row) => loss.gradient(z, labels[row])));
		gradient.forEach((_, index) => {
			gradient[index] += penalty[index] * weights[index];
		});
		if (gradient.every((entry) => Math.abs(entry) <= tolerance * design.rows)) break;
		const direction = solve(design, sums.map(loss.hessian), penalty, gradient);
		const move = design.times(direction);
		let size = 1;
		for (; size > 1e-6; size /= 2) {
			const tried = weights.map((weight, index) => weight + size * direction[index]);
			const triedSums = sums.map((z, row) => z + size * move[row]);
			const triedValue = objective(triedSums, labels, loss, tried, penalty);
			if (triedValue > value) continue;
			weights = tried;
			sums = triedSums;
			value = triedValue;
			break;
		}
		if (size <= 1e-6) break;
		progress(step, value / design.rows);
	}
	return weights;
}
function objective(sums, labels, loss, weights, penalty) {
	let total = 0;
	for (let row = 0; row < sums.length; row++) total += loss.value(sums[row], labels[row]);
	for (let index = 0; index < weights.length; index++) total += penalty[index] * weights[index] * weights[index] / 2;
	return total;
}
function solve(design, hessians, penalty, gradient) {
	const diagonal = design.squares(hessians).map((square, index) => square + penalty[index] + 1e-12);
	const apply = (vector) => {
		return design.transposedTimes(design.times(vector).map((z, row) => z * hessians[row])).map((entry, index) => entry + penalty[index] * vector[index]);
	};
	const solution = new Float64Array(design.width);
	const residual = gradient.map((entry) => -entry);
	const enough = 1e-12 * dot(residual, residual);
	let conditioned = residual.map((entry, index) => entry / diagonal[index]);
	const direction = Float64Array.from(conditioned);
	let product = dot(residual, conditioned);
	for (let step = 0; step < mostInnerSteps && dot(residual, residual) > enough; step++) {
		const image = apply(direction);
		const curvature = dot(direction, image);
		if (curvature <= 0) break;
		const length = product / curvature;
		for (let index = 0; index < solution.length; index++) {
			solution[index] += length * direction[index];
			residual[index] -= length * image[index];
		}
		conditioned = residual.map((entry, index) => entry / diagonal[index]);
		const next = dot(residual, conditioned);
		for (let index = 0; index < direction.length; index++) direction[index] = conditioned[index] + next / product * direction[index];
		product = next;
	}
	return solution;
}
function dot(a, b) {
	let sum = 0;
	for (let index = 0; index < a.length; index++) sum += a[index] * b[index];
	return sum;
}
const trainLogistic = (rows, params, progress) => trainWeights("logistic", rows, params, progress);
const trainLinear = (rows, params, progress) => trainWeights("linear", rows, params, progress);
function trainWeights(trainer, rows, params, progress) {
	const unknown = params.unknown;
	const link = linkOf(rows);
	const features = fitLinearFeatures(rows.inputs, rows.values, {
		labels: rows.labels,
		folds: rows.folds,
		unknown,
		dates: params.dates
	});
	const design = new DesignMatrix(features.training, rows.labels.length);
	const loss = trainer === "logistic" ? crossEntropy : squaredError;
	const weights = minimise(design, standardised(rows.labels, link), loss, params.lambda, progress).map(Math.fround);
	let at = 1;
	const weighted = features.plans.map((plan, index) => {
		const block = features.training[index];
		const width = block.kind === "dense" ? 1 : block.size;
		at += width;
		return {
			plan,
			weights: Float32Array.from(weights.subarray(at - width, at))
		};
	});
	return {
		trainer,
		inputs: rows.inputs,
		unknown,
		link,
		categories: knownCategories(rows, unknown),
		notes: features.notes,
		predict(values, count) {
			return new DesignMatrix(applyLinearFeatures(features.plans, values), count).times(weights).map((sum) => link.kind === "logistic" ? logistic(sum) : sum * link.deviation + link.mean);
		},
		writeSum: (graph, inputs) => writeLinear(graph, inputs, weighted, weights[0])
	};
}
export { trainLogistic as n, trainLinear as t };
