import { F as findLock, Q as openStore, R as parseLock, b as haveObject, f as changedKeys, h as sameItem, i as readTable, y as findManifest, z as emptyLock } from "./data.js";
import { t as tableDifference } from "./monitoring.js";
import { Ct as LockstepError, L as readAtCommit, R as resolveCommit, Tt as isLockstepError, p as amount, t as init_workspace } from "./workspace.js";
init_workspace();
const mostTable = 256e6;
const mostInside = 200;
async function lockAt(workspace, revision) {
	if (revision === null) return {
		name: "the working data.lock",
		commit: null,
		lock: findLock(workspace) ?? emptyLock
	};
	const commit = await resolveCommit(workspace.root, revision);
	if (commit === null) throw new LockstepError("E_GIT", {
		what: `no commit "${revision}"`,
		allowed: "a branch, tag or commit of this repository",
		fix: "git fetch, or correct the name"
	});
	const bytes = await readAtCommit(workspace.root, commit, "data.lock");
	return {
		name: revision,
		commit,
		lock: bytes === null ? emptyLock : parseLock(bytes, `data.lock at ${revision}`)
	};
}
async function dataDifference(workspace, from, to, { mostBytes = mostTable, mostTotal = Number.POSITIVE_INFINITY } = {}) {
	const [old, now] = [from, to].map(({ lock }) => new Map(lock.entries.map((entry) => [entry.key, entry])));
	const commits = [from, to].flatMap(({ commit }) => commit ?? []);
	const found = [];
	let opened = 0;
	for (const [at, path] of changedKeys(from.lock, to.lock).sort().entries()) {
		const [before, after] = [old.get(path), now.get(path)];
		const bytes = (before?.size ?? 0) + (after?.size ?? 0);
		const fits = at < mostInside && opened + bytes <= mostTotal;
		const inside = await lookInside(workspace, before, after, {
			commits,
			mostBytes: fits ? mostBytes : 0,
			mostFetched: fits ? mostBytes : 0
		});
		if ("table" in inside) opened += bytes;
		found.push({
			path,
			...sides(before, after),
			...inside
		});
	}
	return found;
}
async function lookInside(workspace, before, after, options) {
	if (before === void 0 || after === void 0) return {};
	try {
		return before.files === void 0 ? await insideTable(workspace, before, after, options) : await insideFolder(workspace, before, after, options);
	} catch (error) {
		if (isLockstepError(error)) return { unread: {
			why: error.message,
			code: error.code
		} };
		throw error;
	}
}
async function insideFolder(workspace, before, after, options) {
	const old = await findManifest(workspace, before, options);
	const now = await findManifest(workspace, after, options);
	if (old === null || now === null) return { unread: absent(old === null ? "before" : "after") };
	return { files: fileDifferences(old, now) };
}
function fileDifferences(old, now) {
	const before = new Map(old.map((file) => [file.path, file]));
	const after = new Map(now.map((file) => [file.path, file]));
	return [...new Set([...before.keys(), ...after.keys()])].filter((path) => !sameItem(before.get(path), after.get(path))).sort().map((path) => ({
		path,
		...sides(before.get(path), after.get(path))
	}));
}
async function insideTable(workspace, before, after, options) {
	if (!/\.(csv|tsv|parquet)$/i.test(before.key)) return {};
	if (Math.max(before.size, after.size) > options.mostBytes) return { unread: { why: options.mostBytes === 0 ? "not opened: enough others were" : `more than ${amount(options.mostBytes, "bytes")}: not opened` } };
	const store = openStore(workspace);
	for (const [entry, side] of [[before, "before"], [after, "after"]]) if (!await haveObject(workspace, entry, options)) return { unread: absent(side) };
	const read = ({ key, digest }) => readTable(store.pathOf(digest), key);
	return { table: tableDifference(await read(before), await read(after)) };
}
const absent = (side) => ({ why: `the bytes ${side} are not here, and were not to be had` });
const sides = (before, after) => ({
	...before ? { before: refOf(before) } : {},
	...after ? { after: refOf(after) } : {}
});
const refOf = ({ digest, size, files }) => ({
	digest,
	size,
	...files === void 0 ? {} : { files }
});
export { lockAt as n, dataDifference as t };
