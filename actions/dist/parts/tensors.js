import { $ as nearest, Ct as LockstepError, Q as init_suggestion, wt as init_errors } from "./workspace.js";
init_errors();
init_suggestion();
function inputColumn(table, name) {
	const found = table.columns.find((column) => column.name === name);
	if (found) return found;
	const near = nearest(name, table.columns.map((column) => column.name));
	throw new LockstepError("E_MODEL_INPUT", {
		what: `the model takes a column "${name}" that the data does not have`,
		fix: near ? `the data has "${near}": is that it?` : "add the column to the data"
	});
}
function feedOf(column, type, from, to) {
	switch (type) {
		case "float32": return {
			type,
			data: floats(column, from, new Float32Array(to - from))
		};
		case "float64": return {
			type,
			data: floats(column, from, new Float64Array(to - from))
		};
		case "string": return {
			type,
			data: Array.from({ length: to - from }, (_, index) => textAt(column, from + index))
		};
		case "int64": return {
			type,
			data: BigInt64Array.from({ length: to - from }, (_, index) => integerAt(column, from + index))
		};
	}
}
function floats(column, from, target) {
	if (column.type === "number") {
		target.set(column.values.subarray(from, from + target.length));
		return target;
	}
	for (let index = 0; index < target.length; index++) {
		const text = column.values[from + index] ?? null;
		const value = text === null ? NaN : Number(text);
		if (text !== null && (Number.isNaN(value) || text.trim() === "")) throw refuse(column, from + index, "a number");
		target[index] = value;
	}
	return target;
}
function textAt(column, row) {
	if (column.type === "text") return column.values[row] ?? "";
	const value = column.values[row];
	return Number.isNaN(value) ? "" : String(value);
}
function integerAt(column, row) {
	const value = column.values[row] ?? null;
	if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
	if (typeof value === "string" && /^-?\d{1,18}$/.test(value)) return BigInt(value);
	throw refuse(column, row, "an integer (this column has no way to say missing)");
}
const refuse = (column, row, allowed) => new LockstepError("E_MODEL_INPUT", {
	what: `${JSON.stringify(column.values[row] ?? null)} in column "${column.name}", row ${row}`,
	allowed
});
export { inputColumn as n, feedOf as t };
