import { C as findArtifact, S as downloadCandidate, _ as publishComment, g as runUrl, m as readContext, u as mergedPull, y as candidateArtifactName } from "./parts/github.js";
import { Tt as isLockstepError, l as openWorkspace, t as init_workspace } from "./parts/workspace.js";
import { t as openForge } from "./parts/forge.js";
import { t as actAsBot } from "./parts/git-identity.js";
import { c as optional, d as text, f as token, o as models, p as wanted, s as oneOf, t as setOutputs, u as readInputs } from "./parts/outputs.js";
import { t as giveRegistryToken } from "./parts/registry-token.js";
import { t as openIssueOnce } from "./parts/issues.js";
import { c as scratchFolder, n as refuse, o as say, r as run, s as runnerFolders, t as fail } from "./parts/run.js";
import { a as adoptCandidate, i as trainedChange, n as keepTrained, t as checkKeepable } from "./parts/kept-run.js";
import { t as fetchAsData } from "./parts/change-commits.js";
import { r as releaseModel } from "./parts/release-model.js";
import { h as warning, u as notice } from "./vendor/actions-core.js";
import { i as renderMerged } from "./parts/report.js";
import { n as fenced } from "./parts/summary.js";
import { rmSync } from "node:fs";
init_workspace();
const spec = {
	models,
	mode: oneOf("release", "keep"),
	base: optional(text),
	head: optional(text),
	bump: optional(oneOf("patch", "minor", "major")),
	token
};
async function keepChange(job, models, { base, head }) {
	await fetchAsData(job.workspace.root, [head]);
	const kept = [];
	for (const model of models) try {
		if (await keepOne(job, model, {
			base,
			head
		})) kept.push(model);
	} catch (error) {
		if (!isLockstepError(error)) throw error;
		say(`${model}: not kept for later runs. ${error.message}`);
	}
	return kept;
}
async function keepOne({ context, workspace, github }, model, { base, head }) {
	const artifact = await findArtifact(github, { id: context.runId }, candidateArtifactName(model));
	if (artifact === null) {
		say(`${model}: not trained by this run`);
		return false;
	}
	checkKeepable(workspace, model);
	const folder = scratchFolder(`kept/${model}`);
	rmSync(folder, {
		recursive: true,
		force: true
	});
	await downloadCandidate(github, artifact, folder);
	const change = await trainedChange(workspace, {
		base,
		head
	});
	const fingerprints = await keepTrained(workspace, folder, {
		expected: {
			model,
			head
		},
		change
	});
	say(`${model}: kept for the run after the merge, under ${fingerprints.length} fingerprints`);
	return true;
}
async function tellOutcomes(job, outcomes) {
	const refused = outcomes.filter((outcome) => outcome.kind === "refused");
	for (const { code, reason } of refused) refuse(code, reason);
	if (refused.length > 0) {
		const [models, reasons] = [refused.map(({ model }) => model), refused.map(({ reason }) => reason)];
		await tellPull(job, models, reasons).catch(fail);
	}
	const made = outcomes.flatMap((outcome) => "result" in outcome ? [outcome.result.model] : []);
	if (made.length > 0 && job.context.runAttempt > 1) await tellPull(job, made, []).catch(fail);
	for (const outcome of outcomes) if (outcome.kind === "neutral") warning(`not registered: ${outcome.reason}`, { title: outcome.code });
}
async function tellImage(job, seen) {
	if (seen.public === false) notice(pullSecret(job, seen), { title: "the image is private" });
	if (seen.base !== null && !seen.base.pinned) await askToPin(job, seen.base.reference).catch(fail);
}
function outputsOf(outcomes) {
	const parts = outcomes.map((outcome) => "result" in outcome ? [outcome.result.model, {
		kind: outcome.kind,
		version: outcome.result.version
	}] : [outcome.model, {
		kind: outcome.kind,
		reason: outcome.reason
	}]);
	return {
		registered: outcomes.flatMap((outcome) => "result" in outcome ? [outcome.result.model] : []).join(" "),
		outcomes: Object.fromEntries(parts)
	};
}
async function tellPull({ context, github }, models, reasons) {
	const pull = await mergedPull(github, context.sha);
	if (pull === null) return;
	const answer = {
		run: context.runId,
		runUrl: runUrl(context),
		models,
		reasons
	};
	await publishComment(github, {
		number: pull.number,
		head: pull.head,
		body: (before) => renderMerged(answer, before),
		run: {
			id: context.runId,
			attempt: context.runAttempt
		}
	});
}
const pullSecret = ({ context }, { image }) => [
	`Only who has access to ${context.repository.owner}/${context.repository.name} can pull ${image}.`,
	`A cluster needs: kubectl create secret docker-registry lockstep-pull --docker-server=${image.split("/")[0]} --docker-username=<name> --docker-password=<token with read:packages>,`,
	"and imagePullSecrets: [{name: lockstep-pull}] in deployment.yaml; or make the package public in its settings."
].join(" ");
async function askToPin({ context, github }, reference) {
	const { number, opened } = await openIssueOnce(github, {
		title: "Pin the base of the images",
		body: [
			"The base image is named by a tag, which may be another one tomorrow. From the second environment on, images need a base with a digest. Commit this line to `lockstep.yaml`, or run `lockstep image pin-base`:",
			fenced(`image:\n  base: ${reference}`),
			`[The run that looked it up](${runUrl(context)})`
		].join("\n\n"),
		marker: "lockstep:pin-base"
	});
	if (opened) notice(`issue ${number} has the line that pins the base of the images`);
}
init_workspace();
async function registerAll(job, models, bump) {
	const outcomes = [];
	for (const model of models) {
		const outcome = await registerOne(job, model, bump).catch(fail);
		if (outcome) outcomes.push(outcome);
	}
	return outcomes;
}
async function registerOne(job, model, bump) {
	const adopted = await adoptOwn(job, model);
	const options = {
		note: say,
		beforeTag: (image) => tellImage(job, image),
		...bump === null ? {} : { bump }
	};
	const outcome = await releaseModel(job.workspace, model, options);
	if (adopted !== null && outcome.kind !== "neutral") await keepOwn(job, model, adopted);
	if (outcome.kind === "registered" || outcome.kind === "unchanged") {
		const { tag, image } = outcome.result;
		say(`${tag}: ${outcome.kind}, ${image}`);
	}
	return outcome;
}
async function adoptOwn({ context, workspace, github }, model) {
	const artifact = await findArtifact(github, { id: context.runId }, candidateArtifactName(model));
	if (artifact === null) return null;
	const folder = scratchFolder(`adopted/${model}`);
	rmSync(folder, {
		recursive: true,
		force: true
	});
	try {
		await downloadCandidate(github, artifact, folder);
		const stages = await adoptCandidate(workspace, folder);
		say(`${model}: ${stages.join(", ") || "no stage"} as trained by this run`);
		return folder;
	} catch (error) {
		if (!isLockstepError(error)) throw error;
		say(`${model}: trained again here. ${error.message}`);
		return null;
	}
}
async function keepOwn({ workspace }, model, folder) {
	try {
		checkKeepable(workspace, model);
		await keepTrained(workspace, folder);
	} catch (error) {
		if (!isLockstepError(error)) throw error;
		say(`${model}: not kept for later runs. ${error.message}`);
	}
}
init_workspace();
await run(async () => {
	const { mode, models, base, head, bump, token } = readInputs(spec);
	const context = readContext();
	const job = {
		context,
		workspace: openWorkspace(runnerFolders().workspace),
		github: await openForge(token, context)
	};
	actAsBot();
	giveRegistryToken(token);
	if (mode === "keep") {
		const commits = {
			base: wanted("base", base),
			head: wanted("head", head)
		};
		return setOutputs({ kept: (await keepChange(job, models, commits)).join(" ") });
	}
	const outcomes = await registerAll(job, models, bump);
	await tellOutcomes(job, outcomes);
	setOutputs(outputsOf(outcomes));
});
export {};
