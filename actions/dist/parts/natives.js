import { Ct as LockstepError, wt as init_errors } from "./workspace.js";
import { createRequire } from "node:module";
import { join } from "node:path";
init_errors();
function resolveNative(name, workspace = process.cwd()) {
	const modules = process.env.LOCKSTEP_MODULES;
	const places = [
		...modules ? [join(modules, "from-here.js")] : [],
		...workspace === null ? [] : [join(workspace, "from-here.js")],
		import.meta.url
	];
	for (const place of places) try {
		return createRequire(place).resolve(name);
	} catch {}
	throw new LockstepError("E_NATIVE_MISSING", {
		what: `the package ${name} is not installed`,
		allowed: "in $LOCKSTEP_MODULES, in the node_modules of the workspace, or beside Lockstep",
		fix: "run `npm ci`"
	});
}
const loaded = new Map();
function loadOnnxRuntime(workspace) {
	const path = resolveNative("onnxruntime-node", workspace);
	const runtime = loaded.get(path) ?? createRequire(import.meta.url)(path);
	loaded.set(path, runtime);
	return runtime;
}
export { resolveNative as n, loadOnnxRuntime as t };
