import { n as lockAt, t as dataDifference } from "./data-difference.js";
import { Et as printable, p as amount, t as init_workspace } from "./workspace.js";
init_workspace();
const [mostDatasets, mostFiles, mostColumns] = [
	40,
	5,
	6
];
const command = {
	name: "data diff",
	summary: "tell what changed in the data: files, bytes, rows, columns, distributions",
	positionals: "[from] [to]",
	options: {},
	help: {},
	async run({ workspace, positionals }) {
		const from = await lockAt(workspace, positionals[0] ?? "HEAD");
		const to = await lockAt(workspace, positionals[1] ?? null);
		const datasets = await dataDifference(workspace, from, to);
		const side = ({ name, commit }) => ({
			name,
			commit
		});
		return {
			json: {
				from: side(from),
				to: side(to),
				datasets
			},
			text: textOf(datasets, `from ${from.name} to ${to.name}`)
		};
	}
};
function textOf(datasets, between) {
	if (datasets.length === 0) return `no dataset changed ${between}`;
	const shown = datasets.slice(0, mostDatasets);
	return [
		`${count(datasets.length, "dataset")} changed ${between}`,
		...shown.flatMap((one) => [fileLine(one, "  "), ...insideLines(one).map((line) => `      ${line}`)]),
		...datasets.length > shown.length ? [`  and ${datasets.length - shown.length} more (--json has all)`] : []
	].join("\n");
}
const signs = {
	added: "+",
	removed: "−",
	changed: "~"
};
const signOf = ({ before, after }) => before && after ? signs.changed : after ? signs.added : signs.removed;
const fileLine = (one, indent) => `${indent}${signOf(one)} ${one.path}  ${sizes(one)}`;
function sizes({ before, after }) {
	const of = (ref) => `${amount(ref.size, "bytes")}${ref.files === void 0 ? "" : ` in ${count(ref.files, "file")}`}`;
	if (before && after) {
		const by = after.size - before.size;
		return `${of(before)} → ${of(after)}${by === 0 ? "" : ` (${by > 0 ? "+" : "−"}${amount(Math.abs(by), "bytes")})`}`;
	}
	return of(after ?? before);
}
function insideLines({ files, table, unread }) {
	return [
		...files ? fileLines(files) : [],
		...table ? tableLines(table) : [],
		...unread ? [unread.why] : []
	];
}
function fileLines(files) {
	const of = (sign) => files.filter((one) => signOf(one) === sign).length;
	const counted = Object.entries(signs).map(([word, sign]) => ({
		word,
		files: of(sign)
	})).filter((one) => one.files > 0).map((one) => `${count(one.files, "file")} ${one.word}`);
	const shown = files.slice(0, mostFiles);
	const left = files.length - shown.length;
	return [
		counted.join(", "),
		...shown.map((one) => fileLine(one, "  ")),
		...left > 0 ? [`  and ${amount(left, "count")} more`] : []
	];
}
function tableLines({ rows, content, columns, distributions, unmeasured }) {
	const moved = distributions.filter((one) => one.moved);
	const width = Math.min(30, Math.max(0, ...moved.slice(0, mostColumns).map(({ column }) => column.length)));
	const share = (value) => `${(value * 100).toFixed(1)} %`;
	return [
		`rows ${amount(rows.before, "count")} → ${amount(rows.after, "count")}${content === null ? "" : `: ${amount(content.added, "count")} new, ${amount(content.removed, "count")} gone`}`,
		...named("columns added", columns.added),
		...named("columns gone", columns.removed),
		...named("type changed", columns.retyped.map((one) => `${one.column} (${one.before} → ${one.after})`)),
		moved.length === 0 ? `no distribution moved (${count(distributions.length, "column")} compared)` : `${moved.length} of ${count(distributions.length, "distribution")} moved`,
		...moved.slice(0, mostColumns).map(({ column, stabilityIndex, missing: [before, after], newCategories }) => [
			`  ${printable(column, 30).padEnd(width)}  stability index ${stabilityIndex.toFixed(2)}`,
			...Math.abs(after - before) >= .001 ? [`missing ${share(before)} → ${share(after)}`] : [],
			...newCategories > 0 ? [count(newCategories, "new category", "new categories")] : []
		].join(", ")),
		...moved.length > mostColumns ? [`  and ${moved.length - mostColumns} more`] : [],
		...named("not compared, each row has its own", unmeasured)
	];
}
function named(what, names) {
	const shown = names.slice(0, 10).map((name) => printable(name, 60)).join(", ");
	return names.length === 0 ? [] : [`${what}: ${shown}${names.length > 10 ? ` and ${names.length - 10} more` : ""}`];
}
const count = (value, one, many = `${one}s`) => `${amount(value, "count")} ${value === 1 ? one : many}`;
export { command };
