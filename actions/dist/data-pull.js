import { t as neededDatasets } from "./parts/needed-datasets2.js";
import { K as fileObjects, Q as openStore, Z as objectPath, c as pullData, et as storeAt } from "./parts/data.js";
import { ht as digestOf, l as openWorkspace, mt as digestFile, t as init_workspace } from "./parts/workspace.js";
import { o as say, r as run, s as runnerFolders } from "./parts/run.js";
import { i as list, o as models, r as flag, t as setOutputs, u as readInputs } from "./parts/outputs.js";
import { n as restoreApart, r as saveFrom, t as newFolder } from "./parts/cache.js";
import { dirname, join } from "node:path";
import { chmodSync, existsSync, linkSync, lstatSync, readdirSync, rmSync } from "node:fs";
import { copyFile, rename } from "node:fs/promises";
init_workspace();
const spec = {
	models,
	only: list,
	cache: flag
};
const folderNames = ["sha256", "packs"];
const keyStart = "lockstep-data-";
const keyOf = (entries) => keyStart + digestOf(entries.map(({ digest }) => `${digest}\n`).sort().join("")).slice(7);
const isDistant = ({ configuration: { remote } }) => !remote.startsWith("file:");
async function restoreObjects(workspace, entries) {
	if (!isDistant(workspace) || entries.length === 0) return false;
	const key = keyOf(entries);
	const restored = await restoreApart(folderNames, {
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
		const kept = storeAt(folder);
		const packer = kept.openPacker();
		for (const entry of entries) {
			if (entry.files !== void 0) await kept.put(await store.read(entry.digest));
			for (const { key, digest, size } of await fileObjects(store, entry)) {
				const inStore = store.has(digest);
				if (inStore && size < 1048576) packer.add(digest, await store.read(digest));
				else await link(inStore ? store.pathOf(digest) : join(workspace.root, "data", key), kept, digest);
			}
		}
		packer.end();
		await saveFrom(folder, folderNames, keyOf(entries));
	} finally {
		rmSync(folder, {
			recursive: true,
			force: true
		});
	}
}
async function adoptObjects(folder, store, entries) {
	dropOdd(folder);
	const restored = storeAt(folder);
	for (const { digest } of entries) await adopt(folder, store, digest);
	const packer = store.openPacker();
	try {
		for (const digest of await digestsOf(store, entries)) {
			await adopt(folder, store, digest);
			const bytes = store.has(digest) ? null : await restored.read(digest).catch(() => null);
			if (bytes !== null) packer.add(digest, bytes);
		}
	} finally {
		packer.end();
	}
}
function dropOdd(folder) {
	const packs = join(folder, "packs");
	if (!lstatSync(packs, { throwIfNoEntry: false })?.isDirectory()) rmSync(packs, {
		recursive: true,
		force: true
	});
	else for (const name of readdirSync(packs)) if (!isPlainFile(folder, join(packs, name))) rmSync(join(packs, name), {
		recursive: true,
		force: true
	});
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
async function link(from, to, digest) {
	if (!existsSync(from) || to.has(digest)) return;
	const own = to.temporary(digest);
	try {
		linkSync(from, own);
	} catch {
		await copyFile(from, own);
	}
	await to.adopt(own, digest);
}
init_workspace();
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
