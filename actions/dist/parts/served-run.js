import { Q as openStore } from "./data.js";
import { Ct as LockstepError, St as writeAtomic, c as modelPath, et as checkName, f as statePath, gt as hexOf, ht as digestOf, t as init_workspace } from "./workspace.js";
import { join } from "node:path";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from "node:fs";
init_workspace();
async function layOutNewestRun(workspace, model) {
	const run = newestRun(workspace, checkName(model, "model"));
	const read = (name) => readFileSync(join(run.folder, name));
	const { subject, task, threshold, positive } = JSON.parse(read("evaluation.json").toString());
	if (subject.kind !== "candidate" || subject.modelDigest === null) throw noModel(model);
	const golden = read("golden.json");
	const metadata = {
		model,
		version: `run-${hexOf(run.record.fingerprint).slice(0, 12)}`,
		modelDigest: subject.modelDigest,
		golden: digestOf(golden),
		task,
		...threshold === void 0 ? {} : { threshold },
		...positive === void 0 ? {} : { positive }
	};
	const folder = statePath(workspace, "serve", model);
	mkdirSync(folder, { recursive: true });
	await openStore(workspace).materialize(subject.modelDigest, join(folder, "model.onnx"));
	writeAtomic(join(folder, "golden.json"), golden);
	writeAtomic(join(folder, "model.yaml"), readFileSync(modelPath(workspace, model, "model.yaml")));
	writeAtomic(join(folder, "metadata.json"), `${JSON.stringify(metadata, null, 2)}\n`);
	return {
		folder,
		metadata
	};
}
function newestRun(workspace, model) {
	const runs = statePath(workspace, "runs");
	const newest = (existsSync(runs) ? readdirSync(runs) : []).sort().flatMap((name) => {
		const folder = join(runs, name);
		const [recordFile, golden] = [join(folder, "record.json"), join(folder, "golden.json")];
		if (!/^[0-9a-f]{64}$/.test(name) || !existsSync(recordFile) || !existsSync(golden)) return [];
		const record = JSON.parse(readFileSync(recordFile, "utf8"));
		return record.model === model ? [{
			folder,
			record,
			time: statSync(recordFile).mtimeMs
		}] : [];
	}).sort((a, b) => b.time - a.time)[0];
	if (newest) return newest;
	throw new LockstepError("E_RUN_MISSING", {
		what: `no judged run of ${model} with an ONNX model on this machine`,
		fix: `run \`lockstep run ${model}\``
	});
}
const noModel = (model) => new LockstepError("E_RUN_MISSING", {
	what: `the newest run of ${model} made predictions and no ONNX model`,
	allowed: "a run whose `evaluate: model` names an ONNX file",
	fix: "serve it from an image of its own"
});
export { layOutNewestRun };
