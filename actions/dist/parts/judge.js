import { r as readPolicy } from "./gate.js";
import { a as readModelFile } from "./model.js";
import { h as readPipeline, s as readRunRecord } from "./pipeline.js";
import { Ct as LockstepError, Tt as isLockstepError, f as statePath, gt as hexOf, t as init_workspace } from "./workspace.js";
import { n as workspaceAt, t as chooseBase } from "./base2.js";
import { n as chooseBaseline } from "./baseline.js";
import { t as readHandover } from "./handover.js";
import { r as quickDoubt } from "./judged-file.js";
import { a as writeJudged, r as rowsAtBase, t as judgeCandidate } from "./judgement.js";
import { n as trainingTableAtBase } from "./training-rows.js";
import { join } from "node:path";
init_workspace();
async function judgeHandover(workspace, folder, { base: revision, expected, report } = {}) {
	const clock = performance.now();
	const handed = await readHandover(workspace, folder, expected);
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
	const seconds = Math.round(performance.now() - clock) / 1e3;
	return {
		judgement,
		report: input,
		files,
		doubt,
		claims: {
			quick: handed.file.quick === true,
			trained: trainingOf(handed, pipeline)
		},
		cached: false,
		seconds
	};
}
const mostSeconds = 1e8;
function trainingOf({ record }, { file }) {
	const within = (seconds) => Math.min(Math.max(seconds, 0), mostSeconds);
	const seconds = (stages) => within(stages.reduce((sum, one) => sum + one.seconds, 0));
	const onGpu = record.stages.filter(({ name }) => Object.hasOwn(file.stages, name) && file.stages[name].gpu === true);
	return {
		stages: record.stages.length,
		work: seconds(record.stages),
		took: within(record.seconds),
		gpu: seconds(onGpu)
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
	if (file.quick) return quickDoubt;
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
