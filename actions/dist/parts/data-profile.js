import { t as require_dist } from "../vendor/yaml.js";
import { a as percent, i as qualityError, n as nameOf, r as profileData } from "./data-quality.js";
import { Et as printable, p as amount, t as init_workspace } from "./workspace.js";
import { t as UsageError } from "./invocation.js";
const fewestRows = 5;
function proposeSection(profiles) {
	const personal = [...new Set(profiles.flatMap(({ columns }) => columns.filter((one) => one.personal.length > 0).map(({ name }) => name)))];
	return {
		expectations: profiles.flatMap((profile) => [rowsOf(profile), ...profile.columns.filter(({ type }) => type !== "empty").map((column) => columnOf(profile, column))]),
		...personal.length > 0 ? { personal: {
			columns: personal,
			reason: "say here why the model needs them"
		} } : {}
	};
}
function rowsOf({ dataset, rows, duplicates }) {
	return {
		dataset,
		"rows-at-least": Math.max(1, Math.floor(tidy(rows / 2, Math.floor))),
		"duplicates-at-most": duplicates.count === 0 ? 0 : limit(duplicates.count / rows)
	};
}
function columnOf({ dataset, rows }, column) {
	const { name, type, nulls, numbers, dates, distinct, personal, values } = column;
	const isUnique = distinct.exact && distinct.count === rows && nulls === 0 && rows >= 20 && type !== "number" && type !== "date";
	const spare = numbers ? numbers.maximum - numbers.minimum || Math.abs(numbers.maximum) || 1 : 0;
	const range = numbers && type !== "boolean" && !isUnique;
	const fewest = values ? Math.min(...values.map(({ count }) => count)) : 0;
	const closed = type === "category" && personal.length === 0 && values && values.length >= 2 && fewest >= fewestRows;
	return {
		dataset,
		column: name,
		type: type === "text" || type === "empty" ? "category" : type,
		...range ? {
			"at-least": numbers.minimum >= 0 ? 0 : tidy(numbers.minimum - spare, Math.floor),
			"at-most": numbers.maximum <= 0 ? 0 : tidy(numbers.maximum + spare, Math.ceil)
		} : {},
		...dates ? { "at-least": `${dates.earliest.slice(0, 4)}-01-01` } : {},
		...closed ? { "one-of": values.map(({ value }) => value).sort() } : {},
		...isUnique ? { unique: true } : {},
		"nulls-at-most": nulls === 0 ? 0 : limit(nulls / rows)
	};
}
const limit = (share) => Math.min(1, tidy(share * 2, Math.ceil));
function tidy(value, round) {
	if (value === 0) return 0;
	const size = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 1);
	return Number((round(Number((value / size).toPrecision(12))) * size).toPrecision(6));
}
var import_dist = require_dist();
init_workspace();
const mostColumns = 60;
const blocks = "▁▂▃▄▅▆▇█";
const profileText = ({ tables, findings, misses }) => [
	...tables.length + findings.length === 0 ? ["no tables"] : [],
	...tables.map((table) => tableText(table)),
	...findings.length > 0 ? [foundText(findings)] : [],
	...misses.length > 0 ? [`${misses.length} ${misses.length === 1 ? "expectation" : "expectations"} not met: \`lockstep data profile --check\``] : []
].join("\n\n");
function tableText(table) {
	const { dataset, rows, columns, duplicates, sample, label } = table;
	const facts = [
		`${amount(rows, "count")} rows`,
		`${columns.length} columns`,
		`${duplicates.exact ? "" : "at least "}${amount(duplicates.count, "count")} duplicate rows`,
		...sample.exact ? [] : [`quantiles of ${amount(sample.rows, "count")} rows drawn at random`],
		...label && label.classes.length > 0 ? [`label ${label.column} ${label.classes.map(({ value, share }) => `${value === void 0 ? "" : `${value} `}${percent(share)}`).join(" · ")}`] : []
	];
	const lines = [[
		"column",
		"type",
		"missing",
		"distinct",
		"1 %",
		"median",
		"99 %",
		"shape"
	], ...columns.slice(0, mostColumns).map((column) => rowOf(column, rows))];
	const more = columns.length > mostColumns ? [`  and ${columns.length - mostColumns} more columns (--json has all)`] : [];
	return [
		`${dataset}: ${facts.join(", ")}`,
		...aligned(lines),
		...more
	].map((line) => printable(line, 400)).join("\n");
}
function rowOf(column, rows) {
	const { name, type, nulls, distinct, numbers, dates, constant } = column;
	const spread = numbers && type !== "boolean" ? [
		numbers.quantiles.p1,
		numbers.quantiles.p50,
		numbers.quantiles.p99
	].map(short) : [
		"",
		"",
		""
	];
	return [
		name.length > 32 ? `${name.slice(0, 31)}…` : name,
		type,
		nulls === 0 ? "·" : percent(nulls / rows),
		`${distinct.exact ? "" : "≈ "}${amount(distinct.count, "count")}`,
		...spread,
		constant ? "constant" : column.personal.length > 0 ? `personal? ${[...new Set(column.personal.map(({ kind }) => kind))].join(", ")}` : dates ? `${dates.earliest.slice(0, 10)} to ${dates.latest.slice(0, 10)}` : type !== "boolean" && numbers ? bars(numbers.shape) : topText(column, rows - nulls)
	];
}
const topText = ({ top = [], distinct }, seen) => {
	const shares = top.slice(0, 3).map(({ value, count }) => `${value === void 0 ? "" : `${value} `}${percent(count / seen)}`);
	return shares.join(" · ") + (distinct.count > 3 && shares.length > 0 ? " …" : "");
};
const bars = (shape) => {
	const most = Math.max(...shape);
	return shape.map((share) => blocks[Math.ceil(share / most * 8) - 1] ?? " ").join("");
};
const short = (value) => String(Number(value.toPrecision(4)));
function aligned(lines) {
	const widths = lines[0].map((_, at) => Math.max(...lines.map((line) => line[at].length)));
	const isWord = (at) => at < 2 || at === lines[0].length - 1;
	return lines.map((line) => `  ${line.map((cell, at) => isWord(at) ? cell.padEnd(widths[at]) : cell.padStart(widths[at])).join("  ")}`.trimEnd());
}
const foundText = (findings) => ["Worth a look:", ...findings.map((finding) => printable(`  ${finding.severity === "error" ? "✗" : "·"} ${nameOf(finding)}: ${finding.what}${rowsText(finding.rows)}`, 700))].join("\n");
const rowsText = (rows = []) => rows.length === 0 ? "" : ` (${rows.length === 1 ? "row" : "rows"} ${rows.join(", ")})`;
function checkText({ tables, findings, misses, expectations }) {
	const rows = tables.reduce((sum, table) => sum + table.rows, 0);
	return [
		`${tables.length} ${tables.length === 1 ? "table" : "tables"}, ${amount(rows, "count")} rows, ${expectations} expectations: ${misses.length === 0 ? "all met" : `${misses.length} not met`}`,
		...misses.map((miss) => printable(`  ✗ ${nameOf(miss)}: ${miss.expected}, but ${miss.found}${rowsText(miss.rows)}${miss.values ? `: ${miss.values.join(", ")}` : ""}`, 700)),
		...findings.length > 0 ? [foundText(findings)] : []
	].join("\n");
}
init_workspace();
const command = {
	name: "data profile",
	summary: "look at what datasets hold, and check it against what models expect",
	positionals: "[dataset…]",
	options: {
		model: { type: "string" },
		check: { type: "boolean" },
		propose: { type: "boolean" }
	},
	help: {
		model: "the datasets that this model reads, and its expectations alone",
		check: "list all that is not as model.yaml expects it, and exit 1 when there is any",
		propose: "print a section `data` for model.yaml that the datasets meet with room to spare"
	},
	async run({ workspace, cwd, positionals, values }) {
		const [check, propose] = [values.check === true, values.propose === true];
		if (check && propose) throw new UsageError("lockstep data profile takes --check or --propose, not both");
		const model = typeof values.model === "string" ? values.model : void 0;
		const report = await profileData(workspace, {
			datasets: positionals,
			cwd,
			model,
			withValues: propose
		});
		if (propose) return proposal(report);
		return check ? checked(report, model) : {
			json: jsonOf(report),
			text: profileText(report)
		};
	}
};
const jsonOf = ({ tables, findings, misses, expectations }) => ({
	tables: tables.map(({ misses: _, ...table }) => table),
	findings,
	misses,
	expectations
});
function proposal({ tables, findings }) {
	const data = proposeSection(tables);
	const line = (value) => (0, import_dist.stringify)(value, {
		collectionStyle: "flow",
		lineWidth: 0,
		compat: "yaml-1.1",
		flowCollectionPadding: false
	}).trimEnd();
	const lines = [
		...findings.filter(({ kind }) => kind === "unreadable").map(({ what }) => `# ${printable(what, 700)}`),
		"data:",
		"  expectations:",
		...(data.expectations ?? []).map((one) => `    - ${line(one)}`),
		...data.personal ? [`  personal: ${line(data.personal)}`] : []
	];
	return {
		json: { data },
		text: lines.join("\n")
	};
}
function checked(report, model) {
	const { findings, misses, expectations } = report;
	const error = qualityError(report, model);
	if (error) process.stderr.write(`${error.message}\n`);
	return {
		json: {
			...error ? { error: error.toJSON() } : {},
			expectations,
			misses,
			findings
		},
		text: checkText(report),
		exit: error ? 1 : 0
	};
}
export { command };
