import { a as exportVariable, t as addPath } from "./vendor/actions-core.js";
import { r as flag, s as oneOf, t as setOutputs, u as readInputs } from "./parts/outputs.js";
import { a as openForeign, i as closeForeign, o as say, r as run, s as runnerFolders } from "./parts/run.js";
import { Ct as LockstepError, _ as bundleFolder, ht as digestOf, ot as exitOf, t as init_workspace } from "./parts/workspace.js";
import { t as restoreTarballs } from "./parts/tarballs.js";
import { join } from "node:path";
import { cpSync, existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
const spec = {
	cache: oneOf("true", "read", "false"),
	modules: oneOf("auto", "workspace", "natives", "none"),
	launcher: flag
};
init_workspace();
function writeLauncher(temp) {
	const folder = join(temp, "lockstep", "bin");
	const program = join(bundleFolder ?? join(import.meta.dirname, "../dist"), "cli.js");
	mkdirSync(folder, { recursive: true });
	const command = `exec ${quoted(process.execPath)} ${quoted(program)} "$@"`;
	writeFileSync(join(folder, "lockstep"), `#!/bin/sh\n${command}\n`, { mode: 493 });
	return folder;
}
const quoted = (path) => `'${path.replaceAll("'", "'\\''")}'`;
init_workspace();
const runtime = "onnxruntime-node";
function planModules(choice, workspace, temp) {
	const locked = existsSync(join(workspace, "package-lock.json"));
	if (choice === "workspace" && !locked) throw noLock();
	const own = locked && (choice === "workspace" || choice === "auto");
	const natives = choice === "natives" || choice === "auto" && !(own && names(workspace, runtime)) ? provideLock(join(temp, "lockstep", "modules")) : null;
	const folders = [...own ? [workspace] : [], ...natives === null ? [] : [natives]];
	const locks = folders.map((folder) => join(folder, "package-lock.json"));
	const texts = locks.map((lock) => digestOf(readFileSync(lock))).join("\n");
	const key = `lockstep-npm-${process.platform}-${process.arch}-${digestOf(texts).slice(7)}`;
	return {
		folders,
		locks,
		optional: choice !== "auto" || locks.some(needsOptional),
		natives,
		npmCache: join(temp, "lockstep", "npm"),
		key
	};
}
const spare = /^node_modules\/(node-(bin-)?(linux|darwin|win)-\w+|@rolldown\/binding-.+|@typescript\/typescript-[^/]+|@pkgjs\/parseargs|@tybys\/wasm-util)$/;
function needsOptional(lock) {
	const { packages = {} } = JSON.parse(readFileSync(lock, "utf8"));
	return Object.entries(packages).some(([path, { dev, optional, devOptional }]) => !dev && (optional || devOptional) && !spare.test(path));
}
const names = (workspace, name) => readFileSync(join(workspace, "package-lock.json"), "utf8").includes(`"node_modules/${name}"`);
function provideLock(folder) {
	const bundled = join(bundleFolder ?? join(import.meta.dirname, "../dist"), "modules");
	if (!existsSync(bundled)) throw new LockstepError("E_INSTALL", {
		what: "the lock of the model runtime is not beside this action",
		where: { file: bundled },
		fix: "use the action from a released version, with its whole dist folder"
	});
	cpSync(bundled, folder, { recursive: true });
	return folder;
}
const noLock = () => new LockstepError("E_INSTALL", {
	what: "no package-lock.json in the workspace",
	allowed: "modules: workspace installs what it names",
	fix: "check the repository out before this step, or use `modules: natives`"
});
init_workspace();
const options = [
	"--omit=dev",
	"--ignore-scripts",
	"--no-audit",
	"--no-fund",
	"--prefer-offline",
	"--loglevel=error"
];
async function installPackages(folder, { npmCache, optional }) {
	refuseLink(folder);
	openForeign(`npm ci in ${folder}`);
	const windows = process.platform === "win32";
	const child = spawn(windows ? "npm.cmd" : "npm", [
		"ci",
		...options,
		...optional ? [] : ["--omit=optional"],
		"--cache",
		npmCache
	], {
		cwd: folder,
		stdio: [
			"ignore",
			"pipe",
			"pipe"
		],
		shell: windows
	});
	let said = "";
	for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => {
		said = (said + text).slice(-8e3);
		for (const line of text.split("\n").filter(Boolean)) say(line);
	});
	const exit = await exitOf(child).catch((error) => ({
		code: null,
		signal: null,
		error
	}));
	closeForeign();
	if (exit.code === 0) return;
	const how = "error" in exit ? `could not start (${exit.error.message})` : `ended with ${exit.code ?? exit.signal}`;
	const words = /npm error (?!code)(.*)/.exec(said)?.[1];
	throw new LockstepError("E_INSTALL", {
		what: `npm ci ${how} in ${folder}${words ? `: ${words}` : ""}`,
		allowed: "a lock whose packages the registry has",
		fix: "read npm's words in the log; a registry that is down is worth a second run"
	});
}
function refuseLink(folder) {
	if (!lstatSync(join(folder, "node_modules"), { throwIfNoEntry: false })?.isSymbolicLink()) return;
	throw new LockstepError("E_INSTALL", {
		what: "node_modules is a link",
		where: { file: join(folder, "node_modules") },
		allowed: "none, or a folder",
		fix: "remove the link from the repository"
	});
}
await run(async () => {
	const { cache, modules, launcher } = readInputs(spec);
	const { workspace, temp } = runnerFolders();
	const plan = planModules(modules, workspace, temp);
	if (launcher) addPath(writeLauncher(temp));
	const hit = plan.locks.length > 0 && cache !== "false" && await restoreTarballs(plan, cache);
	for (const folder of plan.folders) await installPackages(folder, plan);
	if (plan.natives !== null) exportVariable("LOCKSTEP_MODULES", plan.natives);
	setOutputs({
		modules: plan.natives ?? "",
		"cache-hit": hit
	});
});
export {};
