import { i as readTable, l as writeParquet, s as selectRows } from "../parts/data.js";
import { Ct as LockstepError, rt as answerParent, t as init_workspace } from "../parts/workspace.js";
import { t as predictionsTable } from "../parts/predictions.js";
import { t as openScorer } from "../parts/scorer.js";
import { statSync } from "node:fs";
init_workspace();
const warmUpRuns = 50;
const measuredRuns = 500;
await answerParent(scoreTo);
async function scoreTo(order) {
	const { model, data } = order.names ?? order;
	const table = await readTable(order.data, data);
	const scorer = await openScorer(order.model, {
		workspace: order.workspace,
		file: model
	});
	try {
		const scores = await scorer.score(table);
		refuseNonFinite(scores, model);
		await writeParquet(order.out, predictionsTable(table, scores, order.rowId));
		const latency = order.measure ? await measureLatency(scorer, table) : null;
		return {
			rows: table.rows,
			sizeBytes: statSync(order.model).size,
			latency
		};
	} finally {
		await scorer.release();
	}
}
function refuseNonFinite(scores, file) {
	const row = scores.findIndex((score) => !Number.isFinite(score));
	if (row === -1) return;
	throw new LockstepError("E_MODEL_RUN", {
		what: `row ${row} is scored ${scores[row]}`,
		where: { file },
		allowed: "a finite score for every row"
	});
}
async function measureLatency(scorer, table) {
	if (table.rows === 0) return null;
	const rows = Array.from({ length: Math.min(table.rows, measuredRuns) }, (_, row) => selectRows(table, [row]));
	const ask = (turn) => scorer.score(rows[turn % rows.length]);
	for (let turn = 0; turn < warmUpRuns; turn++) await ask(turn);
	const times = new Float64Array(measuredRuns);
	for (let turn = 0; turn < measuredRuns; turn++) {
		const started = performance.now();
		await ask(turn);
		times[turn] = performance.now() - started;
	}
	times.sort();
	const percentile = (share) => times[Math.ceil(share * measuredRuns) - 1];
	return {
		p50Ms: percentile(.5),
		p99Ms: percentile(.99)
	};
}
export {};
