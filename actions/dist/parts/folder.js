import { Ct as LockstepError, t as init_workspace, yt as diskFull } from "./workspace.js";
import { dirname } from "node:path";
import { lstatSync, mkdirSync } from "node:fs";
init_workspace();
function makeFolderOf(path) {
	makeFolder(dirname(path));
}
function makeFolder(folder) {
	try {
		mkdirSync(folder, { recursive: true });
	} catch (error) {
		const full = diskFull(error, folder);
		if (full !== error) throw full;
		throw new LockstepError("E_DATA_KIND", {
			what: `the folder ${folder} cannot be made (${error.code ?? "error"})`,
			allowed: "a folder there, or nothing",
			fix: "move away what stands in its place",
			cause: error
		});
	}
}
function lookAt(path) {
	try {
		return lstatSync(path);
	} catch (error) {
		const { code } = error;
		if (code === "ENOENT" || code === "ENOTDIR") return null;
		throw error;
	}
}
export { makeFolder as n, makeFolderOf as r, lookAt as t };
