import { R as parseLock, q as readTombstones } from "./data.js";
import { L as remoteRefs, M as knownBranchCommit, P as hasOrigin } from "./registry.js";
import { A as readTree, Ct as LockstepError, N as git, P as gitBlobs, Tt as isLockstepError, f as statePath, k as readBlobs, t as init_workspace, z as tryGit } from "./workspace.js";
import { join } from "node:path";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
init_workspace();
async function checkComplete(root, inGit) {
	const refuse = (what, fix) => {
		throw new LockstepError("E_GIT", {
			what,
			allowed: "a clone that knows everything the remote serves",
			fix
		});
	};
	if (!inGit) refuse(`${root} is no Git repository, so nobody knows who needs what`, "run it in a clone");
	if (await git(["rev-parse", "--is-shallow-repository"], { cwd: root }) === "true") refuse("this clone is shallow: it does not know what older commits need", "git fetch --unshallow --tags");
	if (!await hasOrigin(root)) return;
	const tips = await originTips(root);
	const input = `${tips.join("\n")}\n`;
	const missing = (tips.length === 0 ? "" : await git(["cat-file", "--batch-check"], {
		cwd: root,
		input
	})).split("\n").filter((line) => line.endsWith(" missing")).length;
	if (missing > 0) refuse(`origin has ${missing} branches or tags that this clone does not have`, "git fetch --tags origin '+refs/heads/*:refs/remotes/origin/*'");
}
const originTips = async (root) => [...(await remoteRefs(root, ["refs/heads/*", "refs/tags/*"])).values()];
init_workspace();
async function readPlaces(root, places) {
	const input = `${places.map(({ spec }) => spec).join("\n")}\n`;
	const found = places.length === 0 ? [] : (await git(["cat-file", "--batch-check=%(objecttype) %(objectname)"], {
		cwd: root,
		input
	})).split("\n");
	const whys = new Map();
	for (const [at, { why }] of places.entries()) {
		const [type, oid = ""] = found[at].split(" ");
		if (type !== "blob") continue;
		const those = whys.get(oid);
		if (those) those.push(why);
		else whys.set(oid, [why]);
	}
	const blobs = await gitBlobs([...whys.keys()], { cwd: root });
	return [...whys.values()].map((those, at) => ({
		whys: those,
		bytes: blobs[at]
	}));
}
function entriesIn(bytes) {
	try {
		return parseLock(bytes).entries.map(({ key, digest, files }) => ({
			key,
			digest,
			folder: files !== void 0
		}));
	} catch (error) {
		if (!isLockstepError(error)) throw error;
		return digestsIn(bytes.toString()).map((digest) => ({
			key: "a damaged data.lock",
			digest,
			folder: true
		}));
	}
}
const digestsIn = (text) => text.match(/sha256:[0-9a-f]{64}/g) ?? [];
init_workspace();
const dayMs = 864e5;
async function findRoots(workspace, options) {
	const { root } = workspace;
	const inGit = (await tryGit(["rev-parse", "--git-dir"], { cwd: root })).status === 0;
	if (options.complete) await checkComplete(root, inGit);
	const objects = new Map();
	const name = (text, why) => {
		for (const digest of digestsIn(text)) if (!objects.has(digest)) objects.set(digest, why);
	};
	const datasets = new Datasets();
	for (const folder of inGit ? await workTrees(root) : [root]) {
		const file = join(folder, "data.lock");
		if (existsSync(file)) datasets.add(readFileSync(file), "work tree");
	}
	if (inGit) {
		const places = await placesIn(workspace, options, name);
		for (const { whys, bytes } of await readPlaces(root, places)) datasets.add(bytes, whys[0]);
	}
	nameRuns(workspace, options.now - options.runs * dayMs, name);
	const tombstones = readTombstones(workspace);
	const folders = tombstones.filter(({ dataset, file }) => dataset.endsWith("/") && file === void 0);
	return {
		datasets: datasets.all(),
		objects,
		forgotten: new Set(tombstones.map(({ digest }) => digest)),
		forgottenFolders: new Set(folders.map(({ digest }) => digest))
	};
}
var Datasets = class {
	found = new Map();
	add(bytes, why) {
		for (const { key, digest, folder } of entriesIn(bytes)) this.found.set(`${digest} ${key}`, this.found.get(`${digest} ${key}`) ?? {
			key,
			digest,
			folder,
			why
		});
	}
	all() {
		return [...this.found.values()];
	}
};
async function workTrees(root) {
	const text = await git([
		"worktree",
		"list",
		"--porcelain"
	], { cwd: root });
	const others = Array.from(text.matchAll(/^worktree (.+)$/gm), ([, path]) => path);
	const prefix = await git(["rev-parse", "--show-prefix"], { cwd: root });
	return [root, ...others.map((path) => join(path, prefix)).filter((path) => existsSync(path))];
}
async function placesIn(workspace, { history, complete }, name) {
	const { root } = workspace;
	const lockOf = (why) => (treeish) => ({
		spec: `${treeish}:./data.lock`,
		why
	});
	const index = [
		":",
		":1:",
		":2:",
		":3:"
	].map((stage) => ({
		spec: `${stage}./data.lock`,
		why: "work tree"
	}));
	const heads = (await git([
		"worktree",
		"list",
		"--porcelain"
	], { cwd: root })).matchAll(/^HEAD ([0-9a-f]+)$/gm);
	const tips = (await git(["for-each-ref", "--format=%(objectname) %(refname)"], { cwd: root })).split("\n").filter(Boolean).map((line) => line.split(" "));
	const those = (of) => tips.filter(([, ref]) => of.test(ref)).map(([oid]) => oid);
	const origin = complete && await hasOrigin(root) ? await originTips(root) : [];
	await nameVersions(root, name);
	return [
		...index,
		...Array.from(heads, ([, oid]) => oid).map(lockOf("work tree")),
		...those(/^refs\/tags\//).map(lockOf("tags")),
		...(await environmentCommits(workspace, name)).map(lockOf("environments")),
		...[...those(/^refs\/(?!tags\/|stash$)/), ...origin].map(lockOf("branches")),
		...(await stashes(root)).map(lockOf("stash")),
		...(await changesOfLock(root, history)).map(lockOf("history"))
	];
}
async function nameVersions(root, name) {
	const text = await git([
		"for-each-ref",
		"--format=%(contents)",
		"refs/tags/*@v*"
	], { cwd: root });
	for (const payload of payloadsIn(text)) name(payload, "tags");
}
async function environmentCommits(workspace, name) {
	const { root } = workspace;
	const commit = await knownBranchCommit(workspace);
	const releases = (commit === null ? [] : await readTree(root, commit, "models")).filter(({ path }) => path.endsWith("/release.json")).map(({ oid }) => oid);
	const payloads = [...(await readBlobs(root, releases)).values()].flatMap((bytes) => payloadsIn(bytes.toString()));
	for (const payload of payloads) name(payload, "environments");
	return payloads.flatMap((payload) => Array.from(payload.matchAll(/"commit":"([0-9a-f]{40,64})"/g), ([, oid]) => oid));
}
const payloadsIn = (text) => Array.from(text.matchAll(/"payload":\s*"([A-Za-z0-9+/=]+)"/g), ([, base64]) => Buffer.from(base64, "base64").toString());
async function stashes(root) {
	const { status, stdout } = await tryGit([
		"log",
		"-g",
		"--format=%H %P",
		"refs/stash"
	], { cwd: root });
	return status === 0 ? stdout.split(/\s+/).filter(Boolean) : [];
}
async function changesOfLock(root, history) {
	const known = [
		"refs/remotes/origin/HEAD",
		"refs/remotes/origin/main",
		"refs/remotes/origin/master",
		"refs/heads/main",
		"refs/heads/master",
		"HEAD"
	];
	const args = [
		"log",
		"--full-history",
		"--format=%ct %H %P"
	];
	const since = history === "all" ? 0 : Date.now() / 1e3 - history * 86400;
	for (const branch of history === "all" ? ["--all"] : known) {
		const { status, stdout } = await tryGit([
			...args,
			branch,
			"--",
			"data.lock"
		], { cwd: root });
		if (status !== 0) continue;
		return stdout.split("\n").filter(Boolean).map((line) => line.split(" ")).flatMap(([time, ...commits]) => Number(time) >= since ? commits : []);
	}
	return [];
}
function nameRuns(workspace, since, name) {
	const runs = statePath(workspace, "runs");
	for (const run of namesIn(runs)) {
		const isRun = statSync(join(runs, run, "record.json"), { throwIfNoEntry: false })?.mtimeMs;
		if (run !== "stages" && !(isRun !== void 0 && isRun >= since)) continue;
		for (const file of namesIn(join(runs, run)).filter((entry) => entry.endsWith(".json"))) {
			const path = join(runs, run, file);
			if (run !== "stages" || statSync(path).mtimeMs >= since) name(readFileSync(path, "utf8"), "runs");
		}
	}
}
function namesIn(folder) {
	try {
		return readdirSync(folder);
	} catch {
		return [];
	}
}
export { entriesIn as n, readPlaces as r, findRoots as t };
