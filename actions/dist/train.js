import { y as candidateArtifactName } from "./parts/github.js";
import { l as openWorkspace, t as init_workspace } from "./parts/workspace.js";
import { c as optional, d as text, f as token, l as path, o as models, r as flag, t as setOutputs, u as readInputs } from "./parts/outputs.js";
import { t as giveRegistryToken } from "./parts/registry-token.js";
import { o as say, r as run, s as runnerFolders, t as fail } from "./parts/run.js";
import { t as uploadFolder } from "./parts/upload.js";
import { t as trainCandidate } from "./parts/train.js";
import { t as stageGroups } from "./parts/stage-groups.js";
import { join } from "node:path";
import { rmSync } from "node:fs";
init_workspace();
async function trainInGroups(workspace, model, { folder, quick, base }) {
	rmSync(folder, {
		recursive: true,
		force: true
	});
	const { report, end } = stageGroups(model);
	const find = process.env.GITHUB_EVENT_NAME === "push" && !quick ? (await keptRuns())(workspace, model, say) : null;
	try {
		const { run } = await trainCandidate(workspace, model, {
			folder,
			quick,
			report,
			...find === null ? {} : { find },
			...base === null ? {} : { base }
		});
		end();
		const kind = quick ? "trained on a sample" : "trained";
		say(`${model}: ${run.cached ? "nothing changed" : kind}, ${run.record.seconds.toFixed(1)} s`);
	} finally {
		end();
	}
}
const keptRuns = async () => (await import("./parts/kept-run2.js")).keptRuns;
const spec = {
	models,
	folder: optional(path),
	quick: flag,
	base: optional(text),
	upload: flag,
	token: optional(token)
};
await run(async () => {
	const { models, folder: named, quick, base, upload, token } = readInputs(spec);
	giveRegistryToken(token);
	const { workspace: root, temp } = runnerFolders();
	const [workspace, folder] = [openWorkspace(root), named ?? join(temp, "lockstep", "candidates")];
	const trained = [];
	for (const model of models) try {
		await trainInGroups(workspace, model, {
			folder: join(folder, model),
			quick,
			base
		});
		if (upload) await uploadFolder(candidateArtifactName(model), join(folder, model), 0);
		trained.push(model);
	} catch (error) {
		fail(error);
	}
	setOutputs({
		folder,
		trained: trained.join(" ")
	});
});
export {};
