import { n as prepareRetraining, t as monitorModel } from "./monitor.js";
import { a as renderText } from "./monitoring.js";
import { resolve } from "node:path";
const command = {
	name: "monitor",
	summary: "report drift and decay, month by month, of what an environment was asked",
	positionals: "<model>",
	options: {
		in: { type: "string" },
		log: { type: "string" },
		"prepare-retraining": { type: "boolean" }
	},
	help: {
		in: "the environment (default: the last one)",
		log: "a prediction log (default: the local agent's)",
		"prepare-retraining": "commit the change that learns from the new months, on a branch of its own"
	},
	async run({ workspace, cwd, positionals, values }) {
		const environment = typeof values.in === "string" ? values.in : workspace.configuration.environments.at(-1);
		const report = await monitorModel(workspace, positionals[0], {
			environment,
			...typeof values.log === "string" ? { log: resolve(cwd, values.log) } : {}
		});
		const retraining = values["prepare-retraining"] === true ? await prepareRetraining(workspace, report) : null;
		return {
			json: {
				...report,
				environment,
				retraining
			},
			text: [renderText(report), ...wordRetraining(retraining)].join("\n")
		};
	}
};
function wordRetraining(retraining) {
	if (retraining === null) return [];
	const { branch, title } = retraining;
	return [
		"",
		`prepared: ${title}`,
		`  git push origin ${branch}, and open a pull request`
	];
}
export { command };
