import { Ct as LockstepError, St as writeAtomic, Tt as isLockstepError, dt as canonicalJson, t as init_workspace } from "./workspace.js";
import { Q as openStore, i as readTable, o as column } from "./data.js";
import { s as goldenRequests } from "./model.js";
import { a as evaluate, i as compare } from "./evaluation.js";
import { r as readPolicy } from "./gate.js";
import { h as readPipeline } from "./pipeline.js";
import { r as evidenceObject, s as subjectOf, t as baselineName } from "./baseline.js";
import { r as runAtBase, t as trainingTable } from "./training-rows.js";
import { a as simplestScores, i as scoreModel, n as readStored, o as storeTable, r as rowIdsOf, t as numbersOf } from "./scoring.js";
import { n as worst, t as verdictsOf } from "./verdicts.js";
import { join, relative } from "node:path";
init_workspace();
async function writeJudged(workspace, files, { objects, evaluation, comparison, verdicts }, input) {
	const { renderComment, renderHtml } = await import("./report2.js");
	const store = openStore(workspace);
	if (files.model !== null) await store.materialize(objects.model.digest, files.model);
	await store.materialize(objects.predictions.digest, files.predictions);
	if (objects.golden !== null) await store.materialize(objects.golden, join(files.folder, "golden.json"));
	const json = (name, value) => writeAtomic(join(files.folder, name), `${JSON.stringify(value, null, 2)}\n`);
	json("evaluation.json", evaluation);
	json("comparison.json", comparison);
	json("verdicts.json", verdicts);
	writeAtomic(files.comment, renderComment(input));
	writeAtomic(files.report, await renderHtml(input));
}
const fromRoot = (workspace, path) => relative(workspace.root, path);
init_workspace();
async function judgedRows(workspace, run, modelFile, base) {
	const own = run.pipeline.file.evaluate;
	const ownRef = rowsOf(run.outputs, own, run.pipeline);
	const basePipeline = await pipelineAtBase(workspace, run, base);
	if (basePipeline === null) return {
		...await load(workspace, ownRef, own),
		doubt: null
	};
	const { evaluate } = basePipeline.file;
	const ref = await baseRows(workspace, basePipeline);
	if (ref.digest === ownRef.digest) return {
		...await load(workspace, ref, evaluate),
		doubt: null
	};
	const rows = await load(workspace, ref, evaluate);
	const lacking = modelFile.inputs.map(({ name }) => name).filter((name) => !rows.table.columns.some((column) => column.name === name));
	const doubt = await trainedOn(workspace, run, rows);
	if (lacking.length === 0) return {
		...rows,
		doubt
	};
	const joined = await joinColumns(workspace, rows, await load(workspace, ownRef, own), lacking);
	if (joined !== null) return {
		...rows,
		...joined,
		doubt
	};
	return {
		...await load(workspace, ownRef, own),
		doubt: `new columns (${lacking.join(", ")}), judged on main`
	};
}
async function rowsAtBase(workspace, pipeline, report) {
	const made = await runForRows(workspace, pipeline, report);
	const { evaluate } = pipeline.file;
	return {
		rows: await load(workspace, rowsOf(made.outputs, evaluate, pipeline), evaluate),
		made
	};
}
const load = async (workspace, ref, evaluate) => ({
	ref,
	evaluate,
	table: await readTable(openStore(workspace).pathOf(ref.digest), evaluate.data)
});
async function pipelineAtBase(workspace, { record, pipeline }, base) {
	if (base === null || record.commit === base && !record.dirty) return null;
	try {
		return await readPipeline(workspace, pipeline.model, { commit: base });
	} catch (error) {
		if (isLockstepError(error, "E_PIPELINE_MISSING")) return null;
		throw error;
	}
}
async function baseRows(workspace, pipeline) {
	return rowsOf((await runForRows(workspace, pipeline)).outputs, pipeline.file.evaluate, pipeline);
}
async function runForRows(workspace, pipeline, report) {
	const until = pipeline.stages.find(({ outputs }) => outputs.includes(pipeline.file.evaluate.data))?.name;
	if (until === void 0) throw noRows(pipeline);
	return runAtBase(workspace, pipeline, until, report);
}
function rowsOf(outputs, evaluate, pipeline) {
	const ref = outputs[evaluate.data];
	if (ref === void 0) throw noRows(pipeline);
	return ref;
}
const noRows = ({ parsed, file }) => new LockstepError("E_EVALUATE_ROWS", {
	what: `no stage makes ${file.evaluate.data}, the rows to judge on`,
	where: parsed.locate(["evaluate", "data"]),
	allowed: "an output of a stage",
	fix: "name the output that holds the target column"
});
async function trainedOn(workspace, run, rows) {
	const { "row-id": rowId, folds } = rows.evaluate;
	if (rowId === void 0 || folds !== void 0) return null;
	const train = await trainingTable(workspace, run);
	if (!train?.columns.some(({ name }) => name === rowId)) return null;
	const judged = new Set(rowIdsOf(rows.table, rowId));
	const seen = rowIdsOf(train, rowId).filter((id) => judged.has(id)).length;
	return seen === 0 ? null : `the change trains on ${seen.toLocaleString("en-US")} of the ${judged.size.toLocaleString("en-US")} rows it would be judged on; judged on main`;
}
async function joinColumns(workspace, rows, own, names) {
	const rowId = rows.evaluate["row-id"];
	if (rowId === void 0 || !own.table.columns.some(({ name }) => name === rowId)) return null;
	const places = new Map(rowIdsOf(own.table, rowId).map((id, row) => [id, row]));
	const from = rowIdsOf(rows.table, rowId).map((id) => places.get(id));
	if (from.some((place) => place === void 0)) return null;
	const added = names.map((name) => {
		const source = column(own.table, name);
		return source.type === "number" ? {
			...source,
			values: Float64Array.from(from, (place) => source.values[place])
		} : {
			...source,
			values: from.map((place) => source.values[place] ?? null)
		};
	});
	const table = {
		rows: rows.table.rows,
		columns: [...rows.table.columns, ...added]
	};
	return storeTable(workspace, table);
}
init_workspace();
const candidateOf = (workspace, run) => ({
	model: run.pipeline.model,
	run: run.record.fingerprint,
	lock: run.record.lock,
	evaluate: run.pipeline.file.evaluate,
	outputs: run.outputs,
	training: () => trainingTable(workspace, run)
});
async function scoreCandidate(workspace, { evaluate: names, outputs }, { ref, evaluate: { "row-id": rowId, data } }) {
	const model = names.model === void 0 ? null : outputs[names.model] ?? null;
	const scored = model && await scoreModel(workspace, {
		model,
		rows: ref,
		names: {
			model: names.model,
			data
		},
		rowId,
		measure: true
	});
	const ownScores = scored && numbersOf(scored.predictions.table, "score");
	if (names.predictions === void 0) {
		if (!scored) throw noPredictions();
		return {
			...scored,
			model,
			ownScores
		};
	}
	const predictions = outputs[names.predictions];
	if (predictions === void 0) throw noPredictions();
	const stored = await readStored(openStore(workspace), predictions, names.predictions);
	return {
		predictions: names.predictions.endsWith(".parquet") ? stored : await storeTable(workspace, stored.table),
		measured: scored?.measured ?? {},
		model,
		ownScores
	};
}
const noPredictions = () => new LockstepError("E_METRICS_MISSING", {
	what: "the pipeline gave neither a model nor predictions",
	allowed: "evaluate: names an output that is the ONNX model, or the predictions",
	fix: "add `model: model.onnx` or `predictions: predictions.parquet` to evaluate"
});
async function scoreBaseline(workspace, { candidate, predictions: candidatePredictions, modelFile, rows, baseline }) {
	if (baseline.kind === "simplest") {
		const train = rows.evaluate.folds === void 0 ? await candidate.training() : null;
		const table = simplestScores({
			task: modelFile.task,
			modelFile,
			evaluate: rows.evaluate,
			rows: rows.table,
			train,
			folds: rows.evaluate.folds === void 0 ? null : candidatePredictions
		});
		return {
			subject: {
				kind: "simplest",
				name: modelFile.task === "regression" ? "mean" : "class prior",
				modelDigest: null
			},
			predictions: await storeTable(workspace, table)
		};
	}
	const { record } = baseline;
	const subject = subjectOf(baseline);
	if (rows.evaluate.folds !== void 0) {
		const predictions = await evidenceObject(workspace, record, record.predictions);
		return {
			subject,
			predictions: await readStored(openStore(workspace), predictions, `predictions of ${record.version}`)
		};
	}
	const model = await evidenceObject(workspace, record, record.modelDigest);
	const { predictions } = await scoreModel(workspace, {
		model,
		rows: rows.ref,
		names: {
			model: `the model of ${record.version}`,
			data: rows.evaluate.data
		},
		rowId: rows.evaluate["row-id"],
		measure: false
	});
	return {
		subject,
		predictions
	};
}
init_workspace();
async function judgeRun(workspace, { run, base, ...rest }) {
	const policy = await readPolicy(workspace, run.pipeline.model, base);
	const rows = await judgedRows(workspace, run, rest.modelFile, base);
	return judgeCandidate(workspace, {
		...rest,
		candidate: candidateOf(workspace, run),
		rows,
		policy
	});
}
async function judgeCandidate(workspace, input) {
	const { candidate, rows, modelFile, champions } = input;
	const store = openStore(workspace);
	const { model } = candidate;
	const subject = await scoreCandidate(workspace, candidate, rows);
	const judged = judgedData(modelFile, rows);
	const evaluation = evaluate({
		...judged,
		model,
		subject: {
			kind: "candidate",
			modelDigest: subject.model?.digest ?? null
		},
		predictions: digested(subject.predictions),
		measured: subject.measured,
		...folds(rows)
	});
	const other = await scoreBaseline(workspace, {
		candidate,
		predictions: subject.predictions.table,
		modelFile,
		rows,
		baseline: champions.baseline
	});
	const baseline = evaluate({
		...judged,
		model,
		subject: other.subject,
		predictions: digested(other.predictions),
		...folds(rows)
	});
	const [evaluationDigest, baselineDigest] = [await keep(store, evaluation), await keep(store, baseline)];
	const comparison = compare({
		...judged,
		candidate: subject.predictions,
		baseline: other.predictions,
		candidateEvaluation: evaluationDigest,
		baselineEvaluation: baselineDigest,
		baselineSubject: other.subject
	});
	const comparisonDigest = await keep(store, comparison);
	const verdicts = judgeEnvironments(workspace, input, {
		evaluation,
		comparison,
		evaluationDigest,
		comparisonDigest,
		modelDigest: subject.model?.digest ?? null
	});
	const verdictDigests = [];
	for (const verdict of verdicts) verdictDigests.push([verdict.environment, await keep(store, verdict)]);
	const golden = subject.ownScores === null ? null : await keep(store, {
		v: 1,
		model,
		requests: goldenRequests(rows.table, modelFile, subject.ownScores)
	});
	return {
		verdict: worst(verdicts.map(({ verdict }) => verdict)),
		verdicts,
		evaluation,
		baseline,
		baselineName: baselineName(champions.baseline),
		comparison,
		objects: {
			evaluation: evaluationDigest,
			baseline: baselineDigest,
			comparison: comparisonDigest,
			verdicts: Object.fromEntries(verdictDigests),
			predictions: subject.predictions.ref,
			model: subject.model,
			golden
		}
	};
}
const keep = async (store, value) => (await store.put(canonicalJson(value))).digest;
const digested = ({ table, ref }) => ({
	table,
	digest: ref.digest
});
const folds = ({ evaluate: { folds } }) => folds === void 0 ? {} : { folds };
function judgedData({ task, output }, { table, ref, evaluate }) {
	return {
		task,
		data: {
			table,
			digest: ref.digest
		},
		target: evaluate.target,
		positive: evaluate.positive ?? output.positive,
		threshold: evaluate.threshold,
		rowId: evaluate["row-id"],
		slices: evaluate.slices
	};
}
function judgeEnvironments(workspace, { candidate, rows, policy, champions, now }, { evaluation, comparison, evaluationDigest, comparisonDigest, modelDigest }) {
	return verdictsOf(workspace, {
		policy: policy.policy,
		evaluation,
		comparison,
		doubt: rows.doubt,
		now,
		binding: {
			model: candidate.model,
			modelDigest,
			run: candidate.run,
			lock: candidate.lock,
			evaluation: evaluationDigest,
			comparison: comparisonDigest,
			baseline: baselineName(champions.baseline),
			policy: {
				digest: policy.digest,
				commit: policy.commit
			},
			tip: champions.tip
		}
	});
}
export { writeJudged as a, fromRoot as i, judgeRun as n, rowsAtBase as r, judgeCandidate as t };
