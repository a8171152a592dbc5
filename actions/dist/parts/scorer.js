import { Ct as LockstepError, Tt as isLockstepError, wt as init_errors } from "./workspace.js";
import { t as loadOnnxRuntime } from "./natives.js";
import { t as checkOnnx } from "./onnx-file.js";
import { n as metadataKeys, t as categoriesOf } from "./model-metadata.js";
import { n as inputColumn, t as feedOf } from "./tensors.js";
import { readFileSync } from "node:fs";
init_errors();
function unknownCategory(metadata, table, from = 0, to = table.rows) {
	const known = Object.entries(categoriesOf(metadata)).flatMap(([name, values]) => {
		const column = table.columns.find((candidate) => candidate.name === name);
		return column ? [{
			column,
			values: new Set(values)
		}] : [];
	});
	for (let row = from; row < to; row++) for (const { column, values } of known) {
		const value = column.values[row] ?? null;
		if (value === null || Number.isNaN(value) || value === "" || values.has(String(value))) continue;
		return {
			column: column.name,
			value: String(value),
			row
		};
	}
	return null;
}
function runError(error, metadata, table, from, to, file) {
	if (isLockstepError(error)) return error;
	const unknown = unknownCategory(metadata, table, from, to);
	if (unknown) return new UnknownCategoryError(unknown, file, error);
	return new LockstepError("E_MODEL_RUN", {
		what: `the model could not score rows ${from} to ${to - 1}: ${error.message}`,
		where: { file },
		cause: error
	});
}
var UnknownCategoryError = class extends LockstepError {
	cell;
	constructor(cell, file, cause) {
		super("E_MODEL_RUN", {
			what: `the category ${JSON.stringify(cell.value)} in column "${cell.column}", row ${cell.row}, is not one the model was trained with`,
			where: { file },
			allowed: "the categories of the training data (the model was trained with `unknown: error`)",
			fix: "train with `unknown: ignore`, or correct the value",
			cause
		});
		this.cell = cell;
	}
};
init_errors();
const probabilityNames = ["probabilities", "output_probability"];
function chooseOutput(outputs, file) {
	const floats = outputs.filter(({ type }) => type === "float" || type === "double");
	const named = floats.find(({ name }) => name === "score");
	const probabilities = floats.find(({ name }) => probabilityNames.includes(name));
	const chosen = named ?? probabilities ?? (floats.length === 1 ? floats[0] : void 0);
	if (chosen && (chosen.shape[1] ?? 1) <= 2) return chosen.name;
	const found = outputs.map(({ name, type, shape }) => {
		const dimensions = shape.map((length) => length ?? "N").join(", ");
		return type === null ? `${name} (no tensor)` : `${name} ${type} [${dimensions}]`;
	});
	throw new LockstepError("E_MODEL_FORMAT", {
		what: `no output that can be the score among ${found.join("; ")}`,
		where: { file },
		allowed: "score [N, 1], or probabilities [N, 2], or one single output of floats",
		fix: "export without ZipMap, or name the output score"
	});
}
init_errors();
const elements = {
	float: {
		type: "float",
		element: "float32"
	},
	double: {
		type: "float",
		element: "float64"
	},
	string: {
		type: "string",
		element: "string"
	},
	int64: {
		type: "int64",
		element: "int64"
	}
};
function graphInputs({ inputs, metadata }, file) {
	const wide = {
		numbers: namesIn(metadata[metadataKeys.numbers]),
		texts: namesIn(metadata[metadataKeys.texts])
	};
	return inputs.map((input) => {
		const { name, type, shape } = input;
		const known = type === null ? void 0 : elements[type];
		const names = Object.hasOwn(wide, name) && wide[name].length > 0 ? wide[name] : [name];
		const fits = shape.length === 2 && (shape[1] ?? names.length) === names.length;
		if (known && fits) return {
			name,
			columns: names,
			...known
		};
		throw unusable(input, file);
	});
}
function namesIn(text = "[]") {
	try {
		const names = JSON.parse(text);
		return Array.isArray(names) && names.every((name) => typeof name === "string") ? names : [];
	} catch {
		return [];
	}
}
function unusable({ name, type, shape }, file) {
	const found = `${type ?? "no tensor"} [${shape.map((length) => length ?? "N").join(", ")}]`;
	return new LockstepError("E_MODEL_INPUT", {
		what: `the model's input "${name}" is ${found}`,
		where: { file },
		allowed: "one input per raw column: float, double, int64 or string of shape [N, 1]",
		fix: "export the feature transforms inside the model, with one input for each column"
	});
}
function feedInput({ columns, element }, table, from, to) {
	const parts = columns.map((name) => feedOf(inputColumn(table, name), element, from, to));
	if (parts.length === 1) return parts[0];
	const cell = (index) => parts[index % parts.length].data[Math.floor(index / parts.length)];
	const length = parts.length * (to - from);
	if (element === "string") return {
		type: element,
		data: Array.from({ length }, (_, at) => cell(at))
	};
	const data = new {
		float32: Float32Array,
		float64: Float64Array,
		int64: BigInt64Array
	}[element](length);
	for (let at = 0; at < length; at++) data[at] = cell(at);
	return {
		type: element,
		data
	};
}
init_errors();
const mostRows = 4096;
async function openScorer(model, options = {}) {
	const file = options.file ?? (typeof model === "string" ? model : "model.onnx");
	const bytes = typeof model === "string" ? readModel(model, file) : model;
	const info = checkOnnx(bytes, file);
	const inputs = graphInputs(info, file);
	const output = chooseOutput(info.outputs, file);
	const { InferenceSession, Tensor } = loadOnnxRuntime(options.workspace);
	const session = await openSession(InferenceSession, bytes, file);
	const scoreBatch = async (table, from, to) => {
		const feeds = {};
		for (const input of inputs) {
			const { type, data } = feedInput(input, table, from, to);
			const shape = [to - from, input.columns.length];
			feeds[input.name] = new Tensor(type, data, shape);
		}
		try {
			return readScores((await session.run(feeds, [output]))[output], to - from);
		} catch (error) {
			throw runError(error, info.metadata, table, from, to, file);
		}
	};
	return {
		inputs: inputs.flatMap(({ columns, type }) => columns.map((name) => ({
			name,
			type
		}))),
		metadata: info.metadata,
		async score(table) {
			const scores = new Float64Array(table.rows);
			for (let from = 0; from < table.rows; from += mostRows) {
				const to = Math.min(table.rows, from + mostRows);
				scores.set(await scoreBatch(table, from, to), from);
			}
			return scores;
		},
		release: () => session.release()
	};
}
function readModel(path, file) {
	try {
		return readFileSync(path);
	} catch (cause) {
		throw new LockstepError("E_MODEL_FORMAT", {
			what: `cannot read the model (${cause.code ?? "error"})`,
			where: { file },
			allowed: "an ONNX file",
			cause
		});
	}
}
async function openSession(runtime, bytes, file) {
	try {
		return await runtime.create(bytes, {
			executionProviders: ["cpu"],
			intraOpNumThreads: 1,
			interOpNumThreads: 1,
			logSeverityLevel: 4
		});
	} catch (cause) {
		throw new LockstepError("E_MODEL_FORMAT", {
			what: `ONNX Runtime does not take the model: ${cause.message}`,
			where: { file },
			allowed: "an ONNX model that ONNX Runtime 1.30 can load",
			cause
		});
	}
}
function readScores(tensor, rows) {
	const data = tensor.data;
	if (data.length === rows) return data;
	if (data.length === 2 * rows) return Float64Array.from({ length: rows }, (_, row) => data[2 * row + 1]);
	throw new Error(`the output has ${data.length} numbers for ${rows} rows`);
}
export { openScorer as t };
