import { d as recordDeployment, g as runUrl } from "./github.js";
import { c as listVersions } from "./registry.js";
import { o as say } from "./run.js";
async function showDeployment({ workspace, github, context }, { model, environment, version, image }, description) {
	const deployment = {
		model,
		environment,
		version,
		image,
		commit: (await listVersions(workspace.root, model)).find((tag) => tag.version === version)?.commit ?? context.sha,
		description
	};
	const done = await recordDeployment(github, {
		...deployment,
		state: "success",
		url: runUrl(context)
	});
	say(`deployment of ${model} in ${environment}: ${done}`);
}
export { showDeployment as t };
