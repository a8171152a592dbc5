import { l as writeParquet } from "./data.js";
import "./model.js";
import { Ct as LockstepError, Tt as isLockstepError, t as init_workspace } from "./workspace.js";
import { n as resolveNative } from "./natives.js";
import { pathToFileURL } from "node:url";
init_workspace();
function isOrdered(sql) {
	const bare = sql.replace(/--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$[\s\S]*?\$\1\$/g, " ");
	let depth = 0;
	let outside = "";
	for (const character of bare) {
		if (character === "(") depth++;
		if (depth === 0) outside += character;
		if (character === ")") depth--;
	}
	return depth === 0 && /\border\s+by\b/i.test(outside);
}
const file = "lockstep.yaml";
const wantedPackage = "@duckdb/node-api@1.5.6-r.1";
async function runQuery({ root }, { key, asked, date, declared }, target) {
	if (!isOrdered(asked)) throw unordered(key);
	const { DuckDBInstance } = await loadDuckDb(root);
	const options = {
		threads: "1",
		file_search_path: root,
		allow_unsigned_extensions: "false"
	};
	const instance = await DuckDBInstance.create(":memory:", options);
	const connection = await instance.connect();
	try {
		await connection.run("SET TimeZone = 'UTC'").catch(() => {});
		if (declared.from !== void 0) await attach(connection, declared.from.replaceAll("{date}", date ?? ""));
		if ((await connection.extractStatements(asked)).count !== 1) throw unordered(key);
		const table = await tableOf(await connection.stream(asked));
		await writeParquet(target, table);
		return {
			kind: "fetched",
			etag: null
		};
	} catch (error) {
		if (isLockstepError(error)) throw error;
		throw new LockstepError("E_SOURCE_FAILED", {
			what: `the query of "${key}": ${error.message.replace(/\s+/g, " ").slice(0, 300)}`,
			where: { file },
			fix: "mend the query",
			cause: error
		});
	} finally {
		connection.closeSync();
		instance.closeSync();
	}
}
async function loadDuckDb(root) {
	try {
		return (await import(pathToFileURL(resolveNative("@duckdb/node-api", root)).href)).default;
	} catch (error) {
		throw new LockstepError("E_NATIVE_MISSING", {
			what: `the package @duckdb/node-api ${isLockstepError(error) ? "is not installed" : `does not load (${error.message})`}`,
			allowed: "in $LOCKSTEP_MODULES, in the node_modules of the workspace, or beside Lockstep",
			fix: `run \`npm i -D ${wantedPackage}\``,
			cause: error
		});
	}
}
async function attach(connection, from) {
	const variable = /^\$([A-Za-z_]\w*)$/.exec(from)?.[1];
	const address = variable === void 0 ? from : process.env[variable];
	if (!address) throw new LockstepError("E_REMOTE_CREDENTIALS", {
		what: `$${variable} is not set`,
		where: { file },
		allowed: "the database that `from:` names",
		fix: `set ${variable}`
	});
	try {
		await connection.run(`ATTACH '${address.replaceAll("'", "''")}' AS source (READ_ONLY)`);
		await connection.run("USE source");
	} catch (error) {
		throw new LockstepError("E_SOURCE_FAILED", {
			what: `the database ${from} cannot be attached${variable === void 0 ? `: ${error.message.split("\n")[0]}` : ""}`,
			where: { file },
			fix: "check the address, and that DuckDB has the extension for it"
		});
	}
}
async function tableOf(answer) {
	const names = answer.deduplicatedColumnNames();
	const cells = names.map(() => []);
	for (;;) {
		const chunk = await answer.fetchChunk();
		if (chunk === null || chunk.rowCount === 0) break;
		for (const row of chunk.getRows()) for (const [index, cell] of row.entries()) cells[index].push(cell);
	}
	return {
		rows: cells[0]?.length ?? 0,
		columns: names.map((name, index) => columnOf(name, cells[index]))
	};
}
function columnOf(name, cells) {
	const values = cells.map(numberOf);
	return values.some((value) => value === null) ? {
		name,
		type: "text",
		values: cells.map((cell) => cell === null ? null : textOf(cell))
	} : {
		name,
		type: "number",
		values: Float64Array.from(values)
	};
}
function numberOf(cell) {
	if (cell === null) return NaN;
	if (typeof cell === "number") return Number.isFinite(cell) ? cell : NaN;
	if (typeof cell === "boolean") return Number(cell);
	if (typeof cell === "bigint") return Number.isSafeInteger(Number(cell)) ? Number(cell) : null;
	return isDecimal(cell) ? Number(String(cell)) : null;
}
const isDecimal = (cell) => typeof cell === "object" && cell !== null && "scale" in cell && "width" in cell;
const textOf = (cell) => String(cell).replace(/^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}(?:\.\d+)?)(\+00)?$/, (_, day, time, zone) => `${day}T${time}${zone === void 0 ? "" : "Z"}`);
const unordered = (key) => new LockstepError("E_CONFIG_VALUE", {
	what: `the query of "${key}" says no order for its rows`,
	where: { file },
	allowed: "one SELECT with ORDER BY at its end, so that equal data are equal bytes",
	fix: "add ORDER BY, or ORDER BY ALL"
});
export { runQuery };
