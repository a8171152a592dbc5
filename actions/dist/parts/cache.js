import { h as warning } from "../vendor/actions-core.js";
import { s as runnerFolders } from "./run.js";
import { join } from "node:path";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
const tarOptions = [
	"flags=r;s|^/|@/|",
	"flags=r;s|[.][.]|__|g",
	"flags=s;s|.*|nowhere|",
	"flags=h;s|.*|nowhere|"
].map((rule) => `--transform=${rule}`).join(" ");
async function restoreApart(paths, keys) {
	const cache = await cacheClient();
	if (cache === null) return null;
	const folder = newFolder();
	const key = await inFolder(folder, { TAR_OPTIONS: tarOptions }, () => cache.restoreCache([...paths], keys.key, [...keys.otherwise ?? []])).catch((error) => {
		warning(`the cache could not be read (${error.message}): everything is fetched anew`);
	});
	if (key !== void 0) return {
		key,
		folder
	};
	rmSync(folder, {
		recursive: true,
		force: true
	});
	return null;
}
async function saveFrom(folder, paths, key) {
	const cache = await cacheClient();
	if (cache === null) return false;
	return inFolder(folder, {}, () => cache.saveCache([...paths], key)).then((id) => id !== -1, (error) => {
		warning(`nothing was kept in the cache (${error.message})`);
		return false;
	});
}
let told = false;
async function cacheClient() {
	const cache = await import("./cache2.js");
	const why = !cache.isFeatureAvailable() ? "this runner has no cache service" : process.platform === "linux" ? null : "only the tar of Linux unpacks a cache safely";
	if (why === null) return cache;
	if (!told) warning(`${why}: everything is fetched anew`);
	told = true;
	return null;
}
function newFolder() {
	const parent = join(runnerFolders().temp, "lockstep");
	mkdirSync(parent, { recursive: true });
	return mkdtempSync(join(parent, "cache-"));
}
async function inFolder(folder, env, work) {
	const changes = {
		...env,
		GITHUB_WORKSPACE: folder
	};
	const before = Object.keys(changes).map((name) => [name, process.env[name]]);
	const place = process.cwd();
	Object.assign(process.env, changes);
	process.chdir(folder);
	try {
		return await work();
	} finally {
		process.chdir(place);
		for (const [name, value] of before) if (value === void 0) delete process.env[name];
		else process.env[name] = value;
	}
}
export { restoreApart as n, saveFrom as r, newFolder as t };
