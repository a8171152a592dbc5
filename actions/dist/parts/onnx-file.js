import { _ as fromBinary, i as ModelProtoSchema, l as TensorProto_DataLocation, u as TensorProto_DataType } from "../vendor/onnx.js";
import { Ct as LockstepError, wt as init_errors } from "./workspace.js";
init_errors();
const looksLikeSafetensors = (bytes) => bytes.length >= 10 && bytes[8] === 123 && [
	34,
	125,
	32,
	10
].includes(bytes[9]);
const mostHeaderBytes = 1e8;
function checkSafetensors(bytes, file) {
	const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0, true);
	if (length > mostHeaderBytes || Number(length) > bytes.length - 8) throw refuse("E_MODEL_HEADER", `a safetensors header of ${length} bytes in a file of ${bytes.length}`, file);
	checkLayout(tensorsOf(Buffer.from(bytes.subarray(8, 8 + Number(length))).toString("utf8"), file), bytes.length - 8 - Number(length), file);
}
function tensorsOf(text, file) {
	let header;
	try {
		header = JSON.parse(text);
	} catch {
		throw refuse("E_MODEL_HEADER", "a safetensors header that is not JSON", file);
	}
	if (header === null || typeof header !== "object" || Array.isArray(header)) throw refuse("E_MODEL_HEADER", "a safetensors header that is no JSON object", file);
	const twice = duplicateName(text);
	if (twice !== null) throw refuse("E_MODEL_LAYOUT", `the tensor ${twice} twice`, file);
	return Object.entries(header).filter(([name]) => name !== "__metadata__").map(([name, tensor]) => {
		const offsets = tensor?.data_offsets;
		const [begin, end] = Array.isArray(offsets) ? offsets : [];
		if (!Number.isSafeInteger(begin) || !Number.isSafeInteger(end)) throw refuse("E_MODEL_HEADER", `no data_offsets for the tensor "${name}"`, file);
		return {
			name,
			begin,
			end
		};
	});
}
function checkLayout(tensors, size, file) {
	let at = 0;
	for (const { name, begin, end } of tensors.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
		if (begin < at) throw refuse("E_MODEL_LAYOUT", `the tensor "${name}" overlaps the one before it`, file);
		if (begin > at) throw refuse("E_MODEL_LAYOUT", `a hole of ${begin - at} bytes before "${name}"`, file);
		if (end < begin) throw refuse("E_MODEL_LAYOUT", `the tensor "${name}" ends before it begins`, file);
		at = end;
	}
	if (at !== size) throw refuse("E_MODEL_LAYOUT", `tensors of ${at} bytes with ${size} bytes of data`, file);
}
function duplicateName(json) {
	const seen = new Set();
	let depth = 0;
	let last = "";
	for (const [found] of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:]/gs)) if (found === "{" || found === "[") depth++;
	else if (found === "}" || found === "]") depth--;
	else if (found !== ":") last = found;
	else if (depth === 1) {
		const name = JSON.parse(last);
		if (seen.has(name)) return last;
		seen.add(name);
	}
	return null;
}
const refuse = (code, what, file) => new LockstepError(code, {
	what,
	where: { file },
	allowed: "safetensors as their writer lays them out",
	fix: "write the file again"
});
init_errors();
function foreignFormat(bytes) {
	if (bytes[0] === 128 && bytes[1] >= 2 && bytes[1] <= 5) return `pickle protocol ${bytes[1]} header`;
	const found = signatures.find(({ at = 0, magic }) => matches(bytes, magic, at));
	if (found) return found.name;
	const start = Buffer.from(bytes.subarray(0, 64)).toString("latin1");
	return /^\s*[{[<#][\t\n\r -~]*$/.test(start) ? "a text file" : null;
}
const signatures = [
	{
		name: "a 7z archive",
		magic: "7z¼¯'"
	},
	{
		name: "a zip archive (a PyTorch checkpoint is one)",
		magic: "PK"
	},
	{
		name: "an empty zip archive",
		magic: "PK"
	},
	{
		name: "a gzip file",
		magic: ""
	},
	{
		name: "an xz file",
		magic: "ý7zXZ\0"
	},
	{
		name: "a zstd file",
		magic: "(µ/ý"
	},
	{
		name: "a RAR archive",
		magic: "Rar!"
	},
	{
		name: "a tar archive",
		magic: "ustar",
		at: 257
	},
	{
		name: "an HDF5 file (Keras writes them)",
		magic: "HDF"
	},
	{
		name: "a NumPy array",
		magic: "NUMPY"
	},
	{
		name: "a GGUF file",
		magic: "GGUF"
	},
	{
		name: "a TensorFlow Lite file",
		magic: "TFL3",
		at: 4
	},
	{
		name: "an ORT-format model",
		magic: "ORTM",
		at: 4
	},
	{
		name: "a Parquet file",
		magic: "PAR1"
	},
	{
		name: "an ELF program",
		magic: "ELF"
	}
];
const matches = (bytes, magic, at) => bytes.length >= at + magic.length && Array.from(magic).every((character, index) => bytes[at + index] === character.charCodeAt(0));
function refuseForeignFormat(bytes, file) {
	if (looksLikeSafetensors(bytes)) {
		checkSafetensors(bytes, file);
		throw notOnnx("safetensors, which hold weights and no graph", file);
	}
	const format = foreignFormat(bytes);
	if (format !== null) throw notOnnx(format, file);
}
const notOnnx = (what, file) => new LockstepError("E_MODEL_FORMAT", {
	what,
	where: { file },
	allowed: "an ONNX model",
	fix: "export the model to ONNX, or hand over predictions.parquet instead"
});
init_errors();
function checkOnnx(bytes, file = "model.onnx") {
	if (bytes.length === 0) throw empty("an empty file", file);
	refuseForeignFormat(bytes, file);
	const model = decode(bytes, file);
	const graph = model.graph;
	if (!graph && model.irVersion === 0n) throw notOnnx("bytes that hold no ONNX graph", file);
	if (!graph || graph.node.length === 0) throw empty("a model without a graph", file);
	if (graph.output.length === 0) throw empty("a graph without outputs", file);
	inspectModel(model, file);
	const initialized = new Set(graph.initializer.map(({ name }) => name));
	return {
		inputs: graph.input.filter(({ name }) => !initialized.has(name)).map(describe),
		outputs: graph.output.map(describe),
		opset: Object.fromEntries(model.opsetImport.map(({ domain, version }) => [domain, Number(version)])),
		metadata: Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value]))
	};
}
function decode(bytes, file) {
	try {
		return fromBinary(ModelProtoSchema, bytes);
	} catch (cause) {
		throw notOnnx(`bytes that do not decode as ONNX (${cause.message})`, file);
	}
}
const empty = (what, file) => new LockstepError("E_MODEL_EMPTY", {
	what,
	where: { file },
	allowed: "an ONNX model with a graph",
	fix: "export the model again and look at the size of the file"
});
const standardDomains = [
	"",
	"ai.onnx",
	"ai.onnx.ml"
];
function inspectModel(model, file) {
	const local = new Set(model.functions.map(({ domain, name }) => `${domain}:${name}`));
	const graphs = [model.graph, ...model.trainingInfo.flatMap((info) => [info.initialization, info.algorithm])];
	for (const graph of graphs) if (graph) inspectGraph(graph);
	for (const { node, attributeProto } of model.functions) {
		inspectNodes(node);
		inspectAttributes(attributeProto);
	}
	function inspectGraph(graph) {
		for (const tensor of graph.initializer) refuseExternal(tensor, file);
		for (const { values, indices } of graph.sparseInitializer) for (const tensor of [values, indices]) if (tensor) refuseExternal(tensor, file);
		inspectNodes(graph.node);
	}
	function inspectNodes(nodes) {
		for (const { domain, opType, attribute } of nodes) {
			if (!standardDomains.includes(domain) && !local.has(`${domain}:${opType}`)) throw customOperator(domain, opType, file);
			inspectAttributes(attribute);
		}
	}
	function inspectAttributes(attributes) {
		for (const { t, tensors, g, graphs: inner, sparseTensor, sparseTensors } of attributes) {
			const sparse = sparseTensor ? [sparseTensor, ...sparseTensors] : sparseTensors;
			const parts = [
				t,
				...tensors,
				...sparse.flatMap(({ values, indices }) => [values, indices])
			];
			for (const tensor of parts) if (tensor) refuseExternal(tensor, file);
			if (g) inspectGraph(g);
			for (const graph of inner) inspectGraph(graph);
		}
	}
}
function refuseExternal(tensor, file) {
	if (tensor.dataLocation === TensorProto_DataLocation.DEFAULT && tensor.externalData.length === 0) return;
	const told = tensor.externalData.map(({ key, value }) => `${key} "${value}"`).join(", ");
	throw new LockstepError("E_MODEL_EXTERNAL_DATA", {
		what: `the tensor "${tensor.name}" points outside the file${told ? ` (${told})` : ""}`,
		where: { file },
		allowed: "all data inside the model file",
		fix: "save the model with save_as_external_data=False"
	});
}
const customOperator = (domain, operator, file) => new LockstepError("E_MODEL_CUSTOM_OP", {
	what: `the operator ${operator} of the domain "${domain}"`,
	where: { file },
	allowed: "operators of ai.onnx and ai.onnx.ml",
	fix: "export the model with standard operators only"
});
function describe({ name, type }) {
	const tensor = type?.value.case === "tensorType" ? type.value.value : null;
	return {
		name,
		type: tensor ? (TensorProto_DataType[tensor.elemType] ?? "undefined").toLowerCase() : null,
		shape: (tensor?.shape?.dim ?? []).map(({ value }) => value.case === "dimValue" && value.value > 0n ? Number(value.value) : null)
	};
}
export { checkOnnx as t };
