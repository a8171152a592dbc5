import { i as error, m as startGroup, n as debug, r as endGroup } from "../vendor/actions-core.js";
import { Tt as isLockstepError, r as systemError, t as init_workspace } from "./workspace.js";
import { join, relative, resolve, sep } from "node:path";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
init_workspace();
const runnerFolders = (env = process.env) => ({
	workspace: resolve(env.GITHUB_WORKSPACE || "."),
	temp: resolve(env.RUNNER_TEMP || tmpdir())
});
const scratchFolder = (name) => join(runnerFolders().temp, "lockstep", name);
const inert = (text) => text.replace(/[\r\n\u0085\u2028\u2029\v\f]+/g, " ").replaceAll("##[", "## [").replace(/^(\s*:):/, "$1 :");
let password = null;
function openForeign(title) {
	closeForeign();
	startGroup(inert(title));
	password = randomBytes(32).toString("hex");
	process.stdout.write(`::stop-commands::${password}\n`);
}
function closeForeign() {
	if (password === null) return;
	process.stdout.write(`::${password}::\n`);
	password = null;
	endGroup();
}
const say = (line) => {
	process.stdout.write(`${inert(line)}\n`);
};
async function run(work) {
	process.on("uncaughtException", (error) => {
		fail(error);
		process.exit(1);
	});
	try {
		await work();
	} catch (error) {
		fail(error);
	}
}
function fail(thrown) {
	closeForeign();
	process.exitCode = 1;
	const error$1 = systemError(thrown) ?? thrown;
	if (isLockstepError(error$1)) {
		error(error$1.message, {
			title: error$1.code,
			...placeOf(error$1.where)
		});
		return;
	}
	const code = "E_INTERNAL";
	const message = error$1 instanceof Error ? error$1.message : String(error$1);
	error(`${code}: ${message}. This is a defect of Lockstep, not yours: run the job again with debug logging to see where it happened.`, { title: code });
	if (error$1 instanceof Error) debug(error$1.stack ?? "");
}
function refuse(code, message) {
	closeForeign();
	process.exitCode = 1;
	error(message, { title: code });
}
function placeOf(where) {
	if (where === void 0) return {};
	const { workspace } = runnerFolders();
	const path = resolve(workspace, where.file);
	const file = relative(workspace, path).split(sep).join("/");
	if (file === "" || file.startsWith("..") || !existsSync(path)) return {};
	return {
		file,
		...where.line === void 0 ? {} : { startLine: where.line },
		...where.column === void 0 ? {} : { startColumn: where.column }
	};
}
export { openForeign as a, scratchFolder as c, closeForeign as i, refuse as n, say as o, run as r, runnerFolders as s, fail as t };
