import { w as pushData } from "./data.js";
import { p as amount, t as init_workspace } from "./workspace.js";
init_workspace();
const command = {
	name: "data push",
	summary: "send the bytes that data.lock names to the remote",
	positionals: "[dataset…]",
	options: {},
	help: {},
	async run({ workspace, positionals }) {
		const result = await pushData(workspace, positionals);
		const { objects, bytes } = result.pushed;
		return {
			json: result,
			text: `${objects === 1 ? "1 object" : `${amount(objects, "count")} objects`} (${amount(bytes, "bytes")}) pushed to ${result.remote}, ${amount(result.present, "count")} already there`
		};
	}
};
export { command };
