import { _ as readLock, c as pullData, d as selectEntries, g as findLock, x as fileObjects } from "./shared/data.js";
import { K as digestFile, a as openWorkspace, q as digestOf } from "./shared/workspace.js";
import { o as say, r as run, s as runnerFolders } from "./shared/run.js";
import { i as list, o as models, r as flag, t as setOutputs, u as readInputs } from "./shared/outputs.js";
import { a as objectPath, o as openStore } from "./shared/http-request.js";
import { f as readPipeline, o as planRun } from "./shared/pipeline.js";
import { n as restoreApart, r as saveFrom, t as newFolder } from "./shared/cache.js";
import { dirname, join } from "node:path";
import { chmodSync, existsSync, linkSync, lstatSync, mkdirSync, rmSync } from "node:fs";
import { copyFile, rename } from "node:fs/promises";
const spec = {
	models,
	only: list,
	cache: flag
};
async function neededDatasets(workspace, models, only) {
	const lock = only.length === 0 ? findLock(workspace) : readLock(workspace);
	if (lock === null) return [];
	if (models.length === 0) return selectEntries(lock, only);
	const keys = new Set(only);
	for (const model of models) for (const key of await readKeys(workspace, model)) keys.add(key);
	return keys.size === 0 ? [] : selectEntries(lock, [...keys]);
}
async function readKeys(workspace, model) {
	const pipeline = await readPipeline(workspace, model);
	const { stages } = await planRun(workspace, pipeline);
	const running = new Set(stages.filter(({ decision }) => decision.kind === "run").map(({ name }) => name));
	return pipeline.stages.filter(({ name }) => running.has(name)).flatMap(({ inputs }) => inputs.flatMap((input) => input.kind === "data" ? [input.key] : []));
}
const folderName = "sha256";
const keyStart = "lockstep-data-";
const keyOf = (entries) => keyStart + digestOf(entries.map(({ digest }) => `${digest}\n`).sort().join("")).slice(7);
const isDistant = ({ configuration: { remote } }) => !remote.startsWith("file:");
async function restoreObjects(workspace, entries) {
	if (!isDistant(workspace) || entries.length === 0) return false;
	const key = keyOf(entries);
	const restored = await restoreApart([folderName], {
		key,
		otherwise: [keyStart]
	});
	if (restored === null) return false;
	try {
		await adoptObjects(restored.folder, openStore(workspace), entries);
	} finally {
		rmSync(restored.folder, {
			recursive: true,
			force: true
		});
	}
	return restored.key === key;
}
async function saveObjects(workspace, entries) {
	if (!isDistant(workspace)) return;
	const store = openStore(workspace);
	const folder = newFolder();
	try {
		for (const digest of await digestsOf(store, entries)) {
			const path = join(folder, objectPath(digest));
			mkdirSync(dirname(path), { recursive: true });
			await link(store.pathOf(digest), path);
		}
		await saveFrom(folder, [folderName], keyOf(entries));
	} finally {
		rmSync(folder, {
			recursive: true,
			force: true
		});
	}
}
async function adoptObjects(folder, store, entries) {
	for (const { digest } of entries) await adopt(folder, store, digest);
	for (const digest of await digestsOf(store, entries)) await adopt(folder, store, digest);
}
async function adopt(folder, store, digest) {
	const path = join(folder, objectPath(digest));
	if (store.has(digest) || !isPlainFile(folder, path)) return;
	const own = store.temporary(digest);
	await rename(path, own).catch(() => copyFile(path, own));
	chmodSync(own, 420);
	if ((await digestFile(own)).digest === digest) await store.adopt(own, digest);
	else rmSync(own, { force: true });
}
function isPlainFile(root, path) {
	for (let folder = dirname(path); folder !== root; folder = dirname(folder)) if (!lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) return false;
	const found = lstatSync(path, { throwIfNoEntry: false });
	return found?.isFile() === true && found.nlink === 1;
}
async function digestsOf(store, entries) {
	const digests = new Set(entries.map(({ digest }) => digest));
	for (const entry of entries) {
		if (entry.files === void 0 || !store.has(entry.digest)) continue;
		for (const object of await fileObjects(store, entry)) digests.add(object.digest);
	}
	return digests;
}
async function link(from, to) {
	if (!existsSync(from)) return;
	try {
		linkSync(from, to);
	} catch {
		await copyFile(from, to);
	}
}
await run(async () => {
	const { models, only, cache } = readInputs(spec);
	const workspace = openWorkspace(runnerFolders().workspace);
	const needed = await neededDatasets(workspace, models, only);
	const hit = cache && await restoreObjects(workspace, needed);
	const { datasets, fetched } = needed.length === 0 ? {
		datasets: [],
		fetched: {
			objects: 0,
			bytes: 0
		}
	} : await pullData(workspace, { only: needed.map(({ key }) => key) });
	if (cache && !hit && fetched.objects > 0) await saveObjects(workspace, needed);
	say(`${datasets.length} datasets as locked, ${fetched.objects} objects fetched (${fetched.bytes} bytes)`);
	setOutputs({
		datasets: datasets.length,
		...fetched,
		"cache-hit": hit
	});
});
export {};
