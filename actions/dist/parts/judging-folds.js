import { $ as nearest, Ct as LockstepError, Tt as isLockstepError, t as init_workspace, ut as watchParent } from "./workspace.js";
import { a as cellText, o as column } from "./data.js";
import { join, relative, sep } from "node:path";
import { hash } from "node:crypto";
import { appendFileSync, existsSync, readFileSync, readdirSync } from "node:fs";
init_workspace();
function readParams(given, rules, builtin) {
	for (const name of Object.keys(given)) if (!(name in rules)) throw unknownParam(name, rules, builtin);
	return Object.fromEntries(Object.entries(rules).map(([name, rule]) => {
		const value = given[name] ?? rule.default;
		if (value !== null && !isAllowed(value, rule)) throw badParam(name, value, rule, builtin);
		return [name, value];
	}));
}
function isAllowed(value, rule) {
	switch (rule.kind) {
		case "number": return typeof value === "number" && value >= rule.least && value <= rule.most && (!rule.integer || Number.isInteger(value));
		case "choice": return typeof value === "string" && rule.of.includes(value);
		case "text": return typeof value === "string" && value !== "";
	}
}
function describe(rule) {
	switch (rule.kind) {
		case "number": return `${rule.integer ? "a whole number" : "a number"} from ${rule.least} to ${rule.most}`;
		case "choice": return rule.of.join(" or ");
		case "text": return "the name of a column";
	}
}
function unknownParam(name, rules, builtin) {
	const near = nearest(name, Object.keys(rules));
	return new LockstepError("E_CONFIG_KEY", {
		what: `unknown param "${name}" of the built-in ${builtin}`,
		where: { file: "pipeline.yaml" },
		allowed: Object.keys(rules).join(", "),
		fix: near ? `did you mean "${near}"?` : "take it off the stage's params"
	});
}
const badParam = (name, value, rule, builtin) => new LockstepError("E_CONFIG_VALUE", {
	what: `param ${name} of the built-in ${builtin} is ${JSON.stringify(value)}`,
	where: { file: "pipeline.yaml" },
	allowed: describe(rule),
	fix: `correct ${name} under params`
});
const seed = {
	kind: "number",
	default: 0,
	least: 0,
	most: Number.MAX_SAFE_INTEGER,
	integer: true
};
const dates = {
	kind: "choice",
	default: "all",
	of: ["all", "cycles"]
};
const unknown = {
	kind: "choice",
	default: "ignore",
	of: ["ignore", "error"]
};
const treesParams = {
	trees: {
		kind: "number",
		default: 100,
		least: 1,
		most: 5e3,
		integer: true
	},
	"learning-rate": {
		kind: "number",
		default: .1,
		least: 1e-6,
		most: 1
	},
	leaves: {
		kind: "number",
		default: 31,
		least: 2,
		most: 1024,
		integer: true
	},
	depth: {
		kind: "number",
		default: null,
		least: 1,
		most: 64,
		integer: true
	},
	"min-child": {
		kind: "number",
		default: 20,
		least: 1,
		most: 1e9,
		integer: true
	},
	lambda: {
		kind: "number",
		default: 0,
		least: 0,
		most: 1e9
	},
	bins: {
		kind: "number",
		default: 256,
		least: 4,
		most: 256,
		integer: true
	},
	seed,
	unknown,
	dates
};
const linearParams = {
	lambda: {
		kind: "number",
		default: 1,
		least: 0,
		most: 1e9
	},
	seed,
	unknown,
	dates
};
const splitParams = {
	"test-share": {
		kind: "number",
		default: .2,
		least: .01,
		most: .9
	},
	time: {
		kind: "text",
		default: null
	},
	seed
};
init_workspace();
const tableName = /\.(?:csv|tsv|parquet)$/i;
async function runStage(builtin, rules, work) {
	watchParent();
	try {
		await work(openStage(builtin, rules, process.env));
	} catch (error) {
		if (!isLockstepError(error)) throw error;
		process.stderr.write(`${error.message}\n`);
		process.exitCode = 1;
	}
}
function openStage(builtin, rules, environment) {
	const inputs = variable(environment, "LOCKSTEP_INPUTS");
	const outputs = variable(environment, "LOCKSTEP_OUTPUTS");
	const metrics = environment.LOCKSTEP_METRICS;
	const { evaluate, model, ...params } = JSON.parse(readFileSync(variable(environment, "LOCKSTEP_PARAMS"), "utf8"));
	return {
		params: readParams(params, rules, builtin),
		evaluate,
		model,
		table: findTable(inputs),
		output: (name) => join(outputs, name),
		metric: (values) => {
			if (metrics) appendFileSync(metrics, `${JSON.stringify(values)}\n`);
		},
		say: (line) => {
			process.stdout.write(`${line}\n`);
		}
	};
}
function variable(environment, name) {
	const value = environment[name];
	if (value) return value;
	throw new LockstepError("E_USAGE", {
		what: `${name} is not set`,
		allowed: "a built-in runs as a stage of a pipeline",
		fix: "start it with `lockstep run`"
	});
}
function findTable(folder) {
	const preferred = join(folder, "train.parquet");
	if (existsSync(preferred)) return preferred;
	const tables = readdirSync(folder, {
		recursive: true,
		withFileTypes: true
	}).filter((entry) => !entry.isDirectory() && tableName.test(entry.name)).map((entry) => join(entry.parentPath, entry.name)).sort();
	if (tables.length === 1) return tables[0];
	const names = tables.map((path) => relative(folder, path).split(sep).join("/")).join(", ");
	throw new LockstepError("E_TRAIN_DATA", {
		what: tables.length === 0 ? "no table among the inputs of the stage" : `${tables.length} tables among the inputs of the stage: ${names}`,
		allowed: "one .csv, .tsv or .parquet file, or one called train.parquet",
		fix: "name one table under `inputs` of the stage in pipeline.yaml"
	});
}
const mostRepeats = 10;
function rowHashes(table, { purpose, seed, without }) {
	const columns = table.columns.filter(({ name }) => !without.includes(name));
	const prefix = `${purpose}\n${seed}\n`;
	const contentOf = (row) => JSON.stringify(columns.map((column) => cellText(column, row)));
	const hashes = Float64Array.from({ length: table.rows }, (_, row) => hashToUnit(prefix + contentOf(row)));
	if (new Set(hashes).size * mostRepeats >= table.rows) return hashes;
	const counts = new Map();
	return hashes.map((unit, row) => {
		const earlier = counts.get(unit) ?? 0;
		counts.set(unit, earlier + 1);
		return earlier === 0 ? unit : hashToUnit(`${prefix}${contentOf(row)}\n${earlier}`);
	});
}
const hashToUnit = (text) => Number.parseInt(hash("sha256", text).slice(0, 12), 16) / 2 ** 48;
const foldsOf = (hashes, folds) => Int32Array.from(hashes, (unit) => Math.floor(unit * folds));
const rowIdColumn = (table, stated) => stated ?? (table.columns.some(({ name }) => name === "row_id") ? "row_id" : void 0);
const rowIdOf = (table, stated) => {
	const name = rowIdColumn(table, stated);
	return name === void 0 ? ["fold"] : [name, "fold"];
};
function judgingFolds(table, evaluate, seed) {
	const { folds } = evaluate;
	if (folds === void 0) return {
		judges: new Int32Array(table.rows),
		foldCount: 0
	};
	const given = table.columns.find(({ name }) => name === "fold");
	if (given?.type === "number" && isFolds(given.values, folds)) return {
		judges: Int32Array.from(given.values),
		foldCount: folds
	};
	return {
		judges: contentFolds(table, evaluate, seed),
		foldCount: folds
	};
}
function contentFolds(table, { folds = 1, target, "row-id": rowId }, seed) {
	const hashes = rowHashes(table, {
		purpose: "fold",
		seed,
		without: rowIdOf(table, rowId)
	});
	const labels = column(table, target);
	const classOf = (row) => cellText(labels, row) ?? "";
	const classes = new Set();
	for (let row = 0; row < table.rows && classes.size < 4; row++) classes.add(classOf(row));
	classes.delete("");
	return classes.size === 2 ? dealtOut(hashes, classOf, folds) : foldsOf(hashes, folds);
}
function dealtOut(hashes, classOf, folds) {
	const order = Array.from(hashes.keys());
	const classes = order.map(classOf);
	order.sort((a, b) => classes[a] === classes[b] ? hashes[a] - hashes[b] : classes[a] < classes[b] ? -1 : 1);
	const judges = new Int32Array(hashes.length);
	let dealt = -1;
	order.forEach((row, place) => {
		if (place === 0 || hashes[row] !== hashes[order[place - 1]]) dealt++;
		judges[row] = dealt % folds;
	});
	return judges;
}
const isFolds = (values, folds) => values.every((value) => Number.isInteger(value) && value >= 0 && value < folds);
export { foldsOf as a, linearParams as c, rowIdOf as i, splitParams as l, judgingFolds as n, rowHashes as o, rowIdColumn as r, runStage as s, contentFolds as t, treesParams as u };
