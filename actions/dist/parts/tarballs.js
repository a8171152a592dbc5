import { d as saveState, s as getState } from "../vendor/actions-core.js";
import { n as restoreApart, r as saveFrom } from "./cache.js";
import { dirname, join } from "node:path";
import { cpSync, existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
const folderName = "_cacache";
async function restoreTarballs({ key, npmCache }, cache) {
	const like = key.slice(0, key.lastIndexOf("-") + 1);
	const restored = await restoreApart([folderName], {
		key,
		otherwise: [like]
	});
	const found = restored === null ? null : join(restored.folder, folderName);
	if (restored !== null && found !== null && existsSync(found) && lstatSync(found).isDirectory()) {
		removeOdd(found);
		move(found, join(npmCache, folderName));
	}
	if (restored !== null) rmSync(restored.folder, {
		recursive: true,
		force: true
	});
	const hit = restored?.key === key;
	if (cache === "true" && !hit) for (const [name, value] of Object.entries({
		key,
		npmCache
	})) saveState(name, value);
	return hit;
}
async function saveTarballs() {
	const [key, npmCache] = [getState("key"), getState("npmCache")];
	if (key === "" || !existsSync(join(npmCache, folderName))) return;
	rmSync(join(npmCache, folderName, "tmp"), {
		recursive: true,
		force: true
	});
	await saveFrom(npmCache, [folderName], key);
}
function removeOdd(folder) {
	for (const entry of readdirSync(folder, { withFileTypes: true })) {
		const path = join(folder, entry.name);
		if (entry.isDirectory()) removeOdd(path);
		else if (!entry.isFile()) rmSync(path, { force: true });
	}
}
function move(from, to) {
	rmSync(to, {
		recursive: true,
		force: true
	});
	mkdirSync(dirname(to), { recursive: true });
	try {
		renameSync(from, to);
	} catch (error) {
		if (error.code !== "EXDEV") throw error;
		cpSync(from, to, { recursive: true });
	}
}
export { saveTarballs as n, restoreTarballs as t };
