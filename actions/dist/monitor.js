import { g as runUrl, m as readContext } from "./parts/github.js";
import { Tt as isLockstepError, l as openWorkspace, t as init_workspace } from "./parts/workspace.js";
import { n as giveGitToken, t as openForge } from "./parts/forge.js";
import { c as optional, d as text, f as token, l as path, o as models, r as flag, t as setOutputs, u as readInputs } from "./parts/outputs.js";
import { t as giveRegistryToken } from "./parts/registry-token.js";
import { c as scratchFolder, o as say, r as run, s as runnerFolders, t as fail } from "./parts/run.js";
import { t as openIssueOnce } from "./parts/issues.js";
import { p as listPipelines } from "./parts/pipeline.js";
import { n as prepareRetraining, r as pushRetraining, t as monitorModel } from "./parts/monitor.js";
import { a as renderText } from "./parts/monitoring.js";
import { t as actAsBot } from "./parts/git-identity.js";
import { n as fenced, t as addSummary } from "./parts/summary.js";
import { n as renderMonitorHtml } from "./parts/report.js";
import { join } from "node:path";
import { mkdirSync, writeFileSync } from "node:fs";
init_workspace();
const spec = {
	models,
	environment: optional(text),
	log: optional(path),
	"prepare-retraining": flag,
	token: optional(token)
};
async function tellAbout(workspace, context, report, { "prepare-retraining": prepare, token }) {
	const github = await openForge(token, context);
	actAsBot();
	const retraining = prepare ? await prepareRetraining(workspace, report) : null;
	const pushed = retraining === null ? null : await pushRetraining(workspace, retraining);
	const { model } = report;
	const { serverUrl, repository } = context;
	const compare = `${serverUrl}/${repository.owner}/${repository.name}/compare/${retraining?.branch}?expand=1`;
	const { number, opened } = await openIssueOnce(github, {
		title: retraining?.title ?? `${model} has moved away from what it learned from`,
		body: [
			retraining === null ? "" : `[Open the pull request](${compare}): its branch \`${retraining.branch}\` is pushed.`,
			fenced(renderText(report)),
			`[The run that found it](${runUrl(context)})`
		].join("\n\n"),
		marker: `lockstep:retrain ${retraining?.branch ?? model}`
	});
	say(`${model}: issue ${number} ${opened ? "opened" : "is open already"}`);
	return pushed === "pushed" ? [retraining.branch] : [];
}
const reportFolder = () => scratchFolder("monitor");
async function watch(workspace, model, { environment, log }) {
	const where = environment ?? workspace.configuration.environments.at(-1);
	try {
		const report = await monitorModel(workspace, model, {
			environment: where,
			...log === null ? {} : { log }
		});
		for (const line of renderText(report).split("\n")) say(line);
		await addSummary(`### ${model} in ${where}\n\n${fenced(renderText(report))}`);
		mkdirSync(reportFolder(), { recursive: true });
		writeFileSync(join(reportFolder(), `${model}.html`), await renderMonitorHtml(report));
		return report;
	} catch (error) {
		if (!isLockstepError(error, "E_NOT_RUNNING") && !isLockstepError(error, "E_MONITOR_DATA")) throw error;
		say(error.message);
		return null;
	}
}
async function watchAll(workspace, context, inputs) {
	const models = inputs.models.length > 0 ? inputs.models : listPipelines(workspace);
	const [alerts, branches] = [[], []];
	for (const model of models) try {
		const report = await watch(workspace, model, inputs);
		if (report === null || report.alerts.length === 0) continue;
		alerts.push(model);
		if (inputs.token !== null) branches.push(...await tellAbout(workspace, context, report, inputs));
	} catch (error) {
		fail(error);
	}
	return {
		alerts: alerts.join(" "),
		branches: branches.join(" "),
		report: reportFolder()
	};
}
init_workspace();
await run(async () => {
	const inputs = readInputs(spec);
	const context = readContext();
	if (inputs.token !== null) giveGitToken(inputs.token, context.serverUrl);
	giveRegistryToken(inputs.token);
	setOutputs(await watchAll(openWorkspace(runnerFolders().workspace), context, inputs));
});
export {};
