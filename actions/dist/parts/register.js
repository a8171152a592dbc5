import { Q as openStore } from "./data.js";
import { g as recordRunKey, v as readTip } from "./gitops.js";
import { s as isRegistryName } from "./oci.js";
import { l as attachEvidence, r as pushImage } from "./image.js";
import { a as readModelFile } from "./model.js";
import { S as personOf, c as listVersions, m as versionTag, n as readRelease, t as createVersionTag, x as committer } from "./registry.js";
import { Ct as LockstepError, R as resolveCommit, Tt as isLockstepError, dt as canonicalJson, t as init_workspace, z as tryGit } from "./workspace.js";
import { r as keptRuns } from "./kept-run.js";
import { t as buildModelImage } from "./model-image.js";
import { t as versionAfter } from "./next-version.js";
import { t as runModel } from "./run2.js";
init_workspace();
async function cleanCommit(workspace, model) {
	const commit = await resolveCommit(workspace.root, "HEAD");
	if (commit === null) throw new LockstepError("E_GIT", {
		what: "nothing is committed",
		fix: "commit the pipeline, the model and data.lock"
	});
	const paths = [
		"data.lock",
		"lockstep.yaml",
		`pipelines/${model}`,
		`models/${model}`
	];
	const [own, tracked] = await Promise.all([tryGit([
		"status",
		"--porcelain",
		"--untracked-files=all",
		"--",
		...paths
	], { cwd: workspace.root }), tryGit([
		"status",
		"--porcelain",
		"--untracked-files=no"
	], { cwd: workspace.root })]);
	const changed = [...new Set(`${own.stdout}${tracked.stdout}`.split("\n").filter(Boolean).map((line) => line.slice(3)))];
	if (changed.length === 0) return commit;
	throw new LockstepError("E_GIT_DIRTY", {
		what: `${changed.length} file${changed.length === 1 ? "" : "s"} not committed (${changed.slice(0, 3).join(", ")}${changed.length > 3 ? ", …" : ""})`,
		allowed: "a version names one commit, so all of it has to be there",
		fix: "git add and git commit, then register again"
	});
}
init_workspace();
function evidenceOf(store, { judgement: { objects }, run, files }) {
	return {
		"evaluation.json": store.pathOf(objects.evaluation),
		"baseline.json": store.pathOf(objects.baseline),
		"comparison.json": store.pathOf(objects.comparison),
		"predictions.parquet": store.pathOf(objects.predictions.digest),
		"golden.json": store.pathOf(objects.golden),
		"model.onnx": store.pathOf(objects.model.digest),
		"record.json": Buffer.from(canonicalJson(run.record)),
		"report.html": files.report,
		...Object.fromEntries(Object.entries(objects.verdicts).map(([environment, digest]) => [`verdict-${environment}.json`, store.pathOf(digest)]))
	};
}
init_workspace();
const mostTries = 10;
async function registerModel(workspace, model, { bump, platform, note, beforeTag } = {}) {
	const commit = await cleanCommit(workspace, model);
	const find = keptRuns(workspace, model, note);
	const done = await runModel(workspace, model, find ? { find } : {});
	const modelFile = await readModelFile(workspace, model);
	await readTip(workspace, {
		tagsOf: model,
		ask: "required"
	});
	for (let tries = 1;; tries++) {
		const versions = await listVersions(workspace.root, model);
		const same = await alreadyRegistered(workspace, versions, commit, done);
		if (same !== null) return same;
		refuseUnlessPassing(workspace, done);
		await recordRunKey(workspace, model);
		const version = await versionAfter(workspace, modelFile, versions, bump);
		try {
			return await register(workspace, {
				model,
				version,
				commit,
				done,
				modelFile,
				...platform === void 0 ? {} : { platform },
				...beforeTag === void 0 ? {} : { beforeTag }
			});
		} catch (error) {
			if (tries === mostTries || !isLockstepError(error, "E_TAG_EXISTS")) throw error;
			await readTip(workspace, {
				tagsOf: model,
				ask: "required"
			});
		}
	}
}
async function alreadyRegistered(workspace, versions, commit, { judgement }) {
	const digest = judgement.objects.model?.digest;
	for (const tag of versions.toReversed()) {
		if (tag.deregistered) continue;
		const { record } = await readRelease(workspace, tag.model, tag.version, { askOrigin: false });
		if (record.commit !== commit && record.modelDigest !== digest) continue;
		const { model, version, image, modelDigest } = record;
		return {
			model,
			version,
			tag: versionTag(model, version),
			commit: record.commit,
			image: `${image.name}@${image.digest}`,
			modelDigest,
			outcome: "unchanged",
			pushed: false,
			public: null,
			base: null
		};
	}
	return null;
}
function refuseUnlessPassing(workspace, { judgement, run }) {
	const [first] = workspace.configuration.environments;
	const verdict = judgement.verdicts.find(({ environment }) => environment === first);
	if (verdict?.verdict === "pass") return;
	throw new LockstepError("E_GATE_REFUSED", {
		what: `${run.pipeline.model}: the verdict for ${first} is ${verdict?.verdict ?? "missing"}: ${verdict?.reasons.slice(0, 2).join("; ") ?? ""}`,
		allowed: "only what passes the gate gets a version",
		fix: "improve the model; a check is waived in policy.yaml on the default branch"
	});
}
async function register(workspace, release) {
	const { model, version, commit, done, modelFile, platform } = release;
	const { objects, verdicts } = done.judgement;
	const built = await buildModelImage(workspace, {
		done,
		modelFile,
		version,
		revision: commit,
		...platform === void 0 ? {} : { platform }
	});
	await attachEvidence(workspace, built.digest, evidenceOf(openStore(workspace), done));
	const record = {
		v: 1,
		model,
		version,
		commit,
		lock: done.run.record.lock,
		run: done.run.record.fingerprint,
		modelDigest: built.modelDigest,
		golden: built.golden,
		evaluation: objects.evaluation,
		predictions: objects.predictions.digest,
		policy: verdicts[0].binding.policy,
		verdicts: Object.fromEntries(verdicts.map(({ environment, verdict, reasons, checks }) => [environment, {
			verdict,
			digest: objects.verdicts[environment],
			reasons,
			checks
		}])),
		image: {
			name: built.name,
			digest: built.digest,
			platform: built.platform
		},
		made: {
			by: personOf(await committer(workspace.root)),
			workflow: process.env.GITHUB_WORKFLOW_REF ?? null,
			time: new Date().toISOString()
		}
	};
	const { name, digest } = built;
	const remote = isRegistryName(name);
	const push = () => pushImage(workspace, {
		name,
		digest,
		tag: version
	});
	const image = remote ? await push() : null;
	const seen = {
		image: `${built.name}@${built.digest}`,
		public: image?.public ?? null,
		base: built.base
	};
	await release.beforeTag?.(seen);
	const { tag, pushed } = await createVersionTag(workspace, {
		record,
		commit,
		push: true
	});
	if (remote) await push();
	return {
		model,
		version,
		tag,
		commit,
		modelDigest: record.modelDigest,
		outcome: "registered",
		pushed,
		...seen
	};
}
export { registerModel as t };
