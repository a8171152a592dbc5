import { Q as openStore } from "./data.js";
import { Ct as LockstepError, St as writeAtomic, t as init_workspace, xt as temporaryBeside, yt as diskFull } from "./workspace.js";
import { t as handedNames } from "./candidate-file.js";
import { dirname, join, resolve } from "node:path";
import { existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync, rmdirSync } from "node:fs";
init_workspace();
function checkCandidateFolder(folder) {
	const found = lstatSync(folder, { throwIfNoEntry: false });
	if (found === void 0 || found.isDirectory() && readdirSync(folder).length === 0) return;
	throw new LockstepError("E_FILE_KIND", {
		what: `${folder} is ${found.isDirectory() ? "not empty" : "no folder"}`,
		allowed: "an empty folder, or a name that is free",
		fix: "name another folder with --candidate"
	});
}
async function writeCandidate(workspace, folder, candidate) {
	const target = resolve(folder);
	checkCandidateFolder(target);
	mkdirSync(dirname(target), { recursive: true });
	const temporary = temporaryBeside(target);
	try {
		mkdirSync(temporary);
		await fill(workspace, temporary, candidate);
		if (existsSync(target)) rmdirSync(target);
		renameSync(temporary, target);
	} catch (error) {
		rmSync(temporary, {
			recursive: true,
			force: true
		});
		throw diskFull(error, target);
	}
}
const candidateOfRun = ({ run, judgement: { objects }, report }) => ({
	record: run.record,
	model: objects.model,
	predictions: run.pipeline.file.evaluate.predictions === void 0 ? null : objects.predictions,
	base: report.base
});
async function fill(workspace, folder, { record, model, predictions, base, quick = false }) {
	const store = openStore(workspace);
	const refs = {
		"model.onnx": model,
		"predictions.parquet": predictions,
		"record.json": await store.put(`${JSON.stringify(record, null, 2)}\n`)
	};
	const files = {};
	for (const name of handedNames) {
		const ref = refs[name];
		if (!ref) continue;
		await store.materialize(ref.digest, join(folder, name));
		files[name] = {
			digest: ref.digest,
			size: lstatSync(join(folder, name)).size
		};
	}
	const candidate = {
		v: 1,
		model: record.model,
		head: record.commit,
		base,
		fingerprint: record.fingerprint,
		...quick ? { quick } : {},
		files
	};
	writeAtomic(join(folder, "candidate.json"), `${JSON.stringify(candidate, null, 2)}\n`);
}
export { checkCandidateFolder as n, writeCandidate as r, candidateOfRun as t };
