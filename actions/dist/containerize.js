import { gt as hexOf, l as openWorkspace, p as amount, t as init_workspace } from "./parts/workspace.js";
import { c as optional, f as token, o as models, r as flag, t as setOutputs, u as readInputs } from "./parts/outputs.js";
import { t as giveRegistryToken } from "./parts/registry-token.js";
import { o as say, r as run, s as runnerFolders, t as fail } from "./parts/run.js";
import { n as buildUnreleased } from "./parts/model-image.js";
import { r as pushImage } from "./parts/image.js";
init_workspace();
async function buildAndPush(workspace, model, push) {
	const { name, digest, platform, size } = await buildUnreleased(workspace, model);
	const image = `${name}@${digest}`;
	say(`${image}: ${platform}, ${amount(size, "bytes")}`);
	if (!push) return image;
	const pushed = await pushImage(workspace, {
		name,
		digest,
		tag: `build-${hexOf(digest).slice(0, 12)}`
	});
	say(`pushed: ${amount(pushed.sent, "bytes")} that the registry did not have`);
	return image;
}
const spec = {
	models,
	push: flag,
	token: optional(token)
};
init_workspace();
await run(async () => {
	const { models, push, token } = readInputs(spec);
	const workspace = openWorkspace(runnerFolders().workspace);
	giveRegistryToken(token);
	const images = {};
	for (const model of models) try {
		images[model] = await buildAndPush(workspace, model, push);
	} catch (error) {
		fail(error);
	}
	setOutputs({ images });
});
export {};
