import { E as selectEntries, F as findLock, I as readLock } from "./data.js";
import { h as readPipeline, l as planRun } from "./pipeline.js";
async function neededDatasets(workspace, models, only) {
	const lock = only.length === 0 ? findLock(workspace) : readLock(workspace);
	if (lock === null) return [];
	if (models.length === 0) return selectEntries(lock, only);
	const keys = new Set(only);
	for (const model of models) for (const key of await readKeys(workspace, model)) keys.add(key);
	return keys.size === 0 ? [] : selectEntries(lock, [...keys]);
}
async function readKeys(workspace, model) {
	const pipeline = await readPipeline(workspace, model);
	const { stages } = await planRun(workspace, pipeline);
	const running = new Set(stages.filter(({ decision }) => decision.kind === "run").map(({ name }) => name));
	return pipeline.stages.filter(({ name }) => running.has(name)).flatMap(({ inputs }) => inputs.flatMap((input) => input.kind === "data" ? [input.key] : []));
}
export { neededDatasets as t };
