import { n as worst } from "./parts/verdicts.js";
import { l as openWorkspace, t as init_workspace } from "./parts/workspace.js";
import { a as model, c as optional, d as text, l as path, t as setOutputs, u as readInputs } from "./parts/outputs.js";
import { r as run, s as runnerFolders } from "./parts/run.js";
import { t as addSummary } from "./parts/summary.js";
import { t as judgeHandover } from "./parts/judge.js";
import { t as runModel } from "./parts/run2.js";
import { t as stageGroups } from "./parts/stage-groups.js";
import { readFileSync } from "node:fs";
init_workspace();
async function evaluate(workspace, { model, candidate, base }) {
	const { report, end } = stageGroups(model);
	const options = {
		report,
		...base === null ? {} : { base }
	};
	try {
		return candidate === null ? await runModel(workspace, model, options) : await judgeHandover(workspace, candidate, options);
	} finally {
		end();
	}
}
const spec = {
	model,
	candidate: optional(path),
	base: optional(text)
};
await run(async () => {
	const inputs = readInputs(spec);
	const { judgement, files } = await evaluate(openWorkspace(runnerFolders().workspace), inputs);
	const { verdicts, evaluation } = judgement;
	await addSummary(readFileSync(files.comment, "utf8"));
	setOutputs({
		verdict: worst(verdicts.map(({ verdict }) => verdict)),
		verdicts: Object.fromEntries(verdicts.map(({ environment, verdict }) => [environment, verdict])),
		metrics: evaluation.metrics,
		report: files.report,
		comment: files.comment
	});
});
export {};
