import { t as reviewChange } from "./parts/judged-review.js";
import { l as changeOutcome, o as renderChange, s as commentMarker } from "./parts/report.js";
import { Ct as LockstepError, R as resolveCommit, T as readJson, Tt as isLockstepError, Y as readYaml, c as modelPath, l as openWorkspace, t as init_workspace } from "./parts/workspace.js";
import { i as error } from "./vendor/actions-core.js";
import { n as parsePolicy } from "./parts/gate.js";
import { c as optional, d as text, l as path, s as oneOf, t as setOutputs, u as readInputs } from "./parts/outputs.js";
import { r as run, s as runnerFolders } from "./parts/run.js";
import { t as addSummary } from "./parts/summary.js";
import { t as judgedFileName } from "./parts/judged-file.js";
import { join } from "node:path";
import { existsSync } from "node:fs";
init_workspace();
const mostShown = 10;
function annotateChecks(workspace, model, verdicts) {
	const failed = verdicts.flatMap(({ checks }) => checks.filter(({ outcome }) => outcome === "fail"));
	const once = [...new Map(failed.map((result) => [result.id, result])).values()];
	const lines = linesOf(workspace, model);
	for (const { id, check, reason } of once.slice(0, mostShown)) error(`${model}: ${reason}`, {
		title: id,
		...lines(check)
	});
	if (once.length > mostShown) error(`${model}: ${once.length - mostShown} more checks failed; the report has all`);
}
function linesOf(workspace, model) {
	const path = modelPath(workspace, model, "policy.yaml");
	if (!existsSync(path)) return () => ({});
	try {
		const parsed = readYaml(path, `models/${model}/policy.yaml`);
		const places = placesOf(parsed);
		return (check) => {
			const where = places.find((place) => rule(place.check) === rule(check));
			if (where === void 0) return {};
			const { file, line } = parsed.locate(where.path);
			return {
				file,
				...line === void 0 ? {} : { startLine: line }
			};
		};
	} catch (error) {
		if (isLockstepError(error)) return () => ({});
		throw error;
	}
}
function placesOf(parsed) {
	const policy = parsePolicy(parsed);
	return [[policy.checks, ["checks"]], ...Object.entries(policy.environments ?? {}).map(([name, { checks }]) => [checks ?? [], [
		"environments",
		name,
		"checks"
	]])].flatMap(([checks, path]) => checks.map((check, index) => ({
		check,
		path: [...path, index]
	})));
}
const rule = (check) => [
	check.metric,
	check["at-least"],
	check["at-most"],
	check["not-worse-than"],
	check.slice === void 0
].join(" ");
const spec = {
	judged: path,
	"fail-on": oneOf("fail", "inconclusive", "never"),
	base: optional(text),
	head: optional(text)
};
init_workspace();
async function commitsOf(workspace, { judged, base, head }) {
	const file = readJson(join(judged, judgedFileName), judgedFileName).value;
	const commit = async (name, given) => {
		const revision = given ?? String(file?.[name]);
		const found = await resolveCommit(workspace.root, revision);
		if (found !== null) return found;
		throw new LockstepError("E_GIT", {
			what: `the checkout does not have the ${name} commit ${revision}`,
			fix: "check out with `fetch-depth: 0`"
		});
	};
	return {
		base: await commit("base", base),
		head: await commit("head", head)
	};
}
const verdictsOf = ({ models }) => Object.fromEntries(models.flatMap((part) => part.kind === "judged" ? [[part.model, Object.fromEntries(part.input.verdicts.map((one) => [one.environment, one.verdict]))]] : []));
function refuseOn(failOn, change) {
	const { state, description } = changeOutcome(change);
	const refused = failOn !== "never" && state === "failure";
	const unsure = failOn === "inconclusive" && (state === "pending" || change.models.some(isUnsure));
	if (!refused && !unsure) return;
	throw new LockstepError("E_GATE_REFUSED", {
		what: description,
		allowed: failOn === "fail" ? "no verdict that fails" : "verdicts that pass",
		fix: "look at the step's summary; what is wrong is marked in policy.yaml"
	});
}
const isUnsure = (part) => part.kind === "judged" ? part.input.verdicts.some(({ verdict }) => verdict === "inconclusive") : part.kind !== "refused";
init_workspace();
await run(async () => {
	const inputs = readInputs(spec);
	const workspace = openWorkspace(runnerFolders().workspace);
	const change = await reviewChange(workspace, inputs.judged, await commitsOf(workspace, inputs));
	for (const part of change.models) if (part.kind === "judged") annotateChecks(workspace, part.model, part.input.verdicts);
	await addSummary(renderChange(change).replace(commentMarker, ""));
	setOutputs({
		...changeOutcome(change),
		verdicts: verdictsOf(change)
	});
	refuseOn(inputs["fail-on"], change);
});
export {};
