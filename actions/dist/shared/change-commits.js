import { $ as LockstepError, E as resolveCommit, S as git } from "./workspace.js";
const kept = "refs/lockstep/change";
async function fetchChange({ root }, { from, head, baseRef }) {
	const options = [
		"--quiet",
		"--no-tags",
		"--no-recurse-submodules",
		"--no-write-fetch-head"
	];
	const wanted = [`+${from}:${kept}/head`, `+refs/heads/${baseRef}:${kept}/base`];
	await git([
		"fetch",
		...options,
		"origin",
		...wanted
	], { cwd: root });
	if (await resolveCommit(root, `${kept}/head`) !== head) return null;
	return {
		base: await mergeBase(root, `${kept}/base`, head),
		head
	};
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
export { mergeBase as n, fetchChange as t };
