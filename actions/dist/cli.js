import { Tt as isLockstepError, l as openWorkspace, o as hideState, r as systemError, t as init_workspace, ut as watchParent } from "./parts/workspace.js";
import { n as findCommand, r as parseInvocation, t as UsageError } from "./parts/invocation.js";
import { resolve } from "node:path";
var version = "0.1.0";
init_workspace();
const catalogue = {
	start: () => import("./parts/start.js"),
	init: () => import("./parts/init.js"),
	"data add": () => import("./parts/data-add.js"),
	"data import": () => import("./parts/data-import.js"),
	"data diff": () => import("./parts/data-diff.js"),
	"data merge": () => import("./parts/data-merge.js"),
	"data pull": () => import("./parts/data-pull.js"),
	"data push": () => import("./parts/data-push.js"),
	"data refresh": () => import("./parts/data-refresh.js"),
	"data status": () => import("./parts/data-status.js"),
	"data verify": () => import("./parts/data-verify.js"),
	"data profile": () => import("./parts/data-profile.js"),
	"data gc": () => import("./parts/data-gc.js"),
	"data forget": () => import("./parts/data-forget.js"),
	plan: () => import("./parts/plan.js"),
	run: () => import("./parts/run3.js"),
	train: () => import("./parts/train2.js"),
	judge: () => import("./parts/judge2.js"),
	gate: () => import("./parts/gate2.js"),
	report: () => import("./parts/report3.js"),
	register: () => import("./parts/register2.js"),
	"image build": () => import("./parts/image-build.js"),
	"image push": () => import("./parts/image-push.js"),
	"image pull": () => import("./parts/image-pull.js"),
	"image pin-base": () => import("./parts/image-pin-base.js"),
	"image inspect": () => import("./parts/image-inspect.js"),
	promote: () => import("./parts/promote.js"),
	deploy: () => import("./parts/deploy.js"),
	rollback: () => import("./parts/rollback.js"),
	hold: () => import("./parts/hold.js"),
	status: () => import("./parts/status.js"),
	history: () => import("./parts/history.js"),
	verify: () => import("./parts/verify.js"),
	reproduce: () => import("./parts/reproduce.js"),
	up: () => import("./parts/up.js"),
	serve: () => import("./parts/serve.js"),
	predict: () => import("./parts/predict.js"),
	monitor: () => import("./parts/monitor2.js"),
	doctor: () => import("./parts/doctor.js"),
	upgrade: () => import("./parts/upgrade.js")
};
async function helpOfAll() {
	const commands = await Promise.all(Object.values(catalogue).map(async (load) => (await load()).command));
	const width = Math.max(...commands.map(({ name }) => name.length));
	return [
		"lockstep: code, data and models in step, from a pull request to production.",
		"",
		"Usage: lockstep <command> [options]",
		"",
		...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
		"",
		"--json prints the result for machines, --help a command's options, -C <folder> works there.",
		"Exit codes: 0 done, 1 refused or failed, 2 usage, 3 verdict fail, 4 verdict inconclusive."
	].join("\n");
}
function helpOf(command) {
	const options = Object.entries(command.options).map(([name, option]) => ({
		left: `--${name}${option.type === "string" ? " <value>" : ""}${option.short ? `, -${option.short}` : ""}`,
		right: command.help[name] ?? ""
	}));
	const width = Math.max(0, ...options.map(({ left }) => left.length));
	return [
		command.summary,
		"",
		`Usage: lockstep ${command.name}${command.positionals ? ` ${command.positionals}` : ""}${options.length > 0 ? " [options]" : ""}`,
		...options.length > 0 ? ["", ...options.map(({ left, right }) => `  ${left.padEnd(width)}  ${right}`)] : []
	].join("\n");
}
watchParent(() => process.kill(process.pid, "SIGTERM"));
for (const stream of [process.stdout, process.stderr]) stream.on("error", (error) => {
	if (error.code !== "EPIPE") throw error;
	process.exit();
});
const args = process.argv.slice(2);
const wantsJson = args.includes("--json");
process.on("uncaughtException", (error) => process.exit(fail(error)));
try {
	process.exitCode = await main(args);
} catch (error) {
	process.exitCode = fail(error);
}
async function main(args) {
	const found = findCommand(args, Object.keys(catalogue));
	if (found.name === "help") {
		print(await helpOfAll());
		return args.length === 0 ? 2 : 0;
	}
	if (found.name === "version") {
		print(wantsJson ? JSON.stringify({ version }) : `lockstep ${version}`);
		return 0;
	}
	const { command } = await catalogue[found.name]();
	const { positionals, values } = parseInvocation(command, found.rest);
	if (values.help) {
		print(helpOf(command));
		return 0;
	}
	const cwd = resolve(typeof values.directory === "string" ? values.directory : ".");
	const workspace = openWorkspace(cwd);
	const result = await command.run({
		workspace,
		cwd,
		positionals,
		values,
		json: wantsJson
	}).finally(() => hideState(workspace));
	print(wantsJson ? JSON.stringify(result.json) : result.text);
	return result.exit ?? 0;
}
function fail(thrown) {
	const error = systemError(thrown) ?? thrown;
	const usage = error instanceof UsageError;
	const known = isLockstepError(error);
	const facts = known ? error.toJSON() : {
		code: usage ? "E_USAGE" : "E_INTERNAL",
		message: `${usage ? "E_USAGE" : "E_INTERNAL"}: ${error instanceof Error ? error.message : String(error)}`
	};
	if (wantsJson) print(JSON.stringify({ error: facts }));
	process.stderr.write(`${facts.message}\n`);
	if (!known && !usage) {
		process.stderr.write("This is a defect of Lockstep, not yours: LOCKSTEP_DEBUG=1 prints where it happened.\n");
		if (process.env.LOCKSTEP_DEBUG) process.stderr.write(`${error.stack}\n`);
	}
	return facts.code === "E_USAGE" ? 2 : 1;
}
function print(text) {
	if (text !== "") process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}
export {};
