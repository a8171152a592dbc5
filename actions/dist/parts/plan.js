import { t as lockConflict } from "./lock-conflict.js";
import { h as readPipeline, l as planRun, p as listPipelines } from "./pipeline.js";
const command = {
	name: "plan",
	summary: "say what a run would do now, and why",
	positionals: "[model]",
	options: { until: { type: "string" } },
	help: { until: "stop after this stage" },
	async run({ workspace, positionals, values }) {
		const models = positionals[0] === void 0 ? await enabledModels(workspace) : [positionals[0]];
		const until = values.until;
		const plans = [];
		for (const model of models) {
			const pipeline = await readPipeline(workspace, model);
			plans.push(await planRun(workspace, pipeline, until === void 0 ? {} : { until }));
		}
		const text = plans.map(planText).join("\n\n") || "no pipeline here: `lockstep init <model>` makes one";
		const settle = await lockConflict(workspace, "HEAD");
		const conflict = settle === null ? [] : [`data.lock conflicts with the branch this goes to: ${settle}`];
		return {
			json: {
				models: plans.map(planJson),
				...settle === null ? {} : { settle }
			},
			text: [text, ...conflict].join("\n\n")
		};
	}
};
async function enabledModels(workspace) {
	const models = [];
	for (const model of listPipelines(workspace)) if ((await readPipeline(workspace, model)).file.enabled !== false) models.push(model);
	return models;
}
function planText({ model, stages }) {
	const width = Math.max(...stages.map(({ name }) => name.length));
	const running = stages.filter(({ decision }) => decision.kind === "run").length;
	const head = running === 0 ? "nothing to run" : `${running} of ${stages.length} stages to run`;
	const line = ({ name, decision }) => `  ${name.padEnd(width)}  ${decision.kind === "cached" ? "cached" : `run: ${decision.why.join(", ")}`}`;
	return [`${model}: ${head}`, ...stages.map(line)].join("\n");
}
const planJson = ({ model, stages }) => ({
	model,
	stages: stages.map(({ name, fingerprint, decision }) => ({
		name,
		fingerprint,
		action: decision.kind,
		why: decision.kind === "run" ? decision.why : []
	}))
});
export { command };
