import { t as run_default } from "../vendor/schemas.js";
import { Q as openStore } from "./data.js";
import { g as recordRunKey, h as currentTrust } from "./gitops.js";
import { a as checkRegistryName, s as isRegistryName } from "./oci.js";
import { i as imageName } from "./base.js";
import { a as findRun, o as keepRun } from "./image.js";
import { u as writeStageRecord } from "./pipeline.js";
import { D as loadKey } from "./registry.js";
import { Ct as LockstepError, N as git, R as resolveCommit, Tt as isLockstepError, X as checkSchema, t as init_workspace, w as parseJson, z as tryGit } from "./workspace.js";
import { t as readHandover } from "./handover.js";
import { t as handedNames } from "./candidate-file.js";
import { r as sourceOf } from "./model-image.js";
init_workspace();
async function adoptCandidate(workspace, folder) {
	const { file, record, model, predictions } = await readHandover(workspace, folder);
	const head = await resolveCommit(workspace.root, "HEAD");
	if (file.head !== head || file.quick || record.dirty) throw new LockstepError("E_HANDOVER_RECORD", {
		what: `a ${file.quick ? "quick " : ""}run at ${file.head ?? "no commit"}${record.dirty ? " with changes" : ""}`,
		where: { file: "candidate.json" },
		allowed: `a whole run at ${head ?? "HEAD"}`,
		fix: "train this commit again"
	});
	const there = new Set([model, predictions].flatMap((ref) => ref?.digest ?? []));
	return adoptable(record, there).map((stage) => {
		writeStageRecord(workspace, stage);
		return stage.name;
	});
}
const adoptable = ({ stages }, there) => stages.filter(({ outputs }) => Object.values(outputs).every(({ digest }) => there.has(digest)));
init_workspace();
const mostFiles = 2e3;
async function trainedChange({ root }, { base, head }) {
	const fields = (await git([
		"diff-tree",
		"-r",
		"-z",
		"--no-renames",
		"--end-of-options",
		base,
		head
	], { cwd: root })).split("\0").slice(0, -1);
	if (fields.length / 2 > mostFiles) throw tooMany(fields.length / 2, head);
	const files = Object.create(null);
	for (let at = 0; at < fields.length; at += 2) {
		const [, mode, , id] = fields[at].split(" ");
		files[fields[at + 1]] = mode === "000000" ? null : `${mode} ${id}`;
	}
	return {
		base,
		files
	};
}
async function isMerged({ root }, { base, files }) {
	if ((await tryGit([
		"merge-base",
		"--is-ancestor",
		base,
		"HEAD"
	], { cwd: root })).status !== 0) return false;
	const listed = await git([
		"ls-tree",
		"-r",
		"-z",
		"HEAD"
	], { cwd: root });
	const here = new Map(listed.split("\0").map((line) => {
		const [, mode, id, path] = /^(\d+) \w+ (\w+)\t(.*)$/s.exec(line) ?? [];
		return [path, `${mode} ${id}`];
	}));
	return Object.entries(files).every(([path, file]) => (here.get(path) ?? null) === file);
}
const tooMany = (count, head) => new LockstepError("E_HANDOVER_RECORD", {
	what: `a change of ${count} files in ${head.slice(0, 12)}`,
	allowed: `at most ${mostFiles}, for its run to be kept`,
	fix: "merge it: the default branch trains it again"
});
init_workspace();
async function keepTrained(workspace, folder, { expected, change } = {}) {
	const { file, record, model, predictions } = await readHandover(workspace, folder, expected);
	if (file.quick || record.dirty) throw new LockstepError("E_HANDOVER_RECORD", {
		what: file.quick ? "a quick run" : "a run with changes that no commit has",
		where: { file: "candidate.json" },
		allowed: "a whole run of a commit",
		fix: "commit, and train again without --quick"
	});
	await recordRunKey(workspace, record.model);
	const there = new Set([model, predictions].flatMap((ref) => ref?.digest ?? []));
	const fingerprints = [record.fingerprint, ...adoptable(record, there).map((stage) => stage.fingerprint)];
	const store = openStore(workspace);
	const files = handedNames.flatMap((name) => {
		const ref = file.files[name];
		return ref ? [[name, store.pathOf(ref.digest)]] : [];
	});
	const { commit, model: name } = record;
	const workflow = process.env.GITHUB_WORKFLOW_REF ?? null;
	const about = {
		model: name,
		fingerprints,
		files: Object.fromEntries(files),
		commit,
		workflow,
		...change === void 0 ? {} : { change }
	};
	await keepRun(workspace, about, {
		key: loadKey(workspace),
		source: sourceOf(process.env)
	});
	return fingerprints;
}
const checkKeepable = (workspace, model) => checkRegistryName(imageName(workspace, model));
function keptRuns(workspace, model, report = () => {}) {
	if (!isRegistryName(imageName(workspace, model))) return null;
	return async (fingerprint) => {
		try {
			if (await bring(workspace, model, fingerprint)) report(`${model}: trained by an earlier run`);
		} catch (error) {
			if (!isLockstepError(error)) throw error;
			report(`${model}: what an earlier run kept is not used. ${error.message}`);
		}
	};
}
async function bring(workspace, model, fingerprint) {
	const found = await findRun(workspace, {
		model,
		fingerprint
	}, () => currentTrust(workspace));
	if (found === null) return false;
	const { run, pathOf } = found;
	if (run.change !== void 0 && !await isMerged(workspace, run.change)) throw notMerged(run.commit);
	const store = openStore(workspace);
	for (const digest of Object.values(run.files)) await store.putFile(pathOf(digest));
	const bytes = await store.read(run.files["record.json"]);
	const record = checkSchema(parseJson(bytes, "record.json"), run_default);
	const stages = adoptable(record, new Set(Object.values(run.files)));
	for (const stage of stages) writeStageRecord(workspace, stage);
	return stages.some((stage) => stage.fingerprint === fingerprint);
}
const notMerged = (commit) => new LockstepError("E_HANDOVER_RECORD", {
	what: `trained by ${commit?.slice(0, 12) ?? "no commit"}, a change of which not every file is here as it was`,
	allowed: "a run whose code is all of this branch",
	fix: "nothing: the stage runs here"
});
export { adoptCandidate as a, trainedChange as i, keepTrained as n, keptRuns as r, checkKeepable as t };
