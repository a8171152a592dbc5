import { m as readContext } from "./parts/github.js";
import { Ct as LockstepError, l as openWorkspace, t as init_workspace } from "./parts/workspace.js";
import { t as openForge } from "./parts/forge.js";
import { t as actAsBot } from "./parts/git-identity.js";
import { c as optional, d as text, f as token, o as models, t as setOutputs, u as readInputs } from "./parts/outputs.js";
import { t as giveRegistryToken } from "./parts/registry-token.js";
import { n as refuse, o as say, r as run, s as runnerFolders, t as fail } from "./parts/run.js";
import { i as versionOfHead, n as outcomeText, t as deployModel } from "./parts/release-model.js";
import { t as showDeployment } from "./parts/deployment.js";
init_workspace();
function checkOrder({ models, version }) {
	if (version === null || models.length === 1) return;
	throw new LockstepError("E_ACTION_INPUT", {
		what: `one version, ${version}, for ${models.length} models`,
		allowed: "`version` with one model",
		fix: "deploy each in a step of its own"
	});
}
async function deployOne(job, model, { environment, version }) {
	const { workspace } = job;
	const where = environment ?? workspace.configuration.environments[0];
	const chosen = version ?? await versionOfHead(workspace, model);
	if (chosen === null) {
		say(`${model}: no version is registered at this commit`);
		return "nothing";
	}
	const order = {
		model,
		environment: where,
		version: chosen
	};
	const outcome = await deployModel(workspace, order);
	if (outcome.kind === "nothing") return outcome.kind;
	const text = outcomeText(outcome, order);
	say(text);
	if ("result" in outcome) await showDeployment(job, outcome.result, text);
	if (outcome.kind === "refused") refuse(outcome.code, text);
	return outcome.kind;
}
const spec = {
	models,
	environment: optional(text),
	version: optional(text),
	token
};
init_workspace();
await run(async () => {
	const inputs = readInputs(spec);
	checkOrder(inputs);
	const [context, workspace] = [readContext(), openWorkspace(runnerFolders().workspace)];
	const github = await openForge(inputs.token, context);
	actAsBot();
	giveRegistryToken(inputs.token);
	const outcomes = {};
	for (const model of inputs.models) try {
		outcomes[model] = await deployOne({
			context,
			workspace,
			github
		}, model, inputs);
	} catch (error) {
		fail(error);
	}
	setOutputs({ outcomes });
});
export {};
