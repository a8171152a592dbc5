import { C as findArtifact, S as downloadCandidate, _ as publishComment, a as subjectOfRun, b as candidateArtifacts, f as setStatus, g as runUrl, m as readContext, p as verdictContextOf, s as workflowFiles, v as triggeringRun, x as downloadArtifact } from "./parts/github.js";
import { Tt as isLockstepError, l as openWorkspace, t as init_workspace } from "./parts/workspace.js";
import { t as openForge } from "./parts/forge.js";
import { c as optional, f as token, l as path, p as wanted, s as oneOf, t as setOutputs, u as readInputs } from "./parts/outputs.js";
import { t as giveRegistryToken } from "./parts/registry-token.js";
import { c as scratchFolder, o as say, r as run, s as runnerFolders, t as fail } from "./parts/run.js";
import { t as uploadFolder } from "./parts/upload.js";
import { i as fetchBaseline } from "./parts/baseline.js";
import { t as changedModels } from "./parts/changed-models.js";
import { n as fetchChange } from "./parts/change-commits.js";
import { n as partsOfModel, t as judgedFileName } from "./parts/judged-file.js";
import { t as reviewChange } from "./parts/judged-review.js";
import { a as changeKey, l as changeOutcome, o as renderChange, s as commentMarker } from "./parts/report.js";
import { t as addSummary } from "./parts/summary.js";
import { join } from "node:path";
import { rmSync } from "node:fs";
init_workspace();
async function findChange({ context, workspace, github }) {
	const run = await triggeringRun(github, context);
	const subject = await subjectOfRun(github, run);
	if (subject.kind === "stale") return subject;
	if (run.conclusion === "action_required") return {
		kind: "unapproved",
		run,
		subject
	};
	const { head, baseRef } = subject;
	const from = subject.kind === "pull-request" ? `refs/pull/${subject.number}/head` : head;
	const commits = await fetchChange(workspace, {
		from,
		head,
		baseRef
	});
	return commits === null ? {
		kind: "stale",
		why: "the change has a newer commit"
	} : {
		kind: "change",
		run,
		subject,
		commits
	};
}
async function collect(job, folder) {
	const change = await findChange(job);
	if (change.kind === "stale") {
		say(`nothing to report on: ${change.why}`);
		return {
			subject: "",
			judge: false,
			models: ""
		};
	}
	const { subject } = change;
	if (change.kind === "unapproved") return {
		subject: described(subject),
		judge: false,
		models: ""
	};
	const { run, commits } = change;
	const touched = await changedModels(job.workspace, commits);
	const found = touched.length === 0 ? [] : await candidatesOf(job.github, run, subject.head, touched);
	rmSync(folder, {
		recursive: true,
		force: true
	});
	for (const artifact of found) {
		await downloadCandidate(job.github, artifact, join(folder, artifact.model));
		say(`${artifact.model}: candidate of ${artifact.size} bytes`);
	}
	for (const { model } of found) await bringBaseline(job, model, commits.base);
	return {
		subject: {
			...described(subject),
			...commits
		},
		judge: true,
		models: found.map(({ model }) => model).join(" "),
		...commits,
		folder
	};
}
async function bringBaseline({ workspace }, model, base) {
	try {
		say(`${model}: to be compared with ${await fetchBaseline(workspace, model, base)}`);
	} catch (error) {
		if (!isLockstepError(error)) throw error;
		say(`${model}: what it is to be compared with could not be brought. ${error.message}`);
	}
}
const described = (subject) => ({
	kind: subject.kind,
	...subject.kind === "pull-request" ? { number: subject.number } : {},
	head: subject.head
});
async function candidatesOf(github, run, head, touched) {
	const found = new Map();
	for (const from of [run, ...await runsBeside(github, run, head)]) for (const artifact of await candidateArtifacts(github, from)) if (touched.some(({ model }) => model === artifact.model) && !found.has(artifact.model)) found.set(artifact.model, artifact);
	return [...found.values()].sort((a, b) => a.model < b.model ? -1 : 1);
}
async function runsBeside(github, run, head) {
	if (run.path !== workflowFiles.trainPr) return [];
	const [newest] = await github.list("GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs", {
		workflow_id: workflowFiles.pullRequest.split("/").at(-1),
		head_sha: head,
		event: "pull_request",
		status: "completed"
	}, {
		key: "workflow_runs",
		most: 1,
		needs: "actions: read"
	});
	return newest === void 0 ? [] : [newest];
}
const spec = {
	mode: oneOf("collect", "keep", "publish"),
	token: optional(token),
	folder: optional(path),
	judged: optional(path)
};
const judgedArtifact = "lockstep-judged";
const mostManifest = 4194304;
const mostPage = 67108864;
async function publish(job) {
	const change = await findChange(job);
	if (change.kind === "stale") {
		say(`nothing to report on: ${change.why}`);
		return {};
	}
	if (change.kind === "unapproved") {
		await status(job, change, "pending", "waiting for a maintainer to let the workflow run");
		return { verdict: "pending" };
	}
	const review = await reviewOf(job, change);
	if (review === null) {
		await status(job, change, "error", "the change could not be judged: the run of lockstep-report says why");
		return { verdict: "error" };
	}
	const { state, description } = changeOutcome(review);
	const markdown = renderChange(review).replace(commentMarker, "").trimEnd();
	await addSummary(markdown);
	const said = {
		body: markdown,
		key: changeKey(review)
	};
	const comment = review.models.length === 0 ? {} : await commentOn(job, change, said);
	await status(job, change, state, description, said.key);
	say(`${state}: ${description}`);
	return {
		verdict: state,
		...comment
	};
}
async function reviewOf(job, { run, commits }) {
	const artifact = await findArtifact(job.github, { id: job.context.runId }, judgedArtifact);
	if (artifact === null) return null;
	const models = (await changedModels(job.workspace, commits)).map(({ model }) => model);
	const folder = scratchFolder("judged-again");
	rmSync(folder, {
		recursive: true,
		force: true
	});
	await downloadArtifact(job.github, artifact, folder, allowedFor(models));
	const trainedIn = run.path === workflowFiles.trainPr ? "lockstep-train-pr" : "the pull request's run";
	return {
		...await reviewChange(job.workspace, folder, commits),
		trainedIn
	};
}
const allowedFor = (models) => Object.fromEntries([[judgedFileName, mostManifest], ...models.flatMap((model) => Object.entries({
	...partsOfModel,
	"report.html": mostPage
}).map(([name, most]) => [`${model}/${name}`, most]))]);
async function commentOn({ github }, { run, subject, commits: { head } }, said) {
	if (subject.kind !== "pull-request") return {};
	try {
		const outcome = await publishComment(github, {
			number: subject.number,
			...said,
			head,
			run
		});
		say(outcome.kind === "skipped" ? `no comment: ${outcome.why}` : `comment ${outcome.kind}: ${outcome.url}`);
		return outcome.kind === "skipped" ? {} : { comment: outcome.url };
	} catch (error) {
		fail(error);
		return {};
	}
}
async function status({ context, github }, { run, subject }, state, description, key) {
	await setStatus(github, {
		sha: subject.head,
		context: verdictContextOf(subject),
		state,
		description,
		url: runUrl(context),
		about: run,
		...key === void 0 ? {} : { key }
	});
}
init_workspace();
await run(async () => {
	const inputs = readInputs(spec);
	if (inputs.mode === "keep") {
		await uploadFolder(judgedArtifact, wanted("judged", inputs.judged), 6);
		return;
	}
	const [context, workspace] = [readContext(), openWorkspace(runnerFolders().workspace)];
	const github = await openForge(inputs.token, context);
	giveRegistryToken(inputs.token);
	const job = {
		context,
		workspace,
		github
	};
	const folder = inputs.folder ?? scratchFolder("candidates");
	setOutputs(inputs.mode === "collect" ? await collect(job, folder) : await publish(job));
});
export {};
