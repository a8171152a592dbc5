import { Ct as LockstepError, F as gitBytes, H as checkEnvironment, N as git, a as scratchPath, f as statePath, t as init_workspace } from "./workspace.js";
import { Q as openStore, i as readTable, o as column } from "./data.js";
import { I as pushAtomic, L as remoteRefs, b as pushRefused, r as baseCommit } from "./registry.js";
import { a as readModelFile } from "./model.js";
import { r as runPipeline } from "./pipeline.js";
import { t as chooseBase } from "./base2.js";
import { o as runningIn, r as evidenceObject } from "./baseline.js";
import { t as trainingTable } from "./training-rows.js";
import { t as numbersOf } from "./scoring.js";
import { i as requestTable, n as planRetraining, o as monitor, r as readPredictionLog } from "./monitoring.js";
import { existsSync, rmSync } from "node:fs";
init_workspace();
async function prepareRetraining(workspace, report) {
	const { root } = workspace;
	const base = await baseCommit(workspace);
	if (base === null) throw new LockstepError("E_GIT", {
		what: "nothing is committed",
		fix: "commit the pipeline first"
	});
	const file = `pipelines/${report.model}/pipeline.yaml`;
	const text = (await gitBytes([
		"cat-file",
		"blob",
		`${base}:${file}`
	], { cwd: root })).toString();
	const plan = planRetraining({
		text,
		file,
		model: report.model,
		months: report.months.filter(({ outcomes }) => outcomes > 0).map(({ month }) => month),
		reasons: report.alerts.map(({ reason }) => reason)
	});
	if (plan === null) return null;
	const branch = `retrain/${report.model}-${plan.test[0]}`;
	const commit = await commitFile(workspace, {
		base,
		file,
		text: plan.text,
		message: `${plan.title}\n\n${plan.body}\n`
	});
	await git([
		"update-ref",
		"-m",
		"lockstep monitor",
		`refs/heads/${branch}`,
		commit
	], { cwd: root });
	return {
		branch,
		commit,
		title: plan.title,
		train: plan.train,
		test: plan.test
	};
}
async function pushRetraining({ root }, { branch, commit }) {
	const ref = `refs/heads/${branch}`;
	if ((await remoteRefs(root, [ref])).has(ref)) return "there";
	const outcome = await pushAtomic(root, { [ref]: commit });
	if (outcome.kind === "pushed" || (await remoteRefs(root, [ref])).has(ref)) return "pushed";
	throw pushRefused(`the branch ${branch}`, outcome.reason);
}
async function commitFile(workspace, { base, file, text, message }) {
	const { root } = workspace;
	const index = scratchPath(workspace, "index");
	const options = {
		cwd: root,
		env: { GIT_INDEX_FILE: index }
	};
	try {
		await git(["read-tree", base], options);
		const blob = await git([
			"hash-object",
			"-w",
			"--stdin"
		], {
			...options,
			input: text
		});
		await git([
			"update-index",
			"--cacheinfo",
			`100644,${blob},${file}`
		], options);
		const tree = await git(["write-tree"], options);
		return await git([
			"commit-tree",
			tree,
			"-p",
			base,
			"-F",
			"-"
		], {
			...options,
			input: message
		});
	} finally {
		rmSync(index, { force: true });
	}
}
init_workspace();
const predictionLogOf = (workspace, model, environment) => statePath(workspace, "agent", model, environment, "predictions.jsonl");
async function monitorModel(workspace, model, { environment, log }) {
	checkEnvironment(workspace.configuration, environment);
	const path = log ?? predictionLogOf(workspace, model, environment);
	if (!existsSync(path)) throw noLog(model, environment, path);
	const record = await runningIn(workspace, model, environment, await chooseBase(workspace));
	if (record === null) throw new LockstepError("E_NOT_RUNNING", {
		what: `${model} runs nothing in ${environment}`,
		fix: `lockstep promote ${model} <version> --to ${environment}`
	});
	const modelFile = await readModelFile(workspace, model, { commit: record.commit });
	const run = await runPipeline(workspace, model);
	const { evaluate, monitor: section } = run.pipeline.file;
	const requests = (await readPredictionLog(path)).filter(({ version }) => version === record.version);
	if (requests.length === 0) throw noLog(model, environment, path);
	const training = await trainingTable(workspace, run);
	if (training === null) throw new LockstepError("E_MONITOR_DATA", {
		what: "no training rows to compare with",
		fix: "name the training table as an input of the stage that makes the model"
	});
	const seen = requestTable(requests, likeInputs(training, modelFile));
	return monitor({
		model,
		version: record.version,
		task: modelFile.task,
		target: evaluate.target,
		positive: evaluate.positive ?? modelFile.output.positive,
		threshold: evaluate.threshold,
		rowId: evaluate["row-id"],
		training,
		inputs: modelFile.inputs,
		...await atGate(workspace, record),
		seen,
		time: section?.time ?? dateInput(modelFile),
		predictions: seen,
		outcomes: await outcomesOf(workspace, run)
	});
}
async function atGate(workspace, record) {
	const [evaluation, predictions] = [await evidenceObject(workspace, record, record.evaluation), await evidenceObject(workspace, record, record.predictions)];
	const { metrics } = JSON.parse((await openStore(workspace).read(evaluation.digest)).toString());
	return {
		gate: metrics,
		gateScores: numbersOf(await readTable(predictions.path, "predictions"), "score")
	};
}
const likeInputs = (training, { inputs }) => ({
	rows: training.rows,
	columns: inputs.map(({ name }) => column(training, name))
});
async function outcomesOf(workspace, { pipeline, outputs }) {
	const name = pipeline.file.monitor?.outcomes;
	const ref = name === void 0 ? void 0 : outputs[name];
	return ref === void 0 ? null : readTable(openStore(workspace).pathOf(ref.digest), name);
}
function dateInput({ inputs }) {
	const date = inputs.find(({ type }) => type === "date");
	if (date) return date.name;
	throw new LockstepError("E_MONITOR_DATA", {
		what: "the model takes no date, so nothing says which month a request is of",
		fix: "add `monitor: {outcomes: …, time: …}` to pipeline.yaml"
	});
}
const noLog = (model, environment, path) => new LockstepError("E_MONITOR_DATA", {
	what: `no predictions of ${model} in ${environment} yet`,
	where: { file: path },
	allowed: "a prediction log of the version that runs there",
	fix: `lockstep up, then lockstep predict --to <url of ${environment}> --data <rows>; or name a log with --log`
});
export { prepareRetraining as n, pushRetraining as r, monitorModel as t };
