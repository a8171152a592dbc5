import { F as findLock, Q as openStore, R as parseLock, i as readTable, x as ensureDataset } from "./data.js";
import { L as readAtCommit, t as init_workspace } from "./workspace.js";
import { l as planRun, r as runPipeline } from "./pipeline.js";
init_workspace();
function stageLines() {
	const ran = new Map();
	return {
		note(event) {
			if (event.kind === "stage-started") ran.set(event.stage, {
				name: event.stage,
				kind: "ran",
				seconds: 0,
				why: event.why.join(", ")
			});
			if (event.kind !== "stage-finished") return;
			const started = ran.get(event.stage);
			if (started) ran.set(event.stage, {
				...started,
				seconds: event.seconds
			});
		},
		of: (stages) => stages.map(({ name, seconds }) => ran.get(name) ?? {
			name,
			kind: "cached",
			seconds
		})
	};
}
async function runAtBase(workspace, pipeline, until, report = () => {}) {
	const lines = stageLines();
	const planned = (await planRun(workspace, pipeline, { until })).stages;
	const cached = planned.flatMap(({ decision }) => decision.kind === "cached" ? [decision.record] : []);
	if (cached.length === planned.length) return {
		outputs: Object.assign({}, ...cached.map((stage) => stage.outputs)),
		stages: cached,
		lines: lines.of(cached)
	};
	const { outputs, record } = await runPipeline(workspace, pipeline.model, {
		until,
		source: { commit: pipeline.commit },
		report: (event) => {
			lines.note(event);
			report(event);
		}
	});
	return {
		outputs,
		stages: record.stages,
		lines: lines.of(record.stages)
	};
}
async function trainingTable(workspace, { pipeline, outputs }) {
	for (const input of modelStage(pipeline)?.inputs ?? []) {
		const digest = input.kind === "output" ? outputs[input.name]?.digest : input.kind === "data" ? await datasetDigest(workspace, pipeline.commit, input.key) : void 0;
		if (digest === void 0) continue;
		return readTable(openStore(workspace).pathOf(digest), "the training rows").catch(() => null);
	}
	return null;
}
async function datasetDigest(workspace, commit, key) {
	const bytes = commit === null ? null : await readAtCommit(workspace.root, commit, "data.lock");
	const lock = commit === null ? findLock(workspace) : bytes && parseLock(bytes, "data.lock");
	const entry = lock?.entries.find((candidate) => candidate.key === key);
	if (!lock || !entry || entry.files !== void 0) return void 0;
	return (await ensureDataset(workspace, lock, key)).digest;
}
async function trainingTableAtBase(workspace, pipeline) {
	const first = modelStage(pipeline)?.inputs.find((input) => input.kind === "output");
	return trainingTable(workspace, {
		pipeline,
		outputs: first === void 0 ? {} : (await runAtBase(workspace, pipeline, first.stage)).outputs
	});
}
function modelStage({ stages, file: { evaluate } }) {
	const { model, predictions } = evaluate;
	return stages.find(({ outputs }) => outputs.some((name) => name === model || name === predictions));
}
export { stageLines as i, trainingTableAtBase as n, runAtBase as r, trainingTable as t };
