import { a as cleanVariables, g as durationMs, i as runSupervised, o as openStageLog } from "./pipeline.js";
import { Ct as LockstepError, a as scratchPath, d as shown, f as statePath, t as init_workspace } from "./workspace.js";
import { mkdirSync, rmSync } from "node:fs";
init_workspace();
async function runCommand(workspace, { key, asked, date, declared }, target) {
	if (key.endsWith("/")) mkdirSync(target, { recursive: true });
	const logFile = statePath(workspace, "runs", "refresh", `${encodeURIComponent(key)}.log`);
	const log = openStageLog(logFile, () => {});
	const outcomeFile = scratchPath(workspace, "outcome", ".json");
	const clean = cleanVariables({
		environment: null,
		declared: declared.env ?? [],
		host: process.env
	});
	try {
		const outcome = await runSupervised({
			command: asked,
			timeoutMs: declared.timeout === void 0 ? null : durationMs(declared.timeout),
			outcomeFile,
			cwd: workspace.root,
			env: {
				...clean,
				LOCKSTEP_OUTPUT: target,
				LOCKSTEP_DATE: date
			},
			onOutput: log.write
		});
		const words = log.end().filter(Boolean).slice(-3).join(" / ").slice(-400);
		const ending = failureOf(outcome, declared.timeout);
		if (ending === null) return {
			kind: "fetched",
			etag: null
		};
		throw new LockstepError("E_SOURCE_FAILED", {
			what: `the command of "${key}" ${ending}${words === "" ? "" : `, saying: ${words}`}`,
			where: { file: "lockstep.yaml" },
			allowed: "a command that ends with 0; what it wrote is dropped",
			fix: `read ${shown(workspace, logFile)} and mend the command`
		});
	} finally {
		log.end();
		rmSync(outcomeFile, { force: true });
	}
}
function failureOf(outcome, timeout) {
	switch (outcome.kind) {
		case "exit": return outcome.code === 0 ? null : `ended with ${outcome.code}`;
		case "signal": return `was killed by ${outcome.signal}`;
		case "timeout": return `was stopped after ${timeout}`;
		case "not-started": return `could not start (${outcome.message})`;
	}
}
export { runCommand };
