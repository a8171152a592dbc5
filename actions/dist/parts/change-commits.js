import { Ct as LockstepError, N as git, R as resolveCommit, t as init_workspace } from "./workspace.js";
init_workspace();
const kept = "refs/lockstep/change";
async function fetchChange({ root }, { from, head, baseRef }) {
	await fetchAsData(root, [`+${from}:${kept}/head`, `+refs/heads/${baseRef}:${kept}/base`]);
	if (await resolveCommit(root, `${kept}/head`) !== head) return null;
	return {
		base: await mergeBase(root, `${kept}/base`, head),
		head
	};
}
async function fetchAsData(root, wanted) {
	await git([
		"fetch",
		...[
			"--quiet",
			"--no-tags",
			"--no-recurse-submodules",
			"--no-write-fetch-head"
		],
		"origin",
		...wanted
	], { cwd: root });
}
async function mergeBase(root, base, head) {
	try {
		return await git([
			"merge-base",
			base,
			head
		], { cwd: root });
	} catch (cause) {
		throw new LockstepError("E_GIT", {
			what: `${base.slice(0, 12)} and ${head.slice(0, 12)} have no common commit here`,
			allowed: "a checkout with the history of both sides",
			fix: "check out with `fetch-depth: 0`",
			cause
		});
	}
}
export { fetchChange as n, mergeBase as r, fetchAsData as t };
