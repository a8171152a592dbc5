import { o as column } from "./data.js";
function predictionsTable(table, scores, rowId) {
	const ids = rowId === void 0 ? {
		name: "row_id",
		type: "number",
		values: Float64Array.from({ length: table.rows }, (_, row) => row)
	} : {
		...column(table, rowId),
		name: "row_id"
	};
	return {
		rows: table.rows,
		columns: [
			ids,
			{
				name: "fold",
				type: "number",
				values: new Float64Array(table.rows)
			},
			{
				name: "score",
				type: "number",
				values: scores
			}
		]
	};
}
export { predictionsTable as t };
