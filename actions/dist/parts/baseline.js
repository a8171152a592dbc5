import { Q as openStore } from "./data.js";
import { _ as readFolders, m as verifyFolder, v as readTip } from "./gitops.js";
import { d as pullEvidence, u as readEvidence } from "./image.js";
import { c as listVersions, i as trustedKeys, n as readRelease } from "./registry.js";
import { Ct as LockstepError, Tt as isLockstepError, t as init_workspace } from "./workspace.js";
import { n as workspaceAt } from "./base2.js";
import { statSync } from "node:fs";
init_workspace();
async function chooseBaseline(workspace, model, { base, ask }) {
	const tip = await readTip(workspace, {
		tagsOf: model,
		ask
	});
	const trust = await trustedKeys(workspace, base, { local: true });
	const running = await runningVersion(workspace, model, tip, trust);
	if (running !== null) return {
		baseline: running,
		tip: tip.commit
	};
	const newest = (await listVersions(workspace.root, model)).filter(({ deregistered }) => !deregistered).at(-1);
	if (!newest) return {
		baseline: { kind: "simplest" },
		tip: tip.commit
	};
	const { record } = await readRelease(workspace, model, newest.version, {
		trust,
		askOrigin: false
	});
	return {
		baseline: {
			kind: "version",
			record,
			environment: null
		},
		tip: tip.commit
	};
}
async function fetchBaseline(workspace, model, base) {
	const judging = await workspaceAt(workspace, base);
	const { baseline } = await chooseBaseline(judging, model, {
		base,
		ask: "required"
	});
	if (baseline.kind === "version") {
		const { name, digest } = baseline.record.image;
		await pullEvidence(judging, name, digest);
	}
	return baselineName(baseline);
}
async function knownChampions(workspace, model, base) {
	try {
		return await chooseBaseline(workspace, model, {
			base,
			ask: "never"
		});
	} catch (error) {
		if (isLockstepError(error, "E_SIGNATURE")) return null;
		throw error;
	}
}
async function runningVersion(workspace, model, tip, trust) {
	const running = await releasesOf(workspace, model, tip, trust);
	for (const environment of workspace.configuration.environments.toReversed()) {
		const record = running.get(environment);
		if (record) return {
			kind: "version",
			record,
			environment
		};
	}
	return null;
}
async function runningIn(workspace, model, environment, base) {
	return (await releasesOf(workspace, model, await readTip(workspace, {
		tagsOf: model,
		ask: "try"
	}), await trustedKeys(workspace, base, { local: true }))).get(environment) ?? null;
}
async function releasesOf(workspace, model, tip, trust) {
	const folders = (await readFolders(workspace, tip)).filter((folder) => folder.model === model);
	return new Map(folders.flatMap(({ environment, files }) => {
		const verdict = verifyFolder({
			model,
			environment,
			files,
			trust
		});
		return verdict.kind === "verified" ? [[environment, verdict.release.record]] : [];
	}));
}
const baselineName = (baseline) => {
	if (baseline.kind === "simplest") return "the simplest model";
	return `${baseline.record.version}${baseline.environment === null ? "" : ` in ${baseline.environment}`}`;
};
const subjectOf = ({ record, environment }) => ({
	kind: "version",
	version: record.version,
	modelDigest: record.modelDigest,
	...environment === null ? {} : { environment }
});
async function evidenceObject(workspace, record, digest) {
	const store = openStore(workspace);
	if (!store.has(digest)) {
		const find = () => Object.values(readEvidence(workspace, record.image.digest)).find((file) => file.digest === digest);
		const found = find() ?? (await pullEvidence(workspace, record.image.name, record.image.digest) ? find() : void 0);
		if (found) await store.putFile(found.path);
	}
	if (!store.has(digest)) throw new LockstepError("E_BASELINE_MISSING", {
		what: `${digest} of ${record.model} ${record.version} is neither in the store nor beside its image`,
		allowed: "a registered version whose evidence can be read",
		fix: `fetch the image ${record.image.name}@${record.image.digest} with its evidence`
	});
	const path = store.pathOf(digest);
	return {
		digest,
		size: statSync(path).size,
		path
	};
}
export { knownChampions as a, fetchBaseline as i, chooseBaseline as n, runningIn as o, evidenceObject as r, subjectOf as s, baselineName as t };
