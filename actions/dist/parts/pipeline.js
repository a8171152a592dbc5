import { $ as nearest, B as errorCodes, Ct as LockstepError, L as readAtCommit, N as git, P as gitBlobs, R as resolveCommit, S as withLock, St as writeAtomic, Tt as isLockstepError, X as checkSchema, Y as readYaml, a as scratchPath, b as acquireLock, ct as isAlive, d as shown, dt as canonicalJson, et as checkName, f as statePath, ft as digestOfJson, gt as hexOf, ht as digestOf, lt as spawnOwn, mt as digestFile, ot as exitOf, q as parseYaml, t as init_workspace, u as pipelinePath, vt as isDigest, w as parseJson, y as ownProgram, yt as diskFull, z as tryGit } from "./workspace.js";
import { n as pipeline_default, t as run_default } from "../vendor/schemas.js";
import { B as printLock, D as placeDataset, F as findLock, G as openMemo, Q as openStore, R as parseLock, T as usingStore, a as cellText, i as readTable, l as writeParquet, s as selectRows, x as ensureDataset } from "./data.js";
import { r as pLimit } from "../vendor/small.js";
import { basename, delimiter, dirname, join, posix } from "node:path";
import { createHash } from "node:crypto";
import { chmodSync, closeSync, existsSync, lstatSync, mkdirSync, openSync, readFileSync, readSync, readdirSync, realpathSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { availableParallelism, constants as constants$1, cpus, tmpdir } from "node:os";
import { setTimeout } from "node:timers/promises";
import { copyFile, writeFile } from "node:fs/promises";
import { StringDecoder } from "node:string_decoder";
init_workspace();
const worker = (name) => ownProgram(import.meta.url, `../training/worker/${name}.ts`);
const builtins = {
	trees: {
		version: 2,
		worker: worker("trees")
	},
	logistic: {
		version: 1,
		worker: worker("logistic")
	},
	linear: {
		version: 1,
		worker: worker("linear")
	},
	split: {
		version: 2,
		worker: worker("split")
	}
};
const units = {
	s: 1e3,
	m: 6e4,
	h: 36e5
};
function durationMs(text) {
	return Number(text.slice(0, -1)) * units[text.at(-1)];
}
init_workspace();
const reserved = [
	".git",
	".lockstep",
	".data",
	"data",
	"node_modules"
];
function codePath(model, input, where) {
	if (/[\u0000-\u001f\u007f\\]/.test(input)) throw new LockstepError("E_PATH_CONTROL", {
		what: `the input "${input}"`,
		where,
		allowed: "a path with forward slashes and no control characters"
	});
	if (input.split("/").includes("..")) throw traversal(`the input "${input}" leads upwards`, where);
	const path = posix.normalize(input.startsWith("/") ? input.replace(/^\/+/, "") || "." : `pipelines/${model}/${input}`);
	const top = path.split("/")[0];
	if (path !== "." && !reserved.includes(top)) return path.replace(/\/$/, "");
	throw new LockstepError("E_PATH_RESERVED", {
		what: `the input "${input}"`,
		where,
		allowed: "code of the repository",
		fix: top === "data" ? `write "data:${path.slice(5)}"` : "name the files that the stage needs"
	});
}
const script = /\.(ts|mts|cts|js|mjs|cjs|py|r|jl|sh|rb|pl)$/i;
function checkCommandPaths(model, command, where) {
	for (const word of command.split(/[\s"'`;|&()<>=]+/)) {
		const upwards = posix.normalize(`pipelines/${model}/${word}`).startsWith("..");
		const elsewhere = word.startsWith("/") && script.test(word);
		if (upwards || elsewhere) throw traversal(`the command names "${word}", outside the repository`, where);
	}
}
const traversal = (what, where) => new LockstepError("E_PATH_TRAVERSAL", {
	what,
	where,
	allowed: "a path inside the repository: relative to the pipeline folder, or beginning with / for the root"
});
init_workspace();
function stageGraph(model, file, parsed) {
	const makers = makersOf(file, parsed);
	const stages = Object.entries(file.stages).map(([name, stage]) => {
		checkParams(file, name, stage, parsed);
		if (stage.run !== void 0) checkCommandPaths(model, stage.run, parsed.locate([
			"stages",
			name,
			"run"
		]));
		return {
			name,
			file: stage,
			inputs: (stage.inputs ?? []).map((input, index) => linkInput(model, makers, input, parsed, [
				"stages",
				name,
				"inputs",
				index
			])),
			outputs: stage.outputs,
			environmentLock: stage.environment ? codePath(model, stage.environment.lock, parsed.locate([
				"stages",
				name,
				"environment",
				"lock"
			])) : null,
			timeoutMs: stage.timeout === void 0 ? null : durationMs(stage.timeout)
		};
	});
	checkSections(file, makers, parsed);
	return inOrder(stages, parsed);
}
function stagesUntil(stages, until, file) {
	if (until === void 0) return stages;
	const byName = new Map(stages.map((stage) => [stage.name, stage]));
	if (!byName.has(until)) {
		const near = nearest(until, [...byName.keys()]);
		throw new LockstepError("E_PIPELINE_STAGE", {
			what: `no stage "${until}"`,
			where: { file },
			allowed: [...byName.keys()].join(", "),
			fix: near ? `did you mean "${near}"?` : "name one of them"
		});
	}
	const needed = new Set();
	const need = (name) => {
		needed.add(name);
		for (const input of byName.get(name).inputs) if (input.kind === "output") need(input.stage);
	};
	need(until);
	return stages.filter(({ name }) => needed.has(name));
}
function makersOf(file, parsed) {
	const makers = new Map();
	for (const [stage, { outputs }] of Object.entries(file.stages)) for (const [index, output] of outputs.entries()) {
		const other = makers.get(output);
		if (other !== void 0) throw new LockstepError("E_PIPELINE_STAGE", {
			what: `the output "${output}" of both ${other} and ${stage}`,
			where: parsed.locate([
				"stages",
				stage,
				"outputs",
				index
			]),
			allowed: "each output made by one stage",
			fix: "rename one of them"
		});
		makers.set(output, stage);
	}
	return makers;
}
function linkInput(model, makers, name, parsed, path) {
	if (name.startsWith("data:")) return {
		kind: "data",
		name,
		key: name.slice(5)
	};
	const stage = makers.get(name);
	if (stage !== void 0) return {
		kind: "output",
		name,
		stage
	};
	return {
		kind: "code",
		name,
		path: codePath(model, name, parsed.locate(path))
	};
}
function checkParams(file, name, stage, parsed) {
	const known = Object.keys(file.params ?? {});
	for (const [index, param] of (stage.params ?? []).entries()) {
		if (Object.hasOwn(file.params ?? {}, param)) continue;
		const near = nearest(param, known);
		throw new LockstepError("E_PIPELINE_STAGE", {
			what: `stage ${name} names the param "${param}", which has no value`,
			where: parsed.locate([
				"stages",
				name,
				"params",
				index
			]),
			allowed: known.length === 0 ? "a param with a value under params" : known.join(", "),
			fix: near ? `did you mean "${near}"?` : `add ${param} under params`
		});
	}
}
function checkSections(file, makers, parsed) {
	const { model, predictions, data } = file.evaluate;
	const named = [
		[["evaluate", "model"], model],
		[["evaluate", "predictions"], predictions],
		[["evaluate", "data"], data],
		[["monitor", "outcomes"], file.monitor?.outcomes]
	];
	for (const [path, output] of named) {
		if (output === void 0 || makers.has(output)) continue;
		const near = nearest(output, [...makers.keys()]);
		throw new LockstepError("E_PIPELINE_INPUT", {
			what: `${path.join(".")} names "${output}", which no stage makes`,
			where: parsed.locate(path),
			allowed: [...makers.keys()].join(", "),
			fix: near ? `did you mean "${near}"?` : output.startsWith("data:") ? "let a stage write these rows as an output, and name that" : "name an output of a stage"
		});
	}
	if (model === void 0 && predictions === void 0) throw new LockstepError("E_CONFIG_KEY", {
		what: "neither \"model\" nor \"predictions\" at evaluate",
		where: parsed.locate(["evaluate"]),
		allowed: "model: an ONNX output, or predictions: a table of row_id, fold and score",
		fix: "add model: model.onnx"
	});
}
function inOrder(stages, parsed) {
	const ordered = [];
	const done = new Set();
	const needs = ({ inputs }) => inputs.flatMap((input) => input.kind === "output" ? [input.stage] : []);
	while (ordered.length < stages.length) {
		const ready = stages.find((stage) => !done.has(stage.name) && needs(stage).every((name) => done.has(name)));
		if (!ready) throw cycleError(stages.filter(({ name }) => !done.has(name)), needs, parsed);
		done.add(ready.name);
		ordered.push(ready);
	}
	return ordered;
}
function cycleError(stuck, needs, parsed) {
	const byName = new Map(stuck.map((stage) => [stage.name, stage]));
	const walked = [];
	let name = stuck[0].name;
	while (!walked.includes(name)) {
		walked.push(name);
		name = needs(byName.get(name)).find((need) => byName.has(need));
	}
	const ring = [...walked.slice(walked.indexOf(name)), name].reverse();
	return new LockstepError("E_PIPELINE_CYCLE", {
		what: `stages that wait for each other: ${ring.join(" → ")}`,
		where: parsed.locate([
			"stages",
			ring[0],
			"inputs"
		]),
		allowed: "stages whose inputs come from earlier ones",
		fix: "take the output of one of them out of the inputs of the next"
	});
}
init_workspace();
async function readPipeline(workspace, model, { commit = null } = {}) {
	checkName(model, "model");
	const file = pipelineFileOf(model);
	if (commit !== null) {
		const bytes = await readAtCommit(workspace.root, commit, `./${file}`);
		if (bytes === null) throw missing(workspace, model, ` at ${commit.slice(0, 12)}`);
		return parsePipeline(model, parseYaml(bytes, file), commit);
	}
	const path = pipelinePath(workspace, model, "pipeline.yaml");
	if (!existsSync(path)) throw missing(workspace, model, "");
	return parsePipeline(model, readYaml(path, file), null);
}
function parsePipeline(model, parsed, commit = null) {
	const file = withFoldPredictions(checkSchema(parsed, pipeline_default));
	return {
		model,
		file,
		parsed,
		stages: stageGraph(model, file, parsed),
		commit
	};
}
function listPipelines(workspace) {
	const folder = join(workspace.root, "pipelines");
	if (!existsSync(folder)) return [];
	return readdirSync(folder).filter((name) => existsSync(join(folder, name, "pipeline.yaml"))).sort();
}
const pipelineFileOf = (model) => `pipelines/${model}/pipeline.yaml`;
function withFoldPredictions(file) {
	const { folds, predictions } = file.evaluate;
	if (folds === void 0 || predictions !== void 0) return file;
	const evaluate = {
		...file.evaluate,
		predictions: "predictions.parquet"
	};
	return {
		...file,
		evaluate
	};
}
function missing(workspace, model, when) {
	const known = listPipelines(workspace);
	const near = nearest(model, known);
	return new LockstepError("E_PIPELINE_MISSING", {
		what: `no ${pipelineFileOf(model)}${when}`,
		allowed: known.length === 0 ? "a model with a pipeline" : known.join(", "),
		fix: near ? `did you mean "${near}"?` : `\`lockstep init ${model} --data <table> --target <column>\` makes one`
	});
}
const skippedFolders = [
	".git",
	".lockstep",
	".venv",
	".ipynb_checkpoints",
	".pytest_cache",
	"__pycache__",
	"node_modules"
];
const byPath = (a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path));
init_workspace();
function codeAtCommit({ root }, commit) {
	let listed;
	return codeInTree({
		name: commit,
		list: () => {
			listed ??= listBelow(root, commit);
			return listed;
		},
		read: (oids) => gitBlobs(oids, { cwd: root })
	});
}
async function listBelow(root, commit) {
	const entries = (await git([
		"ls-tree",
		"-r",
		"-z",
		commit
	], { cwd: root })).split("\0").filter(Boolean).map((line) => {
		const [, mode, oid, path] = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(line);
		return {
			mode,
			oid,
			path
		};
	});
	return new Map(entries.map((entry) => [entry.path, entry]));
}
function codeInTree({ name, list, read }) {
	const filesOf = async (found) => {
		const link = found.find(({ mode }) => !mode.startsWith("100"));
		if (link !== void 0) throw new LockstepError("E_PATH_TRAVERSAL", {
			what: `${link.path} is a link or a submodule at ${name.slice(0, 12)}`,
			allowed: "plain files and folders inside the repository",
			fix: "put the file itself there"
		});
		const blobs = await read(found.map(({ oid }) => oid));
		return found.map(({ path, mode }, index) => {
			const bytes = blobs[index];
			return {
				path,
				digest: digestOf(bytes),
				size: bytes.byteLength,
				executable: mode === "100755"
			};
		});
	};
	return {
		async find(path) {
			const files = await list();
			const own = files.get(path);
			if (own !== void 0) return {
				kind: "file",
				file: (await filesOf([own]))[0]
			};
			const below = [...files.values()].filter((entry) => isMeant(entry.path, path));
			return below.length === 0 ? null : {
				kind: "folder",
				files: (await filesOf(below)).sort(byPath)
			};
		},
		async read(path) {
			const entry = (await list()).get(path);
			return entry === void 0 || entry.mode === "160000" ? null : (await read([entry.oid]))[0];
		},
		async names(folder) {
			return [...(await list()).keys()].filter((path) => posix.dirname(path) === folder).map((path) => posix.basename(path)).sort();
		}
	};
}
const isMeant = (path, folder) => path.startsWith(`${folder}/`) && !path.slice(folder.length + 1).split("/").some((part) => skippedFolders.includes(part));
init_workspace();
function differences(before, now) {
	return [
		...commandDifference(before, now),
		...inputDifferences(before, now),
		...paramDifferences(before, now),
		...same(before.outputs, now.outputs) ? [] : [`outputs ${before.outputs.join(", ")} → ${now.outputs.join(", ")}`],
		...toolchainDifferences(before, now)
	];
}
function commandDifference({ stage: before }, { stage: now }) {
	if ("run" in before && "run" in now) return before.run === now.run ? [] : ["command changed"];
	if ("uses" in before && "uses" in now) {
		if (before.uses !== now.uses) return [`uses ${before.uses} → ${now.uses}`];
		return before.trainer === now.trainer ? [] : [`${now.uses} makes other bytes: version ${before.trainer} → ${now.trainer}`];
	}
	return ["run" in now ? "a command instead of a built-in" : "a built-in instead of a command"];
}
function inputDifferences({ inputs: before }, { inputs: now }) {
	const removed = Object.keys(before).filter((name) => !(name in now));
	return [...Object.entries(now).flatMap(([name, digest]) => {
		if (!(name in before)) return [`${inputTitle(name)} is a new input`];
		if (digest === null) return [`${inputTitle(name)} may change`];
		return before[name] === digest ? [] : [`${inputTitle(name)} changed`];
	}), ...removed.map((name) => `${inputTitle(name)} is no input any more`)];
}
const inputTitle = (name) => name.startsWith("data:") ? `data ${name.slice(5)}` : name;
function paramDifferences({ params: before }, { params: now }) {
	return [...new Set([...Object.keys(before), ...Object.keys(now)])].sort().flatMap((name) => {
		if (same(before[name], now[name])) return [];
		const [was, is] = [short(before[name]), short(now[name])];
		return [was === null || is === null ? `${name} changed` : `param ${name} ${was} → ${is}`];
	});
}
function short(value) {
	if (value === void 0) return "unset";
	const text = canonicalJson(value);
	return text.length <= 40 && !text.startsWith("{") ? text : null;
}
function toolchainDifferences({ toolchain: before }, { toolchain: now }) {
	return [
		...before.node === now.node ? [] : [`Node ${before.node} → ${now.node}`],
		...same(before.environment, now.environment) ? [] : ["environment changed"],
		...before.os === now.os && before.arch === now.arch ? [] : [`machine ${before.os} ${before.arch} → ${now.os} ${now.arch}`]
	];
}
const same = (a, b) => a === void 0 || b === void 0 ? a === b : canonicalJson(a) === canonicalJson(b);
init_workspace();
const fingerprintOf = (material) => digestOfJson(material);
const runFingerprint = (stages, evaluate) => digestOfJson({
	v: 1,
	stages: Object.fromEntries(stages.map(({ name, fingerprint }) => [name, fingerprint])),
	evaluate
});
function digestOfCode(entry, path) {
	if (entry.kind === "file") return entry.file.digest;
	const line = ({ digest, size, path: file }) => `${hexOf(digest)} ${size} ${file.slice(path.length + 1)}\n`;
	return digestOf(entry.files.map(line).join(""));
}
init_workspace();
async function resolveStage(sources, stage, made) {
	const { pipeline, code } = sources;
	const found = new Map();
	const inputs = [];
	for (const [index, input] of stage.inputs.entries()) {
		const where = pipeline.parsed.locate([
			"stages",
			stage.name,
			"inputs",
			index
		]);
		inputs.push([input.name, await digestOfInput(sources, input, made, found, where)]);
	}
	const builtin = stage.file.uses === void 0 ? null : builtins[stage.file.uses];
	const environmentLock = await lockOfEnvironment(sources, stage);
	const environment = environmentLock === null ? {} : { environment: {
		python: stage.file.environment.python,
		lock: environmentLock.digest
	} };
	return {
		stage,
		builtin,
		code: found,
		environmentLock,
		material: {
			v: 1,
			stage: builtin === null ? { run: stage.file.run } : {
				uses: stage.file.uses,
				trainer: builtin.version
			},
			inputs: Object.fromEntries(inputs),
			params: {
				...declaredParams(pipeline, stage),
				...builtin === null ? {} : await builtinParams(pipeline, stage, code)
			},
			outputs: [...stage.outputs].sort(),
			toolchain: {
				...toolchain(builtin === null),
				...environment
			}
		}
	};
}
function completeMaterial(material) {
	return Object.values(material.inputs).includes(null) ? null : material;
}
const declaredParams = ({ file }, stage) => Object.fromEntries((stage.file.params ?? []).map((name) => [name, file.params[name]]));
function toolchain(foreign) {
	const node = Number(process.versions.node.split(".")[0]);
	return foreign ? {
		node,
		os: process.platform,
		arch: process.arch
	} : { node };
}
async function builtinParams({ model, file }, stage, code) {
	const path = `models/${model}/model.yaml`;
	const bytes = await code.read(path);
	if (bytes === null) throw new LockstepError("E_CONFIG_MISSING", {
		what: `no ${path}, which tells the built-in "${stage.file.uses}" the task and the columns`,
		fix: `write it, or let \`lockstep init ${model} --data <table> --target <column>\` do so`
	});
	const { task, inputs, output } = parseYaml(bytes, path).value ?? {};
	return {
		evaluate: file.evaluate,
		model: Object.fromEntries(Object.entries({
			task,
			inputs,
			output
		}).filter(([, value]) => value !== void 0))
	};
}
async function digestOfInput({ pipeline, code, lock }, input, made, found, where) {
	if (input.kind === "output") return made.get(input.name)?.digest ?? null;
	if (input.kind === "data") return datasetDigest(lock, input.key, where);
	const entry = await code.find(input.path);
	if (entry === null) throw await unknownInput(pipeline, code, input, where);
	found.set(input.path, entry);
	return digestOfCode(entry, input.path);
}
function datasetDigest(lock, key, where) {
	const keys = (lock?.entries ?? []).map((entry) => entry.key);
	const entry = lock?.entries.find((known) => known.key === key);
	if (entry) return entry.digest;
	const near = nearest(key, keys);
	if (lock === null) throw new LockstepError("E_LOCK_MISSING", {
		what: `no data.lock, and the dataset "${key}" is wanted`,
		where,
		allowed: "a data.lock at the root of the repository that names it",
		fix: `restore data.lock from Git, or write it with \`lockstep data add data/${key}\``
	});
	throw new LockstepError("E_PIPELINE_INPUT", {
		what: `no dataset "${key}" in data.lock`,
		where,
		allowed: some(keys) || "a dataset that `lockstep data add` wrote into data.lock",
		fix: near ? `did you mean "data:${near}"?` : `\`lockstep data add data/${key}\``
	});
}
async function unknownInput(pipeline, code, input, where) {
	const outputs = pipeline.stages.flatMap(({ outputs: made }) => made);
	const folder = posix.dirname(input.path);
	const prefix = input.name.slice(0, input.name.lastIndexOf("/") + 1);
	const files = (await code.names(folder)).map((name) => prefix + name);
	const near = nearest(input.name, [...outputs, ...files]);
	return new LockstepError("E_PIPELINE_INPUT", {
		what: `no input "${input.name}": no stage makes it, and ${input.path} does not exist`,
		where,
		allowed: `outputs ${some(outputs)}; files ${some(files) || "none"}; datasets as data:<key>`,
		fix: near ? `did you mean "${near}"?` : "correct the name, or create the file"
	});
}
async function lockOfEnvironment({ pipeline, code }, stage) {
	if (stage.environmentLock === null) return null;
	const where = pipeline.parsed.locate([
		"stages",
		stage.name,
		"environment",
		"lock"
	]);
	const entry = await code.find(stage.environmentLock);
	if (entry?.kind === "file") return {
		path: stage.environmentLock,
		digest: entry.file.digest
	};
	throw new LockstepError("E_PIPELINE_INPUT", {
		what: `no environment lock ${stage.environmentLock}`,
		where,
		allowed: "a requirements file with hashes",
		fix: "`uv pip compile --generate-hashes requirements.in -o requirements.lock` writes one"
	});
}
const some = (names, most = 12) => names.slice(0, most).join(", ") + (names.length > most ? ` and ${names.length - most} more` : "");
init_workspace();
function changeSide(files) {
	const code = codeInTree(files);
	let lock;
	return {
		code,
		lock: () => {
			lock ??= readLock(code);
			return lock;
		}
	};
}
async function readLock(code) {
	const bytes = await code.read("data.lock");
	return bytes === null ? null : parseLock(bytes, "data.lock");
}
async function pipelineChange(model, { base, head }) {
	const [before, now] = [await materialsAt(model, base), await materialsAt(model, head)];
	if (typeof now === "string") return [now];
	if (typeof before === "string") return [`the pipeline of the base can't be read: ${before}`];
	const stages = [...now.stages].flatMap(([name, material]) => {
		const old = before.stages.get(name);
		return (old === void 0 ? ["is new"] : differences(old, material)).map((what) => `${name}: ${what}`);
	});
	const gone = [...before.stages.keys()].filter((name) => !now.stages.has(name));
	return [
		...stages,
		...gone.map((name) => `${name}: is gone`),
		...canonicalJson(before.pipeline.file.evaluate) === canonicalJson(now.pipeline.file.evaluate) ? [] : ["how it is judged (evaluate)"]
	];
}
async function materialsAt(model, side) {
	try {
		const pipeline = await pipelineOf(model, side);
		const sources = {
			pipeline,
			code: side.code,
			lock: await side.lock()
		};
		const stages = new Map();
		for (const stage of pipeline.stages) {
			const { material } = await resolveStage(sources, stage, new Map());
			const known = Object.entries(material.inputs).filter(([, digest]) => digest !== null);
			stages.set(stage.name, {
				...material,
				inputs: Object.fromEntries(known)
			});
		}
		return {
			pipeline,
			stages
		};
	} catch (error) {
		if (isLockstepError(error)) return error.message;
		throw error;
	}
}
async function pipelineOf(model, { code }) {
	const file = pipelineFileOf(model);
	const bytes = await code.read(file);
	if (bytes !== null) return parsePipeline(model, parseYaml(bytes, file));
	throw new LockstepError("E_PIPELINE_MISSING", {
		what: `no ${file}`,
		fix: "restore it from Git"
	});
}
init_workspace();
const stageRecordPath = (workspace, fingerprint) => statePath(workspace, "runs", "stages", `${hexOf(fingerprint)}.json`);
async function lookUpStage(workspace, store, memo, fingerprint, outputs) {
	const record = readStageRecord(workspace, fingerprint);
	if (record === null || !outputs.every((name) => isFileRef(record.outputs[name]))) return { kind: "miss" };
	const missing = [];
	for (const [name, ref] of Object.entries(record.outputs)) if (!await isIntact(store, memo, ref)) missing.push(name);
	return missing.length === 0 ? {
		kind: "hit",
		record
	} : {
		kind: "incomplete",
		missing
	};
}
function writeStageRecord(workspace, record) {
	writeAtomic(stageRecordPath(workspace, record.fingerprint), `${JSON.stringify(record, null, 2)}\n`);
}
async function isIntact(store, memo, { digest, size }) {
	const path = store.pathOf(digest);
	if (!store.has(digest)) return false;
	if (statSync(path).size === size && (await memo.digestOf(path))?.digest === digest) return true;
	rmSync(path, { force: true });
	return false;
}
function readStageRecord(workspace, fingerprint) {
	try {
		const record = JSON.parse(readFileSync(stageRecordPath(workspace, fingerprint), "utf8"));
		return record?.fingerprint === fingerprint && typeof record.outputs === "object" ? record : null;
	} catch {
		return null;
	}
}
const isFileRef = (value) => isDigest(value?.digest) && Number.isInteger(value.size);
const latestPath = (workspace, model) => statePath(workspace, "runs", "latest", `${model}.json`);
function readLatest(workspace, model) {
	try {
		const file = JSON.parse(readFileSync(latestPath(workspace, model), "utf8"));
		return file.v === 1 ? file.stages : {};
	} catch {
		return {};
	}
}
function writeLatest(workspace, model, stage, material) {
	const stages = {
		...readLatest(workspace, model),
		[stage]: material
	};
	writeAtomic(latestPath(workspace, model), `${JSON.stringify({
		v: 1,
		stages
	}, null, 2)}\n`);
}
init_workspace();
function codeInWorkTree({ root }, memo) {
	const fileAt = async (path, stats) => {
		const file = join(root, path);
		return {
			path,
			...await memo.digestOf(file) ?? await digestFile(file),
			executable: (stats.mode & 64) !== 0
		};
	};
	const filesBelow = async (folder) => {
		const found = [];
		for (const name of readdirSync(join(root, folder))) {
			if (skippedFolders.includes(name)) continue;
			const path = posix.join(folder, name);
			const stats = lstatSync(join(root, path));
			if (stats.isDirectory()) found.push(...await filesBelow(path));
			else if (stats.isFile()) found.push(await fileAt(path, stats));
			else throw refusedLink(path);
		}
		return found;
	};
	return {
		async find(path) {
			const stats = statsOf(root, path);
			if (stats === null) return null;
			if (stats.isFile()) return {
				kind: "file",
				file: await fileAt(path, stats)
			};
			if (stats.isDirectory()) return {
				kind: "folder",
				files: (await filesBelow(path)).sort(byPath)
			};
			throw refusedLink(path);
		},
		async read(path) {
			return statsOf(root, path)?.isFile() ? readFileSync(join(root, path)) : null;
		},
		async names(folder) {
			if (!statsOf(root, folder)?.isDirectory()) return [];
			return readdirSync(join(root, folder), { withFileTypes: true }).filter((entry) => entry.isFile()).map(({ name }) => name).sort();
		}
	};
}
function statsOf(root, path) {
	let stats;
	try {
		stats = lstatSync(join(root, path));
	} catch {
		return null;
	}
	if (stats.isSymbolicLink() || realpathSync(join(root, path)) !== join(realpathSync(root), path)) throw refusedLink(path);
	return stats;
}
const refusedLink = (path) => new LockstepError("E_PATH_TRAVERSAL", {
	what: `${path} is a link, leads over one, or is no plain file`,
	allowed: "plain files and folders inside the repository",
	fix: "put the file itself there"
});
init_workspace();
const memoOptions = {
	name: "pipeline-digests",
	smallest: 65536
};
async function openRunContext(workspace, pipeline) {
	const memo = openMemo(workspace, memoOptions);
	const lock = await lockOf(workspace, pipeline.commit);
	return {
		workspace,
		pipeline,
		code: pipeline.commit === null ? codeInWorkTree(workspace, memo) : codeAtCommit(workspace, pipeline.commit),
		lock,
		lockDigest: lock === null ? null : digestOf(printLock(lock)),
		store: openStore(workspace),
		memo
	};
}
async function lockOf(workspace, commit) {
	if (commit === null) return findLock(workspace);
	const bytes = await readAtCommit(workspace.root, commit, "./data.lock");
	return bytes === null ? null : parseLock(bytes, "data.lock");
}
async function planRun(workspace, pipeline, { until } = {}) {
	const context = await openRunContext(workspace, pipeline);
	const made = new Map();
	const stages = [];
	for (const stage of stagesUntil(pipeline.stages, until, pipeline.parsed.file)) {
		const planned = await decide(context, await resolveStage(context, stage, made));
		if (planned.decision.kind === "cached") for (const [name, ref] of Object.entries(planned.decision.record.outputs)) made.set(name, ref);
		stages.push(planned);
	}
	context.memo.save();
	return {
		model: pipeline.model,
		stages
	};
}
async function decide(context, resolved) {
	const { workspace, store, memo, pipeline } = context;
	const { stage, material } = resolved;
	const complete = completeMaterial(material);
	const latest = readLatest(workspace, pipeline.model);
	if (complete === null) {
		const why = reasons(latest, stage.name, resolved);
		return {
			name: stage.name,
			fingerprint: null,
			decision: {
				kind: "run",
				why
			}
		};
	}
	const fingerprint = fingerprintOf(complete);
	const cached = await lookUpStage(workspace, store, memo, fingerprint, complete.outputs);
	if (cached.kind === "hit") {
		const record = {
			...cached.record,
			name: stage.name
		};
		return {
			name: stage.name,
			fingerprint,
			decision: {
				kind: "cached",
				record
			}
		};
	}
	const why = cached.kind === "incomplete" ? [`${cached.missing.join(", ")} gone from the store`] : reasons(latest, stage.name, resolved, complete);
	return {
		name: stage.name,
		fingerprint,
		decision: {
			kind: "run",
			why
		}
	};
}
function reasons(latest, name, { material }, complete) {
	const before = latest[name];
	if (before === void 0) return ["never ran"];
	const found = differences(before, complete ?? material);
	return found.length > 0 ? found : ["its record is gone"];
}
init_workspace();
async function readGitState(root) {
	const { status, stdout } = await tryGit([
		"status",
		"--porcelain=v2",
		"--branch",
		"--untracked-files=no",
		"--no-renames"
	], { cwd: root });
	if (status !== 0) return {
		commit: null,
		dirty: false
	};
	const lines = stdout.split("\n").filter(Boolean);
	const id = lines.find((line) => line.startsWith("# branch.oid "))?.slice(13);
	return {
		commit: id !== void 0 && /^[0-9a-f]{40,64}$/.test(id) ? id : null,
		dirty: lines.some((line) => !line.startsWith("# "))
	};
}
init_workspace();
const seed = "lockstep quick 1";
async function quickPipeline(workspace, pipeline, lock) {
	const { quick, params } = pipeline.file;
	if (quick === void 0) throw new LockstepError("E_CONFIG_MISSING", {
		what: `${pipeline.model} has no quick run`,
		where: pipeline.parsed.locate([]),
		allowed: "a section `quick: {rows: 5%, params: {…}}` in pipeline.yaml",
		fix: "add one, or run the whole pipeline"
	});
	const file = {
		...pipeline.file,
		params: {
			...params,
			...quick.params
		}
	};
	const sampled = quick.rows === void 0 || lock === null ? lock : await sampleAll(workspace, pipeline, lock);
	return {
		pipeline: {
			...pipeline,
			file
		},
		lock: sampled
	};
}
async function sampleAll(workspace, pipeline, lock) {
	const share = Number(pipeline.file.quick.rows.slice(0, -1)) / 100;
	const samples = new Map();
	for (const stage of pipeline.stages) for (const [index, input] of stage.inputs.entries()) {
		if (input.kind !== "data" || samples.has(input.key)) continue;
		const where = pipeline.parsed.locate([
			"stages",
			stage.name,
			"inputs",
			index
		]);
		samples.set(input.key, await sampleOf(workspace, lock, input, share, where));
	}
	return {
		...lock,
		entries: lock.entries.map((entry) => samples.get(entry.key) ?? entry)
	};
}
async function sampleOf(workspace, lock, { key }, share, where) {
	if (!/\.(parquet|csv)$/i.test(key)) throw new LockstepError("E_QUICK_INPUT", {
		what: `a quick run can't take a sample of "data:${key}"`,
		where,
		allowed: "tables: .parquet and .csv",
		fix: "leave `rows` out of `quick:`, or let the stage read fewer by a param that `quick:` sets"
	});
	const store = openStore(workspace);
	const entry = await ensureDataset(workspace, lock, key);
	const table = await readTable(store.pathOf(entry.digest), key);
	const path = scratchPath(workspace, "quick", `-${basename(key)}`);
	const rows = rowsOf(table, share);
	try {
		const ref = /\.csv$/i.test(key) ? await store.put(csvOf(selectRows(table, rows))) : await writeParquet(path, selectRows(table, rows)).then(() => store.putFile(path));
		return {
			...entry,
			...ref
		};
	} finally {
		rmSync(path, { force: true });
	}
}
function rowsOf(table, share) {
	const most = Math.floor(share * 4294967296);
	const taken = [];
	for (let row = 0; row < table.rows; row++) {
		const hash = createHash("sha256").update(seed);
		for (const column of table.columns) hash.update(`\0${cellText(column, row) ?? ""}`);
		if (hash.digest().readUInt32BE(0) < most) taken.push(row);
	}
	return taken.length > 0 || table.rows === 0 ? taken : [0];
}
function csvOf(table) {
	const quoted = (text) => /[",\r\n]/.test(text) ? `"${text.replaceAll("\"", "\"\"")}"` : text;
	const lines = [table.columns.map(({ name }) => quoted(name)).join(",")];
	for (let row = 0; row < table.rows; row++) lines.push(table.columns.map((column) => quoted(cellText(column, row) ?? "")).join(","));
	return `${lines.join("\n")}\n`;
}
init_workspace();
const deviceList = "nvidia-smi";
function lookForGpu(env = process.env) {
	for (const name of [
		"CUDA_VISIBLE_DEVICES",
		"NVIDIA_VISIBLE_DEVICES",
		"HIP_VISIBLE_DEVICES"
	]) {
		const value = env[name];
		if (value !== void 0 && [
			"",
			"-1",
			"none"
		].includes(value)) return {
			present: false,
			name: null,
			seen: `${name} is "${value}", which hides every device`
		};
	}
	const listed = spawnSync(deviceList, ["-L"], {
		env,
		timeout: 1e4,
		encoding: "utf8"
	});
	const devices = (listed.stdout ?? "").split("\n").filter((line) => line.startsWith("GPU "));
	if (listed.status === 0 && devices.length > 0) return {
		present: true,
		name: devices.map(nameOf).join(", "),
		seen: devices[0]
	};
	if (existsSync("/dev/kfd")) return {
		present: true,
		name: "AMD",
		seen: "an AMD device, /dev/kfd"
	};
	return {
		present: false,
		name: null,
		seen: `${listed.error ? "no nvidia-smi" : `nvidia-smi ended with ${listed.status} and lists no device`}, no ${existsSync("/dev/nvidia0") ? "usable " : ""}/dev/nvidia0, no /dev/kfd`
	};
}
const nameOf = (line) => line.replace(/^GPU \d+: | \(UUID.*$/g, "");
function checkGpu(stage, runsOn, where) {
	const { present, seen } = lookForGpu();
	if (present) return;
	const label = runsOn === void 0 ? "not set" : [runsOn].flat().join(", ");
	throw new LockstepError("E_TRAIN_NO_GPU", {
		what: `stage ${stage} asks for a GPU and there is none: ${seen}; runs-on is ${label}`,
		where,
		allowed: "a machine with a GPU and its driver",
		fix: "run it on one, or set gpu: false"
	});
}
init_workspace();
const runPath = (workspace, fingerprint, ...parts) => statePath(workspace, "runs", hexOf(fingerprint), ...parts);
function readRunRecord(workspace, fingerprint) {
	const path = runPath(workspace, fingerprint, "record.json");
	if (!existsSync(path)) throw new LockstepError("E_RUN_MISSING", {
		what: `no run ${fingerprint} on this machine`,
		fix: "run the pipeline again"
	});
	return checkSchema(parseJson(readFileSync(path), "record.json"), run_default);
}
function keepRunRecord(context, parts) {
	const { workspace, pipeline, lockDigest } = context;
	const { stages, git, started, seconds, cached } = parts;
	const fingerprint = runFingerprint(stages, pipeline.file.evaluate);
	const before = cached ? earlierRecord(workspace, fingerprint) : null;
	const record = {
		v: 1,
		model: pipeline.model,
		fingerprint,
		...git,
		lock: lockDigest,
		stages,
		started: before?.started ?? started.toISOString(),
		seconds: before?.seconds ?? seconds,
		host: before?.host ?? hostOf(pipeline.file)
	};
	if (before === null || canonicalJson(before) !== canonicalJson(record)) writeAtomic(runPath(workspace, fingerprint, "record.json"), `${JSON.stringify(record, null, 2)}\n`);
	return record;
}
function earlierRecord(workspace, fingerprint) {
	try {
		return readRunRecord(workspace, fingerprint);
	} catch {
		return null;
	}
}
function hostOf({ stages }) {
	const gpu = Object.values(stages).some((stage) => stage.gpu === true) ? lookForGpu().name : null;
	return {
		os: process.platform,
		arch: process.arch,
		node: process.versions.node,
		cpu: cpus()[0]?.model.trim() ?? "unknown",
		...gpu === null ? {} : { gpu }
	};
}
init_workspace();
const compiling = "`uv pip compile --generate-hashes requirements.in -o requirements.lock`";
const knownFailures = [
	{
		says: [/No interpreter found for (Python \S+)/],
		words: (name) => ({
			what: `no ${name} on PATH, and uv knows none to fetch`,
			fix: `install ${name}, or name another version`
		})
	},
	{
		says: [/ensurepip is not available/],
		words: () => ({
			what: "this Python comes without the module venv's ensurepip",
			fix: "install it (python3-venv on Debian and Ubuntu), or uv"
		})
	},
	{
		says: [/DO NOT MATCH THE HASHES.*\n\s+(\S+)/, /Hash mismatch for `([^`]+)`/],
		words: (name) => ({
			what: `what was downloaded for ${name} has none of the hashes in the lock`,
			fix: `find out who changed it; if you trust it, lock it again with ${compiling}`
		})
	},
	{
		says: [
			/Hashes are required.*\n\s+(\S+)/,
			/all requirements must have a hash, but none were provided for: (\S+)/,
			/must have their versions pinned with `?==`?(?:\. These do not:\n\s+|, but found: )(\S+)/,
			/no trusted hash was provided for: `([^`]+)`/
		],
		words: (name) => ({
			what: `${name} is wanted, and the lock has no version and hash for it`,
			fix: `write the whole lock with ${compiling}`
		})
	},
	{
		says: [/Temporary failure in name resolution|Failed to establish a new connection|Connection refused/i, /dns error|error sending request|Network is unreachable|timed out/i],
		words: (_, { log }) => ({
			what: "the package index could not be reached",
			fix: `see that uv or pip can install packages on this machine, then run again (log: ${log})`
		})
	},
	{
		says: [
			/No matching distribution found for (\S+)/,
			/no version of (\S+) and/,
			/Because (\S+) was not found in/,
			/(\S+) has no wheels with a matching/
		],
		words: (name, { python, platform }) => ({
			what: `there is no ${name} for Python ${python} on ${platform}`,
			fix: `correct it, or compile the lock for this Python: add --python-version ${python} --universal to ${compiling}`
		})
	}
];
function preparationFailure(failure) {
	const text = failure.lines.join("\n");
	for (const { says, words } of knownFailures) {
		const match = says.map((pattern) => pattern.exec(text)).find((found) => found !== null);
		if (match) return failed(failure, words(match[1] ?? "", failure));
	}
	return failed(failure, {
		what: `${failure.step} failed, saying: ${lastWords$1(failure.lines)}`,
		fix: `correct the lock, or see ${failure.log}`
	});
}
const failed = ({ where }, words) => new LockstepError("E_ENVIRONMENT_PREPARE", {
	what: words.what,
	where,
	allowed: "a Python that is here, and a lock whose packages, with hashes, can be installed here",
	fix: words.fix
});
function lastWords$1(lines) {
	const told = lines.map((line) => line.trim()).filter((line) => line !== "");
	const first = told.findIndex((line) => /^error: /i.test(line));
	return (first === -1 ? told.slice(-3) : told.slice(first, first + 3)).join(" / ").slice(0, 400);
}
const longestLine = 4e3;
const mostBytes$1 = 8388608;
const keptLines = 40;
function openStageLog(path, onLine, rewrite = (line) => line) {
	mkdirSync(dirname(path), { recursive: true });
	const file = openSync(path, "w");
	const last = [];
	let written = 0;
	let open = true;
	const keep = (raw) => {
		const line = rewrite(raw);
		last.push(line);
		if (last.length > keptLines) last.shift();
		if (written > mostBytes$1) return;
		const text = `${line}\n`;
		const over = written + text.length > mostBytes$1;
		const kept = over ? `… the log is cut here, at ${mostBytes$1} bytes; the stage went on\n` : text;
		written += over ? mostBytes$1 : text.length;
		writeSync(file, kept);
		onLine(kept.slice(0, -1));
	};
	const splitters = {
		stdout: lineSplitter(keep),
		stderr: lineSplitter(keep)
	};
	return {
		write: (stream, chunk) => splitters[stream].write(chunk),
		end() {
			if (open) {
				splitters.stdout.end();
				splitters.stderr.end();
				closeSync(file);
			}
			open = false;
			return last;
		}
	};
}
function lineSplitter(onLine) {
	const decoder = new StringDecoder("utf8");
	let start = "";
	let cut = 0;
	const add = (text) => {
		const room = longestLine - start.length;
		start += text.slice(0, Math.max(0, room));
		cut += Math.max(0, text.length - room);
	};
	const flush = () => {
		const line = start.replace(/\r+$/, "").replace(/^.*\r/s, "");
		onLine(cut === 0 ? line : `${line}… (${cut} more characters on this line)`);
		start = "";
		cut = 0;
	};
	return {
		write(chunk) {
			const parts = decoder.write(chunk).split("\n");
			for (const [index, part] of parts.entries()) {
				add(part);
				if (index < parts.length - 1) flush();
			}
		},
		end() {
			add(decoder.end());
			if (start !== "" || cut > 0) flush();
		}
	};
}
const deviceVariables = [
	"CUDA_VISIBLE_DEVICES",
	"CUDA_DEVICE_ORDER",
	"NVIDIA_VISIBLE_DEVICES",
	"HIP_VISIBLE_DEVICES",
	"ROCR_VISIBLE_DEVICES",
	"ZE_AFFINITY_MASK"
];
const moduleVariables = ["LOCKSTEP_MODULES"];
const windowsVariables = [
	"SystemRoot",
	"ComSpec",
	"PATHEXT",
	"USERPROFILE",
	"APPDATA",
	"LOCALAPPDATA"
];
const stageVariables = ({ folders, ...rest }) => ({
	...cleanVariables(rest),
	LOCKSTEP_PARAMS: folders.params,
	LOCKSTEP_INPUTS: folders.inputs,
	LOCKSTEP_OUTPUTS: folders.outputs,
	LOCKSTEP_METRICS: folders.metrics,
	LOCKSTEP_CHECKPOINTS: folders.checkpoints
});
function cleanVariables({ environment, declared, host }) {
	const path = [
		...environment === null ? [] : [environmentPrograms(environment)],
		dirname(process.execPath),
		host.PATH ?? host.Path ?? "/usr/local/bin:/usr/bin:/bin"
	].join(delimiter);
	const passed = [
		...deviceVariables,
		...moduleVariables,
		...process.platform === "win32" ? windowsVariables : [],
		...declared
	];
	return {
		...Object.fromEntries(passed.flatMap((name) => host[name] === void 0 ? [] : [[name, host[name]]])),
		PATH: path,
		HOME: host.HOME ?? tmpdir(),
		TMPDIR: tmpdir(),
		LANG: "C.UTF-8",
		TZ: "UTC",
		...environment === null ? {} : { VIRTUAL_ENV: environment }
	};
}
const environmentPrograms = (environment) => join(environment, process.platform === "win32" ? "Scripts" : "bin");
init_workspace();
const drainMs = 2e3;
const supervisor = ownProgram(import.meta.url, "./worker/supervisor.ts");
async function runSupervised(options) {
	const { command, timeoutMs, outcomeFile, cwd, env, onOutput } = options;
	rmSync(outcomeFile, { force: true });
	const child = spawnOwn(supervisor, [JSON.stringify({
		command,
		timeoutMs,
		outcomeFile
	})], {
		cwd,
		env,
		stdout: "pipe",
		stderr: "pipe"
	});
	child.stdout.on("data", (chunk) => onOutput("stdout", chunk));
	child.stderr.on("data", (chunk) => onOutput("stderr", chunk));
	const drained = new Promise((resolve) => child.once("close", () => resolve()));
	await exitOf(child);
	await Promise.race([drained, setTimeout(drainMs, void 0, { ref: false })]);
	return readOutcome(outcomeFile);
}
function readOutcome(file) {
	try {
		return JSON.parse(readFileSync(file, "utf8"));
	} catch (error) {
		throw new LockstepError("E_INTERRUPTED", {
			what: "the stage was stopped together with its supervisor",
			fix: "run the same command again",
			cause: error
		});
	}
}
init_workspace();
const oneHour$1 = 36e5;
async function prepareEnvironment(context, wanted, where, onLine) {
	const { workspace } = context;
	const id = hexOf(digestOfJson({
		v: 1,
		...wanted,
		lock: wanted.lock.digest,
		platform: platformName()
	}));
	const folder = statePath(workspace, "environments", id);
	const venv = join(folder, "venv");
	const ready = join(folder, "ready.json");
	const isReady = () => existsSync(ready) && existsSync(pythonOf(venv));
	if (isReady()) return venv;
	const lock = {
		what: `preparing Python ${wanted.python}`,
		waitMs: oneHour$1,
		onWait: onLine
	};
	return withLock(statePath(workspace, "environments", `${id}.lock`), lock, async () => {
		if (isReady()) return venv;
		rmSync(folder, {
			recursive: true,
			force: true
		});
		mkdirSync(folder, { recursive: true });
		try {
			const requirements = join(folder, "requirements.lock");
			await writeRequirements(context, wanted.lock.path, requirements);
			for (const command of preparation(wanted, venv, requirements, where)) await runStep(workspace, {
				wanted,
				command,
				folder,
				where,
				onLine
			});
		} catch (error) {
			rmSync(folder, {
				recursive: true,
				force: true
			});
			throw error;
		}
		rmSync(logOf(folder), { force: true });
		writeAtomic(ready, `${JSON.stringify(wanted)}\n`);
		return venv;
	});
}
async function writeRequirements({ workspace, pipeline, code }, path, target) {
	if (pipeline.commit === null) await copyFile(join(workspace.root, path), target);
	else await writeFile(target, await code.read(path));
}
const platformName = () => `${process.platform}-${process.arch}`;
const pythonOf = (venv) => join(environmentPrograms(venv), process.platform === "win32" ? "python.exe" : "python");
const logOf = (folder) => `${folder}.log`;
function preparation({ python }, venv, requirements, where) {
	const own = pythonOf(venv);
	if (versionOf("uv", ["--version"]) !== null) return [[
		"uv",
		"venv",
		"--python",
		python,
		venv
	], [
		"uv",
		"pip",
		"install",
		"--python",
		own,
		"--require-hashes",
		"-r",
		requirements
	]];
	return [[
		findPython(python, where),
		"-I",
		"-m",
		"venv",
		venv
	], [
		own,
		...[
			"-I",
			"-m",
			"pip",
			"install",
			"--disable-pip-version-check",
			"--no-input",
			"--require-hashes"
		],
		"-r",
		requirements
	]];
}
function findPython(python, where) {
	const seen = [];
	const minor = python.split(".").slice(0, 2).join(".");
	for (const program of new Set([
		`python${python}`,
		`python${minor}`,
		"python3",
		"python"
	])) {
		const version = versionOf(program, ["--version"])?.replace(/^Python /, "");
		if (version === void 0) continue;
		if (version === python || version.startsWith(`${python}.`)) return program;
		seen.push(`${program} is ${version}`);
	}
	throw new LockstepError("E_ENVIRONMENT_PREPARE", {
		what: `no Python ${python} on PATH (${seen.join(", ") || "no Python at all"})`,
		where,
		allowed: `Python ${python}, or uv, which fetches it`,
		fix: `install Python ${python} or uv`
	});
}
function versionOf(program, args) {
	const { status, stdout } = spawnSync(program, args, {
		encoding: "utf8",
		timeout: 1e4
	});
	return status === 0 ? stdout.trim() : null;
}
async function runStep(workspace, { wanted, command, folder, where, onLine }) {
	const log = openStageLog(logOf(folder), onLine);
	const outcome = await runSupervised({
		command,
		timeoutMs: oneHour$1,
		outcomeFile: join(folder, "outcome.json"),
		cwd: workspace.root,
		env: process.env,
		onOutput: log.write
	});
	const lines = log.end();
	if (outcome.kind === "exit" && outcome.code === 0) return;
	throw preparationFailure({
		python: wanted.python,
		platform: platformName(),
		step: `${basename(command[0])} ${command.slice(1, 4).join(" ")}`,
		lines,
		log: shown(workspace, logOf(folder)),
		where
	});
}
init_workspace();
function stageFailure(outcome, context) {
	switch (outcome.kind) {
		case "exit": return outcome.code === 0 ? null : exitFailure(outcome.code, context);
		case "signal": return killed(outcome.signal, constants$1.signals[outcome.signal], context);
		case "timeout": return new LockstepError("E_TRAIN_TIMEOUT", {
			what: `stage ${context.stage} was stopped after ${context.timeout}${saying(context)}`,
			where: context.where,
			allowed: "a stage that ends within its timeout",
			fix: `raise its timeout, or see ${context.log} for what it was doing`
		});
		case "not-started": return notFound(outcome.message, context);
	}
}
function exitFailure(code, context) {
	if (code === 126 || code === 127) return notFound(lastWords(context.lastLines) || `exit ${code}`, context);
	const signal = Object.entries(constants$1.signals).find(([, number]) => number === code - 128);
	if (signal && [
		"SIGKILL",
		"SIGSEGV",
		"SIGABRT",
		"SIGBUS",
		"SIGTERM"
	].includes(signal[0])) return killed(signal[0], signal[1], context);
	const own = context.builtin ? ownError(context.lastLines) : null;
	if (own) return new LockstepError(own.code, { what: `stage ${context.stage}: ${own.message}` });
	return new LockstepError("E_TRAIN_FAILED", {
		what: `stage ${context.stage} ended with ${code}${saying(context)}`,
		where: context.where,
		allowed: "a command that ends with 0",
		fix: mending(context)
	});
}
function killed(name, number, context) {
	const memory = number === constants$1.signals.SIGKILL;
	return new LockstepError("E_TRAIN_KILLED", {
		what: `stage ${context.stage} was killed by signal ${number}${memory ? " (often out of memory)" : ` (${name})`}${saying(context)}`,
		where: context.where,
		fix: memory ? "give it more memory, or let it read less at once" : `read ${context.log}, mend the stage and run again`
	});
}
const notFound = (message, { stage, where, log }) => new LockstepError("E_TRAIN_COMMAND", {
	what: `the command of stage ${stage} could not start: ${message}`,
	where,
	allowed: "a program on PATH, or a script among the inputs",
	fix: `install it, or correct the command (log: ${log})`
});
function ownError(lines) {
	const [, code, message] = /^(E_[A-Z_]+): (.*)$/.exec(lines.at(-1) ?? "") ?? [];
	const known = errorCodes.find((one) => one === code);
	return known && message ? {
		code: known,
		message
	} : null;
}
const saying = ({ lastLines }) => {
	const words = lastWords(lastLines);
	return words === "" ? "" : `, saying: ${words}`;
};
const errorLine = /^(Uncaught )?[\w.]*(Error|Exception)( \[\w+\])?: |^E_[A-Z_]+: /;
function lastWords(lines) {
	const telling = lines.map((line) => line.trim()).filter((line) => line !== "" && !/^(at |Node\.js v\d|File ".*", line \d+|\^+$)/.test(line));
	const text = telling.findLast((line) => errorLine.test(line)) ?? telling.slice(-4).join(" / ");
	return text.length > 400 ? `…${text.slice(-400)}` : text;
}
function mending({ lastLines, log }) {
	return /Cannot find (module|package)|ENOENT|No such file|ModuleNotFoundError/.test(lastLines.join("\n")) ? `declare the file under inputs if it is yours (a stage finds nothing else), or read ${log}` : `read ${log}, mend the stage and run again`;
}
init_workspace();
const mostBytes = 67108864;
const mostMetrics = 1e4;
const nameRule = /^[A-Za-z][A-Za-z0-9_.@/-]{0,99}$/;
function readMetrics(path, shownAs) {
	if (!existsSync(path)) return {};
	if (statSync(path).size > mostBytes) throw new LockstepError("E_METRICS_TOO_MANY", {
		what: `${statSync(path).size} bytes of metrics`,
		where: { file: shownAs },
		allowed: `at most ${mostBytes} bytes`
	});
	return parseMetrics(readFileSync(path, "utf8"), shownAs);
}
function parseMetrics(text, file) {
	const metrics = new Map();
	for (const [index, line] of text.split("\n").entries()) {
		if (line.trim() === "") continue;
		const where = {
			file,
			line: index + 1
		};
		for (const [name, value] of Object.entries(parseLine(line, where))) metrics.set(checkMetricName(name, where), checkMetricValue(name, value, where));
		if (metrics.size > mostMetrics) throw new LockstepError("E_METRICS_TOO_MANY", {
			what: `${metrics.size} metrics`,
			where,
			allowed: `at most ${mostMetrics}`
		});
	}
	return Object.fromEntries([...metrics].sort(([a], [b]) => a < b ? -1 : 1));
}
function parseLine(line, where) {
	let value;
	try {
		value = JSON.parse(line);
	} catch (error) {
		const notFinite = /[:[,]\s*-?(NaN|Infinity)\b/.exec(line);
		throw new LockstepError(notFinite ? "E_NUMBER_NOT_FINITE" : "E_METRICS_TYPE", {
			what: notFinite ? `the metric value ${notFinite[1]}` : "a line that is not JSON",
			where,
			allowed: "one JSON object of finite numbers a line",
			cause: error
		});
	}
	if (value !== null && typeof value === "object" && !Array.isArray(value)) return value;
	throw new LockstepError("E_METRICS_TYPE", {
		what: "a line that is not an object",
		where,
		allowed: "one JSON object of finite numbers a line"
	});
}
function checkMetricName(name, where) {
	if (nameRule.test(name)) return name;
	throw new LockstepError("E_METRICS_NAME", {
		what: `the metric name "${name.slice(0, 60)}"`,
		where,
		allowed: "letters, digits and . _ @ / -, beginning with a letter, at most 100 characters"
	});
}
function checkMetricValue(name, value, where) {
	if (typeof value === "number" && Number.isFinite(value)) return value;
	throw new LockstepError(typeof value === "number" ? "E_NUMBER_NOT_FINITE" : "E_METRICS_TYPE", {
		what: `the metric ${name} is ${typeof value === "number" ? value : JSON.stringify(value).slice(0, 60)}`,
		where,
		allowed: "a finite number"
	});
}
function followMetrics(path, onValues) {
	let offset = 0;
	let rest = "";
	const look = () => {
		const text = readFrom(path, offset);
		offset += Buffer.byteLength(text);
		const lines = (rest + text).split("\n");
		rest = lines.pop();
		for (const line of lines) try {
			onValues(parseMetrics(line, path));
		} catch {}
	};
	const timer = setInterval(look, 250);
	return () => {
		clearInterval(timer);
		look();
	};
}
function readFrom(path, offset) {
	if (!existsSync(path)) return "";
	const file = openSync(path, "r");
	try {
		const buffer = Buffer.alloc(1 << 20);
		const read = readSync(file, buffer, 0, buffer.byteLength, offset);
		return buffer.toString("utf8", 0, buffer.subarray(0, read).lastIndexOf(10) + 1);
	} finally {
		closeSync(file);
	}
}
init_workspace();
async function collectOutputs(store, stage, folder, declared, where) {
	const present = readdirSync(folder).sort();
	for (const name of declared) checkOutput(stage, join(folder, name), name, present, where(name));
	const outputs = {};
	for (const name of [...declared].sort()) outputs[name] = await store.putFile(join(folder, name));
	return {
		outputs,
		undeclared: present.filter((name) => !declared.includes(name))
	};
}
function checkOutput(stage, path, name, present, where) {
	const stats = lstatSync(path, { throwIfNoEntry: false });
	if (stats === void 0) throw noOutput(stage, name, present, where);
	const kind = unfitKind(stats);
	if (kind === null) return;
	throw new LockstepError("E_TRAIN_OUTPUT_KIND", {
		what: `stage ${stage} left ${kind} as its output "${name}"`,
		where,
		allowed: "a plain file with content",
		fix: `write the bytes themselves to $LOCKSTEP_OUTPUTS/${name}`
	});
}
function noOutput(stage, name, present, where) {
	const near = nearest(name, present);
	const there = present.length === 0 ? "nothing" : present.slice(0, 10).join(", ");
	return new LockstepError("E_TRAIN_NO_OUTPUT", {
		what: `stage ${stage} ended well but wrote no "${name}"`,
		where,
		allowed: `every declared output in $LOCKSTEP_OUTPUTS, where it left ${there}`,
		fix: near ? `write ${name} instead of ${near}` : `write $LOCKSTEP_OUTPUTS/${name}`
	});
}
const unfitKind = (stats) => stats.isSymbolicLink() ? "a link" : stats.isDirectory() ? "a folder" : !stats.isFile() ? "something that is no file" : stats.size === 0 ? "an empty file" : null;
init_workspace();
const stageLockPath = (workspace, fingerprint) => statePath(workspace, "runs", "locks", `${hexOf(fingerprint)}.lock`);
async function layOutWork(context, resolved, fingerprint, made) {
	const { workspace, pipeline } = context;
	const folder = workFolderAt(workspace, pipeline.model, fingerprint);
	rmSync(folder.root, {
		recursive: true,
		force: true
	});
	try {
		for (const path of [
			folder.cwd,
			folder.inputs,
			folder.outputs,
			folder.checkpoints
		]) mkdirSync(path, { recursive: true });
		writeFileSync(folder.params, `${canonicalJson(resolved.material.params)}\n`);
		for (const entry of resolved.code.values()) for (const file of entry.kind === "file" ? [entry.file] : entry.files) await placeCode(context, file, join(folder.root, file.path));
		for (const input of resolved.stage.inputs) if (input.kind === "data") {
			const entry = await ensureDataset(workspace, context.lock, input.key);
			await placeDataset(workspace, entry, join(folder.inputs, "data", input.key));
		} else if (input.kind === "output") await context.store.materialize(made.get(input.name).digest, join(folder.inputs, input.name));
		return folder;
	} catch (error) {
		rmSync(folder.root, {
			recursive: true,
			force: true
		});
		throw diskFull(error, folder.root);
	}
}
function workFolderAt(workspace, model, fingerprint) {
	const root = statePath(workspace, "work", hexOf(fingerprint));
	const own = join(root, ".lockstep");
	return {
		root,
		cwd: join(root, "pipelines", model),
		params: join(own, "params.json"),
		inputs: join(own, "inputs"),
		outputs: join(own, "outputs"),
		metrics: join(own, "metrics.jsonl"),
		outcome: join(own, "outcome.json"),
		checkpoints: statePath(workspace, "checkpoints", hexOf(fingerprint))
	};
}
async function placeCode({ workspace, pipeline, code }, file, target) {
	mkdirSync(dirname(target), { recursive: true });
	if (pipeline.commit === null) await copyFile(join(workspace.root, file.path), target);
	else await writeFile(target, await code.read(file.path));
	chmodSync(target, file.executable ? 493 : 420);
	if ((await digestFile(target)).digest === file.digest) return;
	throw new LockstepError("E_DATA_CHANGED", {
		what: `${file.path} changed while the run began`,
		fix: "run the same command again"
	});
}
const oneHour = 36e5;
async function sweepWork(workspace) {
	for (const name of namesIn(statePath(workspace, "work"))) {
		const path = statePath(workspace, "work", name);
		if (/^[0-9a-f]{64}$/.test(name)) await sweepStage(workspace, name, path);
		else if (isAbandoned(name, path)) rmSync(path, {
			recursive: true,
			force: true
		});
	}
}
async function sweepStage(workspace, hex, path) {
	try {
		const release = await acquireLock(stageLockPath(workspace, `sha256:${hex}`), { what: "tidying" });
		rmSync(path, {
			recursive: true,
			force: true
		});
		release();
	} catch (error) {
		if (!isLockstepError(error, "E_BUSY")) throw error;
	}
}
function isAbandoned(name, path) {
	const owner = /-(\d+)-[0-9a-f]{8}\b/.exec(name)?.[1];
	if (owner !== void 0) return !isAlive(Number(owner));
	const changed = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
	return changed !== void 0 && Date.now() - changed > oneHour;
}
function namesIn(folder) {
	try {
		return readdirSync(folder);
	} catch {
		return [];
	}
}
init_workspace();
async function runStage(context, resolved, material, made, report) {
	const { workspace, pipeline, store } = context;
	const { stage } = resolved;
	const fingerprint = fingerprintOf(material);
	const place = (...path) => pipeline.parsed.locate([
		"stages",
		stage.name,
		...path
	]);
	if (stage.file.gpu) checkGpu(stage.name, pipeline.file["runs-on"], place("gpu"));
	const environment = await environmentOf(context, resolved, report);
	const folder = await layOutWork(context, resolved, fingerprint, made);
	const logFile = statePath(workspace, "runs", "stages", `${hexOf(fingerprint)}.log`);
	const started = performance.now();
	try {
		const { outcome, lastLines } = await execute(context, resolved, folder, environment, logFile, report);
		const seconds = Math.round(performance.now() - started) / 1e3;
		const failure = stageFailure(outcome, {
			stage: stage.name,
			lastLines: lastLines.map((line) => line.replaceAll(`file://${workspace.root}/`, "").replaceAll(`${workspace.root}/`, "")),
			log: shown(workspace, logFile),
			timeout: stage.file.timeout,
			builtin: resolved.builtin !== null,
			where: place(resolved.builtin ? "uses" : "run")
		});
		if (failure) throw failure;
		const metrics = readMetrics(folder.metrics, `$LOCKSTEP_METRICS of stage ${stage.name}`);
		const { outputs, undeclared } = await collectOutputs(store, stage.name, folder.outputs, stage.outputs, (name) => place("outputs", stage.outputs.indexOf(name)));
		if (undeclared.length > 0) {
			const text = `not declared as an output, so not kept: ${undeclared.slice(0, 10).join(", ")}`;
			report({
				kind: "notice",
				stage: stage.name,
				text
			});
		}
		const record = {
			name: stage.name,
			fingerprint,
			inputs: material.inputs,
			params: declaredParams(pipeline, stage),
			outputs,
			seconds,
			metrics
		};
		writeStageRecord(workspace, record);
		rmSync(folder.checkpoints, {
			recursive: true,
			force: true
		});
		return record;
	} finally {
		rmSync(folder.root, {
			recursive: true,
			force: true
		});
	}
}
async function environmentOf(context, { stage, environmentLock }, report) {
	if (environmentLock === null) return null;
	const where = context.pipeline.parsed.locate([
		"stages",
		stage.name,
		"environment"
	]);
	return prepareEnvironment(context, {
		python: stage.file.environment.python,
		lock: environmentLock
	}, where, (line) => report({
		kind: "log",
		stage: stage.name,
		line
	}));
}
async function execute({ workspace }, { stage, builtin }, folder, environment, logFile, report) {
	for (const name of stage.file.env ?? []) {
		if (process.env[name] !== void 0) continue;
		report({
			kind: "notice",
			stage: stage.name,
			text: `env names ${name}, which is not set here`
		});
	}
	const log = openStageLog(logFile, (line) => report({
		kind: "log",
		stage: stage.name,
		line
	}), (line) => line.replaceAll(folder.root, workspace.root));
	const stopFollowing = followMetrics(folder.metrics, (values) => report({
		kind: "metrics",
		stage: stage.name,
		values
	}));
	try {
		return {
			outcome: await runSupervised({
				command: builtin === null ? stage.file.run : [process.execPath, builtin.worker],
				timeoutMs: stage.timeoutMs,
				outcomeFile: folder.outcome,
				cwd: folder.cwd,
				env: stageVariables({
					folders: folder,
					environment,
					declared: stage.file.env ?? [],
					host: process.env
				}),
				onOutput: log.write
			}),
			lastLines: log.end()
		};
	} finally {
		stopFollowing();
		log.end();
	}
}
init_workspace();
const oneDay = 864e5;
const runPipeline = (workspace, model, options = {}) => usingStore(workspace, `run ${model}`, () => run(workspace, model, options));
async function run(workspace, model, { until, force = false, source, quick = false, find, report = () => {} }) {
	const started = new Date();
	const clock = performance.now();
	const commit = source ? await commitOf(workspace, source.commit) : null;
	const git = commit === null ? readGitState(workspace.root) : Promise.resolve({
		commit,
		dirty: false
	});
	const context = await openContext(workspace, await readPipeline(workspace, model, { commit }), quick);
	const { pipeline } = context;
	const finished = await runStages(context, stagesUntil(pipeline.stages, until, pipeline.parsed.file), {
		force,
		report,
		find: force ? void 0 : find
	});
	context.memo.save();
	const cached = finished.every(({ ran }) => !ran);
	return {
		record: keepRunRecord(context, {
			stages: finished.map((stage) => stage.record),
			git: await git,
			started,
			seconds: Math.round(performance.now() - clock) / 1e3,
			cached
		}),
		outputs: Object.assign({}, ...finished.map((stage) => stage.record.outputs)),
		cached,
		pipeline
	};
}
async function openContext(workspace, pipeline, quick) {
	const context = await openRunContext(workspace, pipeline);
	return quick ? {
		...context,
		...await quickPipeline(workspace, pipeline, context.lock),
		quick
	} : context;
}
async function commitOf(workspace, revision) {
	const commit = await resolveCommit(workspace.root, revision);
	if (commit !== null) return commit;
	throw new LockstepError("E_GIT", {
		what: `no commit "${revision}"`,
		fix: "name a commit, branch or tag"
	});
}
async function runStages(context, stages, how) {
	const made = new Map();
	const slots = pLimit(availableParallelism());
	const running = new Map();
	let swept;
	const sweepOnce = () => swept ??= sweepWork(context.workspace);
	for (const stage of stages) {
		const needs = stage.inputs.flatMap((input) => input.kind === "output" ? [running.get(input.stage)] : []);
		const work = Promise.all(needs).then(() => slots(async () => {
			const finished = await finishStage(context, stage, made, sweepOnce, how);
			for (const [name, ref] of Object.entries(finished.record.outputs)) made.set(name, ref);
			return finished;
		}));
		running.set(stage.name, work);
	}
	return (await Promise.allSettled(running.values())).map((result) => {
		if (result.status === "rejected") throw result.reason;
		return result.value;
	});
}
async function finishStage(context, stage, made, sweepOnce, { force, find, report }) {
	const { workspace, pipeline } = context;
	const resolved = await resolveStage(context, stage, made);
	const material = completeMaterial(resolved.material);
	const first = await decide(context, resolved);
	if (!force && first.decision.kind === "cached") return keepLatest(context, stage, material, cachedStage(stage, first.decision.record, report));
	await sweepOnce();
	const lock = {
		what: `stage ${stage.name} of ${pipeline.model}`,
		waitMs: oneDay,
		onWait: (holder) => report({
			kind: "notice",
			stage: stage.name,
			text: `waits for ${holder}`
		})
	};
	return withLock(stageLockPath(workspace, fingerprintOf(material)), lock, async () => {
		await find?.(fingerprintOf(material));
		const { decision } = await decide(context, resolved);
		if (!force && decision.kind === "cached") return keepLatest(context, stage, material, cachedStage(stage, decision.record, report));
		const why = decision.kind === "run" ? decision.why : ["forced"];
		report({
			kind: "stage-started",
			stage: stage.name,
			why
		});
		const record = await runStage(context, resolved, material, made, report);
		report({
			kind: "stage-finished",
			stage: stage.name,
			seconds: record.seconds
		});
		return keepLatest(context, stage, material, {
			record,
			ran: true
		});
	});
}
function cachedStage(stage, record, report) {
	report({
		kind: "stage-cached",
		stage: stage.name
	});
	return {
		record,
		ran: false
	};
}
function keepLatest({ workspace, pipeline, quick }, { name }, material, finished) {
	if (pipeline.commit !== null || quick) return finished;
	const before = readLatest(workspace, pipeline.model)[name];
	if (before === void 0 || canonicalJson(before) !== canonicalJson(material)) writeLatest(workspace, pipeline.model, name, material);
	return finished;
}
init_workspace();
const mark = "note: ";
const noteIn = (line) => line.startsWith(mark) ? line.slice(6).trim() : null;
function notesOf(workspace, { stages }) {
	const lines = stages.flatMap(({ fingerprint }) => {
		const log = statePath(workspace, "runs", "stages", `${hexOf(fingerprint)}.log`);
		return existsSync(log) ? readFileSync(log, "utf8").split("\n") : [];
	});
	return [...new Set(lines.map(noteIn).filter((note) => note !== null))];
}
export { builtins as _, cleanVariables as a, runPath as c, changeSide as d, pipelineChange as f, durationMs as g, readPipeline as h, runSupervised as i, planRun as l, parsePipeline as m, notesOf as n, openStageLog as o, listPipelines as p, runPipeline as r, readRunRecord as s, noteIn as t, writeStageRecord as u };
