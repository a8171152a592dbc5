import { Q as openStore } from "./data.js";
import { h as readPipeline, r as runPipeline } from "./pipeline.js";
import { Ct as LockstepError, t as init_workspace } from "./workspace.js";
import { t as chooseBase } from "./base2.js";
import { n as checkCandidateFolder, r as writeCandidate } from "./candidate.js";
import { t as findAfterCheck } from "./data-check.js";
import { n as readStored, o as storeTable } from "./scoring.js";
init_workspace();
async function trainCandidate(workspace, model, { folder, quick = false, base: revision, force = false, find, report } = {}) {
	if (folder !== void 0) checkCandidateFolder(folder);
	await readPipeline(workspace, model);
	const run = await runPipeline(workspace, model, {
		force,
		quick,
		...await findAfterCheck(workspace, model, {
			find,
			force
		}),
		...report ? { report } : {}
	});
	if (folder !== void 0) await writeCandidate(workspace, folder, {
		...await judgedOutputs(workspace, run),
		record: run.record,
		base: await chooseBase(workspace, revision),
		quick
	});
	return {
		run,
		folder: folder ?? null,
		quick
	};
}
async function judgedOutputs(workspace, { pipeline, outputs }) {
	const { model: modelName, predictions: name } = pipeline.file.evaluate;
	const model = modelName === void 0 ? null : outputs[modelName] ?? null;
	const made = name === void 0 ? null : outputs[name] ?? null;
	if (model === null && made === null) throw new LockstepError("E_METRICS_MISSING", {
		what: `${pipeline.model} made neither a model nor predictions`,
		where: pipeline.parsed.locate(["evaluate"]),
		allowed: "evaluate: names an output that is the ONNX model, or the predictions",
		fix: "add `model: model.onnx` or `predictions: predictions.parquet` to evaluate"
	});
	if (made === null || name.endsWith(".parquet")) return {
		model,
		predictions: made
	};
	const { table } = await readStored(openStore(workspace), made, name);
	return {
		model,
		predictions: (await storeTable(workspace, table)).ref
	};
}
export { trainCandidate as t };
