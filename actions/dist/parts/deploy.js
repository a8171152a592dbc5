import { u as deploy } from "./gitops.js";
import { Ct as LockstepError, t as init_workspace } from "./workspace.js";
import { n as textOption, t as secondsOption } from "./option-values.js";
import { n as describeResult } from "./promote2.js";
import { resolve } from "node:path";
import { readFileSync } from "node:fs";
init_workspace();
const command = {
	name: "deploy",
	summary: "write a decision of `promote --decide` to its environment",
	positionals: "<model>",
	options: {
		to: { type: "string" },
		release: { type: "string" },
		observe: { type: "string" }
	},
	help: {
		to: "the environment",
		release: "the file that `promote --decide` wrote",
		observe: "how many seconds to wait for the environment to answer (default 60, 0 does not wait)"
	},
	async run({ workspace, cwd, positionals, values }) {
		const file = textOption(values, "release", "deploy");
		const environment = textOption(values, "to", "deploy");
		const observe = secondsOption(values, "observe", 60, "deploy");
		const result = await deploy(workspace, {
			model: positionals[0],
			environment,
			release: readDecision(resolve(cwd, file), file),
			file,
			observe
		});
		return {
			json: result,
			text: describeResult(result)
		};
	}
};
function readDecision(path, shownAs) {
	try {
		return readFileSync(path);
	} catch (cause) {
		throw new LockstepError("E_CONFIG_MISSING", {
			what: `cannot read ${shownAs} (${cause.code})`,
			allowed: "the file that `lockstep promote --decide <file>` wrote",
			cause
		});
	}
}
export { command };
