import { F as findLock, Q as openStore, R as parseLock } from "./data.js";
import { t as checkProposedPolicy } from "./gate.js";
import { a as readModelFile } from "./model.js";
import { c as runPath, h as readPipeline, n as notesOf, r as runPipeline } from "./pipeline.js";
import { c as listVersions } from "./registry.js";
import { L as readAtCommit, R as resolveCommit, St as writeAtomic, c as modelPath, ft as digestOfJson, t as init_workspace } from "./workspace.js";
import { t as chooseBase } from "./base2.js";
import { a as knownChampions, n as chooseBaseline } from "./baseline.js";
import { r as lockDifference, t as versionAfter } from "./next-version.js";
import { t as findAfterCheck } from "./data-check.js";
import { a as writeJudged, n as judgeRun } from "./judgement.js";
import { n as worst } from "./verdicts.js";
import { i as stageLines } from "./training-rows.js";
import { join } from "node:path";
import { existsSync, readFileSync } from "node:fs";
init_workspace();
const pathOf = (workspace, { record }) => join(runPath(workspace, record.fingerprint), "judgement.json");
async function keptJudgement(workspace, key, run) {
	const path = pathOf(workspace, run);
	if (!existsSync(path)) return null;
	const kept = JSON.parse(readFileSync(path, "utf8"));
	if (kept.key !== key) return null;
	const store = openStore(workspace);
	const { objects } = kept;
	if (![
		objects.evaluation,
		objects.baseline,
		objects.comparison,
		...Object.values(objects.verdicts),
		objects.predictions.digest
	].every((digest) => store.has(digest))) return null;
	const read = async (digest) => JSON.parse((await store.read(digest)).toString());
	const verdicts = await Promise.all(kept.environments.map((name) => read(objects.verdicts[name])));
	return {
		verdict: worst(verdicts.map(({ verdict }) => verdict)),
		verdicts,
		evaluation: await read(objects.evaluation),
		baseline: await read(objects.baseline),
		baselineName: kept.baselineName,
		comparison: await read(objects.comparison),
		objects
	};
}
function keepJudgement(workspace, key, run, { objects, verdicts, baselineName }) {
	const kept = {
		key,
		baselineName,
		environments: verdicts.map(({ environment }) => environment),
		objects
	};
	writeAtomic(pathOf(workspace, run), `${JSON.stringify(kept, null, 2)}\n`);
}
init_workspace();
async function policyTexts(workspace, model, base) {
	const committed = base === null ? null : await readAtCommit(workspace.root, base, `models/${model}/policy.yaml`);
	const path = modelPath(workspace, model, "policy.yaml");
	return {
		base: committed?.toString() ?? null,
		proposed: existsSync(path) ? readFileSync(path, "utf8") : null
	};
}
function policyNotes({ base, proposed }) {
	if (base === null || base === proposed) return [];
	return [proposed === null ? "policy.yaml is removed by this change; it is judged by the policy of the base commit" : "policy.yaml is changed by this change; it is judged by the policy of the base commit"];
}
async function judgementKey(workspace, { record, pipeline }, base, { baseline, tip }) {
	const policy = await policyTexts(workspace, pipeline.model, base);
	const judging = policy.base ?? policy.proposed ?? "";
	return digestOfJson({
		v: 1,
		run: record.fingerprint,
		base,
		policy: {
			...policy,
			day: judging.includes("waivers") ? new Date().toISOString().slice(0, 10) : null
		},
		model: readFileSync(modelPath(workspace, pipeline.model, "model.yaml"), "utf8"),
		baseline: baseline.kind === "version" ? {
			version: baseline.record.version,
			model: baseline.record.modelDigest,
			environment: baseline.environment
		} : baseline.kind,
		tip,
		environments: workspace.configuration.environments
	});
}
init_workspace();
async function runModel(workspace, model, { force = false, base: revision, find, report } = {}) {
	const clock = performance.now();
	const stages = stageLines();
	await readPipeline(workspace, model);
	const modelFile = await readModelFile(workspace, model);
	checkProposedPolicy(workspace, model);
	const run = await runPipeline(workspace, model, {
		force,
		...await findAfterCheck(workspace, model, {
			find,
			force
		}),
		report: (event) => {
			stages.note(event);
			report?.(event);
		}
	});
	const base = await chooseBase(workspace, revision);
	const known = run.cached ? await knownChampions(workspace, model, base) : null;
	const kept = known && await keptJudgement(workspace, await judgementKey(workspace, run, base, known), run);
	const champions = kept ? known : await chooseBaseline(workspace, model, {
		base,
		ask: "try"
	});
	const judgement = kept ?? await judgeRun(workspace, {
		run,
		modelFile,
		base,
		champions,
		now: new Date()
	});
	const input = await reportInput(workspace, {
		run,
		judgement,
		modelFile,
		base,
		stages: stages.of(run.record.stages)
	});
	const files = filesOf(workspace, run, judgement);
	const written = kept !== null && existsSync(files.report) && existsSync(files.comment);
	if (!written) {
		await writeJudged(workspace, files, judgement, input);
		keepJudgement(workspace, await judgementKey(workspace, run, base, champions), run, judgement);
	}
	return {
		run,
		judgement,
		report: input,
		files,
		cached: run.cached && written,
		seconds: Math.round(performance.now() - clock) / 1e3
	};
}
function filesOf(workspace, { record, pipeline }, { objects }) {
	const folder = runPath(workspace, record.fingerprint);
	return {
		folder,
		report: join(folder, "report.html"),
		comment: join(folder, "comment.md"),
		model: objects.model === null ? null : join(folder, pipeline.file.evaluate.model ?? "model.onnx"),
		predictions: join(folder, "predictions.parquet")
	};
}
async function reportInput(workspace, { run, judgement, modelFile, base, stages }) {
	const { evaluation, baseline, comparison, verdicts } = judgement;
	const version = await wouldBecome(workspace, judgement, modelFile, run.pipeline.model);
	return {
		...version === null ? {} : { version },
		model: run.pipeline.model,
		modelFile,
		evaluation,
		baseline,
		comparison,
		verdicts,
		run: run.record,
		stages,
		data: await dataChanges(workspace, base),
		notes: [...policyNotes(await policyTexts(workspace, run.pipeline.model, base)), ...notesOf(workspace, run.record)],
		datasets: factsOfData(workspace, run),
		base,
		head: await resolveCommit(workspace.root, "HEAD")
	};
}
async function wouldBecome(workspace, { objects, baseline: { subject } }, modelFile, model) {
	if (objects.model === null || subject.modelDigest === objects.model.digest) return null;
	return versionAfter(workspace, modelFile, await listVersions(workspace.root, model));
}
const factsOfData = ({ configuration }, { record }) => Object.fromEntries(Object.entries(configuration.datasets).filter(([key]) => record.stages.some(({ inputs }) => Object.hasOwn(inputs, `data:${key}`))));
async function dataChanges(workspace, base) {
	const bytes = base === null ? null : await readAtCommit(workspace.root, base, "data.lock");
	const before = bytes && parseLock(bytes, "data.lock at the base commit");
	return base === null || bytes === null ? [] : lockDifference(before, findLock(workspace));
}
export { runModel as t };
