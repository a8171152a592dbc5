import { f as statePath, gt as hexOf, it as askChild, t as init_workspace, y as ownProgram } from "./workspace.js";
import { join } from "node:path";
import { existsSync } from "node:fs";
init_workspace();
const worker = ownProgram(import.meta.url, "./worker/unpack.ts");
const rootfsOf = (workspace, digest) => join(statePath(workspace, "agent", "images", hexOf(digest)), "rootfs");
async function unpackImage(workspace, digest) {
	const rootfs = rootfsOf(workspace, digest);
	if (existsSync(rootfs)) return rootfs;
	const order = {
		root: workspace.root,
		digest
	};
	return askChild(worker, order, {
		cwd: workspace.root,
		died: (how) => new Error(`unpacking ${digest} ended by ${how}`)
	});
}
export { unpackImage as n, rootfsOf as t };
