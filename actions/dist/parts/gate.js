import { c as boundAt, d as normalQuantile, l as confidenceBeyond, p as metricEntry, u as normalProbability } from "./evaluation.js";
import { $ as nearest, Ct as LockstepError, J as readConfiguration, L as readAtCommit, X as checkSchema, c as modelPath, d as shown, ht as digestOf, nt as isName, q as parseYaml, t as init_workspace } from "./workspace.js";
import { n as policy_default } from "../vendor/schemas-verdicts.js";
import { existsSync } from "node:fs";
const refused = (reason, limit = null) => ({ finding: {
	outcome: "fail",
	value: null,
	bound: null,
	limit,
	reason
} });
function plain(value) {
	const size = Math.abs(value);
	if (size === 0) return "0";
	return String(Number(size < .001 ? value.toPrecision(2) : size < 1e3 ? value.toFixed(3) : value.toFixed(1)));
}
function apart(one, other) {
	if (one === other || plain(one) !== plain(other)) return [plain(one), plain(other)];
	for (let digits = 4; digits < 17; digits++) {
		const texts = [one, other].map((value) => String(Number(value.toPrecision(digits))));
		if (texts[0] !== texts[1]) return [texts[0], texts[1]];
	}
	return [String(one), String(other)];
}
const percent = (share) => `${Number((share * 100).toPrecision(4))} %`;
const aboveOrBelow = (difference) => difference < 0 ? "below" : "above";
const counted = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;
function answerBaseline(check, value, difference, baseline, missing) {
	if (value === void 0) return refused(missing);
	if (baseline === null) return refused(`${check.metric} ${plain(value)}: no baseline to compare with`);
	if (!difference) return refused(`${check.metric}: not measured for ${baselineName(baseline)} on these rows`);
	const turned = metricEntry(check.metric)?.direction === "lower" ? -1 : 1;
	const margin = check.margin ?? 0;
	const { delta, standardError } = difference;
	const within = turned * delta + margin;
	const good = 1 - probabilityAbove(within, standardError);
	return { question: {
		good,
		bad: standardError === 0 ? 1 - good : 1 - probabilityAbove(-within, standardError),
		answer: (outcome, level) => {
			const reach = standardError === 0 ? 0 : normalQuantile(1 - level) * standardError;
			const bound = delta + (outcome === "fail" ? turned : -turned) * reach;
			return {
				outcome,
				value,
				bound,
				limit: margin === 0 ? 0 : -turned * margin,
				reason: reasonOf(check, value, delta, bound, turned, baseline, outcome, level)
			};
		}
	} };
}
function probabilityAbove(difference, standardError) {
	if (standardError === 0) return difference >= 0 ? 1 : 0;
	return normalProbability(difference / standardError);
}
function reasonOf(check, value, delta, bound, turned, baseline, outcome, level) {
	const at = `at ${percent(1 - level)} confidence`;
	const allowed = check.margin ? `the policy allows ${plain(check.margin)}` : "the policy allows no loss";
	const where = delta === 0 ? `equals ${baselineName(baseline)}'s` : `is ${plain(Math.abs(delta))} ${aboveOrBelow(delta)} ${baselineName(baseline)}'s ${plain(value - delta)}`;
	const worse = turned * bound < 0;
	const reached = bound === 0 ? "no worse" : `${outcome === "fail" || !worse ? "at least" : outcome === "pass" ? "at most" : "possibly"} ${plain(Math.abs(bound))} ${aboveOrBelow(bound)}`;
	const doubt = outcome === "inconclusive" ? ": too little data to tell" : "";
	return `${check.metric} ${plain(value)} ${where}; ${at} ${reached}, ${allowed}${doubt}`;
}
const baselineName = (baseline) => baseline.kind === "simplest" ? `the ${baseline.name}` : "the baseline";
function checkId(check, slice = check.slice) {
	const rule = check["at-least"] !== void 0 ? `at-least ${check["at-least"]}` : check["at-most"] !== void 0 ? `at-most ${check["at-most"]}` : "not-worse-than baseline";
	return `${check.metric} ${rule}${slice === void 0 ? "" : ` [${slice}]`}${check.from ? ` from ${check.from}` : ""}`;
}
function uniqueIds(results) {
	const seen = new Map();
	return results.map((result) => {
		const count = (seen.get(result.id) ?? 0) + 1;
		seen.set(result.id, count);
		return count === 1 ? result : {
			...result,
			id: `${result.id} #${count}`
		};
	});
}
init_workspace();
function holm(pValues, error) {
	const order = pValues.map((_, index) => index).sort((a, b) => pValues[a] - pValues[b] || a - b);
	const claims = new Array(pValues.length);
	let going = true;
	order.forEach((index, place) => {
		const level = error / (order.length - place);
		going &&= pValues[index] <= level + rounding;
		claims[index] = {
			holds: going,
			level
		};
	});
	return claims;
}
const rounding = 1e-12;
function answerLimit(check, estimate, missing) {
	const limit = check["at-least"] ?? check["at-most"];
	if (!estimate) return refused(missing, limit);
	return check.confidence === void 0 ? { finding: byValue(check, estimate.value, limit) } : byBound(check, estimate, limit);
}
function byValue(check, value, limit) {
	const least = check["at-least"] !== void 0;
	const holds = least ? value >= limit : value <= limit;
	const [found, asked] = apart(value, limit);
	const rule = least ? holds ? `is at least the ${asked} that the policy asks for` : `is below the ${asked} that the policy asks for` : holds ? `is within the ${asked} that the policy allows` : `is above the ${asked} that the policy allows`;
	return {
		outcome: holds ? "pass" : "fail",
		value,
		bound: null,
		limit,
		reason: `${check.metric} ${found} ${rule}`
	};
}
function byBound(check, estimate, limit) {
	const least = check["at-least"] !== void 0;
	const { metric } = check;
	const surely = (side) => confidenceBeyond(metric, estimate, limit, side);
	const good = surely(least ? "above" : "below");
	const bad = surely(least ? "below" : "above");
	if (good === null || bad === null) return { finding: withoutInterval(check, estimate.value, limit) };
	const onLimit = good === 0 && bad === 0;
	return { question: {
		good: 1 - good,
		bad: onLimit ? 0 : 1 - bad,
		answer: (outcome, level) => {
			const lower = least === (outcome !== "fail");
			const bound = boundAt(metric, estimate, lower ? "low" : "high", 1 - level);
			const reason = boundReason(check, estimate.value, bound, lower, outcome, level);
			return {
				outcome,
				value: estimate.value,
				bound,
				limit,
				reason
			};
		}
	} };
}
function boundReason(check, value, bound, lower, outcome, level) {
	const [reached, asked] = apart(bound, check["at-least"] ?? check["at-most"]);
	const rule = `the policy asks for ${check["at-least"] === void 0 ? "less" : "more"} than ${asked}`;
	const doubt = outcome === "inconclusive" ? ": too little data to tell" : "";
	return `${check.metric} ${plain(value)}, at ${percent(1 - level)} confidence at ${lower ? "least" : "most"} ${reached}; ${rule}${doubt}`;
}
const withoutInterval = ({ metric, confidence }, value, limit) => ({
	outcome: "inconclusive",
	value,
	bound: null,
	limit,
	reason: `${metric} ${plain(value)} has no interval on these rows, so nothing can be said at ${percent(confidence)} confidence; without confidence the value decides`
});
function judgeCheck(check, evidence) {
	if (check.from !== void 0) return [observedResult(check, check.from, evidence.observed)];
	const whole = {
		metrics: evidence.evaluation.metrics,
		differences: evidence.comparison?.metrics
	};
	if (check.slice === void 0) return decide(check, [{
		...part(check, evidence, whole),
		slice: void 0
	}]);
	return sliceResults(check, check.slice, evidence);
}
function part(check, { comparison }, { metrics, differences }) {
	const estimate = own(metrics, check.metric);
	const missing = notMeasured(check.metric, metrics);
	return { answer: check["not-worse-than"] ? answerBaseline(check, estimate?.value, differences && own(differences, check.metric), comparison?.baseline ?? null, missing) : answerLimit(check, estimate, missing) };
}
function decide(check, parts) {
	const error = 1 - (check.confidence ?? .95);
	const questions = parts.flatMap(({ answer }) => "question" in answer ? [answer.question] : []);
	const good = holm(questions.map((question) => question.good), error);
	const bad = holm(questions.map((question) => question.bad), error);
	const found = questions.map((question, index) => {
		if (good[index].holds) return question.answer("pass", good[index].level);
		if (bad[index].holds) return question.answer("fail", bad[index].level);
		return question.answer("inconclusive", good[index].level);
	});
	return parts.map(({ answer, slice }) => {
		const finding = "finding" in answer ? answer.finding : found.shift();
		const reason = slice === void 0 ? finding.reason : `${slice}: ${finding.reason}`;
		return {
			id: checkId(check, slice),
			check,
			...finding,
			reason
		};
	});
}
function sliceResults(check, asked, evidence) {
	const compared = new Map(evidence.comparison?.slices.map((slice) => [nameOf(slice), slice.metrics]));
	const all = evidence.evaluation.slices.map((slice) => ({
		slice: nameOf(slice),
		rows: slice.rows,
		metrics: slice.metrics,
		differences: compared.get(nameOf(slice))
	}));
	const chosen = asked === "*" ? all : all.filter(({ slice }) => slice === asked);
	if (chosen.length === 0) return decide(check, [{
		slice: asked,
		answer: refused("no such slice was measured")
	}]);
	const small = chosen.filter(({ rows }) => rows < (check["min-rows"] ?? 1));
	const without = chosen.filter((slice) => asked === "*" && !small.includes(slice) && !own(slice.metrics, check.metric) && isMeasured(check, evidence));
	return [
		...decide(check, chosen.filter((slice) => !small.includes(slice) && !without.includes(slice)).map((slice) => ({
			slice: slice.slice,
			...part(check, evidence, slice)
		}))),
		...small.map(({ slice, rows }) => notJudged(check, slice, `${counted(rows, "row")}, fewer than the ${check["min-rows"]} it takes`)),
		...without.map(({ slice }) => notJudged(check, slice, `${check.metric} has no value on these rows`))
	];
}
const isMeasured = (check, { evaluation }) => own(evaluation.metrics, check.metric) !== void 0;
const nameOf = ({ column, value }) => `${column}=${value}`;
const nothing = {
	value: null,
	bound: null,
	limit: null
};
const notJudged = (check, slice, why) => ({
	id: checkId(check, slice),
	check,
	outcome: "not-judged",
	...nothing,
	reason: `${slice}: ${why}`
});
function observedResult(check, from, observed) {
	const common = {
		id: checkId(check),
		check
	};
	const limit = check["at-least"] ?? check["at-most"] ?? null;
	if (!observed) {
		const reason = `${check.metric} is judged by promote from what ${from} observes`;
		return {
			...common,
			...nothing,
			limit,
			outcome: "pending",
			reason
		};
	}
	const metrics = own(observed, from);
	if (!metrics) {
		const reason = `${check.metric}: nothing was observed in ${from} yet`;
		return {
			...common,
			...nothing,
			limit,
			outcome: "inconclusive",
			reason
		};
	}
	const answer = answerLimit(check, own(metrics, check.metric), `${check.metric}: not measured`);
	const finding = "finding" in answer ? answer.finding : answer.question.answer("inconclusive", .05);
	return {
		...common,
		...finding,
		reason: `in ${from}: ${finding.reason}`
	};
}
function notMeasured(metric, metrics) {
	const near = nearest(metric, Object.keys(metrics));
	return `${metric}: not measured${near === void 0 || near === metric ? "" : ` (did you mean ${near}?)`}`;
}
const own = (record, key) => Object.hasOwn(record, key) ? record[key] : void 0;
function judge(input) {
	const { policy, environment, holds, version, now, binding } = input;
	const own = Object.hasOwn(policy.environments ?? {}, environment) ? policy.environments[environment].checks ?? [] : [];
	const checks = uniqueIds([...policy.checks, ...own].flatMap((check) => judgeCheck(check, input))).map((result) => waived(result, policy.waivers ?? [], now));
	const held = version !== void 0 && holds.includes(version);
	return {
		v: 1,
		environment,
		verdict: outcomeOf(checks, held),
		checks,
		reasons: [
			...held ? [`${version} is held: nobody may promote it until the hold is released`] : [],
			...reasonsOf(checks),
			...remarks(input)
		],
		binding,
		made: now.toISOString()
	};
}
function outcomeOf(checks, held) {
	const found = new Set(checks.map(({ outcome }) => outcome));
	if (held || found.has("fail")) return "fail";
	if (found.has("inconclusive")) return "inconclusive";
	return found.has("pass") || found.has("waived") ? "pass" : "inconclusive";
}
function waived(result, waivers, now) {
	if (result.outcome !== "fail" && result.outcome !== "inconclusive") return result;
	const every = result.check.slice === "*" ? checkId(result.check) : result.id;
	const named = waivers.filter(({ check }) => check === result.id || check === every);
	const today = now.toISOString().slice(0, 10);
	const holding = named.find(({ until }) => today <= until);
	if (holding) {
		const { owner, reason, until } = holding;
		return {
			...result,
			outcome: "waived",
			reason: `waived by ${owner} until ${until} (${reason}): ${result.reason}`
		};
	}
	const ended = named.map(({ until }) => until).sort().at(-1);
	return ended === void 0 ? result : {
		...result,
		reason: `${result.reason}; the waiver for it ended on ${ended}`
	};
}
function reasonsOf(checks) {
	const of = (outcome) => checks.filter((check) => check.outcome === outcome).map(({ reason }) => reason);
	const small = checks.filter(({ outcome }) => outcome === "not-judged");
	const judged = checks.some(({ outcome }) => !["not-judged", "pending"].includes(outcome));
	return [
		...of("fail"),
		...of("inconclusive"),
		...judged ? [] : ["no check could be judged, so nothing says that the model is good enough"],
		...of("waived"),
		...of("pending"),
		...small.length === 0 ? [] : [`${counted(small.length, "slice check")} listed but not judged`]
	];
}
function remarks({ comparison, binding, policy, evaluation }) {
	return [
		...comparison?.baseline.kind === "simplest" ? [`first version, judged against ${baselineName(comparison.baseline)}`] : [],
		...binding.policy.commit === null ? [`${evaluation.model} is new to the base commit: judged by the policy beside it`] : [],
		...unusedWaivers(policy)
	];
}
function unusedWaivers({ checks, environments, waivers }) {
	const known = [...checks, ...Object.values(environments ?? {}).flatMap((entry) => entry.checks ?? [])].map(({ slice: _, ...check }) => checkId(check));
	return (waivers ?? []).filter(({ check }) => !known.some((id) => check === id || check.startsWith(`${id} `))).map(({ check }) => `the waiver for "${check}" matches no check`);
}
init_workspace();
async function readPolicy(workspace, model, commit) {
	const path = modelPath(workspace, model, "policy.yaml");
	const file = shown(workspace, path);
	const committed = commit === null ? null : await readAtCommit(workspace.root, commit, file);
	const bytes = committed ?? readConfiguration(path, file);
	return {
		policy: checkedPolicy(workspace, bytes, committed ? `${file} at ${commit.slice(0, 12)}` : file),
		digest: digestOf(bytes),
		commit: committed ? commit : null
	};
}
function checkProposedPolicy(workspace, model) {
	const path = modelPath(workspace, model, "policy.yaml");
	const file = shown(workspace, path);
	if (existsSync(path)) checkedPolicy(workspace, readConfiguration(path, file), file);
}
function checkedPolicy(workspace, bytes, file) {
	if (Buffer.from(bytes).toString().split("\n").every((line) => /^\s*(#|$)/.test(line))) throw noChecks({ file });
	const parsed = parseYaml(bytes, file);
	const policy = parsePolicy(parsed);
	checkEnvironments(policy, parsed, workspace.configuration.environments);
	return policy;
}
const noChecks = (where) => new LockstepError("E_GATE_EMPTY", {
	what: "no checks",
	where,
	allowed: "at least one check: a gate with no checks would pass everything",
	fix: "add a check, such as {metric: roc_auc, at-least: 0.8}"
});
function parsePolicy(parsed) {
	const lists = checkLists(parsed);
	for (const { path, checks } of lists) checks.forEach((check, index) => {
		checkOperator(parsed, [...path, index], check);
	});
	const policy = checkSchema(parsed, policy_default);
	for (const { path } of lists) (path.length === 1 ? policy.checks : policy.environments[String(path[1])].checks).forEach((check, index) => {
		checkParts(parsed, [...path, index], check);
	});
	return policy;
}
function checkLists(parsed) {
	const file = mapping(parsed.value) ?? {};
	if (parsed.value === null || mapping(parsed.value) && (file.checks ?? null) === null) throw noChecks(parsed.locate([]));
	const environments = Object.entries(mapping(file.environments) ?? {});
	return [{
		path: ["checks"],
		value: file.checks
	}, ...environments.map(([name, value]) => ({
		path: [
			"environments",
			name,
			"checks"
		],
		value: mapping(value)?.checks
	}))].flatMap(({ path, value }) => Array.isArray(value) ? [{
		path,
		checks: value
	}] : []);
}
const mapping = (value) => value !== null && typeof value === "object" && !Array.isArray(value) ? value : null;
const operators = [
	"at-least",
	"at-most",
	"not-worse-than"
];
const others = [
	"metric",
	"margin",
	"confidence",
	"slice",
	"min-rows",
	"from"
];
const operatorRule = `exactly one of ${operators.join(", ")}; beside it ${others.join(", ")}`;
function checkOperator(parsed, path, value) {
	const check = mapping(value);
	if (!check) return;
	const unknown = Object.keys(check).find((key) => ![...operators, ...others].includes(key));
	if (unknown !== void 0) {
		const near = nearest(unknown, [...operators, ...others]);
		throw new LockstepError("E_GATE_OPERATOR", {
			what: `the operator "${unknown}"`,
			where: parsed.locate([...path, unknown]),
			allowed: operatorRule,
			fix: near ? `did you mean "${near}"?` : "write {metric: roc_auc, at-least: 0.8}, for example"
		});
	}
	const given = operators.filter((operator) => Object.hasOwn(check, operator));
	if (given.length === 1) return;
	throw new LockstepError("E_GATE_OPERATOR", {
		what: given.length === 0 ? "a check without an operator" : `a check with ${given.join(" and ")}`,
		where: parsed.locate(path),
		allowed: operatorRule,
		fix: given.length === 0 ? "say what the metric must hold" : "make it one check for each"
	});
}
function checkParts(parsed, path, check) {
	const refuse = (key, allowed) => {
		throw new LockstepError("E_CONFIG_KEY", {
			what: `"${key}" in the check of ${check.metric}`,
			where: parsed.locate([...path, key]),
			allowed,
			fix: `remove ${key}`
		});
	};
	if (check.margin !== void 0 && !check["not-worse-than"]) refuse("margin", "margin only with not-worse-than");
	if (check["min-rows"] !== void 0 && check.slice === void 0) refuse("min-rows", "min-rows only with slice");
	if (check.from === void 0) return;
	if (check["not-worse-than"]) refuse("from", "from only with at-least or at-most");
	if (check.slice !== void 0) refuse("slice", "no slice beside from: an environment observes the whole");
	if (check.confidence !== void 0) refuse("confidence", "no confidence beside from");
	if (!isName(check.from)) refuse("from", "an environment's name");
}
function checkEnvironments(policy, parsed, known) {
	const named = Object.entries(policy.environments ?? {}).flatMap(([name, { checks }]) => [[name, ["environments", name]], ...fromOf(checks ?? [], [
		"environments",
		name,
		"checks"
	])]);
	for (const [name, path] of [...named, ...fromOf(policy.checks, ["checks"])]) {
		if (known.includes(name)) continue;
		const near = nearest(name, known);
		throw new LockstepError("E_ENV_UNKNOWN", {
			what: `the environment "${name}"`,
			where: parsed.locate(path),
			allowed: known.join(", "),
			fix: near ? `did you mean "${near}"?` : "name one of them, or add it to lockstep.yaml"
		});
	}
}
const fromOf = (checks, path) => checks.flatMap(({ from }, index) => from === void 0 ? [] : [[from, [
	...path,
	index,
	"from"
]]]);
init_workspace();
export { judge as i, parsePolicy as n, readPolicy as r, checkProposedPolicy as t };
