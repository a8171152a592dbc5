import { L as readAtCommit, Tt as isLockstepError, q as parseYaml, t as init_workspace } from "./workspace.js";
import { R as parseLock } from "./data.js";
import { u as nextVersion } from "./registry.js";
import { i as parseModelFile } from "./model.js";
init_workspace();
function lockDifference(before, after) {
	const entries = (lock) => new Map(lock?.entries.map((entry) => [entry.key, entry]));
	const [old, now] = [entries(before), entries(after)];
	return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((key) => {
		const [was, is] = [old.get(key), now.get(key)];
		return was?.digest === is?.digest ? [] : [{
			key,
			...was ? { before: was } : {},
			...is ? { after: is } : {}
		}];
	});
}
async function dataBetween(workspace, base, head) {
	const [before, after] = [await lockAt(workspace, base), await lockAt(workspace, head)];
	return before === null || after === null ? [] : lockDifference(before, after);
}
async function lockAt({ root }, commit) {
	const bytes = await readAtCommit(root, commit, "data.lock");
	try {
		return bytes && parseLock(bytes, "data.lock");
	} catch (error) {
		if (isLockstepError(error)) return null;
		throw error;
	}
}
function breaksContract(before, after) {
	if (before.task !== after.task || before.output.name !== after.output.name) return true;
	if (before.output.positive !== after.output.positive || before.output.unit !== after.output.unit) return true;
	const now = new Map(after.inputs.map((input) => [input.name, input]));
	const lostOrNarrower = before.inputs.some((input) => !accepts(now.get(input.name), input));
	const known = new Set(before.inputs.map(({ name }) => name));
	const newlyRequired = after.inputs.some((input) => !known.has(input.name) && input.missing === false);
	return lostOrNarrower || newlyRequired;
}
function accepts(now, before) {
	if (now === void 0 || now.type !== before.type) return false;
	if (now.missing === false && before.missing !== false) return false;
	const [least, most] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
	return (now.minimum ?? least) <= (before.minimum ?? least) && (now.maximum ?? most) >= (before.maximum ?? most);
}
init_workspace();
async function versionAfter(workspace, modelFile, versions, bump) {
	return nextVersion(versions.map(({ version }) => version), bump ?? await defaultBump(workspace, modelFile, versions));
}
async function defaultBump(workspace, modelFile, versions) {
	const latest = versions.at(-1);
	const path = `models/${latest?.model}/model.yaml`;
	const before = latest ? await readAtCommit(workspace.root, latest.commit, path) : null;
	if (before && breaksContract(parseModelFile(parseYaml(before, path)), modelFile)) return "major";
	return modelFile.version ?? "patch";
}
export { dataBetween as n, lockDifference as r, versionAfter as t };
