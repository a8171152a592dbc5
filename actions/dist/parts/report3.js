import { o as renderChange } from "./report.js";
import { n as judgedOptions, r as reviewed, t as judgedHelp } from "./judged-commits.js";
const command = {
	name: "report",
	summary: "print the comment that a pull request gets, from what `judge --all` measured",
	positionals: "<folder>",
	options: judgedOptions,
	help: judgedHelp,
	async run(input) {
		const change = await reviewed(input, "report");
		const comment = renderChange(change);
		return {
			json: { comment },
			text: comment
		};
	}
};
export { command };
