import { r as readPolicy } from "./gate.js";
import { a as readModelFile, t as checkOnnx } from "./model.js";
import { a as openStore } from "./remote-address.js";
import { d as readPipeline, i as readRunRecord, o as run_default } from "./pipeline.js";
import { A as checkSchema, H as digestFile, U as digestOf, W as hexOf, X as isLockstepError, Y as LockstepError, m as parseJson, s as statePath } from "./workspace.js";
import { n as workspaceAt, t as chooseBase } from "./base.js";
import { n as trainingTableAtBase, o as chooseBaseline } from "./training-rows.js";
import "./data.js";
import { t as handedNames } from "./candidate-file.js";
import { a as writeJudged, r as rowsAtBase, t as judgeCandidate } from "./judgement.js";
import { join } from "node:path";
import { lstatSync, readFileSync, readdirSync } from "node:fs";
var candidate_default = {
	$schema: "https://json-schema.org/draft/2020-12/schema",
	$id: "candidate.json",
	title: "candidate.json",
	description: "What a pull request hands over to the judge: names and digests of files beside it, and no metrics, because nothing it says is believed. At most 256 KiB.",
	type: "object",
	additionalProperties: false,
	required: [
		"v",
		"model",
		"head",
		"base",
		"fingerprint",
		"files"
	],
	properties: {
		"v": { "const": 1 },
		"model": {
			"type": "string",
			"pattern": "^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$",
			"x-code": { "pattern": "E_NAME" }
		},
		"head": {
			"description": "Commit the candidate was made at; null where nothing was committed.",
			"type": ["string", "null"],
			"pattern": "^[0-9a-f]{40,64}$"
		},
		"base": {
			"type": ["string", "null"],
			"pattern": "^[0-9a-f]{40,64}$"
		},
		"fingerprint": {
			"description": "Of the run.",
			"$ref": "#/$defs/digest"
		},
		"quick": {
			"description": "Made by a quick run, from a sample of the rows: it can refuse, never pass. Left out otherwise.",
			"const": true
		},
		"files": {
			"type": "object",
			"additionalProperties": false,
			"required": ["record.json"],
			"properties": {
				"model.onnx": { "$ref": "#/$defs/file" },
				"predictions.parquet": { "$ref": "#/$defs/file" },
				"record.json": { "$ref": "#/$defs/file" }
			}
		}
	},
	$defs: {
		"digest": {
			"type": "string",
			"pattern": "^sha256:[0-9a-f]{64}$",
			"x-code": { "pattern": "E_DIGEST_FORMAT" },
			"x-allowed": "sha256: and 64 lower-case hex digits"
		},
		"file": {
			"type": "object",
			"additionalProperties": false,
			"required": ["digest", "size"],
			"properties": {
				"digest": { "$ref": "#/$defs/digest" },
				"size": {
					"description": "Bytes.",
					"type": "integer",
					"minimum": 1
				}
			}
		}
	}
};
const manifest = "candidate.json";
const mostBytes = {
	[manifest]: 262144,
	"record.json": 16777216
};
const mostTogether = 1024 ** 3;
async function readHandover(workspace, folder) {
	const sizes = sizesIn(folder);
	if (!sizes.has(manifest)) throw shape(`no ${manifest} in ${folder}`);
	for (const [name, most] of Object.entries(mostBytes)) checkSize(name, sizes.get(name) ?? 0, most);
	checkSize("the folder", [...sizes.values()].reduce((sum, size) => sum + size, 0), mostTogether);
	const bytes = readFileSync(join(folder, manifest));
	const file = checkSchema(parseJson(bytes, manifest), candidate_default);
	checkNames(file, sizes);
	for (const name of handedNames) await checkFile(folder, name, file.files[name], sizes.get(name));
	const record = await readRecord(workspace, folder, file);
	const [model, predictions] = [await keep(workspace, folder, "model.onnx", file), await keep(workspace, folder, "predictions.parquet", file)];
	if (model !== null) await checkOnnx(await openStore(workspace).read(model.digest), "model.onnx");
	return {
		file,
		digest: digestOf(bytes),
		record,
		model,
		predictions
	};
}
function sizesIn(folder) {
	const found = lstatSync(folder, { throwIfNoEntry: false });
	if (!found?.isDirectory()) throw shape(`${folder} is ${found ? "no folder" : "not there"}`);
	const sizes = new Map();
	for (const name of readdirSync(folder).sort()) {
		const entry = lstatSync(join(folder, name));
		if (!entry.isFile()) {
			const kind = entry.isSymbolicLink() ? "a link" : entry.isDirectory() ? "a folder" : "no plain file";
			throw shape(`${name} is ${kind}`);
		}
		sizes.set(name, entry.size);
	}
	return sizes;
}
function checkSize(name, size, most) {
	if (size <= most) return;
	throw new LockstepError("E_HANDOVER_TOO_LARGE", {
		what: `${name} has ${size.toLocaleString("en-US")} bytes`,
		allowed: `at most ${most.toLocaleString("en-US")}`,
		fix: "hand over what `lockstep run --candidate` writes"
	});
}
function checkNames({ files }, sizes) {
	for (const name of sizes.keys()) if (name !== manifest && !Object.hasOwn(files, name)) throw shape(`${name}, which ${manifest} does not name`);
	for (const name of Object.keys(files)) if (!sizes.has(name)) throw shape(`${name} is missing, which ${manifest} names`);
}
async function checkFile(folder, name, named, size) {
	if (named === void 0) return;
	if (named.size !== size) throw new LockstepError("E_SIZE_MISMATCH", {
		what: `${name} has ${size} bytes`,
		where: { file: manifest },
		allowed: `${named.size}, as ${manifest} says`,
		fix: "hand the folder over again"
	});
	const { digest } = await digestFile(join(folder, name));
	if (digest !== named.digest) throw otherBytes(name, named.digest, digest);
}
const otherBytes = (name, wanted, got) => new LockstepError("E_DIGEST_MISMATCH", {
	what: `${name} holds other bytes (${got})`,
	where: { file: manifest },
	allowed: `${wanted}, as ${manifest} says`,
	fix: "hand the folder over again"
});
async function keep(workspace, folder, name, { files }) {
	const named = files[name];
	if (named === void 0) return null;
	const ref = await openStore(workspace).putFile(join(folder, name));
	if (ref.digest !== named.digest) throw otherBytes(name, named.digest, ref.digest);
	return ref;
}
async function readRecord(workspace, folder, file) {
	const { digest } = await keep(workspace, folder, "record.json", file);
	const bytes = await openStore(workspace).read(digest);
	const record = checkSchema(parseJson(bytes, "record.json"), run_default);
	checkRecord(record, file);
	return record;
}
function checkRecord(record, file) {
	const claims = [
		[
			"model",
			record.model,
			file.model
		],
		[
			"run",
			record.fingerprint,
			file.fingerprint
		],
		[
			"commit",
			record.commit,
			file.head
		]
	];
	for (const [what, recorded, claimed] of claims) if (recorded !== claimed) throw otherRun(`the ${what} ${recorded}`, `${claimed}, as ${manifest} says`);
	const made = new Set(record.stages.flatMap(({ outputs }) => Object.values(outputs).map(({ digest }) => digest)));
	const model = file.files["model.onnx"];
	if (model && !made.has(model.digest)) throw otherRun(`no stage that made ${model.digest}`, "the record of the run that made model.onnx");
}
const otherRun = (what, allowed) => new LockstepError("E_HANDOVER_RECORD", {
	what,
	where: { file: "record.json" },
	allowed,
	fix: "hand over what `lockstep run --candidate` writes"
});
const shape = (what) => new LockstepError("E_HANDOVER_SHAPE", {
	what,
	allowed: `a folder of ${manifest} and exactly the files it names, of ${handedNames.join(", ")}`,
	fix: "hand over what `lockstep run --candidate` writes"
});
async function judgeHandover(workspace, folder, { base: revision, report } = {}) {
	const clock = performance.now();
	const handed = await readHandover(workspace, folder);
	const base = await committedBase(workspace, revision);
	const judging = await workspaceAt(workspace, base);
	const { model } = handed.file;
	const pipeline = await pipelineAt(judging, model, base);
	const policy = await policyAt(judging, model, base);
	const modelFile = await readModelFile(judging, model, { commit: base });
	const candidate = candidateOf(judging, handed, pipeline);
	const doubt = doubtOf(judging, handed, pipeline);
	const { rows, made } = await rowsAtBase(judging, pipeline, report);
	const champions = await chooseBaseline(judging, model, {
		base,
		ask: "try"
	});
	const judgement = await judgeCandidate(judging, {
		candidate,
		rows: {
			...rows,
			doubt
		},
		policy,
		modelFile,
		champions,
		now: new Date()
	});
	const { evaluation, baseline, comparison, verdicts } = judgement;
	const input = {
		model,
		modelFile,
		evaluation,
		baseline,
		comparison,
		verdicts,
		run: {
			...handed.record,
			lock: null,
			stages: made.stages
		},
		stages: made.lines,
		data: null,
		notes: notesOn(handed, doubt, base),
		base,
		head: handed.file.head
	};
	const files = filesOf(workspace, handed);
	await writeJudged(workspace, files, judgement, input);
	return {
		judgement,
		report: input,
		files,
		doubt,
		cached: false,
		seconds: Math.round(performance.now() - clock) / 1e3
	};
}
async function committedBase(workspace, revision) {
	const base = await chooseBase(workspace, revision);
	if (base !== null) return base;
	throw new LockstepError("E_GIT", {
		what: "nothing is committed",
		allowed: "a base commit, whose policy and rows judge",
		fix: "commit the pipeline, or judge in the repository that the change is for"
	});
}
async function pipelineAt(workspace, model, base) {
	try {
		return await readPipeline(workspace, model, { commit: base });
	} catch (error) {
		if (isLockstepError(error, "E_PIPELINE_MISSING")) throw unknownToBase(model, base, "pipelines", "pipeline.yaml");
		throw error;
	}
}
async function policyAt(workspace, model, base) {
	const policy = await readPolicy(workspace, model, base).catch((error) => {
		throw isLockstepError(error, "E_CONFIG_MISSING") ? unknownToBase(model, base, "models", "policy.yaml") : error;
	});
	if (policy.commit === null) throw unknownToBase(model, base, "models", "policy.yaml");
	return policy;
}
const unknownToBase = (model, base, folder, file) => new LockstepError(folder === "pipelines" ? "E_PIPELINE_MISSING" : "E_CONFIG_MISSING", {
	what: `no ${folder}/${model}/${file} at the base commit ${base.slice(0, 12)}`,
	allowed: "a model that the base knows: a folder brings neither rows nor a policy to judge a new one by",
	fix: `judge a new model where its code is, with \`lockstep run ${model}\``
});
function candidateOf(workspace, { file, model, predictions }, pipeline) {
	const { evaluate } = pipeline.file;
	const needed = evaluate.predictions === void 0 ? "model.onnx" : "predictions.parquet";
	if (!file.files[needed]) throw new LockstepError("E_HANDOVER_SHAPE", {
		what: `no ${needed}, by which the base judges ${file.model}`,
		where: { file: "candidate.json" },
		allowed: `a candidate with ${needed}`,
		fix: "change how the model is judged in a commit of its own, before the model"
	});
	return {
		model: file.model,
		run: file.fingerprint,
		lock: null,
		evaluate,
		outputs: {
			...model && evaluate.model !== void 0 ? { [evaluate.model]: model } : {},
			...predictions && evaluate.predictions !== void 0 ? { [evaluate.predictions]: predictions } : {}
		},
		training: () => trainingTableAtBase(workspace, pipeline)
	};
}
function doubtOf(workspace, { file, predictions }, { file: { evaluate } }) {
	if (file.quick) return "a quick run, on a sample of the rows: it can refuse, never pass";
	if (predictions === null) return null;
	if (evaluate.predictions === void 0) return "the change judges itself by predictions, the base by the model alone; judged on main";
	return madeHere(workspace, file.fingerprint, predictions.digest) ? null : "not scored by the judge: the predictions are as they were handed over; judged on main";
}
function madeHere(workspace, run, digest) {
	try {
		const { stages } = readRunRecord(workspace, run);
		return stages.some(({ outputs }) => Object.values(outputs).some((output) => output.digest === digest));
	} catch {
		return false;
	}
}
function notesOn({ file }, doubt, base) {
	return [
		"judged from handed-over files: commit, run and machine are as the candidate says; rows, policy and model.yaml are those of the base commit",
		...doubt === null ? [] : [doubt],
		...file.base === null || file.base === base ? [] : [`the candidate was made against another base, ${file.base}`]
	];
}
function filesOf(workspace, { digest }) {
	const folder = statePath(workspace, "judged", hexOf(digest));
	return {
		folder,
		report: join(folder, "report.html"),
		comment: join(folder, "comment.md"),
		model: null,
		predictions: join(folder, "predictions.parquet")
	};
}
export { judgeHandover as t };
