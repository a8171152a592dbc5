import { i as cellText } from "./data.js";
import { B as askChild, F as checkSchema, I as nearest, M as parseYaml, P as readYaml, T as readAtCommit, et as LockstepError, i as modelPath, p as ownProgram, s as shown } from "./workspace.js";
import { n as inputColumn } from "./tensors.js";
import { t as schema0 } from "../vendor/schema-model.js";
import "./predictions.js";
import { join } from "node:path";
import { chmodSync, closeSync, constants, copyFileSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
const isoDate = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;
const largestFloat = 34028234663852886e22;
function checkRow(inputs, row) {
	let present = 0;
	for (const input of inputs) {
		const given = Object.hasOwn(row, input.name);
		if (given) present++;
		const what = problemOf(input, given ? row[input.name] : null);
		if (what !== null) return {
			column: input.name,
			what
		};
	}
	return present === Object.keys(row).length ? null : unknownColumn(inputs, row);
}
function unknownColumn(inputs, row) {
	const names = inputs.map(({ name }) => name);
	const unknown = Object.keys(row).find((name) => !names.includes(name));
	if (unknown === void 0) return null;
	const near = nearest(unknown, names);
	const rule = near ? `did you mean "${near}"?` : `the model takes ${names.slice(0, 20).join(", ")}`;
	return {
		column: unknown,
		what: `unknown column "${unknown.slice(0, 100)}"; ${rule}`
	};
}
function problemOf(input, value) {
	if (value === null || value === void 0 || value === "" && isText(input)) return input.missing === false ? `"${input.name}" is missing and may not be` : null;
	const expected = typeProblem(input, value);
	if (expected !== null) return `"${input.name}" is ${shownValue(value)}, not ${expected}`;
	const { minimum, maximum } = input;
	const number = Number(value);
	if (minimum !== void 0 && number < minimum) return `"${input.name}" is ${number}, below ${minimum}`;
	if (maximum !== void 0 && number > maximum) return `"${input.name}" is ${number}, above ${maximum}`;
	return null;
}
const isText = ({ type }) => type === "category" || type === "date";
function typeProblem({ type }, value) {
	switch (type) {
		case "number": return typeof value === "number" && Math.abs(value) <= largestFloat ? null : "a number";
		case "integer": return Number.isSafeInteger(value) || typeof value === "string" && /^-?\d{16,18}$/.test(value) ? null : "an integer";
		case "boolean": return typeof value === "boolean" || value === 0 || value === 1 ? null : "true or false";
		case "category": return typeof value === "string" ? null : "a text";
		case "date": return typeof value === "string" && isoDate.test(value) ? null : "an ISO 8601 date";
	}
}
const shownValue = (value) => {
	const text = typeof value === "number" ? String(value) : JSON.stringify(value) ?? String(value);
	return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};
function goldenRequests(table, modelFile, scores, count = 32) {
	const columns = modelFile.inputs.map((input) => ({
		input,
		column: inputColumn(table, input.name)
	}));
	const rowAt = (row) => Object.fromEntries(columns.map(({ input, column }) => [input.name, rawValue(input, column, row)]));
	const fit = Array.from({ length: table.rows }, (_, row) => row).filter((row) => Number.isFinite(scores[row]) && checkRow(modelFile.inputs, rowAt(row)) === null);
	if (fit.length === 0) {
		const problem = table.rows > 0 ? checkRow(modelFile.inputs, rowAt(0)) : null;
		throw new LockstepError("E_MODEL_INPUT", {
			what: `no row of the evaluation data is a request that model.yaml allows${problem ? ` (first row: ${problem.what})` : ""}`,
			fix: "correct the types and ranges in model.yaml"
		});
	}
	return evenly(fit.toSorted((a, b) => scores[a] - scores[b] || a - b), count).map((row) => ({
		inputs: rowAt(row),
		score: scores[row]
	}));
}
function evenly(items, count) {
	if (items.length <= count) return [...items];
	return Array.from({ length: count }, (_, index) => {
		const share = count === 1 ? 0 : index / (count - 1);
		return items[Math.round(share * (items.length - 1))];
	});
}
function rawValue({ type }, column, row) {
	if (type === "category" || type === "date") return cellText(column, row);
	const value = column.values[row] ?? null;
	if (value === null || Number.isNaN(value)) return null;
	if (type === "boolean" && typeof value === "number") return value !== 0;
	return typeof value === "string" && type === "number" ? Number(value) : value;
}
async function readModelFile(workspace, model, { commit } = {}) {
	const path = modelPath(workspace, model, "model.yaml");
	const name = shown(workspace, path);
	if (commit === void 0) return parseModelFile(readYaml(path, name));
	const bytes = await readAtCommit(workspace.root, commit, name);
	if (bytes) return parseModelFile(parseYaml(bytes, name));
	throw new LockstepError("E_CONFIG_MISSING", {
		what: `no ${name} at commit ${commit.slice(0, 12)}`,
		fix: "name a commit that has the model"
	});
}
function parseModelFile(parsed) {
	const file = checkSchema(parsed, schema0);
	const first = new Map();
	for (const [index, input] of file.inputs.entries()) {
		const refuse = refusal(parsed, ["inputs", index]);
		if (first.has(input.name)) throw refuse("name", `the input "${input.name}" a second time`, "each column once");
		first.set(input.name, index);
		if (input.name === file.output.name) throw refuse("name", `the output "${input.name}" among the inputs`, "inputs that are known before the answer");
		checkRange(input, refuse);
	}
	if (file.task === "regression" && file.output.positive !== void 0) throw refusal(parsed, ["output"])("positive", "a positive class for a regression", "output.positive with classification only");
	return file;
}
const refusal = (parsed, path) => (key, what, allowed) => new LockstepError("E_CONFIG_VALUE", {
	what,
	where: parsed.locate([...path, key]),
	allowed
});
function checkRange({ name, type, minimum, maximum }, refuse) {
	const bound = minimum === void 0 ? "maximum" : "minimum";
	if ((minimum ?? maximum) === void 0) return;
	if (type !== "number" && type !== "integer") throw refuse(bound, `a ${bound} for "${name}", which is a ${type}`, "a range for numbers and integers only");
	if (minimum !== void 0 && maximum !== void 0 && minimum > maximum) throw refuse("minimum", `"${name}" from ${minimum} to ${maximum}`, "a minimum not above the maximum");
}
const worker = ownProgram(import.meta.url, "./worker/score.ts");
async function scoreTable(workspace, options) {
	if (workspace.isolation === void 0) return score(workspace, options);
	const folder = mkdtempSync(join(tmpdir(), "lockstep-scoring-"));
	try {
		chmodSync(folder, 511);
		const at = (name) => join(folder, name);
		copyFileSync(options.model, at("model.onnx"));
		copyFileSync(options.data, at("rows"));
		const { model, data } = options.names ?? {
			model: options.model,
			data: options.data
		};
		const staged = {
			model: at("model.onnx"),
			data: at("rows"),
			out: at("scores.parquet")
		};
		const result = await score(workspace, {
			...options,
			...staged,
			names: {
				model,
				data
			}
		});
		writeFileSync(options.out, readPlain(staged.out));
		return result;
	} finally {
		rmSync(folder, {
			recursive: true,
			force: true
		});
	}
}
function readPlain(path) {
	const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
	try {
		return readFileSync(file);
	} finally {
		closeSync(file);
	}
}
const score = (workspace, options) => {
	const order = {
		...options,
		workspace: workspace.root
	};
	return askChild(worker, order, {
		cwd: workspace.isolation ? tmpdir() : workspace.root,
		env: bareEnvironment(),
		prefix: workspace.isolation?.prefix ?? [],
		timeoutMs: options.timeoutMs ?? 9e5,
		died: (how) => diedError(how, options.names?.model ?? options.model)
	});
};
function bareEnvironment() {
	return Object.fromEntries([
		"PATH",
		"LOCKSTEP_MODULES",
		"SystemRoot",
		"TMPDIR",
		"TEMP"
	].flatMap((name) => process.env[name] === void 0 ? [] : [[name, process.env[name]]]));
}
const diedError = (how, model) => new LockstepError("E_MODEL_RUN", {
	what: `scoring ended by ${how}`,
	where: { file: model },
	allowed: "a model that scores the rows in the memory and time there is"
});
const openScorer = async (model, options) => (await import("./scorer2.js")).openScorer(model, options);
const checkOnnx = async (...args) => (await import("./onnx-file2.js")).checkOnnx(...args);
export { readModelFile as a, parseModelFile as i, openScorer as n, goldenRequests as o, scoreTable as r, checkOnnx as t };
