import { Q as openStore, a as cellText, i as readTable, l as writeParquet, o as column } from "./data.js";
import { s as labelsOf, t as simplestPredictions } from "./evaluation.js";
import { r as scoreTable } from "./model.js";
import { Ct as LockstepError, a as scratchPath, t as init_workspace } from "./workspace.js";
import { rmSync } from "node:fs";
init_workspace();
async function readStored(store, ref, name) {
	return {
		ref,
		table: await readTable(store.pathOf(ref.digest), name)
	};
}
async function storeTable(workspace, table) {
	const path = scratchPath(workspace, "table", ".parquet");
	try {
		await writeParquet(path, table);
		return {
			table,
			ref: await openStore(workspace).putFile(path)
		};
	} finally {
		rmSync(path, { force: true });
	}
}
async function scoreModel(workspace, { model, rows, names, rowId, measure }) {
	const store = openStore(workspace);
	const out = scratchPath(workspace, "scores", ".parquet");
	try {
		const result = await scoreTable(workspace, {
			model: store.pathOf(model.digest),
			data: store.pathOf(rows.digest),
			out,
			names,
			measure,
			...rowId === void 0 ? {} : { rowId }
		});
		const ref = await store.putFile(out);
		const latency = result.latency ? {
			latency_p50_ms: result.latency.p50Ms,
			latency_p99_ms: result.latency.p99Ms
		} : {};
		return {
			predictions: await readStored(store, ref, "predictions"),
			measured: {
				...latency,
				size_mb: result.sizeBytes / 1e6
			}
		};
	} finally {
		rmSync(out, { force: true });
	}
}
function simplestScores({ task, modelFile, evaluate, rows, train, folds }) {
	const positive = evaluate.positive ?? modelFile.output.positive;
	const rowIds = rowIdsOf(rows, evaluate["row-id"]);
	if (folds !== null) {
		const numbered = numbersOf(folds, "fold");
		const foldOf = new Map(rowIdsOf(folds, "row_id").map((id, row) => [id, numbered[row] ?? 0]));
		const labels = labelsOf(column(rows, evaluate.target), task, positive);
		return simplestPredictions({
			task,
			train: labels,
			rowIds,
			folds: rowIds.map((id) => foldOf.get(id) ?? 0)
		});
	}
	if (train === null) throw new LockstepError("E_BASELINE_DATA", {
		what: "no training rows to fit the simplest model on",
		allowed: `a table with the column "${evaluate.target}" among the inputs of the stage that makes the model`,
		fix: "name the training table as an input of that stage"
	});
	return simplestPredictions({
		task,
		train: labelsOf(column(train, evaluate.target), task, positive),
		rowIds
	});
}
function rowIdsOf(table, rowId) {
	const source = rowId === void 0 ? void 0 : column(table, rowId);
	return Array.from({ length: table.rows }, (_, row) => source ? cellText(source, row) ?? "" : String(row));
}
function numbersOf(table, name) {
	const found = column(table, name);
	if (found.type === "number") return found.values;
	throw new LockstepError("E_TABLE_VALUE", {
		what: `the column "${name}" is text`,
		allowed: "a number for each row"
	});
}
export { simplestScores as a, scoreModel as i, readStored as n, storeTable as o, rowIdsOf as r, numbersOf as t };
