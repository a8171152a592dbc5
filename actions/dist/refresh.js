import { a as selectSources, i as refreshData, n as changeLines, r as refreshedLines } from "./parts/refresh-text.js";
import { C as findArtifact, g as runUrl, m as readContext, x as downloadArtifact } from "./parts/github.js";
import { Ct as LockstepError, F as gitBytes, N as git, a as scratchPath, l as openWorkspace, t as init_workspace, w as parseJson, z as tryGit } from "./parts/workspace.js";
import { t as openForge } from "./parts/forge.js";
import { c as optional, d as text, f as token, i as list, r as flag, s as oneOf, t as setOutputs, u as readInputs } from "./parts/outputs.js";
import { c as scratchFolder, o as say, r as run, s as runnerFolders, t as fail } from "./parts/run.js";
import { p as setSecret } from "./vendor/actions-core.js";
import { t as openIssueOnce } from "./parts/issues.js";
import { B as printLock, F as findLock, K as fileObjects, L as writeLock, Q as openStore, R as parseLock, V as withEntry, d as unpackObjects, u as packObjects, w as pushData, z as emptyLock } from "./parts/data.js";
import { a as parseLineage, c as dateSource, i as lineageFile, n as shapeChanges, o as readLineage, s as writeLineage } from "./parts/sources.js";
import { n as fenced, t as addSummary } from "./parts/summary.js";
import { t as uploadFolder } from "./parts/upload.js";
import { I as pushAtomic, L as remoteRefs, N as fetchRefs, b as pushRefused, r as baseCommit } from "./parts/registry.js";
import { t as actAsBot } from "./parts/git-identity.js";
import { join } from "node:path";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
init_workspace();
const mib = 2 ** 20;
const refreshArtifact = {
	name: "lockstep-refresh",
	files: {
		"data.lock": 64 * mib,
		[lineageFile]: 16 * mib,
		objects: 900 * mib
	}
};
async function handOverRefresh(workspace, changes, folder) {
	const fresh = changes.filter(({ before, after }) => before?.digest !== after.digest);
	const bytes = fresh.reduce((sum, { after }) => sum + after.size, 0);
	if (bytes > refreshArtifact.files.objects) throw new LockstepError("E_HANDOVER_TOO_LARGE", {
		what: `${bytes.toLocaleString("en-US")} bytes came from sources`,
		allowed: `at most ${refreshArtifact.files.objects.toLocaleString("en-US")} from job to job`,
		fix: "run `lockstep data refresh` and `lockstep data push` where there is room, or name fewer datasets"
	});
	rmSync(folder, {
		recursive: true,
		force: true
	});
	mkdirSync(folder, { recursive: true });
	for (const name of ["data.lock", lineageFile]) copyFileSync(join(workspace.root, name), join(folder, name));
	await packObjects(workspace, fresh.map(({ after }) => after), join(folder, "objects"));
}
async function takeOverRefresh(workspace, folder) {
	const fetched = parseLock(readFileSync(join(folder, "data.lock")), "data.lock of the hand-over");
	const stories = parseLineage(readFileSync(join(folder, lineageFile)));
	const objects = await unpackObjects(workspace, join(folder, "objects"));
	let lock = findLock(workspace) ?? emptyLock;
	let lineage = readLineage(workspace);
	const changes = [];
	for (const [key, declared] of Object.entries(workspace.configuration.sources)) {
		const [after, story] = [entryOf(fetched, key), stories[key]];
		const [before, known] = [entryOf(lock, key), lineage[key]];
		if (after === null || story?.digest !== after.digest) continue;
		if (story.source !== dateSource(key, declared, {}).digest) continue;
		if (!isNews({
			before,
			after,
			story,
			known
		}, objects)) continue;
		if (before?.digest !== after.digest) await checkWhole(workspace, after, objects);
		lock = withEntry(lock, after);
		lineage = {
			...lineage,
			[key]: story
		};
		changes.push({
			before,
			after,
			lineage: story,
			changes: shapeChanges(known ?? {}, story)
		});
	}
	parseLock(Buffer.from(printLock(lock)), "data.lock");
	return {
		lock,
		lineage,
		changes
	};
}
const entryOf = ({ entries }, key) => entries.find((entry) => entry.key === key) ?? null;
const isNews = ({ before, after, story, known }, objects) => before?.digest === after.digest ? known?.digest !== story.digest || known.source !== story.source : objects.has(after.digest);
async function checkWhole(workspace, entry, objects) {
	for (const { key, digest, size } of await fileObjects(openStore(workspace), entry)) {
		if (objects.get(digest)?.size === size) continue;
		throw new LockstepError("E_HANDOVER_SHAPE", {
			what: `the bytes of "${key}" are not among those that were handed over`,
			allowed: `${digest}, ${size} bytes`,
			fix: "run the job again that fetched them"
		});
	}
}
init_workspace();
async function fetchSources(workspace, wanted) {
	takeSecrets();
	const results = await refreshData(workspace, wanted);
	const lines = results.flatMap(refreshedLines);
	for (const line of lines) say(line);
	await addSummary(`### Sources\n\n${fenced(lines.join("\n"))}`);
	for (const one of results) if (one.state === "failed") fail(one.error);
	const changes = results.filter((one) => "after" in one);
	if (changes.length > 0) {
		const folder = scratchFolder("refresh");
		await handOverRefresh(workspace, changes, folder);
		await uploadFolder(refreshArtifact.name, folder, 6);
	}
	return { changed: changes.length > 0 };
}
const ours = /^(PATH|HOME|NODE_.*|LD_.*|DYLD_.*|GIT_.*|GITHUB_.*|ACTIONS_.*|RUNNER_.*|INPUT_.*|LOCKSTEP_.*)$/i;
function takeSecrets(env = process.env) {
	const text = env.LOCKSTEP_SOURCES;
	delete env.LOCKSTEP_SOURCES;
	if (!text) return;
	const { value } = parseJson(text, "LOCKSTEP_SOURCES");
	for (const [name, secret] of Object.entries(value ?? {})) {
		if (typeof secret !== "string" || !/^[A-Za-z_]\w*$/.test(name) || ours.test(name)) throw new LockstepError("E_ACTION_INPUT", {
			what: `the secret LOCKSTEP_SOURCES has no text, or no name of its own, at "${name}"`,
			allowed: "a JSON object of texts by the names of variables",
			fix: "set the secret again"
		});
		setSecret(secret);
		env[name] = secret;
	}
}
const spec = {
	mode: oneOf("due", "fetch", "propose"),
	datasets: list,
	date: optional(text),
	scheduled: flag,
	token: optional(token)
};
init_workspace();
const refreshBranch = "refresh/data";
const ref = `refs/heads/${refreshBranch}`;
const mark = "Made-by: lockstep data refresh";
const mostLines = 200;
async function proposeRefresh(workspace, taken) {
	const { root } = workspace;
	const base = await baseCommit(workspace);
	if (base === null) throw new LockstepError("E_GIT", {
		what: "nothing is committed",
		fix: "commit lockstep.yaml first"
	});
	const { title, text } = describe(taken);
	const tip = await fetchTip(root);
	const open = tip !== null && !await isAncestor(root, tip, base);
	if (open && await hasOthersCommits(root, base, tip)) return {
		title,
		text,
		state: "theirs"
	};
	writeLock(workspace, taken.lock);
	writeLineage(workspace, taken.lineage);
	if (open && await hasLock(workspace, tip)) return {
		title,
		text,
		state: "there"
	};
	const fresh = taken.changes.filter(({ before, after }) => before?.digest !== after.digest);
	if (fresh.length > 0) await pushData(workspace, fresh.map(({ after }) => after.key));
	const message = `${title}\n\n${text}\n\n${mark}\n`;
	const commit = await commitData(workspace, base, open ? [tip, base] : [base], message);
	const outcome = await pushAtomic(root, { [ref]: commit });
	if (outcome.kind !== "pushed" && (await remoteRefs(root, [ref])).get(ref) !== commit) throw pushRefused(`the branch ${refreshBranch}`, outcome.reason);
	return {
		title,
		text,
		state: "pushed"
	};
}
function describe({ changes }) {
	const [first, ...more] = changes;
	const lines = changes.flatMap(changeLines);
	const rest = lines.length - mostLines;
	return {
		title: `data: refresh ${first.after.key}${more.length > 0 ? ` and ${more.length} more` : ""}`,
		text: [...lines.slice(0, mostLines), ...rest > 0 ? [`and ${rest} more lines`] : []].join("\n")
	};
}
async function fetchTip(root) {
	const tip = (await remoteRefs(root, [ref])).get(ref) ?? null;
	if (tip !== null) await fetchRefs(root, [`+${ref}:refs/lockstep/refresh`]);
	return tip;
}
const isAncestor = async (root, commit, of) => (await tryGit([
	"merge-base",
	"--is-ancestor",
	commit,
	of
], { cwd: root })).status === 0;
async function hasOthersCommits(root, base, tip) {
	return (await git([
		"log",
		"--format=%B%x00",
		`${base}..${tip}`
	], { cwd: root })).split("\0").filter((message) => message.trim() !== "").some((message) => !message.trimEnd().endsWith(mark));
}
async function hasLock({ root }, tip) {
	const there = await gitBytes([
		"cat-file",
		"blob",
		`${tip}:data.lock`
	], { cwd: root }).catch(() => null);
	if (there === null) return false;
	const [blob, own] = await Promise.all([git([
		"hash-object",
		"--stdin",
		"--no-filters"
	], {
		cwd: root,
		input: there
	}), git([
		"hash-object",
		"--no-filters",
		"data.lock"
	], { cwd: root })]);
	return blob === own;
}
async function commitData(workspace, base, parents, message) {
	const { root } = workspace;
	const index = scratchPath(workspace, "index");
	const options = {
		cwd: root,
		env: { GIT_INDEX_FILE: index }
	};
	const paths = [
		"data.lock",
		lineageFile,
		...existsSync(join(root, ".data")) ? [".data"] : []
	];
	try {
		await git(["read-tree", base], options);
		await git([
			"add",
			"--force",
			"--ignore-removal",
			"--",
			...paths
		], options);
		const tree = await git(["write-tree"], options);
		const named = parents.flatMap((parent) => ["-p", parent]);
		return await git([
			"commit-tree",
			tree,
			...named,
			"-F",
			"-"
		], {
			...options,
			input: message
		});
	} finally {
		rmSync(index, { force: true });
	}
}
async function propose({ context, workspace, github }) {
	const artifact = await findArtifact(github, { id: context.runId }, refreshArtifact.name);
	if (artifact === null) {
		say("this run handed nothing over");
		return { branch: "" };
	}
	const folder = scratchFolder("refreshed");
	rmSync(folder, {
		recursive: true,
		force: true
	});
	await downloadArtifact(github, artifact, folder, refreshArtifact.files);
	actAsBot();
	const taken = await takeOverRefresh(workspace, folder);
	if (taken.changes.length === 0) {
		say("the default branch has this data already");
		return { branch: "" };
	}
	const { title, text, state } = await proposeRefresh(workspace, taken);
	const { serverUrl, repository } = context;
	const compare = `${serverUrl}/${repository.owner}/${repository.name}/compare/${refreshBranch}?expand=1`;
	const said = {
		pushed: `its branch \`${refreshBranch}\` is pushed.`,
		there: `its branch \`${refreshBranch}\` has this data.`,
		theirs: `its branch \`${refreshBranch}\` has commits of somebody else, and is left to them until it is merged or deleted.`
	}[state];
	const { number, opened } = await openIssueOnce(github, {
		title,
		body: [
			`[Open the pull request](${compare}): ${said}`,
			fenced(text),
			`[The run that fetched it](${runUrl(context)})`
		].join("\n\n"),
		marker: "lockstep:refresh",
		update: state !== "there"
	});
	say(`${title}: ${state}; issue ${number} ${opened ? "opened" : "is open already"}`);
	return { branch: state === "pushed" ? refreshBranch : "" };
}
init_workspace();
await run(async () => {
	const { mode, datasets: only, date, scheduled, token } = readInputs(spec);
	const workspace = openWorkspace(runnerFolders().workspace);
	const wanted = {
		only,
		scheduled,
		day: date ?? void 0
	};
	if (mode === "due") setOutputs({ due: selectSources(workspace, wanted).length > 0 });
	else if (mode === "fetch") setOutputs(await fetchSources(workspace, wanted));
	else {
		const context = readContext();
		setOutputs(await propose({
			context,
			workspace,
			github: await openForge(token, context)
		}));
	}
});
export {};
