import { I as readLock, Q as openStore, i as readTable, l as writeParquet, x as ensureDataset } from "./data.js";
import { n as predictTables } from "./serving.js";
import { Ct as LockstepError, g as startProgress, p as amount, t as init_workspace } from "./workspace.js";
import { t as UsageError } from "./invocation.js";
import { resolve } from "node:path";
init_workspace();
const command = {
	name: "predict",
	summary: "send rows of tables to a model server",
	positionals: "[model]",
	options: {
		to: { type: "string" },
		data: {
			type: "string",
			multiple: true
		},
		rows: { type: "string" },
		last: { type: "string" },
		"id-column": { type: "string" },
		out: { type: "string" }
	},
	help: {
		to: "address of the server, as in http://127.0.0.1:8080",
		data: "a CSV, TSV or Parquet file, or data:<key>; may be given several times",
		rows: "only the first n rows of all",
		last: "only the last n rows of all",
		"id-column": "column that names the rows (default: the table and the row number do)",
		out: "write row_id and score to this Parquet file"
	},
	async run(input) {
		const { workspace, cwd, positionals, values } = input;
		const { to, data, take, idColumn } = readOptions(input);
		const tables = [];
		for (const name of data) tables.push({
			name,
			table: await readNamed(workspace, cwd, name)
		});
		const progress = startProgress("rows");
		const [model] = positionals;
		const result = await predictTables(to, tables, {
			...model === void 0 ? {} : { model },
			...take ? { take } : {},
			...idColumn === void 0 ? {} : { idColumn },
			onProgress: (done, of) => progress.update(done, of)
		});
		progress.end();
		if (typeof values.out === "string") await writeParquet(resolve(cwd, values.out), scoresTable(result));
		if (result.errors.length > 0) throw failed(result);
		const { server, rows, meanScore, seconds } = result;
		return {
			json: {
				...server,
				url: to,
				rows,
				answered: result.answered,
				errors: 0,
				meanScore,
				seconds
			},
			text: `${server.model} ${server.version} answered ${amount(rows, "count")} rows in ${seconds.toFixed(1)} s; mean score ${meanScore?.toPrecision(6) ?? "none"}`
		};
	}
};
function readOptions({ values }) {
	const { to, rows, last } = values;
	const data = values.data ?? [];
	if (typeof to !== "string" || data.length === 0) throw new UsageError("`predict` needs --to <url> and --data <path or data:key>");
	if (rows !== void 0 && last !== void 0) throw new UsageError("--rows and --last exclude each other");
	const count = rows ?? last;
	if (count !== void 0 && !/^[1-9]\d{0,8}$/.test(String(count))) throw new UsageError(`${String(count)} rows: a count from 1 is wanted`);
	return {
		to,
		data,
		take: count === void 0 ? null : {
			from: last === void 0 ? "first" : "last",
			rows: Number(count)
		},
		idColumn: values["id-column"]
	};
}
async function readNamed(workspace, cwd, name) {
	if (!name.startsWith("data:")) return readTable(resolve(cwd, name), name);
	const entry = await ensureDataset(workspace, readLock(workspace), name.slice(5));
	return readTable(openStore(workspace).pathOf(entry.digest), entry.key);
}
function failed({ errors, rows }) {
	const { id, status, message } = errors[0];
	return new LockstepError("E_PREDICT", {
		what: `${errors.length} of ${rows} rows were not answered; the first is ${id}: ${status === 0 ? "" : `${status}, `}${message}`,
		fix: "correct the rows, or ask a server that is ready"
	});
}
const scoresTable = ({ ids, predictions }) => ({
	rows: ids.length,
	columns: [{
		name: "row_id",
		type: "text",
		values: ids
	}, {
		name: "score",
		type: "number",
		values: Float64Array.from(predictions, (found) => found?.score ?? NaN)
	}]
});
export { command };
