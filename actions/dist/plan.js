import { l as mayWrite, m as readContext, o as trainRequestArtifact } from "./parts/github.js";
import { Ct as LockstepError, N as git, R as resolveCommit, Tt as isLockstepError, l as openWorkspace, t as init_workspace } from "./parts/workspace.js";
import { o as say, r as run, s as runnerFolders } from "./parts/run.js";
import { c as optional, d as text, f as token, n as count, s as oneOf, t as setOutputs, u as readInputs } from "./parts/outputs.js";
import { t as changedModels } from "./parts/changed-models.js";
import { h as readPipeline, p as listPipelines } from "./parts/pipeline.js";
import { o as listAllVersions } from "./parts/registry.js";
import { n as fetchChange, r as mergeBase } from "./parts/change-commits.js";
import { t as openForge } from "./parts/forge.js";
import { t as uploadFolder } from "./parts/upload.js";
import { join } from "node:path";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
init_workspace();
const spec = {
	for: oneOf("pull-request", "train", "main"),
	base: optional(text),
	head: optional(text),
	number: optional(count),
	token: optional(token)
};
async function readRequest(workspace, github, context, number) {
	if (context.actor === null || !await mayWrite(github, context.actor)) throw refused(`${context.actor ?? "nobody"} may not write to this repository`, "somebody who may has to ask");
	const pull = await github.ask("GET /repos/{owner}/{repo}/pulls/{pull_number}", { pull_number: number });
	if (pull.state !== "open") throw refused(`pull request ${number} is ${pull.state}`, "open it again");
	if (!wasSeen(pull, context)) throw refused(`the head of pull request ${number} was pushed after it was asked for`, "look at the new commit, and ask again");
	const change = {
		from: `refs/pull/${number}/head`,
		head: pull.head.sha,
		baseRef: pull.base.ref
	};
	const sides = await fetchChange(workspace, change);
	if (sides === null) throw refused(`pull request ${number} has a newer commit`, "look at it, and ask again");
	await keepRequest({
		v: 1,
		number,
		head: sides.head
	});
	return sides;
}
function wasSeen({ head }, { eventName, event }) {
	if (eventName !== "issue_comment") return true;
	const asked = Date.parse(String(event.comment?.created_at));
	return Date.parse(head.repo?.pushed_at ?? "") <= asked;
}
async function keepRequest(request) {
	const folder = join(runnerFolders().temp, "lockstep", "request");
	mkdirSync(folder, { recursive: true });
	writeFileSync(join(folder, "request.json"), `${JSON.stringify(request)}\n`);
	await uploadFolder(trainRequestArtifact, folder, 0);
	rmSync(folder, { recursive: true });
}
const refused = (what, fix) => new LockstepError("E_TRAIN_REQUEST", {
	what,
	allowed: "an open pull request whose newest commit somebody with write access has looked at",
	fix
});
init_workspace();
async function chooseSides(workspace, context, given) {
	if (given.number !== null) return readRequest(workspace, await openForge(given.token, context), context, given.number);
	const event = sidesOfEvent(context);
	const head = await commitOf(workspace, given.head ?? event.head ?? "HEAD");
	const named = given.base ?? event.base;
	if (named === null) return {
		base: await firstParent(workspace, head),
		head
	};
	const base = await commitOf(workspace, named);
	return {
		base: given.base === null ? await mergeBase(workspace.root, base, head) : base,
		head
	};
}
function sidesOfEvent({ event, eventName }) {
	const at = (...path) => {
		const found = path.reduce((value, step) => value?.[step], event);
		return typeof found === "string" && /^(?!0+$)[0-9a-f]{40,64}$/.test(found) ? found : null;
	};
	switch (eventName) {
		case "pull_request": return {
			base: at("pull_request", "base", "sha"),
			head: at("pull_request", "head", "sha")
		};
		case "merge_group": return {
			base: at("merge_group", "base_sha"),
			head: at("merge_group", "head_sha")
		};
		case "push": return {
			base: at("before"),
			head: at("after")
		};
		default: return {
			base: null,
			head: null
		};
	}
}
async function commitOf({ root }, revision) {
	const commit = await resolveCommit(root, revision);
	if (commit !== null) return commit;
	throw new LockstepError("E_GIT", {
		what: `the checkout does not have the commit ${revision}`,
		allowed: "a checkout with the history of both sides",
		fix: "check out with `fetch-depth: 0`"
	});
}
const firstParent = async (workspace, head) => await resolveCommit(workspace.root, `${head}^1`) ?? emptyTree(workspace);
const emptyTree = ({ root }) => git([
	"hash-object",
	"-t",
	"tree",
	"--stdin"
], {
	cwd: root,
	input: ""
});
init_workspace();
async function planJobs(workspace, purpose, sides) {
	if (purpose === "main") return forMain(workspace, sides.head);
	const changed = await changedModels(workspace, sides);
	if (purpose === "pull-request") return forPullRequest(changed);
	return forTraining(workspace, changed, sides.base);
}
function forPullRequest(changed) {
	return {
		jobs: changed.flatMap(({ model, gpu, quick, runsOn }) => {
			if (!gpu) return [{
				model,
				runsOn,
				quick: false
			}];
			return quick ? [{
				model,
				runsOn: hosted,
				quick: true
			}] : [];
		}),
		waiting: changed.filter(({ gpu }) => gpu).map(({ model }) => model),
		reasons: changed
	};
}
const hosted = "ubuntu-latest";
async function forTraining(workspace, changed, base) {
	const asked = changed.filter(({ gpu }) => gpu);
	const jobs = [];
	for (const { model } of asked) jobs.push({
		model,
		runsOn: await labelsAt(workspace, model, base),
		quick: false
	});
	return {
		jobs,
		waiting: [],
		reasons: asked
	};
}
async function labelsAt(workspace, model, base) {
	try {
		const { file } = await readPipeline(workspace, model, { commit: base });
		return file["runs-on"] ?? hosted;
	} catch (error) {
		if (isLockstepError(error, "E_PIPELINE_MISSING")) return hosted;
		throw error;
	}
}
async function forMain(workspace, head) {
	const changed = [];
	for (const [base, models] of await modelsByNewestVersion(workspace)) {
		const found = await changedModels(workspace, {
			base,
			head
		});
		changed.push(...found.filter(({ model }) => models.includes(model)));
	}
	changed.sort((a, b) => a.model < b.model ? -1 : 1);
	return {
		jobs: changed.map(({ model, runsOn }) => ({
			model,
			runsOn,
			quick: false
		})),
		waiting: [],
		reasons: changed
	};
}
async function modelsByNewestVersion(workspace) {
	const versions = await listAllVersions(workspace.root);
	const none = await emptyTree(workspace);
	return Map.groupBy(listPipelines(workspace), (model) => {
		return (versions.get(model) ?? []).filter(({ deregistered }) => !deregistered).at(-1)?.commit ?? none;
	});
}
const mostEntries = 256;
function matrixOf(jobs, most = mostEntries) {
	const kinds = Map.groupBy(jobs, ({ runsOn, quick }) => JSON.stringify([runsOn, quick]));
	const shares = sharesOf([...kinds.values()].map((members) => members.length), most);
	return [...kinds.values()].flatMap((members, index) => {
		const { runsOn, quick } = members[0];
		return parted(members.map(({ model }) => model), shares[index]).map((models) => ({
			models: models.join(" "),
			"runs-on": runsOn,
			quick
		}));
	});
}
function sharesOf(sizes, most) {
	const all = sizes.reduce((sum, size) => sum + size, 0);
	if (all <= most) return [...sizes];
	const shares = sizes.map((size) => Math.max(1, Math.floor(size * most / all)));
	for (let over = shares.reduce((sum, share) => sum + share, 0) - most; over > 0; over--) {
		const largest = shares.indexOf(Math.max(...shares));
		if (shares[largest] > 1) shares[largest]--;
	}
	return shares;
}
function parted(items, count) {
	return Array.from({ length: count }, (_, index) => items.slice(Math.floor(index * items.length / count), Math.floor((index + 1) * items.length / count)));
}
init_workspace();
await run(async () => {
	const inputs = readInputs(spec);
	const workspace = openWorkspace(runnerFolders().workspace);
	const sides = await chooseSides(workspace, readContext(), inputs);
	const { jobs, waiting, reasons } = await planJobs(workspace, inputs.for, sides);
	for (const { model, why } of reasons) say(`${model}: ${why.join("; ")}`);
	if (reasons.length === 0) say("no model is affected");
	const include = matrixOf(jobs);
	setOutputs({
		matrix: { include },
		count: include.length,
		models: jobs.map(({ model }) => model).join(" "),
		waiting: waiting.join(" "),
		...sides
	});
});
export {};
