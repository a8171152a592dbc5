import { i as rowIdOf, l as splitParams, o as rowHashes, r as rowIdColumn, s as runStage, t as contentFolds } from "../parts/judging-folds.js";
import { a as cellText, i as readTable, l as writeParquet, o as column, s as selectRows } from "../parts/data.js";
import { Ct as LockstepError, t as init_workspace } from "../parts/workspace.js";
init_workspace();
async function splitStage(stage) {
	const { evaluate, params } = stage;
	const source = withRowIds(await readTable(stage.table), evaluate["row-id"]);
	const table = withTarget(source, evaluate.target);
	if (table.rows < source.rows) stage.say(`note: ${source.rows - table.rows} rows without a value of ${evaluate.target} were left out`);
	const seed = params.seed;
	if (evaluate.folds !== void 0) {
		const folds = contentFolds(table, evaluate, seed);
		await writeParquet(stage.output("table.parquet"), withFolds(table, folds));
		stage.say(`split: ${table.rows} rows in ${evaluate.folds} folds`);
		return;
	}
	const isTest = params.time === null ? testByContent(stage, table, seed) : testByTime(stage, table);
	const rowsOf = (test) => Array.from(isTest.keys()).filter((row) => isTest[row] === test);
	const [train, test] = [rowsOf(false), rowsOf(true)];
	if (train.length === 0 || test.length === 0) throw oneSided(stage, table.rows);
	await writeParquet(stage.output("train.parquet"), selectRows(table, train));
	await writeParquet(stage.output("test.parquet"), selectRows(table, test));
	stage.say(`split: ${train.length} rows to train, ${test.length} to test`);
}
function testByContent({ params, evaluate }, table, seed) {
	const without = rowIdOf(table, evaluate["row-id"]);
	const hashes = rowHashes(table, {
		purpose: "split",
		seed,
		without
	});
	return Array.from(hashes, (unit) => unit < params["test-share"]);
}
function testByTime({ params }, table) {
	const time = column(table, params.time);
	const moments = Array.from({ length: table.rows }, (_, row) => sortable(time, row));
	const sorted = moments.filter((moment) => moment !== null).sort(compare);
	const first = sorted[Math.floor(sorted.length * (1 - params["test-share"]))];
	return moments.map((moment) => moment !== null && first !== void 0 && compare(moment, first) >= 0);
}
const sortable = (time, row) => {
	if (time.type === "text") return cellText(time, row);
	const value = time.values[row];
	return Number.isNaN(value) ? null : value;
};
const compare = (a, b) => a < b ? -1 : a > b ? 1 : 0;
function withRowIds(table, stated) {
	const name = rowIdColumn(table, stated);
	if (name !== void 0 && (name !== "row_id" || table.columns.some((found) => found.name === name))) return table;
	return withColumn(table, "row_id", Float64Array.from({ length: table.rows }, (_, row) => row));
}
const withFolds = (table, folds) => table.columns.some(({ name }) => name === "fold") ? table : withColumn(table, "fold", Float64Array.from(folds));
const withColumn = (table, name, values) => ({
	rows: table.rows,
	columns: [...table.columns.filter((found) => found.name !== name), {
		name,
		type: "number",
		values
	}]
});
function withTarget(table, target) {
	const source = column(table, target);
	const rows = Array.from({ length: table.rows }, (_, row) => row).filter((row) => cellText(source, row) !== null);
	return rows.length === table.rows ? table : selectRows(table, rows);
}
const oneSided = ({ params }, rows) => new LockstepError("E_TRAIN_DATA", {
	what: `${rows} rows cannot be divided: one side has none`,
	allowed: params.time === null ? "different rows on both sides" : `two different times in "${params.time}"`,
	fix: params.time === null ? "give more rows, or another seed" : "name another time column, or none"
});
await runStage("split", splitParams, splitStage);
export {};
