import { Ct as LockstepError, St as writeAtomic, b as acquireLock, t as init_workspace, u as pipelinePath, z as tryGit } from "./workspace.js";
import { dirname, join, relative } from "node:path";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { styleText } from "node:util";
import { createInterface } from "node:readline";
import { once } from "node:events";
init_workspace();
function narrator(stream) {
	const live = stream.isTTY === true;
	const paint = (style, text) => live ? styleText(style, text, { validateStream: false }) : text;
	const line = (text = "") => stream.write(`${text}\n`);
	return {
		step(number, title, why) {
			line();
			line(`${paint(["bold", "cyan"], `${number}`)}  ${paint("bold", title)}`);
			line(`   ${paint("dim", why)}`);
		},
		command(text) {
			line(`   ${paint("green", "$")} ${text}`);
			const clock = live ? spin(stream, paint) : void 0;
			return { done(found, seconds) {
				if (clock) {
					clearInterval(clock);
					stream.write("\r\x1B[2K");
				}
				const took = seconds === void 0 ? "" : paint("dim", `  ${seconds.toFixed(1)} s`);
				for (const [index, part] of found.split("\n").entries()) line(`     ${part}${index === 0 ? took : ""}`);
			} };
		},
		note(text) {
			for (const part of text.split("\n")) line(`     ${paint("dim", part)}`);
		},
		blank: () => line()
	};
}
function spin(stream, paint) {
	const started = performance.now();
	const frames = [
		"⠋",
		"⠙",
		"⠹",
		"⠸",
		"⠼",
		"⠴",
		"⠦",
		"⠧",
		"⠇",
		"⠏"
	];
	let frame = 0;
	return setInterval(() => {
		const seconds = ((performance.now() - started) / 1e3).toFixed(0);
		stream.write(`\r\u001b[2K     ${paint("dim", `${frames[frame++ % frames.length]} ${seconds} s`)}`);
	}, 100).unref();
}
var Shell = class {
	folder;
	#running = new Set();
	#stopped = false;
	constructor(folder) {
		this.folder = folder;
	}
	async lockstep(args) {
		const started = performance.now();
		const child = this.start(args);
		const [exit, output] = await Promise.all([ended(child), collect(child)]);
		return {
			exit,
			json: parse(output.trim().split("\n").at(-1) ?? "", args),
			seconds: (performance.now() - started) / 1e3
		};
	}
	start(args) {
		if (this.#stopped) throw new Error("the demo was told to stop");
		const child = spawn(join(this.folder, "lockstep"), [...args, "--json"], {
			cwd: this.folder,
			env: {
				...cleanEnvironment(),
				LOCKSTEP_LIFELINE: "3"
			},
			stdio: [
				"ignore",
				"pipe",
				"pipe",
				"pipe"
			]
		});
		this.#running.add(child);
		child.once("exit", () => this.#running.delete(child));
		return child;
	}
	async git(args, folder = this.folder) {
		const child = spawn("git", [
			"-c",
			"safe.directory=*",
			"-c",
			"init.defaultBranch=main",
			...args
		], {
			cwd: folder,
			env: cleanEnvironment(),
			stdio: [
				"ignore",
				"pipe",
				"pipe"
			]
		});
		const [exit, output, errors] = await Promise.all([
			ended(child),
			collect(child),
			collect(child, "stderr")
		]);
		if (exit !== 0) throw new Error(`git ${args.join(" ")} ended with ${exit}: ${errors.trim()}`);
		return output.trim();
	}
	async stop() {
		this.#stopped = true;
		await Promise.all([...this.#running].map((child) => {
			const gone = ended(child);
			child.kill("SIGTERM");
			return gone;
		}));
	}
};
function cleanEnvironment() {
	const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_") && name !== "LOCKSTEP_LIFELINE");
	const person = "Lockstep Demo";
	const email = "demo@lockstep.example";
	return {
		...Object.fromEntries(kept),
		GIT_CONFIG_GLOBAL: "/dev/null",
		GIT_CONFIG_NOSYSTEM: "1",
		GIT_AUTHOR_NAME: person,
		GIT_AUTHOR_EMAIL: email,
		GIT_COMMITTER_NAME: person,
		GIT_COMMITTER_EMAIL: email
	};
}
const ended = (child) => new Promise((resolve, reject) => {
	child.once("error", reject);
	child.once("close", (code) => resolve(code ?? 1));
});
async function collect(child, stream = "stdout") {
	const chunks = [];
	for await (const chunk of child[stream] ?? []) chunks.push(chunk);
	return Buffer.concat(chunks).toString();
}
function parse(line, args) {
	try {
		return JSON.parse(line);
	} catch {
		throw new Error(`./lockstep ${args.join(" ")} printed no JSON: ${line.slice(0, 200)}`);
	}
}
const demoFolder = (root) => join(root, ".lockstep", "demo");
async function makeSandbox(root) {
	const folder = demoFolder(root);
	rmSync(folder, {
		recursive: true,
		force: true
	});
	const [repository, origin, template] = [
		"repository",
		"origin.git",
		"template"
	].map((name) => join(folder, name));
	mkdirSync(template, { recursive: true });
	for (const file of await templateFiles(root)) copy(join(root, file), join(template, file));
	const shell = new Shell(folder);
	await shell.git([
		"init",
		"-q",
		"--bare",
		origin
	]);
	await shell.git([
		"init",
		"-q",
		template
	]);
	await shell.git([
		"add",
		"-A",
		"-f"
	], template);
	await shell.git([
		"commit",
		"-q",
		"-m",
		"Use this template"
	], template);
	await shell.git([
		"push",
		"-q",
		origin,
		"HEAD:refs/heads/main"
	], template);
	rmSync(template, { recursive: true });
	await shell.git([
		"clone",
		"-q",
		origin,
		repository
	]);
	await shell.git([
		"config",
		"user.name",
		"Lockstep Demo"
	], repository);
	await shell.git([
		"config",
		"user.email",
		"demo@lockstep.example"
	], repository);
	symlinkSync(join(root, "node_modules"), join(repository, "node_modules"), "junction");
	return {
		folder,
		repository,
		origin
	};
}
async function templateFiles(root) {
	const listed = await tryGit([
		"ls-files",
		"-z",
		"--cached",
		"--others",
		"--exclude-standard"
	], { cwd: root });
	if (listed.status === 0 && existsSync(join(root, ".git"))) return listed.stdout.split("\0").filter((file) => file !== "" && existsSync(join(root, file)));
	return readdirSync(root).filter((name) => ![
		"node_modules",
		".lockstep",
		"data",
		".git",
		"coverage"
	].includes(name));
}
function copy(from, to) {
	mkdirSync(dirname(to), { recursive: true });
	cpSync(from, to, {
		recursive: true,
		verbatimSymlinks: true
	});
}
const model = "flight-delay";
const environments = [
	"dev",
	"staging",
	"production"
];
var StepFailed = class extends Error {};
function expectThat(condition, otherwise) {
	if (!condition) throw new StepFailed(otherwise);
}
async function lockstep(story, args, found, exit = 0) {
	const running = story.tell.command(`./lockstep ${args.map(quoted).join(" ")}`);
	const answer = await story.shell.lockstep(args);
	if (answer.exit !== exit) {
		const { error } = answer.json;
		running.done(error?.message ?? `ended with ${answer.exit}, not ${exit}`, answer.seconds);
		throw new StepFailed(`lockstep ${args.join(" ")} ended with ${answer.exit}, not ${exit}: ${error?.message ?? ""}`);
	}
	running.done(found(answer), answer.seconds);
	return answer;
}
async function git(story, args, found = "") {
	const running = story.tell.command(`git ${args.map(quoted).join(" ")}`);
	const output = await story.shell.git(args);
	if (found !== "") running.done(found);
	else running.done(output.split("\n").at(-1) || "done");
	return output;
}
function edit(story, file, before, after) {
	const path = join(story.sandbox.repository, file);
	const text = readFileSync(path, "utf8");
	expectThat(text.split(before).length === 2, `${file} has not exactly one "${before}"`);
	const running = story.tell.command(`edit ${file}`);
	writeFileSync(path, text.replace(before, after));
	running.done(`- ${before.trim()}\n+ ${after.trim()}`);
}
const quoted = (word) => /^[\w@%+=:,./#-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
async function register(story, bump, version) {
	const { json } = await lockstep(story, [
		"register",
		model,
		"--bump",
		bump
	], ({ json }) => `${json.tag} → ${shortImage(String(json.image))}`);
	expectThat(json.version === version, `registered ${String(json.version)}, not ${version}`);
}
async function promote(story, version, targets = environments) {
	for (const target of targets) {
		const { json } = await lockstep(story, [
			"promote",
			model,
			version,
			"--to",
			target
		], ({ json }) => {
			const { outcome, observed } = json;
			return observed ? `${outcome} at ${observed.url}, golden requests ${observed.golden.equal} of ${observed.golden.asked} equal` : outcome;
		});
		const { outcome, observed, image } = json;
		expectThat(outcome === "observed" && observed !== null, `${target} was not seen to run ${version}`);
		expectThat(observed.golden.equal === observed.golden.asked && observed.golden.asked > 0, `${target} answers its golden requests differently`);
		story.summary.environments[target] = {
			version,
			image,
			url: observed.url,
			golden: observed.golden
		};
	}
}
async function run(story, exit = 0) {
	return lockstep(story, ["run", model], ({ json }) => describeRun(json), exit);
}
function describeRun(json) {
	const { verdict, reasons, metrics, differences, baseline } = json;
	const auc = metrics.roc_auc;
	const change = differences.roc_auc;
	return [...[`${verdict.toUpperCase()}: ROC AUC ${auc?.value.toFixed(4)}, against ${baseline} ${signed(change?.delta)} (95 %: ${signed(change?.low)} to ${signed(change?.high)})`], ...verdict === "pass" ? [] : reasons.slice(0, 3).map((reason) => `· ${reason}`)].join("\n");
}
const signed = (value = NaN) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(4)}`;
const shortImage = (image) => image.replace(/(sha256:[0-9a-f]{12})[0-9a-f]+$/, "$1…");
async function betterModel(story) {
	await git(story, [
		"switch",
		"-q",
		"-c",
		"more-trees"
	], "a branch for the change");
	edit(story, `pipelines/${model}/pipeline.yaml`, "  trees: 30", "  trees: 100");
	await git(story, [
		"commit",
		"-q",
		"-a",
		"-m",
		"feat: 100 trees"
	], "committed");
	const { json } = await run(story);
	story.summary.report = join(story.sandbox.repository, String(json.report));
	await merge(story, "more-trees");
	await register(story, "minor", "v1.1.0");
	await promote(story, "v1.1.0");
}
async function merge(story, branch) {
	await git(story, [
		"switch",
		"-q",
		"main"
	], "on main");
	await git(story, [
		"merge",
		"-q",
		"--ff-only",
		branch
	], `${branch} merged`);
	await git(story, [
		"push",
		"-q",
		"origin",
		"main"
	], "pushed");
}
const laterMonths$1 = [
	"03",
	"04",
	"05",
	"06"
].map((month) => `data:flights/2001-${month}.parquet`);
async function failsInProduction(story) {
	const production = story.summary.environments.production;
	expectThat(production !== void 0, "production runs nothing");
	const requests = laterMonths$1.flatMap((month) => ["--data", month]);
	await lockstep(story, [
		"predict",
		"--to",
		production.url,
		...requests,
		"--id-column",
		"row_id"
	], ({ json }) => `${Number(json.answered).toLocaleString("en-US")} flights of the months after training asked of production, mean chance of delay ${Number(json.meanScore).toFixed(3)}`);
	await git(story, [
		"switch",
		"-q",
		"-c",
		"strict-airports"
	], "a branch for the change");
	edit(story, `pipelines/${model}/pipeline.yaml`, "  unknown: ignore", "  unknown: error");
	await git(story, [
		"commit",
		"-q",
		"-a",
		"-m",
		"fix: refuse airports the model does not know"
	], "committed");
	await run(story);
	await merge(story, "strict-airports");
	await register(story, "minor", "v1.2.0");
	await promote(story, "v1.2.0", ["dev", "staging"]);
	expectThat((await lockstep(story, [
		"promote",
		model,
		"v1.2.0",
		"--to",
		"production"
	], ({ json }) => json.error.message, 1)).json.error.code === "E_PROMOTE_REFUSED_BY_AGENT", "the agent did not refuse it");
	await answersStill(story, production.url, "v1.1.0");
	const { json } = await lockstep(story, [
		"rollback",
		model,
		"--in",
		"production",
		"--reason",
		"cannot answer airports that training never had"
	], ({ json }) => `production: ${json.from} → ${json.to} in commit ${String(json.commit).slice(0, 12)}, ${json.from} is held`);
	story.summary.rollback = {
		from: String(json.from),
		to: String(json.to),
		commit: String(json.commit)
	};
	expectThat(json.from === "v1.2.0" && json.to === "v1.1.0", "the rollback went elsewhere");
	await answersStill(story, production.url, "v1.1.0");
	await lockstep(story, ["verify"], () => `every environment agrees with its evidence: ${environments.join(", ")}`);
}
async function answersStill(story, url, version) {
	const running = story.tell.command(`curl ${url}/metadata`);
	for (let tries = 0;; tries++) {
		const metadata = await (await fetch(`${url}/metadata`)).json();
		if (metadata.version === version) break;
		expectThat(tries < 50, `production answers as ${metadata.version}, not ${version}`);
		await setTimeout(200);
	}
	running.done(`production answers with ${version}`);
}
async function startAgent(story) {
	const running = story.tell.command("./lockstep up &");
	const started = performance.now();
	const child = story.shell.start(["up"]);
	const lines = createInterface({ input: child.stdout });
	child.stderr.resume();
	const ready = await Promise.race([
		once(lines, "line").then(() => true),
		once(child, "exit").then(() => false),
		setTimeout(3e4, false, { ref: false })
	]);
	lines.on("line", () => {});
	expectThat(ready, "the local agent did not start");
	running.done("the local agent watches the branch environments", (performance.now() - started) / 1e3);
}
async function firstRelease(story) {
	await lockstep(story, ["data", "pull"], ({ json }) => `${count(json.datasets)} datasets pulled`);
	await lockstep(story, ["data", "verify"], ({ json }) => `${count(json.datasets)} datasets verified against data.lock`);
	const { json } = await run(story);
	story.summary.report = join(story.sandbox.repository, String(json.report));
	await register(story, "minor", "v1.0.0");
	await startAgent(story);
	await promote(story, "v1.0.0");
}
const count = (list) => Array.isArray(list) ? list.length : Number(list);
async function laterMonths(story) {
	const { json } = await lockstep(story, [
		"monitor",
		model,
		"--in",
		"production",
		"--prepare-retraining"
	], ({ json }) => [...json.months.map(describe), ...json.alerts.map(({ reason }) => `! ${reason}`)].join("\n"));
	const months = json.months;
	expectThat(months.length >= 4, "fewer than four months were monitored");
	const { branch } = json.retraining ?? {};
	expectThat(branch !== void 0, "no retraining change was prepared");
	await git(story, [
		"diff",
		"--stat",
		"main",
		branch
	]);
	await git(story, [
		"diff",
		"-U0",
		"main",
		branch,
		"--",
		`pipelines/${model}/pipeline.yaml`
	], `${branch} is ready for a pull request`);
}
const describe = ({ month, meanScore, labelRate, metrics }) => {
	const share = (value) => `${(100 * (value ?? NaN)).toFixed(1)} %`;
	return `${month}  late ${share(labelRate?.value)}, expected ${share(meanScore)}  ROC AUC ${metrics.roc_auc?.value.toFixed(3)}  calibration error ${metrics.calibration_error?.value.toFixed(3)}`;
};
async function worseModel(story) {
	await git(story, [
		"switch",
		"-q",
		"-c",
		"fewer-trees"
	], "a branch for the change");
	edit(story, `pipelines/${model}/pipeline.yaml`, "  trees: 30", "  trees: 2");
	await git(story, [
		"commit",
		"-q",
		"-a",
		"-m",
		"perf: two trees are faster than thirty"
	], "committed");
	const { json } = await run(story, 3);
	expectThat((await lockstep(story, ["register", model], ({ json }) => json.error.message, 1)).json.error.code === "E_GATE_REFUSED", "register did not refuse because of the gate");
	story.summary.refused = {
		version: json.wouldBecome,
		reasons: json.reasons
	};
	expectThat(story.summary.refused.reasons.length > 0, "the gate refused without a reason");
	await git(story, [
		"switch",
		"-q",
		"main"
	], "back on main; the change is not merged");
}
const steps = [
	{
		name: "v1.0.0 goes from data to production",
		why: "Data by hash, training, evaluation, a gate, an image, and promotion through three environments.",
		run: firstRelease
	},
	{
		name: "A change that makes the model worse is refused",
		why: "The gate compares with the model in production, on the same rows, with its uncertainty.",
		run: worseModel
	},
	{
		name: "A change that makes it better goes all the way",
		why: "v1.1.0: nothing is rebuilt or retrained on the way, and production answers as offline.",
		run: betterModel
	},
	{
		name: "A release that fails only in production is rolled back",
		why: "It passes the gate, dev and staging, but cannot answer what production has been asked.",
		run: failsInProduction
	},
	{
		name: "The model meets the months after its training",
		why: "Decay and drift from the prediction log and the outcomes, and a retraining change ready for review.",
		run: laterMonths
	}
];
init_workspace();
const emptySummary = () => ({
	steps: [],
	environments: {},
	refused: {
		version: null,
		reasons: []
	},
	rollback: null,
	report: ""
});
function writeSummary(root, path, sandbox, draft) {
	const inside = (absolute) => absolute === "" ? "" : relative(root, absolute);
	const summary = {
		steps: draft.steps,
		repository: inside(sandbox.repository),
		origin: inside(sandbox.origin),
		branch: "environments",
		environments: draft.environments,
		refused: draft.refused,
		rollback: draft.rollback ?? {
			from: "",
			to: "",
			commit: ""
		},
		report: inside(draft.report)
	};
	writeAtomic(path, `${JSON.stringify(summary, null, 2)}\n`);
	return summary;
}
init_workspace();
async function runDemo({ root, once, stream }) {
	const tell = narrator(stream);
	const release = await acquireLock(join(root, ".lockstep", "demo.lock"), { what: "npm start" });
	const interruption = interrupted();
	let shell;
	try {
		const sandbox = await makeSandbox(root);
		shell = new Shell(sandbox.repository);
		const story = {
			sandbox,
			shell,
			tell,
			summary: emptySummary()
		};
		await Promise.race([tellSteps(story), interruption.promise]);
		const summary = writeSummary(root, join(sandbox.folder, "summary.json"), sandbox, story.summary);
		farewell(tell, root, sandbox, summary, once);
		if (!once && !interruption.happened()) await interruption.promise;
		return summary;
	} finally {
		await shell?.stop();
		release();
	}
}
async function tellSteps(story) {
	for (const [index, { name, why, run }] of steps.entries()) {
		story.tell.step(index + 1, name, why);
		const started = performance.now();
		const failure = await run(story).then(() => null, (error) => error);
		story.summary.steps.push({
			name,
			ok: failure === null,
			seconds: Math.round((performance.now() - started) / 100) / 10
		});
		if (failure) {
			story.tell.note(`✗ ${failure.message}`);
			return;
		}
	}
}
function farewell(tell, root, sandbox, summary, once) {
	tell.blank();
	for (const [name, { version, url }] of Object.entries(summary.environments)) tell.note(`${name.padEnd(11)} ${version}  ${url}`);
	tell.note(`report      ${summary.report}`);
	tell.note(`summary     ${relative(root, join(sandbox.folder, "summary.json"))}`);
	tell.blank();
	tell.note(`Go on by hand: cd ${summary.repository}, where every command works.`);
	if (!once) tell.note("The environments answer until you press Ctrl-C.");
}
function interrupted() {
	let happened = false;
	return {
		promise: new Promise((resolve) => {
			for (const signal of [
				"SIGINT",
				"SIGTERM",
				"SIGHUP"
			]) process.once(signal, () => {
				happened = true;
				resolve();
			});
		}),
		happened: () => happened
	};
}
init_workspace();
const command = {
	name: "start",
	summary: "run the demo: real data to a model in production, in a sandbox under .lockstep/demo",
	positionals: "",
	options: { once: { type: "boolean" } },
	help: { once: "end when done; otherwise the environments stay up until Ctrl-C" },
	async run({ workspace, values, json }) {
		if (!existsSync(pipelinePath(workspace, "flight-delay"))) throw new LockstepError("E_PIPELINE_MISSING", {
			what: "the demo shows the model flight-delay, which is not here",
			allowed: "a copy of the template with its examples",
			fix: "`lockstep run <model>` runs one of yours; the demo runs in a fresh copy"
		});
		const stream = json ? process.stderr : process.stdout;
		const summary = await runDemo({
			root: workspace.root,
			once: values.once === true || json,
			stream
		});
		const failed = summary.steps.find(({ ok }) => !ok);
		if (failed) process.stderr.write(`The demo stopped at: ${failed.name}\n`);
		return {
			json: summary,
			text: "",
			...failed ? { exit: 1 } : {}
		};
	}
};
export { command };
