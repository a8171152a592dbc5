import { A as statusData, O as checkUnchanged } from "./data.js";
import { o as readLineage } from "./sources.js";
const mostLines = 40;
const command = {
	name: "data status",
	summary: "compare data/ with data.lock",
	positionals: "",
	options: { check: { type: "boolean" } },
	help: { check: "exit 1 when anything is missing or changed" },
	async run({ workspace, values }) {
		const status = await statusData(workspace);
		if (values.check === true) checkUnchanged(status);
		const lineage = readLineage(workspace);
		const datasets = status.datasets.map((one) => ({
			...one,
			...sourceOf(lineage[one.key], one)
		}));
		return {
			json: {
				...status,
				datasets
			},
			text: describe(status)
		};
	}
};
const sourceOf = (source, { digest }) => source?.digest === digest ? { source } : {};
function describe({ datasets, unlocked }) {
	const different = datasets.filter(({ state }) => state !== "same");
	const lines = [...different.map(describeDataset), ...unlocked.map((path) => `  not locked  data/${path}`)];
	const shown = lines.slice(0, mostLines);
	const more = lines.length > shown.length ? [`  and ${lines.length - shown.length} more`] : [];
	return [
		`${datasets.length - different.length} of ${datasets.length} datasets are as locked`,
		...shown,
		...more
	].join("\n");
}
const describeDataset = ({ key, state, detail }) => `  ${state.padEnd(10)}  data/${key}${detail === void 0 ? "" : ` (${detail})`}`;
export { command };
