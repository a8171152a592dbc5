import { Ct as LockstepError, t as init_workspace } from "./workspace.js";
import { t as parquetCompressors } from "./parquet-compressors.js";
init_workspace();
async function parseParquet(bytes, file) {
	const { parquetMetadata, parquetRead, parquetSchema } = await import("./node.js");
	const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
	const chunks = new Map();
	let rows = 0;
	let names = [];
	try {
		const metadata = parquetMetadata(buffer);
		rows = Number(metadata.num_rows);
		const children = parquetSchema(metadata).children;
		const nested = children.find((child) => child.children.length > 0);
		if (nested) throw nestedColumn(nested.element.name, file);
		names = children.map((child) => child.element.name);
		await parquetRead({
			file: buffer,
			metadata,
			compressors: parquetCompressors,
			parsers,
			onChunk: ({ columnName, columnData, rowStart }) => {
				const list = chunks.get(columnName) ?? [];
				chunks.set(columnName, list);
				list.push({
					rowStart,
					cells: columnData
				});
			}
		});
	} catch (error) {
		if (error instanceof LockstepError) throw error;
		throw new LockstepError("E_TABLE_FORMAT", {
			what: `a Parquet file that cannot be read (${error.message})`,
			where: { file },
			allowed: "a whole Parquet file",
			fix: "write or fetch the file again",
			cause: error
		});
	}
	if (rows === 0) throw new LockstepError("E_TABLE_EMPTY", {
		what: "a Parquet file without rows",
		where: { file },
		allowed: "at least one row",
		fix: "check the export that made it"
	});
	return {
		rows,
		columns: names.map((name) => columnOf(name, chunks.get(name) ?? [], rows, file))
	};
}
const parsers = {
	timestampFromMilliseconds: (millis) => isoTime(BigInt(millis) * 1000000n),
	timestampFromMicroseconds: (micros) => isoTime(BigInt(micros) * 1000n),
	timestampFromNanoseconds: (nanos) => isoTime(BigInt(nanos)),
	dateFromDays: (days) => new Date(days * 864e5).toISOString().slice(0, 10),
	jsonFromBytes: (bytes) => bytes && new TextDecoder().decode(bytes)
};
function isoTime(nanos) {
	const part = (nanos % 1000000000n + 1000000000n) % 1000000000n;
	return `${new Date(Number((nanos - part) / 1000000n)).toISOString().slice(0, -5)}${part === 0n ? "" : `.${part.toString().padStart(9, "0").replace(/0+$/, "")}`}Z`;
}
function columnOf(name, chunks, rows, file) {
	const numbers = new Float64Array(rows).fill(NaN);
	if (chunks.every(({ rowStart, cells }) => fillNumbers(numbers, cells, rowStart))) {
		const infinite = numbers.findIndex((value) => value === Infinity || value === -Infinity);
		if (infinite < 0) return {
			name,
			type: "number",
			values: numbers
		};
		throw new LockstepError("E_TABLE_VALUE", {
			what: `an infinite number in column "${name}", row ${infinite + 1}`,
			where: { file },
			allowed: "finite numbers, or missing",
			fix: "write it as missing, or as a number"
		});
	}
	const texts = new Array(rows).fill(null);
	for (const { rowStart, cells } of chunks) for (let index = 0; index < cells.length; index++) texts[rowStart + index] = textOf(cells[index]);
	return {
		name,
		type: "text",
		values: texts
	};
}
function fillNumbers(numbers, cells, rowStart) {
	for (let index = 0; index < cells.length; index++) {
		const cell = cells[index];
		if (typeof cell === "number") numbers[rowStart + index] = cell;
		else if (typeof cell === "boolean") numbers[rowStart + index] = cell ? 1 : 0;
		else if (typeof cell === "bigint") {
			const value = Number(cell);
			if (!Number.isSafeInteger(value)) return false;
			numbers[rowStart + index] = value;
		} else if (cell !== null && cell !== void 0) return false;
	}
	return true;
}
function textOf(cell) {
	if (cell === null || cell === void 0) return null;
	if (typeof cell === "string") return cell;
	if (cell instanceof Uint8Array) return Buffer.from(cell).toString("hex");
	return typeof cell === "object" ? JSON.stringify(cell) : String(cell);
}
const nestedColumn = (name, file) => new LockstepError("E_TABLE_FORMAT", {
	what: `column "${name}" holds lists or records`,
	where: { file },
	allowed: "columns of numbers, texts, dates or booleans",
	fix: "flatten the column, or leave it out"
});
export { parseParquet };
