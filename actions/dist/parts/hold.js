import { s as hold } from "./gitops.js";
import { n as textOption } from "./option-values.js";
const command = {
	name: "hold",
	summary: "hold a version, so that nobody may promote it, or release it again",
	positionals: "<model> <version>",
	options: {
		reason: { type: "string" },
		release: { type: "boolean" }
	},
	help: {
		reason: "why, for whoever asks later",
		release: "take the hold away"
	},
	async run({ workspace, positionals, values }) {
		const [model, version] = positionals;
		const result = await hold(workspace, {
			model,
			version,
			reason: textOption(values, "reason", "hold"),
			release: values.release === true
		});
		const state = result.held ? "held" : "not held";
		return {
			json: result,
			text: result.commit === null ? `${model} ${version} was ${state} already` : `${model} ${version} is ${state} (commit ${result.commit.slice(0, 12)})`
		};
	}
};
export { command };
