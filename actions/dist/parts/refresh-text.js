import { $ as nearest, Ct as LockstepError, Et as printable, S as withLock, Tt as isLockstepError, a as scratchPath, f as statePath, p as amount, t as init_workspace } from "./workspace.js";
import { C as addData, F as findLock, c as pullData, j as workingState } from "./data.js";
import { c as dateSource, d as fetchBucket, f as fetchUrl, n as shapeChanges, o as readLineage, r as shapeOf, s as writeLineage, t as measure, u as isDue } from "./sources.js";
import { extname } from "node:path";
import { rmSync } from "node:fs";
init_workspace();
async function fetchSource(workspace, source, target, etag) {
	switch (source.kind) {
		case "url": return fetchUrl(source, target, { etag });
		case "bucket": return fetchBucket(source, target, workspace.root);
		case "sql": return (await import("./sql-source.js")).runQuery(workspace, source, target);
		case "command": return (await import("./command-source.js")).runCommand(workspace, source, target);
	}
}
async function checkReplaceable(workspace, before, after) {
	if (before === null) return false;
	const state = await workingState(workspace, before);
	if (state === "same" || await workingState(workspace, after) === "same") return true;
	if (state === "missing") return false;
	throw new LockstepError("E_DATA_CHANGED", {
		what: `data/${before.key} was changed here, and its source has other bytes too`,
		allowed: "a dataset as data.lock says, or none",
		fix: "`lockstep data pull --force` drops the change; then refresh again"
	});
}
init_workspace();
async function refreshData(workspace, options = {}) {
	const now = options.now ?? new Date();
	const wanted = selectSources(workspace, options, now);
	const file = statePath(workspace, "locks", "data-refresh.json");
	return withLock(file, {
		what: "data refresh",
		waitMs: 6e4
	}, async () => {
		const results = [];
		for (const [key, declared] of wanted) try {
			const source = dateSource(key, declared, {
				day: options.day,
				now
			});
			results.push(await refreshOne(workspace, source, now, options.dryRun === true));
		} catch (error) {
			if (!isLockstepError(error) || wanted.length === 1) throw error;
			results.push({
				key,
				state: "failed",
				error
			});
		}
		return results;
	});
}
function selectSources({ configuration: { sources } }, { only = [], scheduled = false }, now = new Date()) {
	const keys = only.length === 0 ? Object.keys(sources).sort() : only.map((name) => keyOf(sources, name));
	return [...new Set(keys)].map((key) => [key, sources[key]]).filter(([, source]) => !scheduled || isDue(source, now));
}
function keyOf(sources, name) {
	const wanted = name.replace(/^data\//, "");
	const found = [
		name,
		`${name}/`,
		wanted,
		`${wanted}/`
	].find((key) => Object.hasOwn(sources, key));
	if (found !== void 0) return found;
	const keys = Object.keys(sources);
	const near = nearest(wanted, keys);
	throw new LockstepError("E_DATA_MISSING", {
		what: `no source for "${name}"`,
		where: { file: "lockstep.yaml" },
		allowed: keys.slice(0, 10).join(", ") || "none is declared yet",
		fix: near ? `did you mean "${near}"?` : "declare it under `sources:`"
	});
}
async function refreshOne(workspace, source, now, dryRun) {
	const { key } = source;
	const before = findLock(workspace)?.entries.find((entry) => entry.key === key) ?? null;
	const lineage = readLineage(workspace);
	const known = lineage[key];
	const valid = known !== void 0 && known.digest === before?.digest && known.source === source.digest;
	const etag = valid && known.asked === source.asked ? known.etag : null;
	const target = scratchPath(workspace, "refresh", extname(key.replace(/\/$/, "")));
	try {
		const fetched = await fetchSource(workspace, source, target, etag);
		if (fetched.kind === "unchanged") return {
			key,
			state: "unchanged"
		};
		const after = await measure(target, key);
		if (valid && after.digest === known.digest) return {
			key,
			state: "unchanged"
		};
		const shape = await shapeOf(target, after);
		const made = lineageOf(source, {
			fetched: now.toISOString(),
			etag: fetched.etag,
			digest: after.digest,
			shape
		});
		if (!dryRun) await keep(workspace, target, before, after, () => writeLineage(workspace, {
			...lineage,
			[key]: made
		}));
		return {
			key,
			state: before === null ? "added" : before.digest === after.digest ? "recorded" : "updated",
			before,
			after,
			lineage: made,
			changes: shapeChanges(known ?? {}, shape)
		};
	} finally {
		rmSync(target, {
			recursive: true,
			force: true
		});
	}
}
function lineageOf({ kind, asked, date, digest: source, declared: { licence } }, { shape, ...seen }) {
	return {
		kind,
		asked,
		date,
		source,
		...seen,
		...licence === void 0 ? {} : { licence },
		...shape
	};
}
async function keep(workspace, path, before, after, beforeLock) {
	const force = await checkReplaceable(workspace, before, after);
	await addData(workspace, path, {
		as: after.key,
		force,
		beforeLock
	});
	if (after.files !== void 0) await pullData(workspace, { only: [after.key] });
}
init_workspace();
function refreshedLines(one) {
	if (one.state === "unchanged") return [`unchanged data/${one.key}`];
	if (one.state === "failed") return [`failed    data/${one.key}`, `  ${one.error.message}`];
	const [first, ...more] = changeLines(one);
	return [`${one.state.padEnd(9)} ${first}`, ...more];
}
function changeLines({ before, after, lineage, changes }) {
	const size = amount(after.size, "bytes");
	const sizes = before === null || before.digest === after.digest ? size : `${amount(before.size, "bytes")}, now ${size}`;
	return [
		`data/${after.key} (${sizes}) ${after.digest}`,
		`  from ${asked(lineage.asked)}${lineage.date === null ? "" : ` of ${lineage.date}`}`,
		...changes.map((change) => `  ${printable(change, 500)}`)
	];
}
const asked = (text) => printable(text.replace(/\s+/g, " ").trim(), 100);
export { selectSources as a, refreshData as i, changeLines as n, refreshedLines as r, asked as t };
