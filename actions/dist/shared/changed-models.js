import { v as parseLock } from "./data.js";
import { c as pipelineChange, u as parsePipeline } from "./pipeline.js";
import { O as parseYaml, P as isName, Z as isLockstepError, _ as readBlobs, n as scratchPath, v as readTree, y as git } from "./workspace.js";
import { join, resolve } from "node:path";
import { copyFileSync, existsSync, rmSync } from "node:fs";
async function treeOfWork(workspace) {
	const { root } = workspace;
	const index = scratchPath(workspace, "index");
	const folder = resolve(root, await git(["rev-parse", "--git-dir"], { cwd: root }));
	const at = {
		cwd: root,
		env: { GIT_INDEX_FILE: index }
	};
	try {
		if (existsSync(join(folder, "index"))) copyFileSync(join(folder, "index"), index);
		await git([
			"add",
			"--all",
			"--",
			"."
		], at);
		return await git(["write-tree"], at);
	} finally {
		rmSync(index, { force: true });
	}
}
const pipelineOf = (model) => `pipelines/${model}/pipeline.yaml`;
async function changedModels(workspace, { base, head }) {
	const tree = head ?? await treeOfWork(workspace);
	const [before, now] = [await readSide(workspace, base), await readSide(workspace, tree)];
	const touched = await touchedModels(workspace, before, now);
	const changed = [];
	for (const model of [...now.pipelines.keys()].filter((name) => touched.has(name)).sort()) {
		const file = labelsOf(model, now.pipelines.get(model));
		if (file === "asleep") continue;
		const known = before.pipelines.has(model);
		const why = known ? [...await pipelineChange(workspace, model, {
			base,
			head: tree
		}), ...judgingFiles(model, before, now)] : ["a new model"];
		if (why.length > 0) changed.push({
			model,
			why,
			known,
			...file
		});
	}
	return changed;
}
async function readSide({ root }, tree) {
	const files = new Map((await readTree(root, tree)).map((entry) => [entry.path, entry]));
	const found = [...files.values()].filter(({ path }) => /^pipelines\/[^/]+\/pipeline\.yaml$/.test(path));
	const blobs = await readBlobs(root, found.map(({ oid }) => oid));
	const pipelines = found.map(({ path, oid }) => [path.split("/")[1], blobs.get(oid)?.toString() ?? ""]);
	return {
		files,
		pipelines: new Map(pipelines.filter(([model]) => isName(model)))
	};
}
async function touchedModels({ root }, before, now) {
	const paths = [...new Set([...before.files.keys(), ...now.files.keys()])].filter((path) => before.files.get(path)?.oid !== now.files.get(path)?.oid);
	const own = paths.flatMap((path) => /^(?:pipelines|models)\/([^/]+)\//.exec(path)?.[1] ?? []);
	const touched = new Set(own);
	const shared = paths.some((path) => !/^(pipelines|models|\.data)\/|^data\.lock$/.test(path));
	const keys = paths.includes("data.lock") ? await changedKeys(root, before, now) : [];
	for (const [model, text] of now.pipelines) {
		if (shared && /(^|[\s[,"'])\/\w/m.test(text)) touched.add(model);
		if (keys.some((key) => text.includes(`data:${key}`))) touched.add(model);
	}
	return touched;
}
async function changedKeys(root, before, now) {
	const oids = [before, now].map(({ files }) => files.get("data.lock")?.oid);
	const blobs = await readBlobs(root, oids.flatMap((oid) => oid ?? []));
	const [old, next] = oids.map((oid) => {
		const bytes = oid === void 0 ? void 0 : blobs.get(oid);
		return new Map(bytes ? parseLock(bytes, "data.lock").entries.map((entry) => [entry.key, entry.digest]) : []);
	});
	return [...new Set([...old.keys(), ...next.keys()])].filter((key) => old.get(key) !== next.get(key));
}
const judgingFiles = (model, before, now) => ["policy.yaml", "model.yaml"].filter((name) => {
	const path = `models/${model}/${name}`;
	return before.files.get(path)?.oid !== now.files.get(path)?.oid;
});
function labelsOf(model, text) {
	const hosted = {
		runsOn: "ubuntu-latest",
		gpu: false,
		quick: false
	};
	try {
		const { file } = parsePipeline(model, parseYaml(Buffer.from(text), pipelineOf(model)));
		if (file.enabled === false) return "asleep";
		const runsOn = file["runs-on"] ?? hosted.runsOn;
		return {
			runsOn,
			gpu: Object.values(file.stages).some(({ gpu }) => gpu === true) || !isHosted(runsOn),
			quick: file.quick !== void 0
		};
	} catch (error) {
		if (isLockstepError(error)) return hosted;
		throw error;
	}
}
const isHosted = (runsOn) => [runsOn].flat().every((label) => /^(ubuntu|windows|macos)-[a-z0-9.-]+$/.test(label));
export { changedModels as t };
