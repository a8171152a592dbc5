import { c as listVersions, o as listAllVersions } from "./registry.js";
import { R as resolveCommit, Tt as isLockstepError, t as init_workspace } from "./workspace.js";
import { f as promote, i as readTagState, n as answerRequest, r as openRequests } from "./gitops.js";
import { t as registerModel } from "./register.js";
init_workspace();
const waiting = ["E_PROMOTE_SOAK", "E_PROMOTE_NOT_OBSERVED"];
const refusal = /^E_(VERDICT|PROMOTE|ENV|TAG|VERSION|NAME|SIGNATURE|RECORD|BASE|DEPLOY)(_|$)/;
const failures = ["E_PROMOTE_RACE"];
async function jobOfTag(workspace, tag) {
	const state = await readTagState(workspace, tag);
	return {
		job: state.kind === "open" ? jobOf(state.request) : null,
		state
	};
}
const jobOf = ({ model, version, environment, tag, commit }) => ({
	model,
	version,
	environment,
	tag,
	commit
});
async function unansweredJobs(workspace, now = new Date()) {
	const models = [...(await listAllVersions(workspace.root)).keys()];
	return (await openRequests(workspace, models, now)).map(jobOf);
}
async function carryOut(workspace, job, { approvals, observe = 0 } = {}) {
	const { model, version, environment, tag, commit } = job;
	try {
		const result = await promote(workspace, {
			model,
			version,
			environment,
			observe,
			...tag === void 0 ? {} : { tag },
			...approvals === void 0 ? {} : { approvals }
		});
		return {
			kind: result.outcome === "planned" ? "written" : result.outcome,
			result
		};
	} catch (error) {
		const outcome = outcomeOf(error);
		if (outcome === null) throw error;
		if (outcome.kind === "waiting" || tag === void 0 || commit === void 0) return outcome;
		const answer = await answerRequest(workspace, {
			model,
			version,
			environment,
			tag,
			commit
		}, outcome.reason);
		return {
			...outcome,
			answer
		};
	}
}
function outcomeOf(error) {
	if (!isLockstepError(error) || failures.includes(error.code) || !refusal.test(error.code)) return null;
	const reason = reasonOf(error);
	return waiting.includes(error.code) ? {
		kind: "waiting",
		code: error.code,
		reason
	} : {
		kind: "refused",
		code: error.code,
		reason,
		answer: null
	};
}
const reasonOf = ({ message }) => message;
init_workspace();
const refused = ["E_GATE_REFUSED"];
const neutral = /^E_REGISTRY_(AUTH|FAILED|RATE_LIMIT)$/;
const saysNo = ({ code, cause }) => neutral.test(code) || code === "E_BASE_MISSING" && isLockstepError(cause) && neutral.test(cause.code);
async function releaseModel(workspace, model, options = {}) {
	try {
		const result = await registerModel(workspace, model, options);
		return {
			kind: result.outcome,
			result
		};
	} catch (error) {
		if (!isLockstepError(error)) throw error;
		const { code, message: reason } = error;
		if (refused.includes(code)) return {
			kind: "refused",
			model,
			code,
			reason
		};
		if (saysNo(error)) return {
			kind: "neutral",
			model,
			code,
			reason
		};
		throw error;
	}
}
async function deployModel(workspace, { model, environment = workspace.configuration.environments[0], version }) {
	const chosen = version ?? await versionOfHead(workspace, model);
	if (chosen === null) return {
		kind: "nothing",
		reason: `no version of ${model} is registered at this commit`
	};
	return carryOut(workspace, {
		model,
		version: chosen,
		environment
	});
}
async function versionOfHead(workspace, model) {
	const head = await resolveCommit(workspace.root, "HEAD");
	return (await listVersions(workspace.root, model)).find(({ commit, deregistered }) => commit === head && !deregistered)?.version ?? null;
}
function outcomeText(outcome, job) {
	const what = `${job.model} ${job.version} in ${job.environment}`;
	switch (outcome.kind) {
		case "observed": return `${what}: observed at ${outcome.result.observed?.url ?? "its address"}`;
		case "already": return `${what}: there already, nothing written`;
		case "written": return `${what}: written to Git, not observed from here`;
		case "waiting": return `${what}: not yet. ${outcome.reason}`;
		case "refused": return `${what}: refused. ${outcome.reason}`;
	}
}
export { carryOut as a, versionOfHead as i, outcomeText as n, jobOfTag as o, releaseModel as r, unansweredJobs as s, deployModel as t };
