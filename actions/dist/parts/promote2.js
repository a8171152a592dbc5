import { d as previewPromotion, f as promote } from "./gitops.js";
import { St as writeAtomic, d as shown, t as init_workspace } from "./workspace.js";
import { n as textOption, t as secondsOption } from "./option-values.js";
import { resolve } from "node:path";
init_workspace();
const command = {
	name: "promote",
	summary: "move an environment to a version, if everything says it may run there",
	positionals: "<model> <version>",
	options: {
		to: { type: "string" },
		observe: { type: "string" },
		"dry-run": { type: "boolean" },
		decide: { type: "string" }
	},
	help: {
		to: "the environment",
		observe: "how many seconds to wait for it to answer with this version (default 60, 0 does not wait)",
		"dry-run": "decide and say what would be written, write nothing",
		decide: "write the signed decision to this file for `lockstep deploy`, instead of deploying"
	},
	async run({ workspace, cwd, positionals, values }) {
		const [model, version] = positionals;
		const request = {
			model,
			version,
			environment: textOption(values, "to", "promote")
		};
		if (values["dry-run"] === true || typeof values.decide === "string") {
			const { result, plan } = await previewPromotion(workspace, request);
			const file = typeof values.decide === "string" ? resolve(cwd, values.decide) : null;
			if (file !== null && plan.kind === "write") writeAtomic(file, plan.release);
			return {
				json: {
					...result,
					files: filesOf(plan)
				},
				text: describePlan(workspace, result, plan, file)
			};
		}
		const result = await promote(workspace, {
			...request,
			observe: secondsOption(values, "observe", 60, "promote")
		});
		return {
			json: result,
			text: describeResult(result)
		};
	}
};
const filesOf = (plan) => plan.kind === "already" ? [] : [...plan.change.files].map(([path, content]) => ({
	path,
	change: content === null ? "remove" : "write"
}));
function describePlan(workspace, { model, version, environment, from }, plan, file) {
	if (plan.kind === "already") return `${environment} names ${model} ${version} already; nothing to write`;
	return [...[
		`${model} ${version} may go to ${environment}${from ? `, where ${from} is` : ""}`,
		...filesOf(plan).map(({ path, change }) => `  ${change}  ${path}`),
		`  tag    ${plan.tag} at ${plan.record.commit.slice(0, 12)}`
	], file === null ? "nothing was written" : `decision written to ${shown(workspace, file)}`].join("\n");
}
function describeResult({ model, version, environment, from, image, tag, commit, outcome, observed }) {
	const where = `${model} ${version} in ${environment}`;
	const wrote = commit === null ? [] : [`  ${tag} in commit ${commit.slice(0, 12)}, image ${image}`];
	return [{
		planned: `${where}: planned`,
		already: `${where}: there already, nothing written, not observed`,
		written: `${where}${from ? ` (was ${from})` : ""}: written, not observed`,
		observed: `${where}${from && commit ? ` (was ${from})` : ""}: observed at ${observed?.url}${observed?.golden ? `, ${observed.golden.equal} of ${observed.golden.asked} golden requests equal` : ""}`
	}[outcome], ...wrote].join("\n");
}
export { describeResult as n, command as t };
