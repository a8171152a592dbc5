import { i as refreshData, r as refreshedLines, t as asked } from "./refresh-text.js";
import { l as dayOf, o as readLineage } from "./sources.js";
import { p as amount, t as init_workspace } from "./workspace.js";
init_workspace();
const command = {
	name: "data refresh",
	summary: "fetch datasets from their sources in lockstep.yaml, and lock what came",
	positionals: "[dataset…]",
	options: {
		date: { type: "string" },
		"dry-run": { type: "boolean" },
		scheduled: { type: "boolean" },
		show: { type: "boolean" }
	},
	help: {
		date: "the UTC day that {date} stands for: today, yesterday or YYYY-MM-DD (default: as declared, else today)",
		"dry-run": "fetch and look, and write nothing",
		scheduled: "only what is due today by its schedule",
		show: "fetch nothing; print where the locked bytes came from"
	},
	async run({ workspace, positionals, values }) {
		if (values.show === true) {
			const lineage = readLineage(workspace);
			return {
				json: {
					v: 1,
					datasets: lineage
				},
				text: describeLineage(lineage)
			};
		}
		const now = new Date();
		const day = values.date === void 0 ? void 0 : dayOf(String(values.date), now);
		const dryRun = values["dry-run"] === true;
		const scheduled = values.scheduled === true;
		const datasets = await refreshData(workspace, {
			only: positionals,
			day,
			dryRun,
			scheduled,
			now
		});
		return {
			json: {
				v: 1,
				dryRun,
				datasets
			},
			text: describe(datasets, dryRun),
			exit: datasets.some(({ state }) => state === "failed") ? 1 : 0
		};
	}
};
function describe(datasets, dryRun) {
	if (datasets.length === 0) return "no dataset has a source that is due";
	const changed = datasets.some(({ state }) => state !== "unchanged" && state !== "failed");
	return [
		...datasets.flatMap(refreshedLines),
		...changed && dryRun ? ["nothing was written (--dry-run)"] : [],
		...changed && !dryRun ? ["next: commit data.lock and data.sources.json, and `lockstep data push` so that others can pull it"] : []
	].join("\n");
}
const describeLineage = (lineage) => Object.entries(lineage).map(([key, { kind, asked: what, fetched, digest, rows }]) => `data/${key}  ${digest}${rows === void 0 ? "" : `  ${amount(rows, "count")} rows`}\n  ${kind} ${asked(what)}, fetched ${fetched}`).join("\n") || "nothing was fetched from a source yet";
export { command };
