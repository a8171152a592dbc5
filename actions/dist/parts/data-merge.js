import { Ct as LockstepError, F as gitBytes, L as readAtCommit, N as git, R as resolveCommit, St as writeAtomic, Tt as isLockstepError, p as amount, t as init_workspace, z as tryGit } from "./workspace.js";
import { Q as openStore, R as parseLock, X as remoteAddress, Z as objectPath, f as changedKeys, m as printMerge, p as mergeLocks, y as findManifest, z as emptyLock } from "./data.js";
import { t as UsageError } from "./invocation.js";
import { dirname, join, resolve } from "node:path";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
init_workspace();
const name = "data.lock";
async function settleLock(workspace, picks) {
	const { root } = workspace;
	const sides = await stoppedSides(root);
	if (sides === null) return null;
	const result = await mergeSides(workspace, sides, picks, { commits: await incoming(root) });
	writeAtomic(join(root, name), printMerge(result));
	if (result.open.length === 0) await git([
		"add",
		"--",
		name,
		...result.tracked
	], { cwd: root });
	return result;
}
async function mergeSides(workspace, sides, picks, from) {
	const merged = await mergeLocks({
		...sides,
		picks,
		manifest: (entry) => findManifest(workspace, entry, from)
	});
	const open = new Set(merged.open.flatMap(({ base, ours, theirs }) => [
		...base,
		...ours,
		...theirs
	]).map(({ path }) => path));
	const taken = changedKeys(sides.ours, merged.lock).filter((key) => !open.has(key));
	return {
		...merged,
		taken,
		picks,
		tracked: await keepManifests(workspace, merged)
	};
}
async function keepManifests(workspace, { folders }) {
	const tracked = [];
	const address = remoteAddress(workspace.configuration.remote, workspace.root);
	for (const { entry, manifest } of folders) {
		await openStore(workspace).put(manifest);
		if (address.kind !== "file" || !address.embedded) continue;
		const path = `.data/${objectPath(entry.digest)}`;
		mkdirSync(dirname(join(workspace.root, path)), { recursive: true });
		writeAtomic(join(workspace.root, path), manifest);
		tracked.push(path);
	}
	return tracked;
}
const heads = [
	"MERGE_HEAD",
	"REBASE_HEAD",
	"CHERRY_PICK_HEAD",
	"REVERT_HEAD"
];
async function incoming(root) {
	return (await Promise.all(heads.map((head) => resolveCommit(root, head)))).filter((commit) => commit !== null);
}
async function stoppedSides(root) {
	const listed = await git([
		"ls-files",
		"-u",
		"-z",
		"--",
		name
	], { cwd: root });
	const stages = new Map([...listed.matchAll(/\d+ ([0-9a-f]+) ([123])\t/g)].map(([, id, stage]) => [stage, id]));
	if (stages.size === 0) {
		const fault = await faultOfIndex(root);
		const sides = fault === null ? null : await committedSides(root);
		if (fault !== null && sides === null) throw fault;
		return sides;
	}
	const read = async (stage, side) => {
		const id = stages.get(stage);
		return id === void 0 ? emptyLock : parseLock(await gitBytes([
			"cat-file",
			"blob",
			id
		], { cwd: root }), `${name} of ${side}`);
	};
	const [ours, theirs] = [await read("2", "ours"), await read("3", "theirs")];
	try {
		return {
			base: await read("1", "the base"),
			ours,
			theirs
		};
	} catch (error) {
		const sides = isLockstepError(error) ? await committedSides(root) : null;
		if (sides === null) throw error;
		return {
			base: sides.base,
			ours,
			theirs
		};
	}
}
async function committedSides(root) {
	const [own, other] = await resolveCommit(root, "MERGE_HEAD") === null ? ["HEAD^1", "HEAD^2"] : ["HEAD", "MERGE_HEAD"];
	if (await resolveCommit(root, other) === null) return null;
	const base = (await git([
		"merge-base",
		own,
		other
	], { cwd: root })).split("\n")[0];
	const at = async (commit) => {
		const bytes = await readAtCommit(root, commit, name);
		return bytes === null ? emptyLock : parseLock(bytes, `${name} at ${commit.slice(0, 12)}`);
	};
	return {
		base: await at(base),
		ours: await at(own),
		theirs: await at(other)
	};
}
async function faultOfIndex(root) {
	const found = await tryGit(["show", `:${name}`], { cwd: root });
	if (found.status !== 0) return null;
	try {
		parseLock(found.stdout, name);
		return null;
	} catch (error) {
		if (isLockstepError(error)) return error;
		throw error;
	}
}
init_workspace();
async function mergeBranch(workspace, branch, picks) {
	const { root } = workspace;
	const under = await resolveCommit(root, "MERGE_HEAD");
	const merged = under === null ? await freshBranch(root, branch) : await knownBranch(root, branch);
	const target = await resolveCommit(root, merged);
	if (under !== null && under !== target) throw new LockstepError("E_GIT", {
		what: `another merge is under way, of ${under.slice(0, 12)}`,
		allowed: `none, or that of ${merged}`,
		fix: "finish it with `git commit`, or drop it with `git merge --abort`"
	});
	const before = await resolveCommit(root, "HEAD");
	if (under === null) {
		const { status, stderr, stdout } = await tryGit([
			"merge",
			"--no-commit",
			"--quiet",
			merged
		], { cwd: root });
		if (status !== 0 && await resolveCommit(root, "MERGE_HEAD") === null) {
			const words = (stderr || stdout).trim().split("\n");
			throw new LockstepError("E_GIT", {
				what: `git merge ${merged}: ${words[0] ?? `ended with ${status}`}`,
				allowed: "a work tree without changes of its own in files that the merge touches",
				fix: "commit or stash them, then run the command again"
			});
		}
	}
	const lock = await settleLock(workspace, picks);
	const unmerged = await git([
		"diff",
		"--name-only",
		"--diff-filter=U",
		"-z"
	], { cwd: root });
	const waiting = await resolveCommit(root, "MERGE_HEAD") !== null;
	return {
		merged,
		changed: waiting || before !== await resolveCommit(root, "HEAD"),
		lock,
		others: unmerged.split("\0").filter((path) => path !== "" && path !== "data.lock"),
		waiting
	};
}
async function freshBranch(root, branch) {
	const { status } = await tryGit([
		"remote",
		"get-url",
		"origin"
	], { cwd: root });
	const plain = branch.replace(/^origin\//, "");
	const valid = await tryGit(["check-ref-format", `refs/heads/${plain}`], { cwd: root });
	if (status === 0 && valid.status === 0) {
		if ((await tryGit([
			"ls-remote",
			"--exit-code",
			"origin",
			`refs/heads/${plain}`
		], { cwd: root })).status !== 2) await git([
			"fetch",
			"--quiet",
			"origin",
			`+refs/heads/${plain}:refs/remotes/origin/${plain}`
		], { cwd: root });
	}
	return knownBranch(root, branch);
}
async function knownBranch(root, branch) {
	for (const name of [`origin/${branch.replace(/^origin\//, "")}`, branch]) if (!name.startsWith("-") && await resolveCommit(root, name) !== null) return name;
	throw new LockstepError("E_GIT", {
		what: `no branch "${branch}"`,
		allowed: "a branch of origin, or a commit of this repository",
		fix: "correct --base"
	});
}
init_workspace();
async function driveMerge(workspace, files) {
	const { root } = workspace;
	const [base, ours, theirs] = [
		files.base,
		files.ours,
		files.theirs
	].map((path) => resolve(root, path));
	try {
		const result = await mergeSides(workspace, {
			base: lockIn(base),
			ours: lockIn(ours),
			theirs: lockIn(theirs)
		}, {
			ours: [],
			theirs: []
		}, {
			commits: mergedHeads(),
			mostFetched: 0
		});
		writeAtomic(ours, printMerge(result));
		return result;
	} catch (error) {
		if (!isLockstepError(error)) throw error;
		await tryGit([
			"merge-file",
			"-L",
			"ours",
			"-L",
			"base",
			"-L",
			"theirs",
			ours,
			base,
			theirs
		], { cwd: root });
		return null;
	}
}
function lockIn(path) {
	const bytes = readFileSync(path);
	return bytes.byteLength === 0 ? emptyLock : parseLock(bytes);
}
const mergedHeads = () => Object.keys(process.env).flatMap((key) => /^GITHEAD_([0-9a-f]{40,64})$/.exec(key)?.[1] ?? []);
const driverOf = (program) => `${program} data merge --driver %O %A %B %P; case $? in 0) exit 0;; 1) exit 1;; *) git merge-file --marker-size=%L %A %O %B;; esac`;
async function installDriver({ root }) {
	const quoted = (path) => `'${path.replaceAll("'", "'\\''").replaceAll("%", "%%")}'`;
	const program = existsSync(join(root, "lockstep")) ? "./lockstep" : [process.execPath, process.argv[1]].map(quoted).join(" ");
	await git([
		"config",
		"--local",
		"merge.lockstep.name",
		"data.lock, dataset by dataset"
	], { cwd: root });
	await git([
		"config",
		"--local",
		"merge.lockstep.driver",
		driverOf(program)
	], { cwd: root });
	if ((await git([
		"check-attr",
		"merge",
		"--",
		"data.lock"
	], { cwd: root })).endsWith(": lockstep")) return false;
	const path = join(root, ".gitattributes");
	writeAtomic(path, withAttribute(existsSync(path) ? readFileSync(path, "utf8") : ""));
	return true;
}
const isInstalled = async ({ root }) => (await tryGit([
	"config",
	"--get",
	"merge.lockstep.driver"
], { cwd: root })).status === 0;
function withAttribute(text) {
	const lines = text.split("\n").filter((line, at, all) => line !== "" || at < all.length - 1);
	const own = lines.findIndex((line) => /^\/?data\.lock\s/.test(line));
	if (own >= 0) lines[own] = `${lines[own].replace(/\s+-?!?merge(=\S+)?(?=\s|$)/g, "").trimEnd()} merge=lockstep`;
	else {
		const last = lines.findLastIndex((line) => line.startsWith("/.data/"));
		lines.splice(last < 0 ? lines.length : last, 0, "data.lock text eol=lf merge=lockstep");
	}
	return `${lines.join("\n")}\n`;
}
init_workspace();
const mostShown = 20;
const command = {
	name: "data merge",
	summary: "settle a data.lock that Git could not merge, dataset by dataset",
	positionals: "[ancestor] [current] [other] [path]",
	options: {
		base: { type: "string" },
		ours: {
			type: "string",
			multiple: true
		},
		theirs: {
			type: "string",
			multiple: true
		},
		install: { type: "boolean" },
		driver: { type: "boolean" }
	},
	help: {
		base: "merge this branch of origin first, for a pull request that conflicts with it",
		ours: "take our side of this conflict (a dataset, a file of one, or all in a folder)",
		theirs: "take their side of it",
		install: "let Git itself merge data.lock this way, in this clone",
		driver: "be the merge driver, with %O %A %B %P of Git"
	},
	async run({ workspace, positionals, values }) {
		const picks = {
			ours: listOf(values.ours),
			theirs: listOf(values.theirs)
		};
		const [base, ours, theirs] = positionals;
		if (values.driver === true) {
			if (base === void 0 || ours === void 0 || theirs === void 0) throw new UsageError("lockstep data merge --driver takes %O %A %B %P of Git");
			return driven(await driveMerge(workspace, {
				base,
				ours,
				theirs
			}));
		}
		if (base !== void 0) throw new UsageError(`lockstep data merge takes no "${base}" — a conflict is named with --ours or --theirs`);
		if (values.install === true) {
			const changed = await installDriver(workspace);
			return {
				json: {
					installed: true,
					attributes: changed
				},
				text: `git merges data.lock by lockstep in this clone now${changed ? "\nnext: commit .gitattributes, so that others can do the same" : ""}`
			};
		}
		if (typeof values.base === "string") {
			const result = await mergeBranch(workspace, values.base, picks);
			const { merged, lock, others, waiting } = result;
			const left = (lock?.conflicts.length ?? 0) + others.length;
			const lines = [
				result.changed ? `merged ${merged}` : `${merged} is merged already`,
				...lock === null ? [] : [textOf(lock)],
				...others.slice(0, mostShown).map((path) => `  for you to merge: ${path}`),
				...waiting && left === 0 ? ["next: git commit --no-edit"] : []
			];
			return {
				json: {
					...result,
					lock: lock && jsonOf(lock)
				},
				text: lines.join("\n"),
				exit: left > 0 ? 1 : 0
			};
		}
		const result = await settleLock(workspace, picks);
		if (result === null) return {
			json: {
				conflicts: [],
				taken: [],
				folders: []
			},
			text: "data.lock is in no conflict"
		};
		const done = result.conflicts.length === 0;
		const hint = await isInstalled(workspace) ? "" : "\n`lockstep data merge --install` lets git do this by itself in this clone";
		const text = `${textOf(result)}${done ? `\nnext: git commit (or go on with what Git stopped in)${hint}` : ""}`;
		return {
			json: jsonOf(result),
			text,
			exit: done ? 0 : 1
		};
	}
};
const listOf = (value) => Array.isArray(value) ? value.map(String) : [];
function driven(result) {
	if (result === null) return {
		json: { conflicts: null },
		text: "data.lock: one of the sides is no lock, so its text was merged: look at it, then `lockstep data status`",
		exit: 1
	};
	const { conflicts, folders, tracked } = result;
	if (conflicts.length === 0) {
		const next = tracked.length > 0 ? `commit ${tracked.join(" ")} too` : "lockstep data pull, then lockstep data push";
		const text = `data.lock: ${folders.map(({ entry }) => entry.key).join(", ")} merged file by file; next: ${next}`;
		return {
			json: jsonOf(result),
			text: folders.length > 0 ? text : ""
		};
	}
	const text = `data.lock: ${conflicts.length === 1 ? "1 conflict" : `${conflicts.length} conflicts`}; \`lockstep data merge\` shows and settles them`;
	return {
		json: jsonOf(result),
		text,
		exit: 1
	};
}
const jsonOf = ({ conflicts, taken, folders, closed }) => ({
	conflicts,
	taken,
	folders: folders.map(({ entry }) => entry),
	closed
});
function textOf({ conflicts, taken, folders, closed, picks, tracked }) {
	const counted = `data.lock: ${taken.length === 1 ? "1 dataset" : `${amount(taken.length, "count")} datasets`} taken over`;
	const inside = folders.map(({ entry }) => `  merged file by file: ${entry.key} (${amount(entry.files, "count")} files)`);
	const push = folders.length > tracked.length ? ["next: lockstep data pull, then lockstep data push (a merged folder has a new list of files)"] : [];
	if (conflicts.length === 0) return [
		`${counted}, no conflict is left`,
		...inside,
		...push
	].join("\n");
	const options = (side) => picks[side].map((pick) => ` --${side} ${pick}`).join("");
	const shown = conflicts.slice(0, mostShown);
	return [
		`${counted}, ${conflicts.length === 1 ? "1 conflict is left" : `${amount(conflicts.length, "count")} conflicts are left`}`,
		...inside,
		...shown.flatMap(conflictLines),
		...conflicts.length > shown.length ? [`  and ${conflicts.length - shown.length} more (--json has all)`] : [],
		...closed.map((key) => `  the lists of files of ${key} are not all here, nor in the remote`),
		`choose: lockstep data merge${options("ours")}${options("theirs")} --ours ${quoted(conflicts[0].path)}   (or --theirs, for each)`
	].join("\n");
}
const quoted = (path) => /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
const conflictLines = ({ path, ...sides }) => [`  ${path}`, ...[
	"base",
	"ours",
	"theirs"
].map((side) => `    ${side.padEnd(6)}  ${sideText(path, sides[side])}`)];
const sideText = (path, items) => items.length === 0 ? "nothing" : items.map((item) => `${item.digest.slice(0, 19)}  ${amount(item.size, "bytes")}${item.files === void 0 ? "" : ` in ${amount(item.files, "count")} files`}${item.path === path ? "" : `  ${item.path}`}`).join(", ");
export { command };
