import { r as baseCommit } from "./registry.js";
import { Ct as LockstepError, L as readAtCommit, R as resolveCommit, W as parseConfiguration, q as parseYaml, t as init_workspace } from "./workspace.js";
init_workspace();
async function chooseBase(workspace, revision) {
	if (revision === void 0) return baseCommit(workspace);
	const commit = await resolveCommit(workspace.root, revision);
	if (commit !== null) return commit;
	throw new LockstepError("E_GIT", {
		what: `no commit "${revision}"`,
		allowed: "a branch, tag or commit of this repository",
		fix: "git fetch, or correct --base"
	});
}
async function workspaceAt(workspace, commit) {
	const bytes = await readAtCommit(workspace.root, commit, "./lockstep.yaml");
	const file = `lockstep.yaml at ${commit.slice(0, 12)}`;
	return {
		...workspace,
		configuration: parseConfiguration(bytes && parseYaml(bytes, file))
	};
}
export { workspaceAt as n, chooseBase as t };
