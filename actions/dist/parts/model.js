import { a as cellText } from "./data.js";
import { $ as nearest, Ct as LockstepError, L as readAtCommit, Q as init_suggestion, X as checkSchema, Y as readYaml, c as modelPath, d as shown, it as askChild, q as parseYaml, t as init_workspace, y as ownProgram } from "./workspace.js";
import { n as inputColumn } from "./tensors.js";
import { a as model_default } from "../vendor/schemas-verdicts.js";
import "./predictions.js";
import { join } from "node:path";
import { chmodSync, closeSync, constants, copyFileSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
init_workspace();
init_suggestion();
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
const any = [[0, 1114111]];
const mostLength = 200;
const mostTimes = 1e3;
const sets = {
	d: [[48, 57]],
	w: [
		[48, 57],
		[65, 90],
		[95, 95],
		[97, 122]
	],
	s: [
		[9, 13],
		[32, 32],
		[160, 160],
		[5760, 5760],
		[8192, 8202],
		[8232, 8233],
		[8239, 8239],
		[8287, 8287],
		[12288, 12288],
		[65279, 65279]
	]
};
const controls = {
	n: 10,
	r: 13,
	t: 9,
	f: 12,
	v: 11
};
var Refusal = class extends Error {};
function patternFault(pattern) {
	if (pattern.length > mostLength) return `a pattern of ${pattern.length} characters`;
	try {
		compilePattern(pattern).test("");
		new Reader([...pattern.replace(/^\^/, "").replace(/(?<!\\)\$$/, "")]).whole();
		return null;
	} catch (error) {
		if (error instanceof Refusal) return error.message;
		return error.message.replace(/^Invalid regular expression: .*: /, "").toLowerCase();
	}
}
const compilePattern = (pattern) => new RegExp(`^(?:${pattern})$`, "u");
var Reader = class {
	#text;
	#at = 0;
	constructor(text) {
		this.#text = text;
	}
	whole() {
		const parts = this.#choices();
		if (this.#at < this.#text.length) throw new Refusal(`"${this.#text[this.#at]}" out of place`);
		shapeOfChoice(parts, []);
	}
	#choices() {
		const choices = [[]];
		while (this.#at < this.#text.length && this.#text[this.#at] !== ")") if (this.#text[this.#at] === "|") {
			this.#at++;
			choices.push([]);
		} else choices.at(-1).push(this.#piece());
		return choices;
	}
	#piece() {
		const from = this.#at;
		const atom = this.#atom();
		const times = this.#times();
		const text = this.#text.slice(from, this.#at).join("");
		return times ? repeated(atom, times, text) : atom;
	}
	#atom() {
		const character = this.#text[this.#at++];
		if (character === "(") return this.#group();
		if (character === "[") return one(this.#set());
		if (character === "\\") return one(this.#escape());
		if (character === ".") return one(any);
		if (character === "^" || character === "$") throw new Refusal(`"${character}" inside the pattern`);
		return one(single(character));
	}
	#group() {
		if (this.#text[this.#at] === "?") {
			if (this.#text[this.#at + 1] !== ":") throw new Refusal("a look-around or a named group");
			this.#at += 2;
		}
		const choices = this.#choices();
		this.#at++;
		return (follow) => shapeOfChoice(choices, follow);
	}
	#escape() {
		const character = this.#text[this.#at++];
		const set = sets[character.toLowerCase()];
		if (set) return character === character.toLowerCase() ? set : inverse(set);
		if (controls[character] !== void 0) return [[controls[character], controls[character]]];
		if (/[a-z0-9]/i.test(character)) throw new Refusal(`"\\${character}"`);
		return single(character);
	}
	#set() {
		const negated = this.#text[this.#at] === "^";
		if (negated) this.#at++;
		const found = [];
		while (this.#text[this.#at] !== "]") {
			const low = this.#member();
			if (this.#text[this.#at] === "-" && this.#text[this.#at + 1] !== "]") {
				this.#at++;
				found.push([low[0][0], this.#member().at(-1)[1]]);
			} else for (const [from, to] of low) found.push([from, to]);
		}
		this.#at++;
		return negated ? inverse(found) : found;
	}
	#member() {
		const character = this.#text[this.#at++];
		return character === "\\" ? this.#escape() : single(character);
	}
	#times() {
		const rest = this.#text.slice(this.#at).join("");
		const found = /^(?:[*+?]|\{(\d+)(,(\d*))?\})\??/.exec(rest);
		if (!found) return null;
		this.#at += found[0].length;
		if (found[0].startsWith("*")) return [0, Number.POSITIVE_INFINITY];
		if (found[0].startsWith("+")) return [1, Number.POSITIVE_INFINITY];
		if (found[0].startsWith("?")) return [0, 1];
		const least = Number(found[1]);
		const most = found[2] === void 0 ? least : found[3] ? Number(found[3]) : Number.POSITIVE_INFINITY;
		if (least > mostTimes || most !== Number.POSITIVE_INFINITY && most > mostTimes) throw new Refusal(`a repetition of more than ${mostTimes} times`);
		return [least, most];
	}
};
const one = (first) => () => ({
	first,
	empty: false,
	loose: false
});
const single = (character) => [[character.codePointAt(0), character.codePointAt(0)]];
function repeated(atom, [least, most], text) {
	return (follow) => {
		const inner = atom(most > 1 ? [] : follow);
		if (most > 1 && inner.loose) throw new Refusal(`a repetition or a choice nested in the repetition "${text}"`);
		if (most > 1 && inner.empty) throw new Refusal(`"${text}", which repeats what may be nothing`);
		if (least !== most && overlap(inner.first, follow)) throw new Refusal(`"${text}" before something that begins with a character it may take too`);
		return {
			first: inner.first,
			empty: least === 0 || inner.empty,
			loose: least !== most || inner.loose
		};
	};
}
function shapeOfChoice(choices, follow) {
	const shapes = choices.map((pieces) => shapeOfSequence(pieces, follow));
	return {
		first: shapes.flatMap(({ first }) => first),
		empty: shapes.some(({ empty }) => empty),
		loose: choices.length > 1 || shapes.some(({ loose }) => loose)
	};
}
function shapeOfSequence(pieces, follow) {
	let shape = {
		first: [],
		empty: true,
		loose: false
	};
	let after = follow;
	for (const piece of pieces.toReversed()) {
		const found = piece(after);
		shape = {
			first: found.empty ? [...found.first, ...shape.first] : found.first,
			empty: found.empty && shape.empty,
			loose: found.loose || shape.loose
		};
		after = found.empty ? [...found.first, ...after] : found.first;
	}
	return shape;
}
const overlap = (a, b) => a.some(([from, to]) => b.some(([low, high]) => from <= high && low <= to));
function inverse(set) {
	const gaps = [];
	let next = 0;
	for (const [from, to] of [...set].sort((a, b) => a[0] - b[0])) {
		if (from > next) gaps.push([next, from - 1]);
		next = Math.max(next, to + 1);
	}
	if (next <= 1114111) gaps.push([next, 1114111]);
	return gaps;
}
init_workspace();
const ofTable = [
	"rows-at-least",
	"rows-at-most",
	"duplicates-at-most",
	"shared-rows-at-most"
];
const ranges = [
	"at",
	"rows-at",
	"distinct-at",
	"share-at"
];
function checkDataSection(parsed, section) {
	for (const [index, expectation] of (section?.expectations ?? []).entries()) {
		const refuse = (key, what, allowed, fix) => {
			throw new LockstepError("E_CONFIG_VALUE", {
				what,
				where: parsed.locate([
					"data",
					"expectations",
					index,
					key
				]),
				allowed,
				fix
			});
		};
		const { dataset, column, value, matches, ...checks } = expectation;
		const keys = Object.keys(checks);
		const named = keys.filter((key) => !ofTable.includes(key));
		const shares = expectation["share-at-least"] ?? expectation["share-at-most"];
		if (value === void 0 !== (shares === void 0)) refuse("value", "a value without its share, or a share of no value", "value with share-at-least or share-at-most");
		if (keys.length === 0 && matches === void 0) refuse("column", "an expectation that expects nothing", "at least one key that says what");
		if (column === void 0 && (named.length > 0 || matches !== void 0 || value !== void 0)) refuse(named[0] ?? "matches", `${named[0] ?? (matches === void 0 ? "value" : "matches")} without a column`, "the column that it is about");
		if (column !== void 0 && named.length < keys.length) refuse("column", "an expectation of rows that names a column", "rows of a dataset, or values of a column");
		if (column === void 0 && dataset === void 0) refuse(keys[0], `${keys[0]} of no dataset`, "the dataset that it is about");
		for (const range of ranges) {
			const least = expectation[`${range}-least`];
			const most = expectation[`${range}-most`];
			if (least === void 0 || most === void 0) continue;
			if (typeof least !== typeof most || least > most) refuse(`${range}-least`, `from ${least} to ${most}`, `${range}-least not above ${range}-most`);
		}
		const fault = matches === void 0 ? null : patternFault(matches);
		if (fault !== null) refuse("matches", `the pattern is not safe: ${fault}`, "a pattern that is read once from left to right: no nested repetition, look-around or back-reference", "make what follows each repetition begin with another character, e.g. [^@]+@[^@]+");
	}
}
init_workspace();
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
	const file = checkSchema(parsed, model_default);
	const first = new Map();
	for (const [index, input] of file.inputs.entries()) {
		const refuse = refusal(parsed, ["inputs", index]);
		if (first.has(input.name)) throw refuse("name", `the input "${input.name}" a second time`, "each column once");
		first.set(input.name, index);
		if (input.name === file.output.name) throw refuse("name", `the output "${input.name}" among the inputs`, "inputs that are known before the answer");
		checkRange(input, refuse);
	}
	if (file.task === "regression" && file.output.positive !== void 0) throw refusal(parsed, ["output"])("positive", "a positive class for a regression", "output.positive with classification only");
	checkDataSection(parsed, file.data);
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
init_workspace();
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
export { readModelFile as a, parseModelFile as i, openScorer as n, compilePattern as o, scoreTable as r, goldenRequests as s, checkOnnx as t };
