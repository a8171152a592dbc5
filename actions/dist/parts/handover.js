import { n as candidate_default } from "../vendor/schemas-others.js";
import { t as run_default } from "../vendor/schemas.js";
import { Q as openStore } from "./data.js";
import { t as checkOnnx } from "./model.js";
import { Ct as LockstepError, X as checkSchema, ht as digestOf, mt as digestFile, t as init_workspace, w as parseJson } from "./workspace.js";
import { t as handedNames } from "./candidate-file.js";
import { join } from "node:path";
import { lstatSync, readFileSync, readdirSync } from "node:fs";
init_workspace();
const manifest = "candidate.json";
const mostBytes = {
	[manifest]: 262144,
	"record.json": 16777216
};
const mostTogether = 1024 ** 3;
async function readHandover(workspace, folder, expected) {
	const sizes = sizesIn(folder);
	if (!sizes.has(manifest)) throw shape(`no ${manifest} in ${folder}`);
	for (const [name, most] of Object.entries(mostBytes)) checkSize(name, sizes.get(name) ?? 0, most);
	checkSize("the folder", [...sizes.values()].reduce((sum, size) => sum + size, 0), mostTogether);
	const bytes = readFileSync(join(folder, manifest));
	const file = checkSchema(parseJson(bytes, manifest), candidate_default);
	if (expected !== void 0) checkExpected(file, expected);
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
function checkExpected(file, expected) {
	for (const what of ["model", "head"]) {
		if (file[what] === expected[what]) continue;
		throw new LockstepError("E_HANDOVER_SHAPE", {
			what: `a candidate of the ${what} ${file[what]}`,
			where: { file: manifest },
			allowed: expected[what],
			fix: "hand over what the action `train` uploads"
		});
	}
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
export { readHandover as t };
