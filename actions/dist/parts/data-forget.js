import { F as findLock, Q as openStore, _ as forgetData, z as emptyLock } from "./data.js";
import { p as listPipelines } from "./pipeline.js";
import { S as personOf, o as listAllVersions, x as committer } from "./registry.js";
import { Ct as LockstepError, f as statePath, p as amount, t as init_workspace, u as pipelinePath, z as tryGit } from "./workspace.js";
import { n as entriesIn, r as readPlaces, t as findRoots } from "./gc-roots.js";
import { n as textOption } from "./option-values.js";
import { join } from "node:path";
import { readFileSync, readdirSync } from "node:fs";
init_workspace();
async function forget(workspace, wish) {
	const { dataset, file, reason, apply } = wish;
	await checkWhole(workspace);
	const now = Date.now();
	const roots = await findRoots(workspace, {
		history: "all",
		runs: 0,
		complete: false,
		now
	});
	const entries = (findLock(workspace) ?? emptyLock).entries;
	const key = keyOf(dataset, [...entries, ...roots.datasets]);
	const versions = roots.datasets.filter((version) => version.key === key);
	const digests = new Set(versions.map(({ digest }) => digest));
	const { derived, models } = derivedFrom(workspace, digests);
	const versionsUsing = await versionTags(workspace, digests);
	const others = entries.filter((entry) => entry.key !== key);
	return {
		...await forgetData(workspace, {
			key,
			file,
			versions,
			current: entries.find((entry) => entry.key === key) ?? null,
			others,
			reason,
			by: apply ? personOf(await committer(workspace.root)) : "",
			at: new Date(now).toISOString(),
			derived: await notLocked(workspace, derived, others),
			apply
		}),
		reason,
		models: [...new Set([...versionsUsing, ...models])].sort(),
		pipelines: listPipelines(workspace).filter((model) => pipelineText(workspace, model).includes(`data:${key}`))
	};
}
function keyOf(dataset, known) {
	const wanted = dataset.replace(/^data\//, "").replace(/\/$/, "");
	const found = known.find(({ key }) => key === wanted || key === `${wanted}/`);
	if (found) return found.key;
	throw new LockstepError("E_DATA_MISSING", {
		what: `no lock in this clone's history names "${dataset}"`,
		allowed: "a dataset that is or was in data.lock",
		fix: "lockstep data status lists what is locked"
	});
}
async function checkWhole({ root }) {
	const { status, stdout } = await tryGit(["rev-parse", "--is-shallow-repository"], { cwd: root });
	if (status !== 0 || stdout.trim() !== "true") return;
	throw new LockstepError("E_GIT", {
		what: "this clone is shallow: it does not know the earlier versions that must go too",
		fix: "git fetch --unshallow --tags"
	});
}
function derivedFrom(workspace, from) {
	const runs = statePath(workspace, "runs");
	const stages = [...jsonFiles(runs, "record.json").flatMap((record) => record.stages ?? []), ...jsonFiles(join(runs, "stages"), null)];
	const reached = new Set(from);
	for (let before = 0; before !== reached.size;) {
		before = reached.size;
		for (const { inputs, outputs } of stages) {
			if (!Object.values(inputs ?? {}).some((digest) => reached.has(digest))) continue;
			for (const { digest } of Object.values(outputs ?? {})) reached.add(digest);
		}
	}
	const models = jsonFiles(runs, "record.json").filter(({ stages: own = [] }) => own.some(({ inputs }) => Object.values(inputs).some((one) => from.has(one)))).map(({ model, fingerprint }) => `${model} (run ${fingerprint.slice(7, 19)})`);
	return {
		derived: new Set([...reached].filter((digest) => !from.has(digest))),
		models
	};
}
function jsonFiles(folder, name) {
	let found;
	try {
		found = readdirSync(folder);
	} catch {
		return [];
	}
	return found.flatMap((entry) => {
		try {
			const path = name === null ? join(folder, entry) : join(folder, entry, name);
			return [JSON.parse(readFileSync(path, "utf8"))];
		} catch {
			return [];
		}
	});
}
async function versionTags(workspace, digests) {
	const { root } = workspace;
	const places = [...(await listAllVersions(root)).values()].flat().map(({ tag, commit }) => ({
		spec: `${commit}:./data.lock`,
		why: tag
	}));
	return (await readPlaces(root, places)).flatMap(({ whys, bytes }) => entriesIn(bytes).some(({ digest }) => digests.has(digest)) ? whys : []);
}
async function notLocked(workspace, derived, others) {
	const store = openStore(workspace);
	const locked = new Set(others.map(({ digest }) => digest));
	for (const { digest, files } of others) {
		const manifest = files !== void 0 && store.has(digest) ? (await store.read(digest)).toString() : "";
		for (const [hex] of manifest.matchAll(/^[0-9a-f]{64}/gm)) locked.add(`sha256:${hex}`);
	}
	return new Set([...derived].filter((digest) => !locked.has(digest)));
}
function pipelineText(workspace, model) {
	try {
		return readFileSync(pipelinePath(workspace, model, "pipeline.yaml"), "utf8");
	} catch {
		return "";
	}
}
init_workspace();
const command = {
	name: "data forget",
	summary: "delete a dataset, in all its versions, wherever Lockstep keeps it",
	positionals: "<dataset>",
	options: {
		reason: { type: "string" },
		file: { type: "string" },
		yes: { type: "boolean" }
	},
	help: {
		reason: "why, for everybody who meets an old version (required)",
		file: "only this file of a folder, by its path in it",
		yes: "delete (default: show the plan)"
	},
	async run({ workspace, positionals, values }) {
		const report = await forget(workspace, {
			dataset: positionals[0],
			file: values.file,
			reason: textOption(values, "reason", "data forget"),
			apply: values.yes === true
		});
		return {
			json: report,
			text: textOf(report)
		};
	}
};
const most = 10;
const some = (items) => `${items.slice(0, most).join(", ")}${items.length > most ? ` and ${items.length - most} more` : ""}`;
function textOf(report) {
	const { applied, dataset, versions, files, local, remote, shared, unknown, models, pipelines } = report;
	const packs = remote.packs > 0 ? `, written anew: ${remote.packs} packs, ${remote.maps} maps` : "";
	return [
		`${applied ? "forgotten" : "would be forgotten"}: ${dataset}, ${versions} version${versions === 1 ? "" : "s"}, ${amount(files, "count")} file${files === 1 ? "" : "s"}`,
		`  under data/: the working copy`,
		`  in the local store: ${local.objects} objects, and ${local.derived} cached outputs made of it`,
		`  in ${remote.name}: ${remote.objects} objects${packs}`,
		...shared.length > 0 ? [`  stays, since other datasets have the same bytes: ${some(shared.map(({ key }) => key))}`] : [],
		...unknown.length > 0 ? [`  not followed, since the manifest is nowhere: ${some(unknown)}; \`lockstep data gc\` removes what they left`] : [],
		"not reached:",
		"  other people's clones (there `lockstep data gc --apply`, once they have data.tombstones.json), backups, notebooks",
		...remote.name.startsWith("oci:") ? ["  the registry's disk, until it collects its garbage"] : [],
		...remote.inGit.length > 0 ? ["  Git's history, which has what lay in .data/. To rewrite it, with everybody's consent:", `    git filter-repo --invert-paths ${remote.inGit.map((path) => `--path ${path}`).slice(0, most).join(" ")}`] : [],
		`  models made with it: ${models.length === 0 ? "none that this clone knows of" : some(models)}`,
		...pipelines.length > 0 ? [`  pipelines that still name it: ${some(pipelines)}`] : [],
		applied ? "next: commit data.lock and data.tombstones.json, and let others pull them" : "nothing is deleted yet: add --yes, when nobody pushes meanwhile"
	].join("\n");
}
export { command };
