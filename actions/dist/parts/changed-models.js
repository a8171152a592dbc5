import { d as changeSide, f as pipelineChange, m as parsePipeline } from "./pipeline.js";
import { A as readTree, M as openObjects, N as git, Tt as isLockstepError, a as scratchPath, nt as isName, q as parseYaml, t as init_workspace } from "./workspace.js";
import { join, resolve } from "node:path";
import { copyFileSync, existsSync, rmSync } from "node:fs";
init_workspace();
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
init_workspace();
const pipelineOf = (model) => `pipelines/${model}/pipeline.yaml`;
async function changedModels(workspace, { base, head }) {
	const tree = head ?? await treeOfWork(workspace);
	await using objects = openObjects(workspace.root);
	const sides = [base, tree].map((treeish) => readSide(workspace, objects, treeish));
	const [before, now] = await Promise.all(sides);
	const touched = await touchedModels(before, now);
	const changed = [];
	for (const model of [...touched].filter((name) => now.models.has(name)).sort()) {
		const file = await labelsOf(model, now);
		if (file === "asleep") continue;
		const known = before.models.has(model);
		const why = known ? [...await pipelineChange(model, {
			base: before,
			head: now
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
async function readSide({ root }, objects, tree) {
	const files = new Map((await readTree(root, tree)).map((entry) => [entry.path, entry]));
	const models = [...files.keys()].flatMap((path) => /^pipelines\/([^/]+)\/pipeline\.yaml$/.exec(path)?.[1] ?? []);
	return {
		files,
		models: new Set(models.filter(isName)),
		...changeSide({
			name: tree,
			list: async () => files,
			read: (oids) => Promise.all(oids.map((oid) => objects.read(oid)))
		})
	};
}
async function touchedModels(before, now) {
	const paths = [...new Set([...before.files.keys(), ...now.files.keys()])].filter((path) => before.files.get(path)?.oid !== now.files.get(path)?.oid);
	const own = paths.flatMap((path) => /^(?:pipelines|models)\/([^/]+)\//.exec(path)?.[1] ?? []);
	const touched = new Set(own);
	const shared = paths.some((path) => !/^(pipelines|models|\.data)\/|^data\.lock$/.test(path));
	const keys = paths.includes("data.lock") ? await changedKeys(before, now) : [];
	if (!shared && keys.length === 0) return touched;
	for (const model of now.models) {
		const text = String(await now.code.read(pipelineOf(model)));
		if (shared && /(^|[\s[,"'])\/\w/m.test(text)) touched.add(model);
		if (keys.some((key) => text.includes(`data:${key}`))) touched.add(model);
	}
	return touched;
}
async function changedKeys(before, now) {
	const [old, next] = await Promise.all([before, now].map(async (side) => {
		const entries = (await side.lock())?.entries ?? [];
		return new Map(entries.map(({ key, digest }) => [key, digest]));
	}));
	return [...new Set([...old.keys(), ...next.keys()])].filter((key) => old.get(key) !== next.get(key));
}
const judgingFiles = (model, before, now) => ["policy.yaml", "model.yaml"].filter((name) => {
	const path = `models/${model}/${name}`;
	return before.files.get(path)?.oid !== now.files.get(path)?.oid;
});
async function labelsOf(model, { code }) {
	const hosted = {
		runsOn: "ubuntu-latest",
		gpu: false,
		quick: false
	};
	const bytes = await code.read(pipelineOf(model)) ?? Buffer.alloc(0);
	try {
		const { file } = parsePipeline(model, parseYaml(bytes, pipelineOf(model)));
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
