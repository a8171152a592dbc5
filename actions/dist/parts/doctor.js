import { n as staleWorkflows, r as starterPlace, t as hasWorkflowSources, w as openGitHub } from "./github.js";
import { Tt as isLockstepError, l as openWorkspace, t as init_workspace } from "./workspace.js";
import { t as originRepository } from "./origin-repository.js";
import { h as readPipeline, p as listPipelines } from "./pipeline.js";
import { join } from "node:path";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { styleText } from "node:util";
init_workspace();
const isOwner = (word) => !word.startsWith("@your/") && /^(@[\w-]+(\/[\w.-]+)?|[^@\s]+@[^@\s]+\.[^@\s]+)$/.test(word);
function parseOwners(text) {
	return text.split("\n").flatMap((line) => {
		const [pattern, ...words] = line.replace(/#.*$/, "").trim().split(/\s+/);
		return pattern ? [{
			pattern,
			owners: words.filter(isOwner)
		}] : [];
	});
}
function isOwned(lines, path) {
	const file = path.slice(1).replace("*", "some-model") + (path.endsWith("/") ? "folder/file.yml" : "");
	const last = lines.findLastIndex(({ pattern }) => expressionOf(pattern).test(file));
	if (last === -1 || lines[last].owners.length === 0) return false;
	const whole = expressionOf(path);
	return !lines.slice(last + 1).some(({ pattern, owners }) => owners.length === 0 && whole.test(pattern.replace(/^\/|\/$/g, "")));
}
function expressionOf(pattern) {
	const anchored = pattern.slice(0, -1).includes("/");
	const body = pattern.replace(/^\/|\/$/g, "").replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("**", "\0").replaceAll("*", "[^/]*").replaceAll("?", "[^/]").replaceAll("\0", ".*");
	return new RegExp(`^${anchored ? "" : "(?:.*/)?"}${body}${/\/\*$/.test(pattern) ? "" : "(?:/.*)?"}$`);
}
const holds = ({ id, title }, what) => ({
	id,
	title,
	kind: "holds",
	what
});
const missing = ({ id, title }, what, fix) => ({
	id,
	title,
	kind: "missing",
	what,
	fix
});
function when(check, fact, decide) {
	const { id, title, needs } = check;
	if (fact.kind === "known") return decide(fact.value);
	return fact.kind === "hidden" ? {
		id,
		title,
		kind: "hidden",
		needs
	} : {
		id,
		title,
		kind: "not in this plan",
		what: "a private repository on the free plan has none: whoever may push may do this too"
	};
}
const check = (id, title) => ({
	id,
	title,
	needs: ""
});
const guardedPaths = [
	"/models/*/policy.yaml",
	"/models/*/deploy/",
	"/lockstep.yaml",
	"/.github/",
	"/actions/"
];
function localFindings(facts) {
	return [
		configurationFinding(facts),
		workflowsFinding(facts),
		targetFinding(facts),
		ownersFinding(facts),
		trustFinding(facts),
		baseFinding(facts),
		queueFinding(facts)
	];
}
function configurationFinding({ configuration }) {
	const it = check("configuration", "lockstep.yaml can be read");
	return configuration === null ? holds(it, "it can") : missing(it, configuration, "mend the line that it names");
}
function workflowsFinding({ workflows, outdated }) {
	const it = check("workflows", "The workflows are those that Lockstep wrote");
	const ours = [...workflows.keys()].filter((path) => path.includes("/lockstep-"));
	if (ours.length === 0) return missing(it, "there are none", "lockstep init --workflows");
	const unfilled = ours.filter((path) => workflows.get(path).includes(`${starterPlace.repository}/actions/`));
	if (unfilled.length > 0) return missing(it, `${unfilled.join(", ")} name no place of the actions`, "lockstep init --workflows");
	if (outdated === null) return holds(it, `${ours.length} are there; their sources are not`);
	return outdated.length === 0 ? holds(it, `${ours.length} are as generated`) : missing(it, `not as generated: ${outdated.join(", ")}`, "edit workflows/ instead, then node scripts/run.mjs workflows");
}
function targetFinding({ workflows }) {
	const it = check("pull-request-target", "No workflow runs on pull_request_target");
	const using = [...workflows].filter(([, text]) => /^\s*(-\s*)?['"]?pull_request_target\b/m.test(text.replace(/#.*$/gm, ""))).map(([path]) => path);
	return using.length === 0 ? holds(it, "none does") : missing(it, using.join(", "), "use pull_request, and a workflow_run for what must write");
}
function ownersFinding({ codeOwners, workflows }) {
	const it = check("code-owners", "What decides over models has owners");
	if (codeOwners === null) return missing(it, "there is no CODEOWNERS", "add .github/CODEOWNERS: docs/settings.md has the lines");
	const lines = parseOwners(codeOwners);
	const hasActions = workflows.size === 0 || [...workflows.values()].some((text) => text.includes(" ./actions/"));
	const guarded = guardedPaths.filter((path) => path !== "/actions/" || hasActions);
	const lacking = guarded.filter((path) => !isOwned(lines, path));
	return lacking.length === 0 ? holds(it, `${guarded.length} paths have`) : missing(it, `nobody owns ${lacking.join(", ")}`, "add them to .github/CODEOWNERS");
}
function trustFinding({ trust }) {
	const it = check("trust", "A lasting key signs releases");
	if (trust === "keys") return holds(it, "lockstep.yaml lists whose signatures count");
	return trust === "environments" ? missing(it, "whoever may push the branch environments is trusted", "docs/formats/keys.md: a secret LOCKSTEP_SIGNING_KEY, and its public half under trust: in lockstep.yaml") : missing(it, "each machine trusts itself alone: what one runner signs, the next refuses", "add `trust: [{keys: environments, owner: …}]`, or a key, to lockstep.yaml");
}
function baseFinding({ base }) {
	const it = check("base-pinned", "The image's base is named by digest");
	if (base === null) return missing(it, "images have no base: no cluster can run them", "lockstep image pin-base");
	return base.pinned ? holds(it, base.reference) : missing(it, `${base.reference} may be other bytes tomorrow`, "lockstep image pin-base");
}
function queueFinding({ workflows, outdated }) {
	const it = check("merge-group", "A merge queue gets its verdict");
	const text = [...workflows].find(([path]) => path.endsWith("/lockstep-pull-request.yml"))?.[1] ?? "";
	return /^\s*merge_group:/m.test(text) ? holds(it, "the workflow runs for it") : missing(it, "no workflow runs on merge_group", outdated === null ? "lockstep init --workflows" : "node scripts/run.mjs workflows");
}
const guardedRefs = [
	{
		id: "tags-versions",
		title: "Version tags are made by the workflow and never moved or deleted",
		target: "tag",
		refs: () => ["refs/tags/*@*"],
		rules: [
			"creation",
			"update",
			"deletion"
		],
		who: "GitHub Actions makes them; nobody moves or deletes them"
	},
	{
		id: "tags-promotions",
		title: "Promotion tags are made by maintainers and never moved or deleted",
		target: "tag",
		refs: () => ["refs/tags/*#*"],
		rules: [
			"creation",
			"update",
			"deletion"
		],
		who: "maintainers and GitHub Actions make them; nobody moves or deletes them"
	},
	{
		id: "branch-environments",
		title: "Only the workflows write the branch environments",
		target: "branch",
		refs: (branch) => [`refs/heads/${branch}`],
		rules: [
			"creation",
			"update",
			"deletion",
			"non_fast_forward"
		],
		who: "GitHub Actions alone writes it"
	},
	{
		id: "branch-default",
		title: "The default branch changes by reviewed pull requests alone",
		target: "branch",
		refs: () => ["~DEFAULT_BRANCH"],
		rules: [
			"deletion",
			"non_fast_forward",
			"pull_request",
			"required_status_checks"
		],
		who: "people, by pull requests"
	}
];
const covers = (ruleset, ref, defaultBranch) => {
	const same = [ref, ...ref === "~DEFAULT_BRANCH" ? [`refs/heads/${defaultBranch}`] : []];
	return ruleset.active && ruleset.exclude.length === 0 && ruleset.include.some((one) => one === "~ALL" || same.includes(one));
};
function refFindings({ local, remote }) {
	return [
		...guardedRefs.map((guarded) => guardFinding(guarded, local.branch, remote)),
		requiredCheck(remote),
		codeOwnersRequired(remote),
		noBypass(remote)
	];
}
const needs = "any token (whom a rule lets past, only one of an administrator)";
const rulesPage = ({ url }) => `${url}/settings/rules`;
const fixOf = ({ id }, { fullName }) => `gh api repos/${fullName}/rulesets --input docs/settings/${id}.json`;
function guardFinding(guarded, branch, remote) {
	const check = {
		...guarded,
		needs
	};
	return when(check, remote.rulesets, (rulesets) => {
		const refs = guarded.refs(branch, remote.defaultBranch);
		const active = rulesets.filter(({ target }) => target === guarded.target);
		const lacking = refs.flatMap((ref) => {
			const rules = new Set(active.filter((one) => covers(one, ref, remote.defaultBranch)).flatMap((one) => one.rules));
			return guarded.rules.filter((rule) => !rules.has(rule));
		});
		return lacking.length === 0 ? holds(check, guarded.who) : missing(check, `no active rule against ${[...new Set(lacking)].join(", ")} of ${refs.join(", ")}`, fixOf(guarded, remote));
	});
}
function requiredCheck(remote) {
	const check = {
		id: "required-check",
		title: "lockstep/verdict is required before a merge",
		needs
	};
	return when(check, remote.rulesets, (rulesets) => {
		const required = rulesets.filter((one) => covers(one, "~DEFAULT_BRANCH", remote.defaultBranch)).flatMap(({ checks }) => checks);
		return required.includes("lockstep/verdict") ? holds(check, "it is") : missing(check, required.length === 0 ? "no check is required" : `required are ${required.join(", ")}`, rulesPage(remote));
	});
}
function codeOwnersRequired(remote) {
	const check = {
		id: "code-owners-required",
		title: "A code owner approves what decides",
		needs
	};
	return when(check, remote.rulesets, (rulesets) => rulesets.some((one) => covers(one, "~DEFAULT_BRANCH", remote.defaultBranch) && one.codeOwners) ? holds(check, "a pull request that touches it waits for one") : missing(check, "pull requests need no approval of a code owner", rulesPage(remote)));
}
function noBypass(remote) {
	const check = {
		id: "bypass",
		title: "No person is let past the rules",
		needs: "a token of an administrator"
	};
	return when(check, remote.rulesets, (rulesets) => {
		if (rulesets.some(({ bypass }) => bypass === null)) return {
			id: check.id,
			title: check.title,
			kind: "hidden",
			needs: check.needs
		};
		const people = rulesets.flatMap(({ name, bypass }) => (bypass ?? []).filter((who) => who !== "Integration").map((who) => `${who} past "${name}"`));
		return people.length === 0 ? holds(check, "nobody is") : missing(check, people.join(", "), rulesPage(remote));
	});
}
const admin = "a token of an administrator (`gh auth token`)";
const page = ({ url }, path) => `${url}/settings/${path}`;
function repositoryFindings({ local, remote }) {
	return [
		branchFinding(remote),
		tokenFinding(remote),
		approveFinding(remote),
		forkFinding(remote),
		pinningFinding(remote),
		allowedFinding(remote),
		runnerFinding(remote),
		schedulesFinding(remote),
		scanningFinding(remote),
		releasesFinding(remote),
		...environmentFindings(local.environments, remote)
	];
}
function branchFinding({ defaultBranch, fullName }) {
	const check = {
		id: "default-branch",
		title: "A merge starts the workflow that registers",
		needs: ""
	};
	return ["main", "master"].includes(defaultBranch) ? holds(check, `the default branch is ${defaultBranch}`) : missing(check, `the default branch is ${defaultBranch}, and lockstep-main runs on main and master`, `gh api -X POST repos/${fullName}/branches/${encodeURIComponent(defaultBranch)}/rename -f new_name=main`);
}
function tokenFinding(remote) {
	const check = {
		id: "default-token",
		title: "A workflow's token may write nothing unless its job says so",
		needs: admin
	};
	return when(check, remote.token, ({ write }) => write ? missing(check, "it may write everything by default", `gh api -X PUT repos/${remote.fullName}/actions/permissions/workflow -f default_workflow_permissions=read -F can_approve_pull_request_reviews=false`) : holds(check, "it may read"));
}
function approveFinding(remote) {
	const check = {
		id: "actions-approve",
		title: "Workflows approve no pull requests",
		needs: admin
	};
	return when(check, remote.token, ({ mayApprove }) => mayApprove ? missing(check, "they may", page(remote, "actions")) : holds(check, "they may not"));
}
function forkFinding(remote) {
	const check = {
		id: "fork-approval",
		title: "A stranger's first pull request waits before it runs",
		needs: admin
	};
	return when(check, remote.forkApproval, (policy) => policy === "first_time_contributors_new_to_github" ? missing(check, "only accounts new to GitHub wait", `gh api -X PUT repos/${remote.fullName}/actions/permissions/fork-pr-contributor-approval -f approval_policy=all_external_contributors`) : holds(check, policy.replaceAll("_", " ")));
}
function pinningFinding(remote) {
	const check = {
		id: "sha-pinning",
		title: "Actions from elsewhere are named by commit",
		needs: admin
	};
	return when(check, remote.actions, ({ shaPinning }) => shaPinning ? holds(check, "GitHub refuses others") : missing(check, "a tag that moves would be taken", page(remote, "actions")));
}
function allowedFinding(remote) {
	const check = {
		id: "allowed-actions",
		title: "Not every action of the world may be used",
		needs: admin
	};
	return when(check, remote.actions, ({ allowed }) => allowed === "all" ? missing(check, "any action may", page(remote, "actions")) : holds(check, `${allowed.replaceAll("_", " ")} may`));
}
function runnerFinding(remote) {
	const check = {
		id: "self-hosted-public",
		title: "No runner of your own serves a public repository directly",
		needs: admin
	};
	return when(check, remote.selfHosted, (count) => {
		if (count === 0) return holds(check, "there is none");
		if (remote.private) return holds(check, "the repository is private");
		return missing(check, `${count} in the repository, where any workflow may ask for them`, "docs/gpu-runners.md: a runner group of the organization, limited to lockstep-train-pr and lockstep-main");
	});
}
function schedulesFinding(remote) {
	const check = {
		id: "schedules",
		title: "No workflow of ours is stopped",
		needs: "`actions: read`"
	};
	return when(check, remote.workflows, (workflows) => {
		const stopped = workflows.filter(({ path, state }) => path.includes("/lockstep-") && state !== "active");
		return stopped.length === 0 ? holds(check, "all run") : missing(check, stopped.map(({ path, state }) => `${path} is ${state.replaceAll("_", " ")}`).join(", "), `gh workflow enable ${stopped[0].path.split("/").at(-1)}`);
	});
}
function scanningFinding(remote) {
	const check = {
		id: "push-protection",
		title: "A push with a secret in it is stopped",
		needs: admin
	};
	return when(check, remote.secretScanning, (on) => on ? holds(check, "it is") : missing(check, "push protection is off", page(remote, "security_analysis")));
}
function releasesFinding(remote) {
	const check = {
		id: "immutable-releases",
		title: "Releases can't be changed afterwards",
		needs: admin
	};
	return when(check, remote.immutableReleases, (on) => on ? holds(check, "they can't") : missing(check, "they can", page(remote, "")));
}
function environmentFindings(names, remote) {
	return names.slice(1).flatMap((name, index) => checksOf(name, index === names.length - 2).map((check) => ({
		name,
		check
	}))).map(({ name, check }) => when(check, remote.environments, (environments) => {
		const found = environments.find((environment) => environment.name === name);
		const why = found === void 0 ? `there is no environment ${name}` : check.wrong(found);
		return why === null ? holds(check, "as it should be") : missing(check, why, page(remote, "environments"));
	}));
}
function checksOf(name, last) {
	const needs = "`actions: read`";
	const branch = {
		id: `environment-${name}-branch`,
		title: `${name} is entered from the default branch alone`,
		needs,
		wrong: ({ branches }) => branches === null ? "any branch may" : null
	};
	if (!last) return [branch];
	return [
		branch,
		{
			id: `environment-${name}-reviewers`,
			title: `Somebody approves what enters ${name}`,
			needs,
			wrong: ({ reviewers }) => reviewers === 0 ? "nobody has to" : null
		},
		{
			id: `environment-${name}-self`,
			title: `Nobody approves their own way into ${name}`,
			needs,
			wrong: ({ preventSelfReview }) => preventSelfReview ? null : "they may"
		}
	];
}
const diagnose = ({ local, remote }) => [...localFindings(local), ...remote === null ? [] : [...refFindings({
	local,
	remote
}), ...repositoryFindings({
	local,
	remote
})]];
async function readLocalFacts(workspace) {
	const { root, configuration } = workspace;
	const { base } = configuration.image;
	return {
		environments: configuration.environments,
		branch: configuration.gitops.branch,
		workflows: workflowsIn(root),
		outdated: hasWorkflowSources(root) ? outdatedIn(root) : null,
		codeOwners: [
			".github/CODEOWNERS",
			"CODEOWNERS",
			"docs/CODEOWNERS"
		].map((path) => textOf(join(root, path))).find((text) => text !== null) ?? null,
		trust: configuration.trust.length === 0 ? "none" : configuration.trust.some((entry) => "keys" in entry) ? "environments" : "keys",
		base: base === void 0 ? null : {
			reference: base,
			pinned: base.includes("@sha256:")
		},
		gpuPipelines: await gpuPipelines(workspace),
		configuration: problemOf(root)
	};
}
function outdatedIn(root) {
	try {
		return staleWorkflows(root).filter((path) => path.startsWith(".github/"));
	} catch (error) {
		if (isLockstepError(error)) return [error.message];
		throw error;
	}
}
function workflowsIn(root) {
	const folder = join(root, ".github/workflows");
	const names = existsSync(folder) ? readdirSync(folder).filter((name) => /\.ya?ml$/.test(name)) : [];
	return new Map(names.sort().map((name) => [`.github/workflows/${name}`, readFileSync(join(folder, name), "utf8")]));
}
const textOf = (path) => existsSync(path) ? readFileSync(path, "utf8") : null;
async function gpuPipelines(workspace) {
	const found = [];
	for (const model of listPipelines(workspace)) try {
		const { file } = await readPipeline(workspace, model);
		if (Object.values(file.stages).some(({ gpu }) => gpu)) found.push(model);
	} catch (error) {
		if (!isLockstepError(error)) throw error;
	}
	return found;
}
function problemOf(root) {
	try {
		openWorkspace(root);
		return null;
	} catch (error) {
		if (isLockstepError(error)) return error.message;
		throw error;
	}
}
const known = (value) => ({
	kind: "known",
	value
});
const hidden = { kind: "hidden" };
const noPlan = { kind: "not in this plan" };
init_workspace();
async function readRemoteFacts(github) {
	const repository = await github.ask("GET /repos/{owner}/{repo}");
	const { private: isPrivate } = repository;
	const ask = (route, read, missing) => asked(github, route, read, {
		isPrivate,
		...missing === void 0 ? {} : { missing }
	});
	const protection = repository.security_and_analysis?.secret_scanning_push_protection?.status;
	const permissions = await ask("GET /repos/{owner}/{repo}/actions/permissions", ({ allowed_actions = "all", sha_pinning_required = false }) => ({
		allowed: allowed_actions,
		shaPinning: sha_pinning_required
	}));
	return {
		fullName: repository.full_name,
		url: repository.html_url,
		private: isPrivate,
		ownerIsPerson: repository.owner.type === "User",
		defaultBranch: repository.default_branch,
		rulesets: await readRulesets(github, isPrivate),
		environments: await ask("GET /repos/{owner}/{repo}/environments", readEnvironments),
		actions: permissions,
		token: await ask("GET /repos/{owner}/{repo}/actions/permissions/workflow", ({ default_workflow_permissions: may, can_approve_pull_request_reviews: mayApprove }) => ({
			write: may === "write",
			mayApprove
		})),
		forkApproval: await ask("GET /repos/{owner}/{repo}/actions/permissions/fork-pr-contributor-approval", ({ approval_policy }) => approval_policy),
		workflows: await ask("GET /repos/{owner}/{repo}/actions/workflows", ({ workflows }) => workflows),
		selfHosted: await ask("GET /repos/{owner}/{repo}/actions/runners", ({ total_count }) => total_count),
		secretScanning: protection === void 0 ? hidden : known(protection === "enabled"),
		immutableReleases: await ask("GET /repos/{owner}/{repo}/immutable-releases", ({ enabled }) => enabled, permissions.kind === "known" ? known(false) : hidden)
	};
}
const lists = [
	"/rulesets",
	"/environments",
	"/workflows"
];
const whole = { per_page: 100 };
async function asked(github, route, read, { isPrivate, missing = hidden, parameters = {} }) {
	const paged = lists.some((end) => route.endsWith(end)) ? whole : {};
	try {
		return known(read(await github.ask(route, {
			...paged,
			...parameters
		})));
	} catch (error) {
		if (!isLockstepError(error)) throw error;
		if (/upgrade to|not available for|feature is not/i.test(error.message) && isPrivate) return noPlan;
		if (error.code === "E_GITHUB_MISSING") return missing;
		if (error.code === "E_GITHUB_PERMISSION") return hidden;
		throw error;
	}
}
async function readRulesets(github, isPrivate) {
	const listed = await asked(github, "GET /repos/{owner}/{repo}/rulesets", (all) => all, { isPrivate });
	if (listed.kind !== "known") return listed;
	const rulesets = [];
	for (const { id } of listed.value) {
		const found = await asked(github, "GET /repos/{owner}/{repo}/rulesets/{ruleset_id}", (answer) => answer, {
			isPrivate,
			parameters: { ruleset_id: id }
		});
		if (found.kind !== "known") return found;
		const { value: whole } = found;
		const rules = whole.rules ?? [];
		rulesets.push({
			name: whole.name,
			target: whole.target ?? "branch",
			active: whole.enforcement === "active",
			include: whole.conditions?.ref_name?.include ?? [],
			exclude: whole.conditions?.ref_name?.exclude ?? [],
			rules: rules.map(({ type }) => type),
			checks: rules.flatMap(({ parameters }) => parameters?.required_status_checks?.map(({ context }) => context) ?? []),
			codeOwners: rules.some(({ parameters }) => parameters?.require_code_owner_review === true),
			bypass: whole.bypass_actors?.map(({ actor_type }) => actor_type) ?? null
		});
	}
	return known(rulesets);
}
const readEnvironments = ({ environments = [] }) => environments.map(({ name, protection_rules: rules = [], deployment_branch_policy: policy }) => {
	const review = rules.find(({ type }) => type === "required_reviewers");
	return {
		name,
		reviewers: review?.reviewers?.length ?? 0,
		preventSelfReview: review?.prevent_self_review === true,
		branches: policy ? policy.protected_branches ? "protected" : "custom" : null
	};
});
init_workspace();
async function examine(workspace, env = process.env) {
	const local = await readLocalFacts(workspace);
	const asked = await askGitHub(workspace, env);
	const remote = typeof asked === "string" ? null : asked;
	return {
		findings: diagnose({
			local,
			remote
		}),
		repository: remote?.fullName ?? null,
		alone: typeof asked === "string" ? asked : null
	};
}
async function askGitHub(workspace, env) {
	const repository = await originRepository(workspace, env);
	if (repository === null) return "origin is no repository on GitHub";
	const token = env.GITHUB_TOKEN ?? env.GH_TOKEN ?? "";
	if (token === "") return "no token: GITHUB_TOKEN=$(gh auth token) lockstep doctor looks at the settings too";
	try {
		return await readRemoteFacts(await openGitHub(token, {
			repository,
			apiUrl: env.GITHUB_API_URL ?? "https://api.github.com"
		}));
	} catch (error) {
		if (isLockstepError(error)) return error.message;
		throw error;
	}
}
const signs = {
	holds: "✓",
	missing: "✗",
	hidden: "?",
	"not in this plan": "–"
};
const colors = {
	holds: "green",
	missing: "red",
	hidden: "yellow",
	"not in this plan": "yellow"
};
const command = {
	name: "doctor",
	summary: "say which settings of the repository keep its promises, and which are missing",
	positionals: "",
	options: {},
	help: {},
	async run({ workspace }) {
		const diagnosis = await examine(workspace);
		const missing = diagnosis.findings.some(({ kind }) => kind === "missing");
		return {
			json: diagnosis,
			text: words(diagnosis, process.stdout.isTTY === true && !process.env.NO_COLOR),
			exit: missing ? 1 : 0
		};
	}
};
function words({ findings, repository, alone }, color) {
	const paint = (kind, text) => color ? styleText(colors[kind], text, { validateStream: false }) : text;
	const lines = findings.flatMap((finding) => [`${paint(finding.kind, signs[finding.kind])} ${finding.title}`, ...detailsOf(finding).map((line) => `    ${line}`)]);
	const count = (kind) => findings.filter((finding) => finding.kind === kind).length;
	const sum = [
		`${count("holds")} hold`,
		`${count("missing")} missing`,
		`${count("hidden")} not readable`,
		`${count("not in this plan")} not in this plan`
	];
	return [
		repository ?? "the files here",
		...lines,
		"",
		sum.join(", "),
		...alone === null ? [] : [alone]
	].join("\n");
}
function detailsOf(finding) {
	switch (finding.kind) {
		case "holds": return [];
		case "missing": return [finding.what, finding.fix];
		case "hidden": return [`not readable with this token: it takes ${finding.needs}`];
		case "not in this plan": return [finding.what];
	}
}
export { command };
