import { R as resolveCommit, t as init_workspace, z as tryGit } from "./workspace.js";
init_workspace();
async function targetBranch({ root }) {
	const named = await tryGit([
		"symbolic-ref",
		"--quiet",
		"--short",
		"refs/remotes/origin/HEAD"
	], { cwd: root });
	const own = named.status === 0 ? [named.stdout.trim().replace(/^origin\//, "")] : [];
	for (const branch of [
		...own,
		"main",
		"master"
	]) {
		const tip = await resolveCommit(root, `refs/remotes/origin/${branch}`);
		if (tip !== null) return {
			branch,
			tip
		};
	}
	return null;
}
async function lockConflict(workspace, head) {
	const target = await targetBranch(workspace);
	if (target === null || !/^[\w./-]+$/.test(target.branch)) return null;
	const { status, stdout } = await tryGit([...["-c", "merge.lockstep.driver=git merge-file --quiet %A %O %B"], ...[
		"merge-tree",
		"--write-tree",
		"--name-only",
		"--no-messages",
		"-z",
		target.tip,
		head
	]], { cwd: workspace.root });
	if (status !== 1 || !stdout.split("\0").slice(1).includes("data.lock")) return null;
	return `./lockstep data merge --base ${target.branch} && git commit --no-edit`;
}
export { lockConflict as t };
