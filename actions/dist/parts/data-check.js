import { a as readModelFile } from "./model.js";
import { c as modelPath, t as init_workspace } from "./workspace.js";
import { existsSync } from "node:fs";
init_workspace();
async function findAfterCheck(workspace, model, { find, force }) {
	if (!existsSync(modelPath(workspace, model, "model.yaml")) || !(await readModelFile(workspace, model)).data) return find ? { find } : {};
	const check = async () => (await import("./data-quality2.js")).checkDataOf(workspace, model);
	if (force) await check();
	let checked;
	return { find: async (fingerprint) => {
		await find?.(fingerprint);
		checked ??= check();
		await checked;
	} };
}
export { findAfterCheck as t };
