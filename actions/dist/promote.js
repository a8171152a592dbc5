import { c as approvalsOf, f as setStatus, g as runUrl, m as readContext } from "./parts/github.js";
import { H as checkEnvironment, R as resolveCommit, Tt as isLockstepError, ht as digestOf, l as openWorkspace, nt as isName, t as init_workspace } from "./parts/workspace.js";
import { t as openForge } from "./parts/forge.js";
import { t as actAsBot } from "./parts/git-identity.js";
import { a as model, c as optional, d as text, f as token, p as wanted, s as oneOf, t as setOutputs, u as readInputs } from "./parts/outputs.js";
import { t as giveRegistryToken } from "./parts/registry-token.js";
import { n as refuse, o as say, r as run, s as runnerFolders } from "./parts/run.js";
import { a as carryOut, n as outcomeText, o as jobOfTag, s as unansweredJobs } from "./parts/release-model.js";
import { t as showDeployment } from "./parts/deployment.js";
import { l as readEnvironments } from "./parts/gitops.js";
import { p as parseTag } from "./parts/registry.js";
init_workspace();
const states = {
	observed: "success",
	written: "success",
	already: "success",
	waiting: "pending",
	refused: "failure"
};
async function tellTagged({ github, context }, { commit: sha, environment, tag }, kind, description) {
	const name = `lockstep/promote/${environment}`;
	const status = {
		sha,
		state: states[kind],
		description,
		url: runUrl(context),
		context: name
	};
	const last = kind !== "waiting" && tag !== void 0;
	await setStatus(github, {
		...status,
		...last ? { key: digestOf(tag) } : {}
	});
}
async function tellWritten(job, request) {
	const { model, version, environment } = request;
	const { releases } = await readEnvironments(job.workspace, model);
	const record = releases.get(environment);
	if (record?.version !== version) return;
	const text = `${model} ${version} in ${environment}: written to Git`;
	const image = `${record.image.name}@${record.image.digest}`;
	await showDeployment(job, {
		model,
		environment,
		version,
		image
	}, text);
	await tellTagged(job, request, "already", text);
}
init_workspace();
const patience = 60;
async function answer(job, asked) {
	if (asked.tag === null) return decide(job, named(asked));
	const { job: request, state } = await tagged(job, asked.tag);
	if (request !== null) return decide(job, request);
	say(`${asked.tag}: ${state.kind} already`);
	if (state.kind === "written") await tellWritten(job, state.request);
	if (state.kind !== "refused") return {
		outcome: "already",
		reason: ""
	};
	const { request: refused, reason } = state;
	const text = `${refused.model} ${refused.version} in ${refused.environment}: refused. ${reason}`;
	await tellTagged(job, refused, "refused", text);
	refuse("E_TAG_REQUEST", text);
	return {
		outcome: "refused",
		reason
	};
}
async function decide(job, request) {
	const { workspace } = job;
	const approvals = await approvalsFor(job, request.environment);
	const outcome = await carryOut(workspace, request, {
		observe: patience,
		...approvals ? { approvals } : {}
	});
	const text = outcomeText(outcome, request);
	say(text);
	if ("result" in outcome) await showDeployment(job, outcome.result, text);
	const { commit, environment, tag } = request;
	if (commit !== void 0) await tellTagged(job, {
		commit,
		environment,
		tag
	}, outcome.kind, text);
	if (outcome.kind === "refused") refuse(outcome.code, text);
	return {
		outcome: outcome.kind,
		reason: "reason" in outcome ? outcome.reason : ""
	};
}
const named = ({ model, version, environment }) => ({
	model: wanted("model", model),
	version: wanted("version", version),
	environment: wanted("environment", environment)
});
async function tagged(job, tag) {
	try {
		return await jobOfTag(job.workspace, tag);
	} catch (error) {
		const commit = await resolveCommit(job.workspace.root, `refs/tags/${tag}`);
		const environment = /#([a-z0-9-]+)/.exec(tag)?.[1];
		if (isLockstepError(error) && commit !== null && environment !== void 0) await tellTagged(job, {
			commit,
			environment,
			tag
		}, "refused", error.message);
		throw error;
	}
}
async function approvalsFor({ github, context }, environment) {
	const all = await approvalsOf(github, context.runId);
	const time = new Date().toISOString();
	const own = all.filter((approval) => approval.environment === environment);
	return own.length === 0 ? null : own.map(({ by, id }) => ({
		by,
		id,
		time
	}));
}
const spec = {
	mode: oneOf("plan", "promote", "sweep"),
	model: optional(model),
	version: optional(text),
	environment: optional(text),
	tag: optional(text),
	token
};
init_workspace();
const mostJobs = 256;
async function jobsOf(workspace, asked) {
	if (asked.tag !== null) return jobsOfTag(workspace, asked.tag);
	const environment = wanted("environment", asked.environment);
	checkEnvironment(workspace.configuration, environment);
	const [model, version] = [wanted("model", asked.model), wanted("version", asked.version)];
	return [{
		model,
		version,
		environment,
		tag: ""
	}];
}
async function jobsOfTag(workspace, tag) {
	const name = parseTag(tag);
	if (name?.event !== "assign" || !isName(name.model)) {
		say(`the tag ${JSON.stringify(tag)} asks for no promotion`);
		return [];
	}
	const { model, environment } = name;
	checkEnvironment(workspace.configuration, environment);
	try {
		const { job, state } = await jobOfTag(workspace, tag);
		if (job === null) say(`${tag}: ${state.kind} already`);
		return job === null ? [] : [toMatrix(job)];
	} catch (error) {
		if (isLockstepError(error, "E_TAG_REQUEST")) {
			say(error.message);
			return [];
		}
		if (!isLockstepError(error, "E_VERSION_UNKNOWN") && !isLockstepError(error, "E_TAG_LIGHTWEIGHT")) throw error;
		return [{
			model,
			version: "",
			environment,
			tag
		}];
	}
}
async function openJobs(workspace) {
	const jobs = await unansweredJobs(workspace);
	for (const { tag } of jobs) say(`${tag}: not answered yet`);
	return jobs.slice(0, mostJobs).map(toMatrix);
}
const toMatrix = ({ model, version, environment, tag = "" }) => ({
	model,
	version,
	environment,
	tag
});
init_workspace();
await run(async () => {
	const inputs = readInputs(spec);
	const [context, workspace] = [readContext(), openWorkspace(runnerFolders().workspace)];
	const github = await openForge(inputs.token, context);
	if (inputs.mode === "promote") {
		actAsBot();
		giveRegistryToken(inputs.token);
		setOutputs(await answer({
			context,
			workspace,
			github
		}, inputs));
		return;
	}
	const include = inputs.mode === "sweep" ? await openJobs(workspace) : await jobsOf(workspace, inputs);
	setOutputs({
		matrix: { include },
		count: include.length
	});
});
export {};
