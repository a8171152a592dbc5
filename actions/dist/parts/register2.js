import { t as registerModel } from "./register.js";
import { t as UsageError } from "./invocation.js";
const bumps = [
	"patch",
	"minor",
	"major"
];
const command = {
	name: "register",
	summary: "give what HEAD holds a version: image, evidence, signed tag",
	positionals: "<model>",
	options: {
		bump: { type: "string" },
		platform: { type: "string" }
	},
	help: {
		bump: "patch, minor or major (default: as model.yaml says, and major where the contract breaks)",
		platform: "platform of the image (default linux/amd64)"
	},
	async run({ workspace, positionals, values }) {
		const { bump, platform } = values;
		if (bump !== void 0 && !bumps.includes(bump)) throw new UsageError(`--bump is one of ${bumps.join(", ")}`);
		const result = await registerModel(workspace, positionals[0], {
			...bump === void 0 ? {} : { bump },
			...typeof platform === "string" ? { platform } : {}
		});
		const { outcome, tag, image, commit, pushed } = result;
		return {
			json: result,
			text: outcome === "unchanged" ? `${tag} is this very model: nothing to register` : `${tag} at ${commit.slice(0, 12)}${pushed ? ", pushed to origin" : ""}\n${image}\nNext: lockstep promote ${result.model} ${result.version} --to ${workspace.configuration.environments[0]}`
		};
	}
};
export { command };
