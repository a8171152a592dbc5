import { s as runStage, u as treesParams } from "../parts/judging-folds.js";
import { _ as levelTensor, b as logistic, f as average, g as knownCategories, i as applyTreeFeatures, n as linkOf, o as fitTreeFeatures, r as standardised, t as trainStage, v as logLoss, y as logOdds } from "../parts/training-stage.js";
function binFeature(values, bins) {
	const cuts = cutsOf(values, bins - 1);
	const missing = cuts.length + 1;
	const codes = new Uint8Array(values.length);
	for (let row = 0; row < values.length; row++) {
		const value = values[row];
		codes[row] = Number.isNaN(value) ? missing : binOf(cuts, value);
	}
	return {
		codes,
		cuts,
		bins: missing
	};
}
function cutsOf(values, most) {
	const sorted = values.filter((value) => !Number.isNaN(value)).sort();
	const distinct = sorted.filter((value, index) => index === 0 || value !== sorted[index - 1]);
	if (distinct.length <= most) return Float32Array.from({ length: Math.max(distinct.length - 1, 0) }, (_, index) => between(distinct[index], distinct[index + 1]));
	const last = sorted[sorted.length - 1];
	const cuts = [];
	for (let quantile = 1; quantile < most; quantile++) {
		const index = Math.floor(quantile * sorted.length / most);
		const cut = between(sorted[index - 1], sorted[index]);
		if (cut < last && (cuts.length === 0 || cut > cuts[cuts.length - 1])) cuts.push(cut);
	}
	return Float32Array.from(cuts);
}
function between(low, high) {
	const middle = Math.fround(low + (high - low) / 2);
	return middle < high ? middle : low;
}
function binOf(cuts, value) {
	let low = 0;
	let high = cuts.length;
	while (low < high) {
		const middle = low + high >> 1;
		if (value <= cuts[middle]) high = middle;
		else low = middle + 1;
	}
	return low;
}
function layoutOf(features) {
	const offsets = new Int32Array(features.length);
	let length = 0;
	features.forEach((feature, index) => {
		offsets[index] = length;
		length += (feature.bins + 1) * 3;
	});
	return {
		offsets,
		length
	};
}
var HistogramPool = class {
	#free = [];
	#length;
	constructor(length) {
		this.#length = length;
	}
	take() {
		return this.#free.pop()?.fill(0) ?? new Float64Array(this.#length);
	}
	give(histogram) {
		this.#free.push(histogram);
	}
};
function fillHistogram(histogram, features, layout, { gradients, hessians }, { order, from, to }, scratch) {
	const rows = to - from;
	const leafOrder = order.subarray(from, to);
	const leafGradients = scratch.gradients;
	const leafHessians = scratch.hessians;
	for (let k = 0; k < rows; k++) leafGradients[k] = gradients[leafOrder[k]];
	if (hessians) for (let k = 0; k < rows; k++) leafHessians[k] = hessians[leafOrder[k]];
	for (let feature = 0; feature < features.length; feature++) {
		const { codes, bins } = features[feature];
		const offset = layout.offsets[feature];
		if (hessians) addBoth(histogram, offset, codes, leafOrder, leafGradients, leafHessians, rows);
		else addGradients(histogram, offset, codes, leafOrder, leafGradients, rows, bins);
	}
}
function addBoth(histogram, offset, codes, order, gradients, hessians, rows) {
	for (let k = 0; k < rows; k++) {
		const at = offset + codes[order[k]] * 3;
		histogram[at] += gradients[k];
		histogram[at + 1] += hessians[k];
		histogram[at + 2] += 1;
	}
}
function addGradients(histogram, offset, codes, order, gradients, rows, bins) {
	for (let k = 0; k < rows; k++) {
		const at = offset + codes[order[k]] * 3;
		histogram[at] += gradients[k];
		histogram[at + 2] += 1;
	}
	for (let bin = 0; bin <= bins; bin++) {
		const at = offset + bin * 3;
		histogram[at + 1] = histogram[at + 2];
	}
}
function subtractHistogram(parent, child) {
	for (let i = 0; i < parent.length; i++) parent[i] -= child[i];
}
const minimumHessian = .001;
const minimumGain = 1e-10;
function findSplit(histogram, features, layout, sums, rules) {
	const search = new Search(histogram, sums, rules);
	for (let feature = 0; feature < features.length; feature++) {
		const { bins, categories } = features[feature];
		const offset = layout.offsets[feature];
		const missingRows = histogram[offset + bins * 3 + 2];
		search.ordered(feature, offset, bins, false, missingRows > 0);
		if (missingRows > 0) search.ordered(feature, offset, bins, true, true);
		if (categories && bins > 2) search.oneAgainstRest(feature, offset, bins);
	}
	return search.best;
}
var Search = class {
	best = null;
	#histogram;
	#sums;
	#rules;
	#leafGain;
	#bestGain = minimumGain;
	constructor(histogram, sums, rules) {
		this.#histogram = histogram;
		this.#sums = sums;
		this.#rules = rules;
		this.#leafGain = sums.gradient * sums.gradient / (sums.hessian + rules.lambda);
	}
	ordered(feature, offset, bins, missingYes, missing) {
		const histogram = this.#histogram;
		const first = offset + bins * 3;
		let gradient = missingYes ? histogram[first] : 0;
		let hessian = missingYes ? histogram[first + 1] : 0;
		let rows = missingYes ? histogram[first + 2] : 0;
		const last = missing && !missingYes ? bins : bins - 1;
		for (let bin = 0; bin < last; bin++) {
			const at = offset + bin * 3;
			gradient += histogram[at];
			hessian += histogram[at + 1];
			rows += histogram[at + 2];
			if (rows < this.#rules.minimumRows) continue;
			if (this.#sums.rows - rows < this.#rules.minimumRows) break;
			const gain = this.#gain(gradient, hessian);
			if (gain > this.#bestGain) {
				const yes = {
					gradient,
					hessian,
					rows
				};
				this.#keep(gain, feature, bin, false, missing ? missingYes : this.#isLarger(rows), yes);
			}
		}
	}
	oneAgainstRest(feature, offset, bins) {
		const histogram = this.#histogram;
		for (let bin = 0; bin < bins; bin++) {
			const at = offset + bin * 3;
			const rows = histogram[at + 2];
			if (rows < this.#rules.minimumRows || this.#sums.rows - rows < this.#rules.minimumRows) continue;
			const gradient = histogram[at];
			const hessian = histogram[at + 1];
			const gain = this.#gain(gradient, hessian);
			if (gain > this.#bestGain) this.#keep(gain, feature, bin, true, false, {
				gradient,
				hessian,
				rows
			});
		}
	}
	#gain(gradient, hessian) {
		const otherGradient = this.#sums.gradient - gradient;
		const otherHessian = this.#sums.hessian - hessian;
		if (hessian < minimumHessian || otherHessian < minimumHessian) return 0;
		const { lambda } = this.#rules;
		return gradient * gradient / (hessian + lambda) + otherGradient * otherGradient / (otherHessian + lambda) - this.#leafGain;
	}
	#isLarger(rows) {
		return rows * 2 > this.#sums.rows;
	}
	#keep(gain, feature, bin, equal, missingYes, yes) {
		this.#bestGain = gain;
		this.best = {
			gain,
			feature,
			bin,
			equal,
			missingYes,
			yes
		};
	}
};
const largest = 34028234663852886e22;
var TreeGrower = class {
	#features;
	#layout;
	#pool;
	#order;
	#moved;
	#scratch;
	#rules;
	constructor(features, rows, rules) {
		this.#features = features;
		this.#layout = layoutOf(features);
		this.#pool = new HistogramPool(this.#layout.length);
		this.#order = new Uint32Array(rows);
		this.#moved = new Uint32Array(rows);
		this.#scratch = {
			gradients: new Float32Array(rows),
			hessians: new Float32Array(rows)
		};
		this.#rules = rules;
	}
	grow(gradients, scores) {
		const nodes = [{
			kind: "leaf",
			value: 0
		}];
		const leaves = [this.#root(gradients)];
		while (leaves.length < this.#rules.leaves) {
			const index = bestLeaf(leaves);
			if (index < 0) break;
			const leaf = leaves[index];
			const [yes, no] = this.#divide(leaf, gradients, nodes);
			leaves.splice(index, 1, yes, no);
		}
		for (const leaf of leaves) this.#settle(leaf, nodes, scores);
		return nodes;
	}
	#root(gradients) {
		const rows = this.#order.length;
		for (let row = 0; row < rows; row++) this.#order[row] = row;
		const leaf = {
			node: 0,
			from: 0,
			to: rows,
			depth: 0,
			sums: sumsOf(gradients),
			histogram: this.#pool.take(),
			split: null
		};
		this.#fill(leaf, gradients);
		return this.#searched(leaf);
	}
	#divide(leaf, gradients, nodes) {
		const split = leaf.split;
		const middle = this.#partition(leaf, split);
		const depth = leaf.depth + 1;
		const sums = {
			gradient: leaf.sums.gradient - split.yes.gradient,
			hessian: leaf.sums.hessian - split.yes.hessian,
			rows: leaf.sums.rows - split.yes.rows
		};
		const child = {
			depth,
			histogram: null,
			split: null
		};
		const yes = {
			...child,
			node: nodes.length,
			from: leaf.from,
			to: middle,
			sums: split.yes
		};
		const no = {
			...child,
			node: nodes.length + 1,
			from: middle,
			to: leaf.to,
			sums
		};
		nodes.push({
			kind: "leaf",
			value: 0
		}, {
			kind: "leaf",
			value: 0
		});
		nodes[leaf.node] = this.#splitNode(split, yes.node, no.node);
		this.#shareHistogram(leaf, yes, no, gradients);
		return [this.#searched(yes), this.#searched(no)];
	}
	#splitNode(split, yes, no) {
		const { cuts } = this.#features[split.feature];
		const threshold = split.equal ? split.bin : cuts[split.bin] ?? largest;
		const { feature, equal, missingYes } = split;
		return {
			kind: "split",
			feature,
			threshold,
			equal,
			missingYes,
			yes,
			no
		};
	}
	#partition({ from, to }, split) {
		const { codes, bins } = this.#features[split.feature];
		const goesYes = new Uint8Array(bins + 1);
		for (let bin = 0; bin < bins; bin++) goesYes[bin] = (split.equal ? bin === split.bin : bin <= split.bin) ? 1 : 0;
		goesYes[bins] = split.missingYes ? 1 : 0;
		const order = this.#order;
		const moved = this.#moved;
		let yes = from;
		let no = 0;
		for (let k = from; k < to; k++) {
			const row = order[k];
			if (goesYes[codes[row]] === 1) order[yes++] = row;
			else moved[no++] = row;
		}
		for (let k = 0; k < no; k++) order[yes + k] = moved[k];
		return yes;
	}
	#shareHistogram(parent, yes, no, gradients) {
		const [small, large] = yes.to - yes.from <= no.to - no.from ? [yes, no] : [no, yes];
		small.histogram = this.#pool.take();
		this.#fill(small, gradients);
		subtractHistogram(parent.histogram, small.histogram);
		large.histogram = parent.histogram;
		parent.histogram = null;
	}
	#fill(leaf, gradients) {
		const { from, to } = leaf;
		const rows = {
			order: this.#order,
			from,
			to
		};
		fillHistogram(leaf.histogram, this.#features, this.#layout, gradients, rows, this.#scratch);
	}
	#searched(leaf) {
		if (!(this.#rules.depth !== null && leaf.depth >= this.#rules.depth) && leaf.sums.rows >= 2 * this.#rules.minimumRows) leaf.split = findSplit(leaf.histogram, this.#features, this.#layout, leaf.sums, this.#rules);
		return leaf;
	}
	#settle(leaf, nodes, scores) {
		const { gradient, hessian } = leaf.sums;
		const step = -this.#rules.learningRate * gradient / (hessian + this.#rules.lambda + 1e-15);
		const value = Math.fround(step);
		nodes[leaf.node] = {
			kind: "leaf",
			value
		};
		for (let k = leaf.from; k < leaf.to; k++) scores[this.#order[k]] += value;
		this.#pool.give(leaf.histogram);
	}
};
function bestLeaf(leaves) {
	let best = -1;
	leaves.forEach((leaf, index) => {
		if (leaf.split && (best < 0 || leaf.split.gain > leaves[best].split.gain)) best = index;
	});
	return best;
}
function sumsOf({ gradients, hessians }) {
	let gradient = 0;
	for (const value of gradients) gradient += value;
	let hessian = gradients.length;
	if (hessians) {
		hessian = 0;
		for (const value of hessians) hessian += value;
	}
	return {
		gradient,
		hessian,
		rows: gradients.length
	};
}
function boost(task, features, labels, rules, progress = () => {}) {
	const grower = new TreeGrower(features.map(({ values, levels }) => {
		const feature = binFeature(values, rules.bins);
		return {
			...feature,
			categories: levels > 0 && feature.bins === levels
		};
	}), labels.length, rules);
	const base = task === "regression" ? 0 : Math.fround(logOdds(heldPrior(labels)));
	const scores = new Float64Array(labels.length).fill(base);
	const step = task === "regression" ? squaredError(labels) : crossEntropy(labels);
	const trees = [];
	step.prepare(scores);
	for (let iteration = 1; iteration <= rules.trees; iteration++) {
		trees.push(grower.grow(step, scores));
		progress(iteration, step.prepare(scores));
	}
	return {
		trees,
		base
	};
}
function heldPrior(labels) {
	const half = .5 / labels.length;
	const prior = average(labels);
	return Math.min(1 - half, Math.max(half, prior));
}
function squaredError(labels) {
	const gradients = new Float32Array(labels.length);
	const prepare = (scores) => {
		let loss = 0;
		for (let row = 0; row < labels.length; row++) {
			const difference = scores[row] - labels[row];
			gradients[row] = difference;
			loss += difference * difference;
		}
		return loss / labels.length;
	};
	return {
		gradients,
		hessians: null,
		prepare
	};
}
function crossEntropy(labels) {
	const gradients = new Float32Array(labels.length);
	const hessians = new Float32Array(labels.length);
	const prepare = (scores) => {
		let loss = 0;
		for (let row = 0; row < labels.length; row++) {
			const probability = logistic(scores[row]);
			gradients[row] = probability - labels[row];
			hessians[row] = probability * (1 - probability);
			loss += logLoss(scores[row], labels[row]);
		}
		return loss / labels.length;
	};
	return {
		gradients,
		hessians,
		prepare
	};
}
function writeTreeFeatures(graph, inputs, plans) {
	const columns = plans.map((plan) => {
		if (plan.kind === "number") return inputs.number(plan.input);
		if (plan.kind === "date") return inputs.datePart(plan.input, plan.part);
		return levelTensor(graph, inputs.text(plan.input), plan.map, plan.guarded);
	});
	return columns.length === 1 ? columns[0] : graph.node("Concat", columns, { attributes: { axis: { int: 1 } } });
}
function writeTrees(graph, matrix, trees, base) {
	const nodes = trees.flatMap((tree, treeId) => tree.map((node, nodeId) => ({
		node,
		treeId,
		nodeId
	})));
	const split = (value, leaf) => nodes.map(({ node }) => node.kind === "split" ? value(node) : leaf);
	const leaves = nodes.flatMap(({ node, treeId, nodeId }) => node.kind === "leaf" ? [{
		treeId,
		nodeId,
		value: node.value
	}] : []);
	const attributes = {
		n_targets: { int: 1 },
		base_values: { floats: [base] },
		nodes_treeids: { ints: nodes.map(({ treeId }) => treeId) },
		nodes_nodeids: { ints: nodes.map(({ nodeId }) => nodeId) },
		nodes_featureids: { ints: split(({ feature }) => feature, 0) },
		nodes_modes: { texts: split(({ equal }) => equal ? "BRANCH_EQ" : "BRANCH_LEQ", "LEAF") },
		nodes_values: { floats: split(({ threshold }) => threshold, 0) },
		nodes_truenodeids: { ints: split(({ yes }) => yes, 0) },
		nodes_falsenodeids: { ints: split(({ no }) => no, 0) },
		nodes_missing_value_tracks_true: { ints: split(({ missingYes }) => missingYes ? 1 : 0, 0) },
		target_treeids: { ints: leaves.map(({ treeId }) => treeId) },
		target_nodeids: { ints: leaves.map(({ nodeId }) => nodeId) },
		target_ids: { ints: leaves.map(() => 0) },
		target_weights: { floats: leaves.map(({ value }) => value) }
	};
	return graph.node("TreeEnsembleRegressor", [matrix], {
		domain: "ai.onnx.ml",
		attributes
	});
}
function predictTrees(trees, base, features, rows) {
	const sums = new Float64Array(rows).fill(base);
	for (const tree of trees) for (let row = 0; row < rows; row++) sums[row] += leafOf(tree, features, row);
	return sums;
}
function leafOf(tree, features, row) {
	let node = tree[0];
	while (node.kind === "split") {
		const value = features[node.feature][row];
		node = tree[(Number.isNaN(value) ? node.missingYes : node.equal ? value === node.threshold : value <= node.threshold) ? node.yes : node.no];
	}
	return node.value;
}
function trainTrees(rows, params, progress) {
	const unknown = params.unknown;
	const link = linkOf(rows);
	const labels = standardised(rows.labels, link);
	const { labels: raw, folds } = rows;
	const features = fitTreeFeatures(rows.inputs, rows.values, {
		labels: raw,
		folds,
		unknown,
		dates: params.dates
	});
	const rules = {
		trees: params.trees,
		bins: params.bins,
		leaves: params.leaves,
		depth: params.depth,
		learningRate: params["learning-rate"],
		lambda: params.lambda,
		minimumRows: params["min-child"]
	};
	const { trees, base } = boost(rows.task, features.training, labels, rules, progress);
	return {
		trainer: "trees",
		inputs: rows.inputs,
		unknown,
		link,
		categories: knownCategories(rows, unknown),
		notes: features.notes,
		predict(values, count) {
			return predictTrees(trees, base, applyTreeFeatures(features.plans, values), count).map((sum) => link.kind === "logistic" ? logistic(sum) : sum * link.deviation + link.mean);
		},
		writeSum: (graph, inputs) => writeTrees(graph, writeTreeFeatures(graph, inputs, features.plans), trees, base)
	};
}
await runStage("trees", treesParams, (stage) => trainStage(stage, "trees", trainTrees));
export {};
