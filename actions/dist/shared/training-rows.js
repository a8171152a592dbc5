import { S as readAtCommit, X as LockstepError } from "./workspace.js";
import { g as findLock, r as readTable, u as ensureDataset, v as parseLock } from "./data.js";
import { o as openStore } from "./http-request.js";
import { d as pullEvidence, u as readEvidence } from "./image.js";
import { c as listVersions, i as trustedKeys, n as readRelease } from "./registry.js";
import { o as planRun, r as runPipeline } from "./pipeline.js";
import { _ as readFolders, m as verifyFolder, v as readTip } from "./gitops.js";
import { statSync } from "node:fs";
async function chooseBaseline(workspace, model, { base, ask }) {
	const tip = await readTip(workspace, {
		tagsOf: model,
		ask
	});
	const trust = await trustedKeys(workspace, base, { local: true });
	const running = await runningVersion(workspace, model, tip, trust);
	if (running !== null) return {
		baseline: running,
		tip: tip.commit
	};
	const newest = (await listVersions(workspace.root, model)).filter(({ deregistered }) => !deregistered).at(-1);
	if (!newest) return {
		baseline: { kind: "simplest" },
		tip: tip.commit
	};
	const { record } = await readRelease(workspace, model, newest.version, {
		trust,
		askOrigin: false
	});
	return {
		baseline: {
			kind: "version",
			record,
			environment: null
		},
		tip: tip.commit
	};
}
async function runningVersion(workspace, model, tip, trust) {
	const running = await releasesOf(workspace, model, tip, trust);
	for (const environment of workspace.configuration.environments.toReversed()) {
		const record = running.get(environment);
		if (record) return {
			kind: "version",
			record,
			environment
		};
	}
	return null;
}
async function runningIn(workspace, model, environment, base) {
	return (await releasesOf(workspace, model, await readTip(workspace, {
		tagsOf: model,
		ask: "try"
	}), await trustedKeys(workspace, base, { local: true }))).get(environment) ?? null;
}
async function releasesOf(workspace, model, tip, trust) {
	const folders = (await readFolders(workspace, tip)).filter((folder) => folder.model === model);
	return new Map(folders.flatMap(({ environment, files }) => {
		const verdict = verifyFolder({
			model,
			environment,
			files,
			trust
		});
		return verdict.kind === "verified" ? [[environment, verdict.release.record]] : [];
	}));
}
const baselineName = (baseline) => {
	if (baseline.kind === "simplest") return "the simplest model";
	return `${baseline.record.version}${baseline.environment === null ? "" : ` in ${baseline.environment}`}`;
};
const subjectOf = ({ record, environment }) => ({
	kind: "version",
	version: record.version,
	modelDigest: record.modelDigest,
	...environment === null ? {} : { environment }
});
async function evidenceObject(workspace, record, digest) {
	const store = openStore(workspace);
	if (!store.has(digest)) {
		const find = () => Object.values(readEvidence(workspace, record.image.digest)).find((file) => file.digest === digest);
		const found = find() ?? (await pullEvidence(workspace, record.image.name, record.image.digest) ? find() : void 0);
		if (found) await store.putFile(found.path);
	}
	if (!store.has(digest)) throw new LockstepError("E_BASELINE_MISSING", {
		what: `${digest} of ${record.model} ${record.version} is neither in the store nor beside its image`,
		allowed: "a registered version whose evidence can be read",
		fix: `fetch the image ${record.image.name}@${record.image.digest} with its evidence`
	});
	const path = store.pathOf(digest);
	return {
		digest,
		size: statSync(path).size,
		path
	};
}
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
export { baselineName as a, runningIn as c, stageLines as i, subjectOf as l, trainingTableAtBase as n, chooseBaseline as o, runAtBase as r, evidenceObject as s, trainingTable as t };
