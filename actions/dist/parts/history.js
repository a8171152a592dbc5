import { c as historyOf } from "./gitops.js";
const command = {
	name: "history",
	summary: "show who did what to a model, when, and on which evidence",
	positionals: "<model>",
	options: {},
	help: {},
	async run({ workspace, positionals }) {
		const model = positionals[0];
		const events = await historyOf(workspace, model);
		return {
			json: {
				model,
				events
			},
			text: events.map(describe).join("\n")
		};
	}
};
function describe({ event, time, by, version, environment, from, evaluation, reason, tag, commit }) {
	const evidence = evaluation ? `, evaluation ${evaluation.slice(0, 19)}…` : "";
	const was = from ? ` (was ${from})` : "";
	const what = {
		registration: `${version} registered as ${tag}`,
		promotion: `${version} to ${environment}${was}${evidence}, ${tag}`,
		rollback: `${environment} back to ${version}${was}${evidence}, ${tag}: ${reason}`,
		hold: `${version} held: ${reason}`,
		release: `${version} no longer held: ${reason}`,
		request: `${tag} asks for ${version ?? "an unregistered commit"} in ${environment}`,
		refusal: `${tag} refuses ${version ?? "an unregistered commit"} in ${environment}: ${reason}`,
		"by hand": `commit ${commit.slice(0, 12)} by hand: ${reason}`
	}[event];
	return `${time.slice(0, 19).replace("T", " ")}  ${by.replace(/ <.*>$/, "")}  ${what}`;
}
export { command };
