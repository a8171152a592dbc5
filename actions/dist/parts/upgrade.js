import { Ct as LockstepError, _ as bundleFolder, t as init_workspace } from "./workspace.js";
init_workspace();
const command = {
	name: "upgrade",
	summary: "merge a verified release of the template into a branch of its own",
	positionals: "[version]",
	options: {
		from: { type: "string" },
		commit: { type: "string" },
		check: { type: "boolean" }
	},
	help: {
		from: "address or path of the template (default: upgrade: {from: …} in lockstep.yaml, then what GitHub says)",
		commit: "a whole commit id of the template that you looked at, in place of a signed release",
		check: "say what would be done, and make no branch"
	},
	async run(input) {
		if (bundleFolder === null) return (await import("./upgrade-result.js")).upgradeResult(input);
		throw new LockstepError("E_UPGRADE_BASE", {
			what: "the bundled command upgrades nothing",
			allowed: "a repository made from the template, by its own command",
			fix: "run ./lockstep upgrade in it"
		});
	}
};
export { command };
