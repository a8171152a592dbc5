import { st as init_process, ut as watchParent } from "../parts/workspace.js";
import { renameSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
init_process();
const graceMs = 5e3;
const { command, timeoutMs, outcomeFile } = JSON.parse(process.argv[2]);
let child;
let timedOut = false;
watchParent(() => {
	killTree("SIGKILL");
	process.exit(1);
});
for (const signal of [
	"SIGINT",
	"SIGTERM",
	"SIGHUP"
]) process.on(signal, () => endTree());
child = start();
if (timeoutMs !== null) setTimeout(() => {
	timedOut = true;
	endTree();
}, timeoutMs).unref();
child.once("error", (error) => finish({
	kind: "not-started",
	message: error.message
}));
child.once("exit", (code, signal) => {
	killTree("SIGKILL");
	finish(timedOut ? { kind: "timeout" } : signal ? {
		kind: "signal",
		signal
	} : {
		kind: "exit",
		code: code ?? 1
	});
});
function start() {
	const options = {
		stdio: [
			"ignore",
			"inherit",
			"inherit"
		],
		detached: process.platform !== "win32"
	};
	return typeof command === "string" ? spawn(command, {
		...options,
		stdio: [...options.stdio],
		shell: true
	}) : spawn(command[0], command.slice(1), {
		...options,
		stdio: [...options.stdio]
	});
}
function endTree() {
	killTree("SIGTERM");
	setTimeout(() => killTree("SIGKILL"), graceMs).unref();
}
function killTree(signal) {
	if (child?.pid === void 0) return;
	try {
		if (process.platform === "win32") child.kill(signal);
		else process.kill(-child.pid, signal);
	} catch {}
}
function finish(outcome) {
	writeFileSync(`${outcomeFile}.new`, JSON.stringify(outcome));
	renameSync(`${outcomeFile}.new`, outcomeFile);
	process.exit(0);
}
export {};
