import { n as verifyData, t as checkVerified } from "./data.js";
const command = {
	name: "data verify",
	summary: "hash every byte of the datasets again",
	positionals: "[dataset…]",
	options: { remote: { type: "boolean" } },
	help: { remote: "read the remote too (everything is downloaded once)" },
	async run({ workspace, positionals, values }) {
		const datasets = await verifyData(workspace, {
			only: positionals,
			remote: values.remote === true
		});
		checkVerified(datasets);
		const lines = datasets.map(({ key, data, store, remote }) => `  ${key}: data/ ${data}, store ${store}, remote ${remote}`);
		return {
			json: { datasets },
			text: [`${datasets.length} datasets verified`, ...lines].join("\n")
		};
	}
};
export { command };
