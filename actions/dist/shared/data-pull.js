import { c as pullData } from "./data.js";
import { l as amount } from "./workspace.js";
const command = {
	name: "data pull",
	summary: "bring the datasets of data.lock under data/, verified",
	positionals: "[dataset…]",
	options: { force: { type: "boolean" } },
	help: { force: "replace what was changed under data/" },
	async run({ workspace, positionals, values }) {
		const result = await pullData(workspace, {
			only: positionals,
			force: values.force === true
		});
		const placed = result.datasets.filter((dataset) => dataset.placed).length;
		const { objects, bytes } = result.fetched;
		return {
			json: result,
			text: `${placed} placed, ${result.datasets.length - placed} already there; ${objects === 1 ? "1 object" : `${amount(objects, "count")} objects`} fetched (${amount(bytes, "bytes")}), all verified`
		};
	}
};
export { command };
