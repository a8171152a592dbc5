import { A as readTree, Ct as LockstepError, Et as printable, H as checkEnvironment, L as readAtCommit, M as openObjects, N as git, R as resolveCommit, S as withLock, St as writeAtomic, Tt as isLockstepError, W as parseConfiguration, X as checkSchema, b as acquireLock, ct as isAlive, dt as canonicalJson, et as checkName, f as statePath, ft as digestOfJson, ht as digestOf, k as readBlobs, nt as isName, q as parseYaml, t as init_workspace, vt as isDigest, w as parseJson, xt as temporaryBeside, yt as diskFull, z as tryGit } from "./workspace.js";
import "./image.js";
import { s as isRegistryName } from "./oci.js";
import "./model.js";
import { A as withBranchKey, C as writeTagObject, D as loadKey, E as statementOf, F as localRefs, I as pushAtomic, L as remoteRefs, M as knownBranchCommit, N as fetchRefs, O as branchKeysFile, P as hasOrigin, S as personOf, T as sign$1, _ as openRecord, a as trustsBranch, b as pushRefused, c as listVersions, d as checkVersion, f as formatTag, g as checked, h as checkSubjects, i as trustedKeys, j as fetchedRef, k as parseBranchKeys, l as nextCounter, n as readRelease, o as listAllVersions, p as parseTag, r as baseCommit, s as listPromotions, v as openStatement, w as promotionPredicate, x as committer } from "./registry.js";
import { i as promotion_default, r as holds_default } from "../vendor/schemas-others.js";
import { r as release_default } from "../vendor/schemas-records.js";
import { n as unpackImage } from "./unpack-process.js";
import { t as require_dist } from "../vendor/yaml.js";
import { n as resolveNative } from "./natives.js";
import { r as readPolicy } from "./gate.js";
import { dirname, join, resolve } from "node:path";
import { createHash, randomBytes, randomInt } from "node:crypto";
import { closeSync, cpSync, existsSync, fstatSync, mkdirSync, openSync, readFileSync, readSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { execFileSync, spawn } from "node:child_process";
import { setTimeout as setTimeout$1 } from "node:timers/promises";
import { Agent, createServer, request } from "node:http";
import { deflateSync } from "node:zlib";
import { pipeline } from "node:stream/promises";
var import_dist = require_dist();
init_workspace();
function processBegan(pid) {
	try {
		if (process.platform === "linux") {
			const text = readFileSync(`/proc/${pid}/stat`, "utf8");
			const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
			return fields[0] === "Z" || fields[0] === "X" ? null : fields[19] ?? null;
		}
		return execFileSync("ps", [
			"-o",
			"lstart=",
			"-p",
			String(pid)
		], { encoding: "utf8" }).trim() || null;
	} catch {
		return null;
	}
}
const isRunning = ({ pid, began }) => began !== null && processBegan(pid) === began;
async function endProcess(server, graceMs) {
	signal(server, "SIGTERM");
	for (const until = Date.now() + graceMs; Date.now() < until; await setTimeout$1(20)) if (!isRunning(server)) return;
	signal(server, "SIGKILL");
	for (const until = Date.now() + 2e3; isRunning(server) && Date.now() < until;) await setTimeout$1(20);
}
function signal(server, name) {
	if (!isRunning(server)) return;
	try {
		process.kill(server.pid, name);
	} catch {}
}
const ownToConnection = new Set([
	"connection",
	"keep-alive",
	"proxy-connection",
	"te",
	"trailer",
	"transfer-encoding",
	"upgrade",
	"expect"
]);
const logHeader = "x-lockstep-log";
const mostHeld = 1048576;
async function collectBody(request) {
	const chunks = [];
	let size = 0;
	for (const iterator = request.iterator({ destroyOnReturn: false });;) {
		const { done, value } = await iterator.next();
		if (done) return {
			whole: true,
			start: Buffer.concat(chunks)
		};
		chunks.push(value);
		size += value.byteLength;
		if (size <= mostHeld) continue;
		await iterator.return?.();
		return {
			whole: false,
			start: Buffer.concat(chunks),
			rest: request
		};
	}
}
function requestHeaders(request, body) {
	const kept = Object.entries(request.headers).filter((entry) => entry[1] !== void 0 && !ownToConnection.has(entry[0]) && entry[0] !== "x-lockstep-log");
	const headers = Object.fromEntries(kept);
	if (body.whole && (body.start.byteLength > 0 || headers["content-length"] !== void 0)) headers["content-length"] = String(body.start.byteLength);
	return headers;
}
const responseHeaders = (answer) => {
	const pairs = [];
	for (let at = 0; at < answer.rawHeaders.length; at += 2) {
		const name = answer.rawHeaders[at];
		if (!ownToConnection.has(name.toLowerCase())) pairs.push(name, answer.rawHeaders[at + 1]);
	}
	return pairs;
};
function ask(url, { body, agent, timeoutMs = 1e4 } = {}) {
	return new Promise((resolve) => {
		const sent = request(url, {
			method: body === void 0 ? "GET" : "POST",
			headers: {
				"content-type": "application/json",
				[logHeader]: "off"
			},
			signal: AbortSignal.timeout(timeoutMs),
			...agent ? { agent } : {}
		});
		sent.on("response", (response) => {
			const chunks = [];
			response.on("data", (chunk) => chunks.push(chunk));
			response.on("end", () => resolve({
				status: response.statusCode ?? 0,
				text: Buffer.concat(chunks).toString()
			}));
			response.on("error", (error) => resolve({
				status: 0,
				text: error.message
			}));
		});
		sent.on("error", (error) => resolve({
			status: 0,
			text: error.message
		}));
		sent.end(body === void 0 ? void 0 : JSON.stringify(body));
	});
}
function wordsOf({ status, text }) {
	try {
		const { error } = JSON.parse(text);
		const words = typeof error === "string" ? error : error?.message;
		if (words) return words;
	} catch {}
	return status === 0 ? `no answer (${text})` : `HTTP ${status} ${text.trim().slice(0, 200)}`;
}
const manyAtOnce = (sockets) => new Agent({
	keepAlive: true,
	maxSockets: sockets
});
const mostKinds = 5;
const atOnce = 8;
async function replay(url, requests) {
	const agent = manyAtOnce(atOnce);
	try {
		const failures = (await Promise.all(requests.map(({ inputs }) => ask(`${url}/predict`, {
			body: inputs,
			agent,
			timeoutMs: 3e4
		})))).filter(({ status }) => status !== 200).map(wordsOf);
		return {
			asked: requests.length,
			failed: failures.length,
			reasons: explain(failures, requests.length)
		};
	} finally {
		agent.destroy();
	}
}
function explain(failures, asked) {
	if (failures.length === 0) return [];
	const counts = new Map();
	for (const words of failures) counts.set(words, (counts.get(words) ?? 0) + 1);
	const kinds = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
	const left = kinds.length - mostKinds;
	return [
		`${failures.length} of the last ${asked} answered requests fail on it`,
		...kinds.slice(0, mostKinds).map(([words, count]) => `${count} × ${words}`),
		...left > 0 ? [`and ${left} other kinds of failure`] : []
	];
}
const failed = (...reasons) => ({
	kind: "failed",
	reasons
});
async function tryServer(input) {
	const ready = await waitReady(input.url);
	if (ready !== null) return failed(ready);
	const other = await identityProblem(input.url, input.model, input.version, input.modelDigest);
	if (other !== null) return failed(other);
	const golden = await askAll(input);
	if ("reason" in golden) return failed(golden.reason);
	if (input.requests === null) return {
		kind: "passed",
		golden,
		replayed: null
	};
	const { asked, reasons } = await replay(input.url, input.requests);
	return reasons.length > 0 ? failed(...reasons) : {
		kind: "passed",
		golden,
		replayed: asked
	};
}
async function waitReady(url) {
	const until = Date.now() + 3e4;
	for (;;) {
		const answer = await ask(`${url}/v2/health/ready`, { timeoutMs: 2e3 });
		if (answer.status === 200) return null;
		if (!(answer.status !== 0 && wordsOf(answer) === "warming up") || Date.now() >= until) return `the server is not ready: ${wordsOf(answer)}`;
		await setTimeout$1(25);
	}
}
async function identityProblem(url, model, version, modelDigest) {
	const answer = await ask(`${url}/v2/models/${model}`, { timeoutMs: 2e3 });
	if (answer.status !== 200) return `the server does not know ${model}: ${wordsOf(answer)}`;
	const { parameters } = JSON.parse(answer.text);
	return parameters?.version === version && parameters.model_digest === modelDigest ? null : `the server says it is ${model} ${parameters?.version} (${parameters?.model_digest}), the release is ${version} (${modelDigest})`;
}
async function askAll({ rootfs, model, url, askGolden }) {
	try {
		const file = join(rootfs, "models", model, "golden.json");
		const { asked, equal, firstDifference } = await askGolden(url, JSON.parse(readFileSync(file, "utf8")));
		if (asked > 0 && asked === equal) return {
			asked,
			equal
		};
		return { reason: `${equal} of ${asked} golden requests equal the offline predictions${firstDifference === void 0 ? "" : `; first difference: ${JSON.stringify(firstDifference)}`}` };
	} catch (error) {
		if (isLockstepError(error)) return { reason: error.message };
		return { reason: `the golden requests could not be asked: ${error.message}` };
	}
}
init_workspace();
async function adopt(before, open, book) {
	if (before === null) return;
	const kept = new Set();
	const resume = async (old) => {
		const current = currentOf(old, before.servers);
		if (current === null) return;
		const url = `http://127.0.0.1:${current.server.port}`;
		const { version, modelDigest } = current.release;
		const ours = isRunning(current.server) && await identityProblem(url, old.model, version, modelDigest) === null;
		const server = ours ? current.server : {
			...current.server,
			began: null
		};
		if (ours) {
			kept.add(current.server.pid);
			book.add(current.server);
		}
		await (await open(old.model, old.environment)).resume({
			...current,
			server
		});
	};
	await Promise.all(Object.values(before.environments).map(resume));
	const strays = before.servers.filter(({ pid }) => !kept.has(pid));
	await Promise.all(strays.map((server) => endProcess(server, 2e3)));
}
function currentOf(old, servers) {
	const { version, image, modelDigest, serverPid, serverPort, golden, since } = old;
	const imageDigest = image?.split("@")[1];
	if (version === null || image === null || modelDigest === null || !isDigest(imageDigest)) return null;
	const began = servers.find(({ pid }) => pid === serverPid)?.began ?? null;
	return {
		release: {
			version,
			image,
			imageDigest,
			modelDigest,
			replay: null
		},
		server: {
			pid: serverPid ?? 0,
			began,
			port: serverPort ?? 0
		},
		golden,
		since: since ?? new Date(0).toISOString()
	};
}
init_workspace();
async function findSource({ root, configuration }, asked) {
	const branch = asked.branch ?? configuration.gitops.branch;
	const remotes = (await git(["remote"], { cwd: root })).split("\n").filter(Boolean);
	if (asked.remote === void 0) return {
		remote: remotes.includes("origin") ? "origin" : null,
		branch
	};
	if (remotes.includes(asked.remote)) return {
		remote: asked.remote,
		branch
	};
	throw new LockstepError("E_GIT", {
		what: `no remote "${asked.remote}"`,
		allowed: remotes.join(", ") || "this repository has no remote",
		fix: "name one of them, or `git remote add` it"
	});
}
async function readTipCommit({ root }, { remote, branch }) {
	const ref = `refs/heads/${branch}`;
	if (remote === null) {
		const { status, stdout } = await tryGit([
			"rev-parse",
			"--verify",
			"--quiet",
			ref
		], { cwd: root });
		return status === 0 ? stdout.trim() : null;
	}
	const answer = await git([
		"ls-remote",
		"--refs",
		remote,
		ref
	], { cwd: root });
	return answer === "" ? null : answer.split("	")[0];
}
async function fetchBranch({ root }, { remote, branch }) {
	if (remote === null) return;
	const refspecs = [`+refs/heads/${branch}:refs/lockstep/agent`];
	await git([
		"fetch",
		"--quiet",
		"--no-write-fetch-head",
		"--no-tags",
		remote,
		...refspecs
	], { cwd: root });
}
init_workspace();
function provideHostRuntime(rootfs) {
	const packageFolder = join(rootfs, "app", "node_modules", "onnxruntime-node");
	const native = join("bin", "napi-v6", process.platform, process.arch);
	if (!existsSync(packageFolder) || existsSync(join(packageFolder, native))) return;
	const own = resolveNative("onnxruntime-node/package.json", null);
	const library = join(dirname(own), native);
	if (!existsSync(library)) throw new LockstepError("E_IMAGE_PLATFORM", {
		what: `onnxruntime has no library for ${process.platform}/${process.arch}`,
		fix: "run the agent on Linux, macOS or Windows with an x64 or arm64 processor"
	});
	cpSync(library, join(packageFolder, native), { recursive: true });
}
const chunkBytes = 262144;
function lastRequests(path, count) {
	if (!existsSync(path) || count === 0) return [];
	return lastLines(path, count).flatMap((line) => {
		const entry = parseLine(line);
		return entry?.inputs ? [{
			id: entry.id ?? null,
			inputs: entry.inputs
		}] : [];
	});
}
function lastLines(path, count) {
	const handle = openSync(path, "r");
	try {
		let at = fstatSync(handle).size;
		let bytes = Buffer.alloc(0);
		for (let ends = 0; at > 0 && ends <= count;) {
			const size = Math.min(chunkBytes, at);
			at -= size;
			const chunk = Buffer.alloc(size);
			readSync(handle, chunk, 0, size, at);
			for (const byte of chunk) if (byte === 10) ends++;
			bytes = Buffer.concat([chunk, bytes]);
		}
		const lines = bytes.toString().split("\n");
		return (at > 0 ? lines.slice(1) : lines).filter((line) => line !== "").slice(-count);
	} finally {
		closeSync(handle);
	}
}
function parseLine(line) {
	try {
		return JSON.parse(line);
	} catch {
		return null;
	}
}
init_workspace();
const longestStartMs = 3e4;
async function startServer({ rootfs, model, log, onSpawn }) {
	mkdirSync(dirname(log), { recursive: true });
	const words = join(dirname(log), `server-${randomBytes(4).toString("hex")}`);
	const out = openSync(`${words}.out`, "w");
	const err = openSync(`${words}.err`, "w");
	let ended = null;
	const program = [
		join(rootfs, "app", "server.mjs"),
		"--models",
		join(rootfs, "models", model)
	];
	const child = spawn(process.execPath, [
		...program,
		"--port",
		"0",
		"--log",
		log
	], {
		cwd: rootfs,
		detached: true,
		stdio: [
			"ignore",
			out,
			err
		],
		env: serverEnvironment()
	});
	child.on("error", (error) => {
		ended = error.message;
	});
	child.on("exit", (code, signal) => {
		ended ??= signal === null ? `exit code ${code}` : `signal ${signal}`;
	});
	child.unref();
	for (const handle of [out, err]) closeSync(handle);
	const server = {
		pid: child.pid ?? 0,
		began: processBegan(child.pid ?? 0)
	};
	onSpawn(server);
	try {
		for (const until = Date.now() + longestStartMs; Date.now() < until; await setTimeout$1(15)) {
			const port = portIn(readFileSync(`${words}.out`, "utf8"));
			if (port !== null) return {
				...server,
				port
			};
			if (ended !== null) throw startError(`ended with ${ended}`, readFileSync(`${words}.err`, "utf8"));
		}
		await endProcess(server, 0);
		throw startError(`did not listen within ${longestStartMs / 1e3} s`, "");
	} finally {
		for (const ending of [".out", ".err"]) rmSync(`${words}${ending}`, { force: true });
	}
}
const serverEnvironment = () => Object.fromEntries([
	"PATH",
	"HOME",
	"TMPDIR",
	"SystemRoot",
	"TEMP"
].flatMap((name) => process.env[name] === void 0 ? [] : [[name, process.env[name]]]).concat([["LANG", "C.UTF-8"], ["TZ", "UTC"]]));
function portIn(text) {
	const [line, rest] = [text.split("\n")[0], text.includes("\n")];
	if (!rest) return null;
	const port = /"listening"\s*:\s*(\d+)/.exec(line)?.[1];
	return port === void 0 ? null : Number(port);
}
function startError(what, stderr) {
	const last = stderr.trim().split("\n").findLast((line) => /E_[A-Z]+|Error/.test(line)) ?? stderr.trim().split("\n").at(-1);
	return new LockstepError("E_SERVE_START", { what: `the model server ${what}${last ? ` (${last.trim()})` : ""}` });
}
init_workspace();
const predictionLog = ({ workspace, model, environment }) => statePath(workspace, "agent", model, environment, "predictions.jsonl");
async function launch(place, release, replayCount) {
	let started = null;
	const fail = async (reasons) => {
		if (started !== null) await retire(place, started);
		return {
			kind: "failed",
			reasons
		};
	};
	try {
		const rootfs = await unpackImage(place.workspace, release.imageDigest);
		provideHostRuntime(rootfs);
		const server = await startServer({
			rootfs,
			model: place.model,
			log: predictionLog(place),
			onSpawn: (process) => {
				started = process;
				place.book.add(process);
			}
		});
		const trial = await tryServer({
			url: `http://127.0.0.1:${server.port}`,
			model: place.model,
			version: release.version,
			modelDigest: release.modelDigest,
			rootfs: join(rootfs),
			requests: replayCount === null ? null : lastRequests(predictionLog(place), replayCount),
			askGolden: place.askGolden
		});
		if (trial.kind === "failed") return await fail(trial.reasons);
		return {
			kind: "running",
			server,
			golden: trial.golden,
			replayed: trial.replayed
		};
	} catch (error) {
		return fail([isLockstepError(error) ? error.message : `defect of the agent: ${error.message}`]);
	}
}
async function retire({ book }, server) {
	await endProcess(server, 1e4);
	book.remove(server);
}
const firstBackOffMs = 250;
const longestBackOffMs = 3e4;
const steadyMs = 6e4;
function openEnvironment(input) {
	const { front, model, environment, onChange, report } = input;
	const where = {
		model,
		environment
	};
	let current = null;
	let refused = null;
	let wanted = null;
	let handled = "";
	let stopping = false;
	let reviving = false;
	let reportedDead = null;
	let backOffMs = firstBackOffMs;
	let reviveAt = 0;
	let queue = Promise.resolve();
	const enqueue = (work) => {
		queue = queue.then(() => stopping ? void 0 : work()).finally(onChange);
		return queue;
	};
	const named = ({ release }) => ({
		...where,
		version: release.version,
		image: release.image,
		url: front.url
	});
	function refuse(version, image, reasons) {
		if (stopping) return;
		refused = {
			version,
			image,
			reasons,
			time: new Date().toISOString()
		};
		onChange();
		report({
			event: "refused",
			...where,
			version,
			image,
			reasons,
			kept: current?.release.version ?? null
		});
	}
	async function reconcile(wish) {
		const key = JSON.stringify(wish);
		if (wish !== wanted || key === handled) return;
		handled = key;
		if (wish.kind === "refused") return refuse(wish.version, wish.image, wish.reasons);
		const { release } = wish;
		if (current?.release.imageDigest === release.imageDigest) {
			const mended = refused !== null;
			refused = null;
			current = {
				...current,
				release
			};
			if (mended) report({
				event: "kept",
				...named(current)
			});
			return;
		}
		const launched = await launch(input, release, release.replay);
		if (stopping && launched.kind === "running") return retire(input, launched.server);
		if (launched.kind === "failed") return refuse(release.version, release.image, launched.reasons);
		const before = current;
		current = {
			release,
			server: launched.server,
			golden: launched.golden,
			since: new Date().toISOString()
		};
		refused = null;
		const drained = front.switchTo(launched.server.port);
		onChange();
		const { golden, replayed } = launched;
		report({
			event: "switched",
			...named(current),
			from: before?.release.version ?? null,
			golden,
			replayed
		});
		await drained;
		if (before !== null) await retire(input, before.server);
	}
	async function revive() {
		if (current === null || isRunning(current.server)) return;
		const dead = current;
		backOffMs = Date.now() - Date.parse(dead.since) > steadyMs ? firstBackOffMs : Math.min(longestBackOffMs, backOffMs * 2);
		reviveAt = Date.now() + backOffMs;
		input.book.remove(dead.server);
		const launched = await launch(input, dead.release, null);
		if (launched.kind === "failed") return;
		if (stopping) return retire(input, launched.server);
		current = {
			...dead,
			server: launched.server,
			golden: launched.golden,
			since: new Date().toISOString()
		};
		front.switchTo(launched.server.port, 0);
		report({
			event: "restarted",
			...named(current)
		});
	}
	return {
		apply(wish) {
			wanted = wish;
			return enqueue(() => reconcile(wish));
		},
		resume: (before) => enqueue(async () => {
			current = before;
			if (!isRunning(before.server)) return revive();
			await front.switchTo(before.server.port);
			report({
				event: "adopted",
				...named(before)
			});
		}),
		tend() {
			if (stopping || reviving || current === null || Date.now() < reviveAt || isRunning(current.server)) return;
			reviving = true;
			if (reportedDead !== current.server.pid) report({
				event: "died",
				...named(current)
			});
			reportedDead = current.server.pid;
			enqueue(revive).finally(() => {
				reviving = false;
			});
		},
		async stop() {
			stopping = true;
			await front.close();
			if (current !== null) await retire(input, current.server);
			await queue;
		},
		state: () => ({
			...where,
			version: current?.release.version ?? null,
			image: current?.release.image ?? null,
			modelDigest: current?.release.modelDigest ?? null,
			url: front.url,
			port: front.port,
			serverPid: current?.server.pid ?? null,
			serverPort: current?.server.port ?? null,
			golden: current?.golden ?? null,
			since: current?.since ?? null,
			refused
		})
	};
}
init_workspace();
const longestWaitMs = 5e3;
async function openFront(port) {
	let target = null;
	const server = createServer((request, response) => void forward(() => target, request, response));
	server.keepAliveTimeout = 65e3;
	await listen(server, port);
	const bound = server.address().port;
	return {
		port: bound,
		url: `http://127.0.0.1:${bound}`,
		async switchTo(next, drainMs = 1e4) {
			const before = target;
			target = next === null ? null : {
				port: next,
				agent: new Agent({ keepAlive: true }),
				inFlight: 0
			};
			if (before === null) return;
			for (const until = Date.now() + drainMs; before.inFlight > 0 && Date.now() < until;) await setTimeout$1(5);
			before.agent.destroy();
		},
		async close() {
			const closed = new Promise((resolve) => server.close(resolve));
			const tidying = setInterval(() => server.closeIdleConnections(), 20);
			const patience = setTimeout(() => server.closeAllConnections(), 3e3);
			await closed;
			clearInterval(tidying);
			clearTimeout(patience);
			target?.agent.destroy();
		}
	};
}
async function forward(current, request, response) {
	const body = await collectBody(request).catch(() => null);
	if (body === null) return void response.destroy();
	for (const until = Date.now() + longestWaitMs;; await setTimeout$1(25)) {
		const target = current();
		if (target !== null) {
			target.inFlight++;
			try {
				if (await tryOnce(target, request, body, response) === "done" || !body.whole) break;
			} finally {
				target.inFlight--;
			}
		}
		if (response.destroyed || Date.now() >= until) break;
	}
	if (!response.headersSent && !response.destroyed) unavailable(response);
}
function tryOnce(target, request$1, body, response) {
	return new Promise((resolve) => {
		const upstream = request({
			host: "127.0.0.1",
			port: target.port,
			agent: target.agent,
			method: request$1.method ?? "GET",
			path: request$1.url ?? "/",
			headers: requestHeaders(request$1, body)
		});
		const abandon = () => upstream.destroy();
		response.once("close", abandon);
		upstream.on("response", (answer) => {
			response.writeHead(answer.statusCode ?? 502, responseHeaders(answer));
			pipeline(answer, response).catch(() => response.destroy()).finally(() => {
				response.off("close", abandon);
				resolve("done");
			});
		});
		upstream.on("error", () => {
			response.off("close", abandon);
			resolve(response.headersSent || response.destroyed ? "done" : "again");
		});
		if (body.whole) upstream.end(body.start);
		else {
			upstream.write(body.start);
			pipeline(body.rest, upstream).catch(() => upstream.destroy());
		}
	});
}
function unavailable(response) {
	const error = {
		code: "E_SERVE_START",
		message: "no model server runs for this environment"
	};
	response.writeHead(503, {
		"content-type": "application/json",
		"retry-after": "1"
	});
	response.end(`${JSON.stringify({ error })}\n`);
}
const listen = (server, port) => new Promise((resolve, reject) => {
	server.once("error", (error) => reject(new LockstepError("E_SERVE_PORT", {
		what: `port ${port} can't be listened on (${error.code ?? error.message})`,
		fix: "stop what listens there, or choose others with --port-base",
		cause: error
	})));
	server.listen(port, "127.0.0.1", () => {
		server.removeAllListeners("error");
		resolve();
	});
});
init_workspace();
const agentStatePath = (workspace) => statePath(workspace, "agent", "state.json");
function readAgentState(workspace) {
	const path = agentStatePath(workspace);
	return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : null;
}
const writeAgentState = (workspace, state) => writeAtomic(agentStatePath(workspace), `${JSON.stringify(state, null, 2)}\n`);
const keyOf = ({ model, environment }) => `${model}/${environment}`;
init_workspace();
const tendMs = 200;
async function startAgent(workspace, input) {
	const { remote, branch, report, pollMs = 1e3 } = input;
	const from = remote === null ? branch : `${remote}/${branch}`;
	const release = await acquireLock(statePath(workspace, "agent", "agent.lock"), { what: `lockstep up for ${from}` });
	const before = readAgentState(workspace);
	const started = new Date().toISOString();
	const servers = new Set();
	const environments = new Map();
	let stopped = false;
	let places = 0;
	const state = () => ({
		v: 1,
		pid: stopped ? null : process.pid,
		started,
		remote,
		branch,
		environments: Object.fromEntries([...environments].sort(([a], [b]) => a < b ? -1 : 1).map(([key, entry]) => [key, entry.state()])),
		servers: [...servers]
	});
	const save = () => writeAgentState(workspace, state());
	const book = {
		add: (server) => {
			servers.add(server);
			save();
		},
		remove: ({ pid }) => {
			for (const server of servers) if (server.pid === pid) servers.delete(server);
			save();
		}
	};
	async function open(model, environment) {
		const key = keyOf({
			model,
			environment
		});
		const known = environments.get(key);
		if (known) return known;
		const front = await openPort(before?.environments[key]?.port, input.portBase, places++);
		if (stopped) {
			await front.close();
			throw new Error(`${key} came too late`);
		}
		const { askGolden } = input;
		const opened = openEnvironment({
			workspace,
			model,
			environment,
			front,
			book,
			askGolden,
			report,
			onChange: save
		});
		environments.set(key, opened);
		return opened;
	}
	async function reconcile(commit) {
		const folders = await input.readWanted(workspace, commit);
		const keys = new Set(folders.map(keyOf));
		const work = [];
		for (const wanted of folders) work.push((await open(wanted.model, wanted.environment)).apply(wanted));
		for (const [key, environment] of environments) {
			if (keys.has(key)) continue;
			environments.delete(key);
			const { model, environment: name } = environment.state();
			work.push(environment.stop().then(() => report({
				event: "removed",
				model,
				environment: name
			})));
		}
		save();
		settled = Promise.all(work);
	}
	let settled = Promise.resolve();
	let ready = false;
	let tip = null;
	let trouble = "";
	async function poll() {
		try {
			const now = await readTipCommit(workspace, input);
			if (now === null && tip !== null) throw new Error(`${from} is gone`);
			if (now !== null && now !== tip) {
				await fetchBranch(workspace, input);
				await reconcile(now);
				tip = now;
			}
			trouble = "";
		} catch (error) {
			if (stopped) return;
			const { message } = error;
			if (message !== trouble) report({
				event: "unreachable",
				message
			});
			trouble = message;
			return;
		}
		if (ready) return;
		ready = true;
		settled.then(() => stopped || report({
			event: "ready",
			environments: state().environments
		}));
	}
	report({
		event: "started",
		pid: process.pid,
		remote,
		branch
	});
	await adopt(before, open, book);
	save();
	const polling = (async () => {
		for (let next = 0; !stopped; await setTimeout$1(Math.min(tendMs, pollMs))) {
			for (const environment of environments.values()) environment.tend();
			if (Date.now() < next) continue;
			await poll();
			next = Date.now() + pollMs;
		}
	})();
	return {
		state,
		async stop() {
			if (stopped) return;
			stopped = true;
			const all = Promise.all([...environments.values()].map((environment) => environment.stop()));
			let ended = false;
			all.finally(() => {
				ended = true;
			});
			while (!ended) await Promise.all([...servers].map((server) => endProcess(server, 1e4)).concat(setTimeout$1(20)));
			await Promise.race([polling, setTimeout$1(2e3)]);
			await Promise.all([...servers].map((server) => endProcess(server, 0)));
			servers.clear();
			save();
			release();
			report({ event: "stopped" });
		}
	};
}
async function openPort(last, base, place) {
	if (last !== void 0) {
		const front = await openFront(last).catch(() => null);
		if (front !== null) return front;
	}
	return openFront(base === void 0 ? 0 : base + place);
}
init_workspace();
async function objectsFolder(root) {
	const [folder, format] = (await git([
		"rev-parse",
		"--git-path",
		"objects",
		"--show-object-format"
	], { cwd: root })).split("\n");
	if (format === "sha1") return resolve(root, folder);
	throw new LockstepError("E_GIT", {
		what: `this repository names objects by ${format}`,
		allowed: "sha1, as GitHub does",
		fix: "git init without --object-format"
	});
}
function writeObject(folder, type, content) {
	const bytes = Buffer.from(content);
	const whole = Buffer.concat([Buffer.from(`${type} ${bytes.length}\0`), bytes]);
	const oid = createHash("sha1").update(whole).digest("hex");
	const path = join(folder, oid.slice(0, 2), oid.slice(2));
	if (existsSync(path)) return oid;
	const temporary = temporaryBeside(path);
	try {
		mkdirSync(dirname(path), { recursive: true });
		writeFileSync(temporary, deflateSync(whole, { level: 1 }), {
			mode: 292,
			flag: "wx"
		});
		renameSync(temporary, path);
	} catch (error) {
		rmSync(temporary, { force: true });
		throw diskFull(error, path);
	}
	return oid;
}
const kustomizationFile = "kustomization.yaml";
const patchFile = "patch.yaml";
const releaseFile = "release.json";
const folderOf = (model, environment) => `models/${model}/environments/${environment}`;
const holdsPath = (model) => `models/${model}/holds.yaml`;
function placeOf(path) {
	if (path === "keys.yaml") return { kind: "keys" };
	const folder = /^models\/([^/]+)\/environments\/([^/]+)\/./.exec(path);
	if (folder) return {
		kind: "folder",
		model: folder[1],
		environment: folder[2]
	};
	const holds = /^models\/([^/]+)\/holds\.yaml$/.exec(path);
	return holds ? {
		kind: "holds",
		model: holds[1]
	} : null;
}
const imageNames = ["model", "oci://model"];
const imageReference = ({ name, digest }) => `${name}@${digest}`;
init_workspace();
const branchRef = ({ configuration }) => `refs/heads/${configuration.gitops.branch}`;
async function readTip(workspace, options = {}) {
	const { root } = workspace;
	if (!await hasOrigin(root)) return tipAt(workspace, await resolveCommit(root, branchRef(workspace)), "local");
	const { source, newTags } = await refresh(workspace, options);
	return {
		...await tipAt(workspace, source === "origin" ? await resolveCommit(root, fetchedRef) : await knownBranchCommit(workspace), source),
		newTags
	};
}
async function refresh(workspace, { tagsOf, ask = "try" }) {
	if (ask === "never") return {
		source: "last fetched",
		newTags: false
	};
	try {
		return {
			source: "origin",
			newTags: await sync(workspace, tagsOf)
		};
	} catch (error) {
		if (ask === "required" || !isLockstepError(error, "E_GIT")) throw error;
		return {
			source: "last fetched",
			newTags: false
		};
	}
}
async function sync(workspace, model) {
	const { root } = workspace;
	const branch = branchRef(workspace);
	const tagPatterns = model === void 0 ? [] : [`refs/tags/${model}@*`, `refs/tags/${model}#*`];
	const [remote, local] = await Promise.all([remoteRefs(root, [branch, ...tagPatterns]), localRefs(root, [fetchedRef, ...tagPatterns])]);
	const tip = remote.get(branch);
	const moved = tip !== void 0 && tip !== local.get("refs/lockstep/environments") ? [`+${branch}:${fetchedRef}`] : [];
	const tags = [...remote.keys()].filter((ref) => ref.startsWith("refs/tags/"));
	const missing = tags.filter((ref) => !local.has(ref));
	await fetchRefs(root, [...moved, ...missing.map((ref) => `${ref}:${ref}`)]);
	if (tip === void 0 && local.has("refs/lockstep/environments")) await git([
		"update-ref",
		"-d",
		fetchedRef
	], { cwd: root });
	return tags.some((ref) => local.get(ref) !== remote.get(ref));
}
async function tipAt(workspace, commit, source) {
	return {
		commit,
		source,
		newTags: false,
		entries: commit === null ? [] : await readTree(workspace.root, commit)
	};
}
async function readFolder(workspace, tip, model, environment) {
	const prefix = `${folderOf(model, environment)}/`;
	const entries = tip.entries.filter(({ path }) => path.startsWith(prefix));
	if (entries.length === 0) return null;
	const blobs = await readBlobs(workspace.root, entries.map(({ oid }) => oid));
	return folderFiles(entries, prefix, blobs);
}
const folderFiles = (entries, prefix, blobs) => entries.map(({ path, mode, oid }) => ({
	path: path.slice(prefix.length),
	mode,
	bytes: blobs.get(oid) ?? Buffer.alloc(0)
}));
async function readFolders(workspace, tip) {
	const groups = new Map();
	for (const entry of tip.entries) {
		const place = placeOf(entry.path);
		if (place?.kind !== "folder") continue;
		const key = folderOf(place.model, place.environment);
		const group = groups.get(key) ?? {
			...place,
			entries: []
		};
		group.entries.push(entry);
		groups.set(key, group);
	}
	const blobs = await readBlobs(workspace.root, [...groups.values()].flatMap(({ entries }) => entries.map(({ oid }) => oid)));
	return [...groups].map(([key, { model, environment, entries }]) => ({
		model,
		environment,
		files: folderFiles(entries, `${key}/`, blobs)
	}));
}
init_workspace();
const treeMode = "40000";
const fileMode = "100644";
async function rewriteTree(objects, treeish, changes) {
	const entries = treeish === null ? new Map() : parseTree(await objects.reader.read(treeish, "tree"), treeish);
	for (const [step, { own, below }] of byFirstStep(changes)) {
		const name = Buffer.from(step).toString("latin1");
		const before = entries.get(name);
		const folder = before?.mode === treeMode ? before.oid : null;
		const isTree = below.size > 0;
		const oid = isTree ? await rewriteTree(objects, folder, below) : blobOf(objects, own);
		if (oid === null) entries.delete(name);
		else entries.set(name, {
			mode: isTree ? treeMode : fileMode,
			oid
		});
	}
	return entries.size === 0 ? null : writeObject(objects.folder, "tree", printTree(entries));
}
function blobOf({ folder }, content) {
	return Buffer.isBuffer(content) ? writeObject(folder, "blob", content) : content?.oid ?? null;
}
function parseTree(bytes, treeish) {
	const entries = new Map();
	for (let at = 0; at < bytes.length;) {
		const space = bytes.indexOf(" ", at);
		const end = bytes.indexOf(0, at);
		if (space < 0 || end < space) throw new LockstepError("E_GIT", { what: `${treeish} is a damaged tree` });
		const oid = bytes.toString("hex", end + 1, end + 21);
		entries.set(bytes.toString("latin1", space + 1, end), {
			mode: bytes.toString("latin1", at, space),
			oid
		});
		at = end + 21;
	}
	return entries;
}
function printTree(entries) {
	const sorted = [...entries].map(([name, entry]) => ({
		...entry,
		name,
		key: entry.mode === treeMode ? `${name}/` : name
	}));
	sorted.sort((a, b) => a.key < b.key ? -1 : 1);
	return Buffer.concat(sorted.flatMap(({ mode, name, oid }) => [Buffer.from(`${mode} ${name}\0`, "latin1"), Buffer.from(oid, "hex")]));
}
function byFirstStep(changes) {
	const steps = new Map();
	for (const [path, content] of changes) {
		const slash = path.indexOf("/");
		const name = slash === -1 ? path : path.slice(0, slash);
		const step = steps.get(name) ?? {
			own: null,
			below: new Map()
		};
		if (slash === -1) step.own = content;
		else step.below.set(path.slice(slash + 1), content);
		steps.set(name, step);
	}
	return steps;
}
init_workspace();
async function writeObjects(workspace, tip, change, ident) {
	await using reader = openObjects(workspace.root);
	const folder = await objectsFolder(workspace.root);
	const before = tip.commit === null ? null : `${tip.commit}^{tree}`;
	const tree = await rewriteTree({
		reader,
		folder
	}, before, change.files) ?? writeObject(folder, "tree", "");
	const parent = tip.commit === null ? [] : [`parent ${tip.commit}`];
	const commit = writeObject(folder, "commit", [
		`tree ${tree}`,
		...parent,
		`author ${ident}`,
		`committer ${ident}`,
		"",
		tidy(change.message)
	].join("\n"));
	const { tag } = change;
	if (!tag) return {
		commit,
		refs: { [branchRef(workspace)]: commit }
	};
	const object = writeObject(folder, "tag", [
		...[
			`object ${tag.commit}`,
			"type commit",
			`tag ${tag.name}`,
			`tagger ${ident}`
		],
		"",
		`${tag.message}\n`
	].join("\n"));
	return {
		commit,
		refs: {
			[branchRef(workspace)]: commit,
			[`refs/tags/${tag.name}`]: object
		}
	};
}
const tidy = (message) => `${message.replaceAll("\r", "").replace(/^\n+|\n+$/g, "")}\n`;
init_workspace();
const mostAttempts = 10;
async function writeBranch(workspace, options, attempt) {
	const ident = await committer(workspace.root);
	const lock = statePath(workspace, "locks", "environments.lock");
	return withLock(lock, {
		what: options.what,
		waitMs: 12e4
	}, () => tryWrite(workspace, options, ident, attempt));
}
async function tryWrite(workspace, { effects, tagsOf, what, beforePush }, ident, attempt) {
	let reason = "";
	let last;
	for (let attempts = 1; attempts <= mostAttempts; attempts++) {
		const started = performance.now();
		const tip = await effects.perform("read", () => readTip(workspace, {
			tagsOf,
			ask: "required"
		}));
		const next = last && isUntouched(last.tip, tip, tagsOf) ? last.next : await attempt(tip, ident);
		last = {
			tip,
			next
		};
		if (next.kind === "done") return {
			result: next.result,
			commit: null,
			attempts
		};
		const { commit, refs } = await effects.perform("objects", () => writeObjects(workspace, tip, next.change, ident));
		beforePush?.(commit);
		const outcome = await publish(workspace, effects, tip, commit, refs);
		if (outcome.kind === "written") return {
			result: next.result,
			commit,
			attempts
		};
		if (outcome.kind === "refused") throw pushRefused(what, outcome.reason);
		reason = outcome.reason;
		await effects.pause(gap(performance.now() - started, attempts));
	}
	throw new LockstepError("E_PROMOTE_RACE", {
		what: `${what}: others moved the branch ${mostAttempts} times in a row (${reason})`,
		fix: "run the command again"
	});
}
const gap = (tryTook, attempts) => randomInt(5, 10 + Math.min(1e4, Math.ceil(tryTook * 2 ** attempts)));
function isUntouched(before, now, model) {
	const own = ({ entries }) => entries.filter(({ path }) => path.startsWith(`models/${model}/`)).map(({ mode, oid, path }) => `${mode} ${oid} ${path}`).join("\n");
	return !now.newTags && own(before) === own(now);
}
async function publish(workspace, effects, tip, commit, refs) {
	const { root } = workspace;
	if (tip.source === "local") return effects.perform("push", () => updateLocal(workspace, tip, refs));
	const outcome = await effects.perform("push", () => pushAtomic(root, refs));
	const landed = await effects.perform("read back", () => isLanded(workspace, commit));
	if (outcome.kind !== "pushed" && !landed) return {
		kind: outcome.kind === "moved" || await remoteMoved(workspace, tip, refs) ? "moved" : "refused",
		reason: outcome.reason
	};
	if (!landed) return {
		kind: "moved",
		reason: "origin took the commit and lost it again"
	};
	await effects.perform("refs", () => rememberRefs(root, refs));
	return { kind: "written" };
}
async function updateLocal(workspace, tip, refs) {
	const branch = branchRef(workspace);
	const zero = "0".repeat((refs[branch] ?? "").length);
	const lines = Object.entries(refs).map(([ref, object]) => ref === branch ? `update ${ref} ${object} ${tip.commit ?? zero}` : `create ${ref} ${object}`);
	const { status, stderr } = await tryGit(["update-ref", "--stdin"], {
		cwd: workspace.root,
		input: `start\n${lines.join("\n")}\nprepare\ncommit\n`
	});
	return status === 0 ? { kind: "written" } : {
		kind: "moved",
		reason: stderr.trim().split("\n").at(-1) ?? ""
	};
}
async function isLanded(workspace, commit) {
	const { root } = workspace;
	const branch = branchRef(workspace);
	const tip = (await remoteRefs(root, [branch])).get(branch);
	if (tip === void 0 || tip === commit) return tip === commit;
	await fetchRefs(root, [`+${branch}:${fetchedRef}`]);
	return (await tryGit([
		"merge-base",
		"--is-ancestor",
		commit,
		fetchedRef
	], { cwd: root })).status === 0;
}
async function remoteMoved(workspace, tip, refs) {
	const branch = branchRef(workspace);
	const now = await remoteRefs(workspace.root, Object.keys(refs));
	return (now.get(branch) ?? null) !== tip.commit || Object.keys(refs).some((ref) => ref !== branch && now.has(ref));
}
async function rememberRefs(root, refs) {
	const lines = Object.entries(refs).map(([ref, object]) => `update ${ref.startsWith("refs/heads/") ? fetchedRef : ref} ${object}`);
	await tryGit(["update-ref", "--stdin"], {
		cwd: root,
		input: `${lines.join("\n")}\n`
	});
}
const realEffects = {
	perform: (_name, work) => work(),
	now: () => new Date(),
	pause: async (milliseconds) => {
		await setTimeout$1(milliseconds);
	}
};
init_workspace();
async function recordRunKey(workspace, model, effects = realEffects) {
	if (!await trustsBranch(workspace, await baseCommit(workspace))) return "not needed";
	const { spki: key } = loadKey(workspace);
	return (await writeBranch(workspace, {
		effects,
		tagsOf: model,
		what: "the key that this run signs with"
	}, async (tip, ident) => {
		const text = await readKeysFile(workspace, tip);
		if ((text === null ? [] : parseBranchKeys(Buffer.from(text))).some((entry) => entry.key === key)) return {
			kind: "done",
			result: "known"
		};
		const by = runUrl(process.env) ?? personOf(ident);
		const content = Buffer.from(withBranchKey(text, {
			key,
			by,
			time: effects.now().toISOString()
		}));
		return {
			kind: "write",
			change: {
				files: new Map([[branchKeysFile, content]]),
				message: `keys: ${by} signs with a new one\n`
			},
			result: "recorded"
		};
	})).result;
}
async function currentTrust(workspace) {
	const base = await baseCommit(workspace);
	if (await trustsBranch(workspace, base)) await readTip(workspace);
	return trustedKeys(workspace, base, { local: true });
}
async function readKeysFile({ root }, tip) {
	const entry = tip.entries.find(({ path }) => path === branchKeysFile);
	return entry ? (await readBlobs(root, [entry.oid])).get(entry.oid).toString() : null;
}
function runUrl({ GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run }) {
	return server && repository && run ? `${server}/${repository}/actions/runs/${run}` : null;
}
init_workspace();
function openReleaseFile(bytes, { model, environment, trust, file }) {
	const text = bytes.toString();
	const at = (key) => ({
		file,
		line: Math.max(1, text.split("\n").findIndex((line) => line.includes(`"${key}":`)) + 1)
	});
	const release = checked(parseJson(bytes, file), release_default, {
		file,
		line: 1
	});
	const { record } = openRecord(release.record, trust, {
		where: at("record"),
		environment
	});
	const kind = {
		predicateType: promotionPredicate,
		schema: promotion_default
	};
	const { statement } = openStatement(release.promotion, trust, kind, {
		where: at("promotion"),
		environment
	});
	const promotion = statement.predicate;
	const image = imageReference(record.image);
	checkSubjects(statement, { [record.image.name]: record.image.digest }, at("promotion"));
	const refuse = (code, key, what, allowed) => {
		throw new LockstepError(code, {
			what,
			where: at(key),
			allowed,
			fix: `lockstep promote ${model} <version> --to ${environment}`
		});
	};
	if (record.model !== model) refuse("E_VERDICT_BINDING", "record", `the record of ${record.model}`, `the record of ${model}`);
	if (promotion.environment !== environment || promotion.model !== model) refuse("E_VERDICT_ENVIRONMENT", "promotion", `a promotion of ${promotion.model} to ${promotion.environment}`, `a promotion of ${model} to ${environment}`);
	const recordDigest = digestOf(canonicalJson(release.record));
	if (promotion.record !== recordDigest || promotion.version !== record.version || promotion.image !== image) refuse("E_VERDICT_BINDING", "promotion", `a promotion of ${promotion.version} with image ${promotion.image}`, `a promotion of the record beside it (${record.version}, ${image})`);
	const verdict = record.verdicts[environment]?.verdict;
	if (verdict === void 0) refuse("E_VERDICT_MISSING", "record", `no verdict for ${environment}`, "a pass for this environment");
	for (const [key, found] of [["record", verdict], ["promotion", promotion.verdict]]) if (found !== "pass") refuse(found === "fail" ? "E_VERDICT_FAILED" : "E_VERDICT_INCONCLUSIVE", key, `the verdict ${found} for ${environment}`, "pass");
	return {
		model,
		environment,
		version: record.version,
		record,
		recordEnvelope: release.record,
		promotion,
		promotionEnvelope: release.promotion,
		image
	};
}
init_workspace();
const fileLists = [
	"resources",
	"bases",
	"components",
	"patches",
	"patchesStrategicMerge",
	"patchesJson6902",
	"configurations",
	"crds",
	"replacements"
];
const patchLists = [
	"patches",
	"patchesStrategicMerge",
	"patchesJson6902"
];
const pluginKeys = [
	"transformers",
	"generators",
	"validators"
];
const remoteKeys = [
	"helmCharts",
	"helmChartInflationGenerator",
	"helmGlobals"
];
function checkKustomization(files, file, report) {
	const bytes = files.find(({ path }) => path === kustomizationFile)?.bytes;
	if (!bytes) {
		report("E_ENV_FILE_MISSING", `no ${kustomizationFile}`, {
			line: 1,
			allowed: "the file that names the image"
		});
		return null;
	}
	const parsed = parseYaml(bytes, file);
	const lineAt = (...path) => parsed.locate(path).line ?? 1;
	const value = parsed.value ?? {};
	checkSources(value, files, lineAt, report);
	const entries = Array.isArray(value.images) ? value.images : [];
	const matching = entries.flatMap((entry, index) => imageNames.includes(String(entry?.name)) ? [{
		entry,
		index
	}] : []);
	entries.forEach((entry, index) => {
		if (!isDigest(entry?.digest) || entry?.newTag !== void 0) {
			const key = entry?.newTag !== void 0 ? "newTag" : "digest";
			report("E_ENV_FILE_TAG", `the image ${String(entry?.name)} by ${tagWords(entry)}`, {
				line: lineAt("images", index, key),
				allowed: "digest: sha256:… and no newTag"
			});
		}
	});
	const [only, second] = matching;
	if (!only || second) {
		const line = second ? lineAt("images", second.index) : lineAt("images");
		report("E_ENV_FILE_IMAGE", `${matching.length} images called model`, {
			line,
			allowed: "exactly one"
		});
	}
	const sound = only && !second && isDigest(only.entry.digest) && only.entry.newTag === void 0;
	const index = only?.index ?? 0;
	return {
		image: sound ? {
			name: String(only.entry.name),
			newName: String(only.entry.newName),
			digest: only.entry.digest
		} : null,
		imageName: String(only?.entry.name ?? "model"),
		lines: {
			digest: lineAt("images", index, "digest"),
			newName: lineAt("images", index, "newName")
		},
		patches: patchLists.flatMap((key) => listOf(value, key).flatMap((entry) => sourceOf(entry) ?? [])),
		meaning: digestOfJson(value)
	};
}
const tagWords = (entry) => entry?.newTag !== void 0 ? `the tag ${String(entry.newTag)}` : entry?.digest === void 0 ? "no digest" : `the digest ${String(entry.digest)}`;
function checkSources(value, files, lineAt, report) {
	for (const key of remoteKeys) if (value[key] !== void 0) report("E_ENV_FILE_REMOTE_BASE", `${key}`, {
		line: lineAt(key),
		allowed: "files of this folder only"
	});
	for (const key of pluginKeys) if (value[key] !== void 0) report("E_ENV_FILE_IMAGE", `${key}, which may change any image`, {
		line: lineAt(key),
		allowed: "resources and patches in files of this folder"
	});
	for (const key of fileLists) listOf(value, key).forEach((entry, index) => {
		const source = sourceOf(entry);
		const line = lineAt(key, index);
		const file = files.find(({ path }) => path === source);
		if (key === "replacements" && reachesImages(file?.bytes.toString() ?? JSON.stringify(entry))) report("E_ENV_FILE_IMAGE", "a replacement that reaches containers", {
			line,
			allowed: "replacements that leave images alone"
		});
		if (typeof entry === "string" ? entry.includes("\n") : entry?.patch !== void 0) report("E_ENV_FILE_IMAGE", `an inline patch under ${key}`, {
			line,
			allowed: "patches in files of this folder"
		});
		else if (source === void 0) return;
		else if (isOutside(source)) report("E_ENV_FILE_REMOTE_BASE", `${source} under ${key}`, {
			line,
			allowed: "files of this folder only"
		});
		else if (!file) report("E_ENV_FILE_MISSING", `${source} under ${key} names no file`, {
			line,
			allowed: files.map(({ path }) => path).join(", ")
		});
	});
}
const listOf = (value, key) => Array.isArray(value[key]) ? value[key] : [];
function sourceOf(entry) {
	const source = typeof entry === "string" ? entry : entry?.path;
	return typeof source === "string" ? source.replace(/^\.\//, "") : void 0;
}
const reachesImages = (text) => /image|storageUri|containers/i.test(text);
const isOutside = (source) => /^[a-z][a-z0-9+.-]*:|^git@|[?]ref=|^[\w-]+(\.[\w-]+)+\/.+\/|^\/|(^|\/)\.\.(\/|$)/i.test(source);
function readManifest(text) {
	const lines = new import_dist.LineCounter();
	const lineOf = (node) => lines.linePos(node?.range?.[0] ?? 0).line;
	const documents = (0, import_dist.parseAllDocuments)(text, {
		lineCounter: lines,
		logLevel: "silent"
	});
	const images = [];
	const patchedPaths = [];
	const annotations = {};
	if (!Array.isArray(documents)) return {
		images,
		patchedPaths,
		annotations,
		problem: null
	};
	const failed = documents.flatMap(({ errors }) => errors)[0];
	const problem = failed ? {
		what: failed.message.split("\n")[0],
		line: failed.linePos?.[0].line ?? 1
	} : null;
	for (const document of documents) {
		(0, import_dist.visit)(document, { Pair: (_index, pair) => {
			if (!(0, import_dist.isPair)(pair)) return;
			const [key, value] = [scalarOf(pair.key, document), scalarOf(pair.value, document)];
			if (typeof value !== "string") return;
			const line = lineOf(pair.key);
			if (key === "image" || key === "storageUri") images.push({
				value,
				line,
				kind: kindOf(value)
			});
			if (key === "path" && /\/(image|storageUri)$/.test(value)) patchedPaths.push({
				value,
				line
			});
		} });
		const root = document.contents;
		if ((0, import_dist.isMap)(root) && ["Deployment", "InferenceService"].includes(String(root.get("kind")))) Object.assign(annotations, annotationsOf(root.getIn(["metadata", "annotations"])));
	}
	return {
		images,
		patchedPaths,
		annotations,
		problem
	};
}
function scalarOf(node, document) {
	const found = (0, import_dist.isAlias)(node) ? node.resolve(document) : node;
	return (0, import_dist.isScalar)(found) ? found.value : void 0;
}
const kindOf = (image) => imageNames.includes(image) ? "model" : /@sha256:[0-9a-f]{64}$/.test(image) ? "pinned" : "unpinned";
const annotationsOf = (node) => (0, import_dist.isMap)(node) ? Object.fromEntries(node.items.map(({ key, value }) => [String(key), (0, import_dist.isScalar)(value) ? String(value.value) : String(value)])) : {};
init_workspace();
function verifyFolder(input) {
	const findings = [];
	const folder = folderOf(input.model, input.environment);
	const shownAs = input.shownAs ?? ((path) => `${folder}/${path}`);
	const find = (code, what, path, more = {}) => {
		const where = {
			file: shownAs(path),
			line: more.line ?? 1
		};
		findings.push(new LockstepError(code, {
			what,
			where,
			allowed: more.allowed
		}));
	};
	for (const { path, mode } of input.files) if (mode !== "100644" && mode !== "100755") find("E_ENV_FILE_LINK", mode === "120000" ? "a symbolic link" : "another repository", path, { allowed: "plain files only" });
	const plain = input.files.filter(({ mode }) => mode.startsWith("100"));
	const evidence = attempt(findings, () => openEvidence(input, plain, shownAs(releaseFile)));
	const kustomization = attempt(findings, () => checkKustomization(plain, shownAs(kustomizationFile), (code, what, more) => find(code, what, kustomizationFile, more)));
	checkManifests(plain, kustomization, find);
	if (evidence && kustomization) checkBinding(evidence, kustomization, find);
	const named = new Set(findings.map(({ where }) => where?.file));
	const findMore = (code, what, path, more) => {
		if (!named.has(shownAs(path))) find(code, what, path, more);
	};
	if (evidence) checkCopies(input, plain, evidence.promotion, kustomization?.meaning ?? null, findMore);
	if (findings.length > 0 || !evidence) return {
		kind: "refused",
		findings
	};
	return {
		kind: "verified",
		release: {
			...evidence,
			annotations: annotationsIn(plain)
		}
	};
}
function attempt(findings, work) {
	try {
		return work();
	} catch (error) {
		if (!(error instanceof LockstepError)) throw error;
		findings.push(error);
		return null;
	}
}
function openEvidence({ model, environment, trust }, files, file) {
	const bytes = files.find(({ path }) => path === releaseFile)?.bytes;
	if (!bytes) throw new LockstepError("E_ENV_FILE_MISSING", {
		what: `no ${releaseFile}`,
		where: {
			file,
			line: 1
		},
		allowed: "the evidence of what runs here",
		fix: "promote a version"
	});
	return openReleaseFile(bytes, {
		model,
		environment,
		trust,
		file
	});
}
function checkBinding({ record }, { image, lines }, find) {
	if (image === null) return;
	if (image.digest !== record.image.digest) find("E_VERDICT_BINDING", `the digest ${image.digest}`, kustomizationFile, {
		line: lines.digest,
		allowed: `${record.image.digest}, the image of ${record.model} ${record.version} in ${releaseFile}`
	});
	const newName = image.newName.replace(/^oci:\/\//, "");
	if (newName !== record.image.name) find("E_VERDICT_BINDING", `the image ${newName}`, kustomizationFile, {
		line: lines.newName,
		allowed: `${record.image.name}, as in ${releaseFile}`
	});
}
function checkManifests(files, kustomization, find) {
	const imageName = kustomization?.imageName ?? "model";
	const patches = [patchFile, ...kustomization?.patches ?? []];
	let users = 0;
	for (const { path, bytes } of files) {
		if (path === "kustomization.yaml" || path === "release.json") continue;
		if (!/\.(ya?ml|json)$/.test(path) && !patches.includes(path)) continue;
		const { images, patchedPaths, problem } = readManifest(bytes.toString());
		if (problem) find("E_YAML_SYNTAX", problem.what, path, { line: problem.line });
		for (const { value, line, kind } of images) if (kind === "unpinned") find("E_ENV_FILE_TAG", `the image ${value}`, path, {
			line,
			allowed: "images by digest (name@sha256:…)"
		});
		else if (patches.includes(path)) find("E_ENV_FILE_IMAGE", `the image ${value} in a patch`, path, {
			line,
			allowed: `patches that leave images alone`
		});
		else if (value === imageName) users++;
		for (const { value, line } of patchedPaths) find("E_ENV_FILE_IMAGE", `a patch of ${value}`, path, {
			line,
			allowed: "patches that leave images alone"
		});
	}
	if (users === 0) find("E_ENV_FILE_IMAGE", `no manifest runs the image ${imageName}`, kustomizationFile, { allowed: `at least one container with image: ${imageName}` });
}
function checkCopies(input, files, promotion, meaning, find) {
	const found = new Map(files.map(({ path, bytes }) => [path, bytes]));
	for (const [path, digest] of Object.entries(promotion.files)) {
		const bytes = found.get(path);
		if (!bytes) find("E_ENV_FILE_MISSING", `no ${path}`, path, { allowed: "every file that was promoted" });
		else if (digestOf(bytes) !== digest) {
			const original = input.original?.(path) ?? null;
			find("E_ENV_FILE_TAMPERED", "not what was promoted", path, {
				line: original ? firstDifference(original, bytes) : 1,
				allowed: "the bytes of the promoted commit; change models/<model>/deploy/ and promote"
			});
		}
	}
	for (const path of found.keys()) {
		if (path === "kustomization.yaml" || path === "release.json" || Object.hasOwn(promotion.files, path)) continue;
		find("E_ENV_FILE_TAMPERED", "a file that no promotion wrote", path, { allowed: "only what `lockstep promote` writes" });
	}
	if (meaning !== null && meaning !== promotion.kustomization) find("E_ENV_FILE_TAMPERED", "not the kustomization that was promoted", kustomizationFile, { allowed: "comments and layout may change, values may not" });
}
function firstDifference(original, found) {
	const [a, b] = [original.toString().split("\n"), found.toString().split("\n")];
	const line = b.findIndex((text, index) => text !== a[index]);
	return line < 0 ? b.length : line + 1;
}
function annotationsIn(files) {
	const patchLast = [...files.filter(({ path }) => /\.ya?ml$/.test(path) && path !== "kustomization.yaml")].sort((a, b) => Number(a.path === patchFile) - Number(b.path === patchFile));
	return Object.assign({}, ...patchLast.map(({ bytes }) => readManifest(bytes.toString()).annotations));
}
init_workspace();
const replayAnnotation = "lockstep/replay";
const mostReplayed = 1e5;
async function readWanted(workspace, commit) {
	const trust = await currentTrust(workspace);
	return (await readFolders(workspace, await tipAt(workspace, commit, "origin"))).filter(({ model, environment }) => isName(model) && isName(environment)).map((folder) => wantedBy(folder, verifyFolder({
		...folder,
		trust
	})));
}
function wantedBy(folder, verdict) {
	const { model, environment, files } = folder;
	const where = {
		model,
		environment,
		tree: digestOfJson(files.map(({ path, mode, bytes }) => [
			path,
			mode,
			digestOf(bytes)
		]))
	};
	if (verdict.kind === "refused") {
		const reasons = verdict.findings.map(({ message }) => message);
		return {
			...where,
			kind: "refused",
			version: null,
			image: null,
			reasons
		};
	}
	const { record, image, version, annotations } = verdict.release;
	const replay = replayOf(annotations[replayAnnotation]);
	if (replay === "bad") {
		const reasons = [`the annotation ${replayAnnotation}: "${annotations[replayAnnotation]}" is no number from 0 to ${mostReplayed}`];
		return {
			...where,
			kind: "refused",
			version,
			image,
			reasons
		};
	}
	const { modelDigest } = record;
	const imageDigest = record.image.digest;
	return {
		...where,
		kind: "release",
		release: {
			version,
			image,
			imageDigest,
			modelDigest,
			replay
		}
	};
}
function replayOf(text) {
	if (text === void 0) return null;
	return /^\d{1,6}$/.test(text) && Number(text) <= mostReplayed ? Number(text) : "bad";
}
const keys = [
	"event",
	"model",
	"version",
	"environment",
	"from",
	"image",
	"evaluation",
	"tag",
	"reason"
];
function printMessage(event) {
	const trailers = keys.filter((key) => event[key] !== void 0).map((key) => `Lockstep-${key[0].toUpperCase()}${key.slice(1)}: ${event[key]}`);
	return `${summary(event)}\n\n${trailers.join("\n")}\n`;
}
function summary({ event, model, version, environment, from, reason }) {
	switch (event) {
		case "promotion": return `${model}: ${version} to ${environment}${from ? ` (was ${from})` : ""}`;
		case "rollback": return `${model}: ${environment} back to ${version} (was ${from}): ${reason}`;
		case "hold": return `${model}: hold ${version}: ${reason}`;
		case "release": return `${model}: release ${version}: ${reason}`;
	}
}
function parseMessage(message) {
	const found = {};
	for (const line of message.trim().split("\n").reverse()) {
		const [, key, value] = /^Lockstep-([A-Z][a-z]+): (.*)$/.exec(line) ?? [];
		if (key === void 0) break;
		found[key.toLowerCase()] = value;
	}
	return [
		"promotion",
		"rollback",
		"hold",
		"release"
	].includes(found.event ?? "") && found.model && found.version ? found : null;
}
init_workspace();
function renderKustomization(base, image, { patch, file }) {
	parseYaml(base, file);
	const patched = patch ? appendItem(base, "patches", [`path: ${patchFile}`], file) : base;
	if (imageItems(patched).length > 0) throw new LockstepError("E_DEPLOY_FILE", {
		what: "an image called model under images:",
		where: { file },
		allowed: "other images; which model runs is written by `lockstep promote` alone",
		fix: "remove the entry"
	});
	return appendItem(patched, "images", [
		`name: ${image.name}`,
		`newName: ${image.newName}`,
		`digest: ${image.digest}`
	], file);
}
function spliceImage(text, image) {
	const [item, second] = imageItems(text);
	if (!item || second || ![
		"name",
		"newName",
		"digest"
	].every((key) => (0, import_dist.isScalar)(item.get(key, true)))) return null;
	return [
		"name",
		"newName",
		"digest"
	].map((key) => ({
		node: item.get(key, true),
		value: image[key]
	})).filter(({ node, value }) => node.value !== value).sort((a, b) => b.node.range[0] - a.node.range[0]).reduce((spliced, { node, value }) => {
		const [from, to] = node.range;
		const quote = /^["']/.exec(spliced.slice(from, to))?.[0] ?? "";
		return `${spliced.slice(0, from)}${quote}${value}${quote}${spliced.slice(to)}`;
	}, text);
}
function imageItems(text) {
	const document = (0, import_dist.parseDocument)(text, { logLevel: "silent" });
	const images = (0, import_dist.isMap)(document.contents) ? document.contents.get("images", true) : void 0;
	if (!(0, import_dist.isSeq)(images)) return [];
	return images.items.filter((item) => (0, import_dist.isMap)(item) && imageNames.includes(String(item.get("name"))));
}
function appendItem(text, key, lines, file) {
	const newline = text.includes("\r\n") ? "\r\n" : "\n";
	const ended = text.endsWith("\n") ? text : `${text}${newline}`;
	const item = (indent) => lines.map((line, index) => `${indent}${index === 0 ? "- " : "  "}${line}${newline}`).join("");
	const list = listUnder((0, import_dist.parseDocument)(ended), key, file);
	if (list === null) return `${ended}${key}:${newline}${item("  ")}`;
	const start = list.range[0];
	const indent = " ".repeat(start - (ended.lastIndexOf("\n", start - 1) + 1));
	const lastEnd = list.items.at(-1).range[1];
	const lineEnd = ended[lastEnd - 1] === "\n" ? lastEnd : ended.indexOf("\n", lastEnd) + 1;
	return ended.slice(0, lineEnd) + item(indent) + ended.slice(lineEnd);
}
function listUnder(document, key, file) {
	const map = document.contents;
	if ((0, import_dist.isMap)(map) && !map.flow) {
		if (!map.has(key)) return null;
		const list = map.get(key, true);
		if ((0, import_dist.isSeq)(list) && !list.flow && list.items.length > 0) return list;
	}
	throw new LockstepError("E_DEPLOY_FILE", {
		what: (0, import_dist.isMap)(map) && !map.flow ? `${key}: that is no block list` : "no block mapping at the top level",
		where: { file },
		allowed: `a mapping in block style; ${key} either left out or a list with one "- " line an item`,
		fix: "write the list in block style"
	});
}
init_workspace();
async function readDeployFiles(workspace, model, commit, environment) {
	const folder = `models/${model}/deploy`;
	const entries = await readTree(workspace.root, commit, folder);
	const link = entries.find(({ mode }) => !mode.startsWith("100"));
	if (link) throw new LockstepError("E_ENV_FILE_LINK", {
		what: "a link or another repository",
		where: { file: link.path },
		allowed: "plain files only"
	});
	const blobs = await readBlobs(workspace.root, entries.map(({ oid }) => oid));
	const files = new Map(entries.map(({ path, oid }) => [path.slice(folder.length + 1), {
		oid,
		bytes: blobs.get(oid)
	}]));
	const base = files.get(kustomizationFile);
	const file = `${folder}/${kustomizationFile}`;
	if (!base) throw new LockstepError("E_DEPLOY_MISSING", {
		what: `no ${file} at commit ${commit.slice(0, 12)}`,
		allowed: "a kustomize base: kustomization.yaml and the manifests it lists",
		fix: `commit ${folder}/ (lockstep init writes one) and register a new version`
	});
	for (const reserved of [patchFile, releaseFile]) if (files.has(reserved)) throw new LockstepError("E_DEPLOY_FILE", {
		what: `a file called ${reserved}`,
		where: { file: `${folder}/${reserved}` },
		allowed: `other names; ${reserved} is what a promotion writes`,
		fix: "rename it"
	});
	const patch = files.get(`${environment}.yaml`);
	const patches = workspace.configuration.environments.map((name) => `${name}.yaml`);
	const copies = new Map([...files].filter(([path]) => path !== "kustomization.yaml" && !patches.includes(path)));
	if (patch) copies.set(patchFile, patch);
	const images = [...copies.values()].flatMap(({ bytes }) => readManifest(bytes.toString()).images);
	return {
		copies,
		kustomization: base.bytes.toString(),
		hasPatch: patch !== void 0,
		file,
		imageName: images.some(({ value }) => value === "oci://model") ? "oci://model" : "model"
	};
}
const imageChange = ({ imageName }, { image }) => ({
	name: imageName,
	newName: imageName.replace(/model$/, image.name),
	digest: image.digest
});
const renderFor = (files, image) => renderKustomization(files.kustomization, image, {
	patch: files.hasPatch,
	file: files.file
});
function folderDigests(files, kustomization) {
	const copies = [...files.copies].sort(([a], [b]) => a < b ? -1 : 1);
	return {
		files: Object.fromEntries(copies.map(([path, { bytes }]) => [path, digestOf(bytes)])),
		kustomization: digestOfJson(parseYaml(kustomization, "kustomization.yaml").value ?? {})
	};
}
init_workspace();
async function planFolder(workspace, tip, request) {
	const { model, environment, record, recordEnvelope, trust } = request;
	const deploy = await readDeployFiles(workspace, model, record.commit, environment);
	const current = await readFolder(workspace, tip, model, environment) ?? [];
	const image = imageChange(deploy, record);
	const text = keepLayout(current, renderFor(deploy, image), (old) => spliceImage(old, image));
	const promotion = typeof request.promotion === "function" ? request.promotion(folderDigests(deploy, text)) : request.promotion;
	const wanted = new Map([
		...deploy.copies,
		[kustomizationFile, {
			bytes: Buffer.from(text),
			oid: null
		}],
		[releaseFile, {
			bytes: Buffer.from(printRelease(recordEnvelope, promotion)),
			oid: null
		}]
	]);
	const files = [...wanted].map(([path, { bytes }]) => ({
		path,
		mode: "100644",
		bytes
	}));
	const shownAs = (path) => `models/${model}/deploy/${path === "patch.yaml" ? `${environment}.yaml` : path}`;
	const verdict = verifyFolder({
		model,
		environment,
		files,
		trust,
		shownAs
	});
	if (verdict.kind === "refused") throw verdict.findings[0];
	return {
		files: differences(tip.entries, folderOf(model, environment), current, wanted),
		promotion
	};
}
function keepLayout(current, rendered, splice) {
	const old = current.find(({ path, mode }) => path === "kustomization.yaml" && mode.startsWith("100"));
	const spliced = old ? splice(old.bytes.toString()) : null;
	return spliced !== null && meaning(spliced) === meaning(rendered) ? spliced : rendered;
}
function meaning(text) {
	try {
		return digestOfJson(parseYaml(text, kustomizationFile).value);
	} catch {
		return null;
	}
}
function differences(entries, folder, current, wanted) {
	const changes = new Map();
	const modes = new Map(entries.map(({ path, mode }) => [path, mode]));
	for (const { path } of current) if (!wanted.has(path)) changes.set(`${folder}/${path}`, null);
	for (const [path, { bytes, oid }] of wanted) if (!(modes.get(`${folder}/${path}`) === "100644" && current.find((file) => file.path === path)?.bytes.equals(bytes))) changes.set(`${folder}/${path}`, oid === null ? bytes : { oid });
	return changes;
}
const printRelease = (record, promotion) => `{\n"record": ${canonicalJson(record)},\n"promotion": ${canonicalJson(promotion)}\n}\n`;
function signPromotion(facts, record, recordEnvelope, key) {
	const promotion = {
		v: 1,
		model: record.model,
		version: record.version,
		record: digestOf(canonicalJson(recordEnvelope)),
		image: imageReference(record.image),
		verdict: "pass",
		approvals: [],
		...facts
	};
	return sign$1(statementOf(promotionPredicate, promotion, { [record.image.name]: record.image.digest }), key);
}
init_workspace();
const empty = "v: 1\nholds: []\n";
async function readHolds(workspace, tip, model) {
	const path = holdsPath(model);
	const entry = tip.entries.find((found) => found.path === path);
	if (!entry) return {
		text: empty,
		holds: []
	};
	if (!entry.mode.startsWith("100")) throw new LockstepError("E_ENV_FILE_LINK", {
		what: "no plain file",
		where: { file: path },
		allowed: "plain files only"
	});
	return parseHolds((await readBlobs(workspace.root, [entry.oid])).get(entry.oid), path);
}
function parseHolds(bytes, file) {
	const { holds } = checkSchema(parseYaml(bytes, file), holds_default);
	return {
		text: Buffer.from(bytes).toString(),
		holds
	};
}
function addHold(file, hold) {
	const text = file.text.endsWith("\n") ? file.text : `${file.text}\n`;
	return `${file.holds.length === 0 ? text.replace(/^holds: *\[ *\] *$/m, "holds:") : text}  - ${printHold(hold)}\n`;
}
function removeHold(file, version) {
	const rest = file.holds.filter((hold) => hold.version !== version);
	if (rest.length === 0) return empty;
	const names = (line) => /^ *- *\{version: ([^,]+),/.exec(line)?.[1] === version;
	const kept = file.text.split("\n").filter((line) => !names(line)).join("\n");
	return parseHolds(Buffer.from(kept), "holds.yaml").holds.length === rest.length ? kept : `v: 1\nholds:\n${rest.map((hold) => `  - ${printHold(hold)}\n`).join("")}`;
}
const printHold = ({ version, by, time, reason }) => `{version: ${version}, by: ${JSON.stringify(by)}, time: "${time}", reason: ${JSON.stringify(reason)}}`;
const makeHold = (version, ident, now, reason) => ({
	version,
	by: personOf(ident),
	time: now.toISOString(),
	reason: checkReason(reason)
});
function checkReason(reason) {
	const text = reason.replaceAll(/\s+/g, " ").trim();
	if (text !== "" && text.length <= 500) return text;
	throw new LockstepError("E_USAGE", {
		what: text === "" ? "no reason" : `a reason of ${text.length} characters`,
		allowed: "a sentence of at most 500 characters, for whoever asks later",
		fix: "add --reason \"why\""
	});
}
function checkNotHeld({ holds }, model, version) {
	const hold = holds.find((entry) => entry.version === version);
	if (!hold) return;
	throw new LockstepError("E_PROMOTE_HELD", {
		what: `${model} ${version} is held by ${hold.by} since ${hold.time}: ${hold.reason}`,
		where: { file: holdsPath(model) },
		allowed: "versions without a hold",
		fix: `lockstep hold ${model} ${version} --release --reason "why it is good now"`
	});
}
init_workspace();
const requestTimeout = 2e3;
async function lookAt(workspace, model, environment, now) {
	const state = readAgentState(workspace);
	const alive = state !== null && state.pid !== null && isAlive(state.pid);
	const entry = alive ? state.environments[`${model}/${environment}`] : void 0;
	const url = workspace.configuration.urls[environment] ?? entry?.url ?? null;
	const refused = entry?.refused ?? null;
	if (url === null) return alive ? {
		kind: "silent",
		url,
		refused
	} : { kind: "nobody" };
	const running = await askModel(url, model);
	if (running === null) return {
		kind: "silent",
		url,
		refused
	};
	if (entry && entry.version !== running.version) return {
		kind: "silent",
		url,
		refused
	};
	return {
		kind: "running",
		observation: {
			environment,
			...running,
			image: entry?.image ?? null,
			golden: entry?.golden ?? null,
			url,
			time: now.toISOString()
		},
		refused
	};
}
async function askModel(url, model) {
	try {
		const response = await fetch(`${url.replace(/\/$/, "")}/v2/models/${model}`, { signal: AbortSignal.timeout(requestTimeout) });
		if (!response.ok) return null;
		const { parameters } = await response.json();
		const { version, model_digest: modelDigest } = parameters ?? {};
		return typeof version === "string" && isDigest(modelDigest) ? {
			version,
			modelDigest
		} : null;
	} catch {
		return null;
	}
}
async function awaitOutcome(workspace, { record, environment, seconds, since }, effects) {
	const image = imageReference(record.image);
	const until = effects.now().getTime() + seconds * 1e3;
	for (;;) {
		const sight = await effects.perform("observe", () => lookAt(workspace, record.model, environment, effects.now()));
		if (sight.kind === "nobody") return { kind: "written" };
		const { refused } = sight;
		if (refused?.image === image && Date.parse(refused.time) >= since.getTime()) return {
			kind: "refused",
			reasons: refused.reasons
		};
		if (sight.kind === "running" && runs(sight.observation, record)) return {
			kind: "observed",
			observation: sight.observation
		};
		if (effects.now().getTime() >= until) return { kind: "written" };
		await effects.pause(100);
	}
}
const runs = (observation, { version, modelDigest }) => observation.version === version && observation.modelDigest === modelDigest;
init_workspace();
async function judgePending(workspace, record, environment, now) {
	const judged = [];
	for (const result of record.verdicts[environment].checks) judged.push(result.outcome === "pending" ? await judge(workspace, record, result, now) : result);
	const bad = judged.find(({ outcome }) => outcome === "fail" || outcome === "inconclusive");
	if (!bad) return judged;
	throw new LockstepError(bad.outcome === "fail" ? "E_VERDICT_FAILED" : "E_VERDICT_INCONCLUSIVE", {
		what: `${record.model} ${record.version} may not go to ${environment}: ${bad.reason}`,
		where: { file: `models/${record.model}/policy.yaml` },
		allowed: bad.id,
		fix: bad.outcome === "fail" ? "promote a version that passes" : `let ${bad.check.from} run it where it can be asked (lockstep up, or a url in lockstep.yaml)`
	});
}
async function judge(workspace, record, result, now) {
	const { metric, from } = result.check;
	const sight = await lookAt(workspace, record.model, from, now);
	const value = (sight.kind === "running" && runs(sight.observation, record) ? metricsOf(sight.observation) : {})[metric] ?? null;
	const limit = result.check["at-most"] ?? result.check["at-least"] ?? null;
	if (value === null || limit === null) return {
		...result,
		outcome: "inconclusive",
		value,
		limit,
		reason: `${metric}: ${from} was not seen to measure it for this version`
	};
	const holds = result.check["at-most"] === void 0 ? value >= limit : value <= limit;
	return {
		...result,
		outcome: holds ? "pass" : "fail",
		value,
		limit,
		reason: `${metric} is ${value} in ${from}, ${result.check["at-most"] === void 0 ? "at least" : "at most"} ${limit} is asked for`
	};
}
const metricsOf = ({ golden }) => golden && golden.asked > 0 ? { error_rate: (golden.asked - golden.equal) / golden.asked } : {};
init_workspace();
async function decide(workspace, tip, record, environment, trust, effects) {
	checkNotHeld(await readHolds(workspace, tip, record.model), record.model, record.version);
	checkVerdict(record, environment);
	await checkBasePinned(workspace, record, environment);
	const soak = await checkPolicy(workspace, record, environment, effects.now());
	const observed = await checkOrder(workspace, tip, record, environment, trust, effects);
	await checkSoak(workspace, tip, record, environment, soak, effects.now());
	return {
		checks: await judgePending(workspace, record, environment, effects.now()),
		observed
	};
}
function checkVerdict({ model, version, verdicts }, environment) {
	const verdict = Object.hasOwn(verdicts, environment) ? verdicts[environment] : void 0;
	const where = { file: `tag ${model}@${version}` };
	if (verdict === void 0) {
		const others = Object.keys(verdicts);
		throw new LockstepError(others.length === 0 ? "E_VERDICT_MISSING" : "E_VERDICT_ENVIRONMENT", {
			what: others.length === 0 ? `${model} ${version} has no verdict` : `${model} ${version} has verdicts for ${others.join(", ")}, none for ${environment}`,
			where,
			allowed: `a pass for ${environment}`,
			fix: `lockstep run ${model}, then register a new version`
		});
	}
	if (verdict.verdict === "pass") return;
	throw new LockstepError(verdict.verdict === "fail" ? "E_VERDICT_FAILED" : "E_VERDICT_INCONCLUSIVE", {
		what: `the verdict on ${model} ${version} for ${environment} is ${verdict.verdict}: ${verdict.reasons.join("; ") || "no reason given"}`,
		where,
		allowed: "a pass",
		fix: "promote a version that passes"
	});
}
async function checkPolicy(workspace, record, environment, now) {
	const { root } = workspace;
	const commit = record.policy.commit ?? record.commit;
	const { status } = await tryGit([
		"merge-base",
		"--is-ancestor",
		commit,
		record.commit
	], { cwd: root });
	const read = status === 0 ? await readPolicy(workspace, record.model, commit) : null;
	if (read === null || read.commit === null || read.digest !== record.policy.digest) throw new LockstepError("E_VERDICT_POLICY", {
		what: `${record.model} ${record.version} was judged by the policy ${record.policy.digest}, ${read?.commit ? `commit ${commit.slice(0, 12)} has ${read.digest}` : `which commit ${commit.slice(0, 12)} does not have`}`,
		where: { file: `models/${record.model}/policy.yaml` },
		allowed: "the policy at the commit that the record names",
		fix: `lockstep run ${record.model}, then register a new version`
	});
	const waived = record.verdicts[environment].checks.filter(({ outcome }) => outcome === "waived");
	for (const { id } of waived) {
		const waiver = read.policy.waivers?.find(({ check }) => check === id);
		if (waiver && now.toISOString().slice(0, 10) <= waiver.until.slice(0, 10)) continue;
		throw new LockstepError("E_VERDICT_EXPIRED", {
			what: `the waiver of ${id} ${waiver ? `ended on ${waiver.until}` : "is gone"}`,
			where: { file: `models/${record.model}/policy.yaml` },
			allowed: "waivers that still hold on the day of promotion",
			fix: "mend what the check found, or renew the waiver, and register a new version"
		});
	}
	return read.policy.environments?.[environment]?.soak;
}
const before = ({ configuration }, environment) => configuration.environments[configuration.environments.indexOf(environment) - 1];
async function checkOrder(workspace, tip, record, environment, trust, effects) {
	const { model, version } = record;
	const previous = before(workspace, environment);
	if (previous === void 0) return null;
	const files = await readFolder(workspace, tip, model, previous);
	const verdict = files && verifyFolder({
		model,
		environment: previous,
		files,
		trust
	});
	const found = verdict?.kind === "verified" ? verdict.release : null;
	if (found?.record.image.digest !== record.image.digest || found.version !== version) {
		const state = found ? found.version : verdict ? "something that its evidence does not prove" : "nothing";
		throw new LockstepError("E_PROMOTE_ORDER", {
			what: `expected ${model} ${version} in ${previous}, found ${state}`,
			where: { file: folderOf(model, previous) },
			allowed: `the order ${workspace.configuration.environments.join(" → ")}`,
			fix: `lockstep promote ${model} ${version} --to ${previous}`
		});
	}
	const sight = await effects.perform("observe", () => lookAt(workspace, model, previous, effects.now()));
	if (sight.kind === "nobody") return null;
	if (sight.kind === "running" && runs(sight.observation, record)) return sight.observation;
	throw new LockstepError("E_PROMOTE_NOT_OBSERVED", {
		what: `${previous} should run ${model} ${version} but ${sight.kind === "running" ? `answers with ${sight.observation.version}` : "does not answer"}`,
		allowed: `a version that runs in ${previous}`,
		fix: `see \`lockstep status\`; promote again when ${previous} runs it`
	});
}
async function checkSoak(workspace, tip, record, environment, soak, now) {
	const previous = before(workspace, environment);
	if (soak === void 0 || previous === void 0 || tip.commit === null) return;
	const folder = folderOf(record.model, previous);
	const { stdout } = await tryGit([
		"log",
		"-1",
		"--format=%ct",
		tip.commit,
		"--",
		folder
	], { cwd: workspace.root });
	const ready = new Date(Number(stdout.trim()) * 1e3 + durationOf(soak));
	if (now >= ready) return;
	throw new LockstepError("E_PROMOTE_SOAK", {
		what: `${record.model} ${record.version} has not been in ${previous} for ${soak}`,
		allowed: `promotion to ${environment} from ${ready.toISOString()} on`,
		fix: "wait, and promote again"
	});
}
async function checkBasePinned(workspace, record, environment) {
	if (before(workspace, environment) === void 0 || !isRegistryName(record.image.name)) return;
	const bytes = await readAtCommit(workspace.root, record.commit, "lockstep.yaml");
	const base = bytes && parseConfiguration(parseYaml(bytes, "lockstep.yaml")).image.base;
	if (base?.includes("@sha256:")) return;
	throw new LockstepError("E_BASE_UNPINNED", {
		what: `${record.model} ${record.version} is built upon ${base ? `${base}, a name that may mean other bytes tomorrow` : "nothing that lockstep.yaml names"}`,
		where: { file: "lockstep.yaml" },
		allowed: `for ${environment}: a base by digest at the version's commit`,
		fix: "commit what `lockstep image pin-base` writes, and promote the version that comes of it"
	});
}
const units = {
	s: 1,
	m: 60,
	h: 3600,
	d: 86400,
	w: 604800
};
function durationOf(text) {
	const parts = [...text.matchAll(/(\d+)([smhdw])/g)];
	if (parts.map(([whole]) => whole).join("") !== text) throw new LockstepError("E_CONFIG_VALUE", {
		what: `the duration "${text}"`,
		allowed: "a number and s, m, h, d or w, e.g. 24h"
	});
	return parts.reduce((sum, [, count, unit]) => sum + Number(count) * units[unit] * 1e3, 0);
}
init_workspace();
async function planPromotion(workspace, tip, request, context) {
	const { model, version, environment } = request;
	const { record, envelope } = await readRelease(workspace, model, version, { trust: context.trust });
	const current = await currentRelease(workspace, tip, model, environment, context.trust);
	if (current.verified?.version === version && canonicalJson(current.verified.recordEnvelope) === canonicalJson(envelope)) return {
		kind: "already",
		record,
		from: version
	};
	const decision = await decide(workspace, tip, record, environment, context.trust, context.effects);
	const folder = await planFolder(workspace, tip, {
		model,
		environment,
		record,
		recordEnvelope: envelope,
		trust: context.trust,
		promotion: (digests) => signPromotion({
			...digests,
			...factsOf(decision, request, tip, context)
		}, record, envelope, loadKey(workspace))
	});
	const tag = request.tag ?? await nextTag(workspace, model, environment);
	const event = {
		event: "promotion",
		model,
		version,
		environment,
		from: current.version ?? void 0,
		image: imageReference(record.image),
		evaluation: record.evaluation,
		tag
	};
	return {
		kind: "write",
		record,
		from: current.version,
		tag,
		release: printRelease(envelope, folder.promotion),
		change: {
			files: folder.files,
			message: printMessage(event),
			...request.tag === void 0 ? { tag: {
				name: tag,
				commit: record.commit,
				message: `${summary(event)}\n\n${canonicalJson(folder.promotion)}`
			} } : {}
		}
	};
}
const factsOf = ({ checks, observed }, { environment, approvals }, tip, { ident, effects }) => ({
	environment,
	...approvals === void 0 ? {} : { approvals },
	checks,
	observed,
	tip: tip.commit,
	made: {
		by: personOf(ident),
		time: effects.now().toISOString()
	}
});
async function currentRelease(workspace, tip, model, environment, trust) {
	const files = await readFolder(workspace, tip, model, environment);
	if (files === null) return {
		files,
		verified: null,
		version: null
	};
	const verdict = verifyFolder({
		model,
		environment,
		files,
		trust
	});
	if (verdict.kind === "verified") return {
		files,
		verified: verdict.release,
		version: verdict.release.version
	};
	return {
		files,
		verified: null,
		version: "something unproven"
	};
}
async function nextTag(workspace, model, environment) {
	const names = [...(await localRefs(workspace.root, [`refs/tags/${model}#*`])).keys()].map((ref) => ref.slice(10));
	return formatTag({
		event: "assign",
		model,
		environment,
		counter: nextCounter(names, model)
	});
}
init_workspace();
async function promote(workspace, options, effects = realEffects) {
	const { model, environment } = options;
	checkRequest(workspace, options);
	await recordRunKey(workspace, model, effects);
	const trust = await currentTrust(workspace);
	const started = effects.now();
	let first;
	const written = await writeBranch(workspace, {
		effects,
		tagsOf: model,
		what: `the promotion of ${model} ${options.version} to ${environment}`
	}, async (tip, ident) => {
		const plan = await planPromotion(workspace, tip, options, {
			trust,
			ident,
			effects
		});
		checkUnmoved(plan, first, options);
		first ??= plan.from;
		return plan.kind === "already" ? {
			kind: "done",
			result: plan
		} : {
			kind: "write",
			change: plan.change,
			result: plan
		};
	});
	const plan = written.result;
	const since = plan.kind === "already" ? new Date(0) : started;
	return finish(workspace, plan, {
		environment,
		commit: written.commit,
		attempts: written.attempts,
		since,
		seconds: options.observe ?? 60
	}, effects);
}
function checkRequest(workspace, { model, version, environment }) {
	checkName(model, "model");
	checkEnvironment(workspace.configuration, environment);
	checkVersion(version);
}
function checkUnmoved(plan, first, { model, version, environment }) {
	if (first === void 0 || plan.kind === "already" || plan.from === first) return;
	throw raceLost(model, environment, first, plan.from, `promote ${model} ${version} --to ${environment}`);
}
const raceLost = (model, environment, expected, found, again) => new LockstepError("E_PROMOTE_RACE", {
	what: `${environment} of ${model} changed meanwhile: expected ${expected ?? "nothing"}, found ${found ?? "nothing"}`,
	allowed: "one promotion of an environment after the other",
	fix: `look at \`lockstep status\`, then \`lockstep ${again}\` if you still want it`
});
async function finish(workspace, plan, ending, effects) {
	const { record } = plan;
	const { environment, commit, attempts } = ending;
	const outcome = await awaitOutcome(workspace, {
		...ending,
		record
	}, effects);
	if (outcome.kind === "refused") throw new LockstepError("E_PROMOTE_REFUSED_BY_AGENT", {
		what: `the agent keeps ${environment} as it was and refuses ${record.model} ${record.version}: ${outcome.reasons.join("; ")}`,
		allowed: "a release that starts and answers its golden and replayed requests",
		fix: `lockstep rollback ${record.model} --in ${environment} --reason "…"`
	});
	return {
		...describe(plan, environment),
		commit,
		attempts,
		outcome: outcome.kind === "observed" ? "observed" : plan.kind === "already" ? "already" : "written",
		observed: outcome.kind === "observed" ? outcome.observation : null
	};
}
const describe = (plan, environment) => ({
	model: plan.record.model,
	version: plan.record.version,
	environment,
	from: plan.from,
	image: imageReference(plan.record.image),
	modelDigest: plan.record.modelDigest,
	tag: plan.kind === "write" ? plan.tag : null
});
async function previewPromotion(workspace, request, effects = realEffects) {
	checkRequest(workspace, request);
	const trust = await currentTrust(workspace);
	const ident = await committer(workspace.root);
	const plan = await planPromotion(workspace, await readTip(workspace, {
		tagsOf: request.model,
		ask: "required"
	}), request, {
		trust,
		ident,
		effects
	});
	return {
		result: {
			...describe(plan, request.environment),
			commit: null,
			attempts: 0,
			outcome: plan.kind === "already" ? "already" : "planned",
			observed: null
		},
		plan
	};
}
init_workspace();
async function deploy(workspace, request, effects = realEffects) {
	const { model, environment, file } = request;
	checkName(model, "model");
	checkEnvironment(workspace.configuration, environment);
	const trust = await currentTrust(workspace);
	const { record, recordEnvelope, promotion, promotionEnvelope } = openReleaseFile(request.release, {
		model,
		environment,
		trust,
		file
	});
	checkVersion(record.version);
	const started = effects.now();
	const written = await writeBranch(workspace, {
		effects,
		tagsOf: model,
		what: `the deployment of ${model} ${record.version} to ${environment}`
	}, async (tip) => {
		const current = await currentRelease(workspace, tip, model, environment, trust);
		if (current.verified && canonicalJson(current.verified.promotionEnvelope) === canonicalJson(promotionEnvelope)) return {
			kind: "done",
			result: {
				kind: "already",
				record,
				from: record.version
			}
		};
		checkNotHeld(await readHolds(workspace, tip, model), model, record.version);
		const decidedOn = await tipAt(workspace, promotion.tip, "local");
		if (evidenceOf(decidedOn, model, environment) !== evidenceOf(tip, model, environment)) {
			const then = await currentRelease(workspace, decidedOn, model, environment, trust);
			throw raceLost(model, environment, then.version, current.version, `promote ${model} ${record.version} --to ${environment}`);
		}
		const folder = await planFolder(workspace, tip, {
			model,
			environment,
			record,
			recordEnvelope,
			trust,
			promotion: promotionEnvelope
		});
		const tag = await nextTag(workspace, model, environment);
		const event = {
			event: "promotion",
			model,
			version: record.version,
			environment,
			from: current.version ?? void 0,
			image: imageReference(record.image),
			evaluation: record.evaluation,
			tag
		};
		const change = {
			files: folder.files,
			message: printMessage(event),
			tag: {
				name: tag,
				commit: record.commit,
				message: `${summary(event)}\n\n${canonicalJson(promotionEnvelope)}`
			}
		};
		return {
			kind: "write",
			change,
			result: {
				kind: "write",
				record,
				from: current.version,
				tag,
				change,
				release: request.release.toString()
			}
		};
	});
	const since = written.result.kind === "already" ? new Date(0) : started;
	return finish(workspace, written.result, {
		environment,
		commit: written.commit,
		attempts: written.attempts,
		since,
		seconds: request.observe ?? 60
	}, effects);
}
const evidenceOf = (tip, model, environment) => tip.entries.find(({ path }) => path === `${folderOf(model, environment)}/${releaseFile}`)?.oid;
async function readEnvironments(workspace, model, given) {
	const tip = await readTip(workspace);
	if (tip.commit === null) return {
		tip: null,
		releases: new Map(),
		holds: []
	};
	const trust = given ?? await trustedKeys(workspace, await baseCommit(workspace), { local: true });
	const releases = new Map();
	for (const folder of await readFolders(workspace, tip)) {
		if (folder.model !== model) continue;
		const verdict = verifyFolder({
			...folder,
			trust
		});
		if (verdict.kind === "verified") releases.set(folder.environment, verdict.release.record);
	}
	return {
		tip: tip.commit,
		releases,
		holds: (await readHolds(workspace, tip, model)).holds
	};
}
init_workspace();
const nothing = {
	environment: null,
	from: null,
	image: null,
	evaluation: null,
	reason: null,
	tag: null
};
async function historyOf(workspace, model) {
	checkName(model, "model");
	const tip = await readTip(workspace, { tagsOf: model });
	const versions = await listVersions(workspace.root, model);
	const commits = await branchEvents(workspace, tip, model);
	const done = new Set(commits.map(({ tag }) => tag));
	const tags = [...versions.map(({ time, by, email, version, tag, commit }) => ({
		...nothing,
		event: "registration",
		time,
		by: `${by} <${email}>`,
		version,
		tag,
		commit
	})), ...(await listPromotions(workspace.root, model)).filter(({ tag }) => !done.has(tag)).map(({ time, by, email, version, environment, event, tag, commit, subject }) => ({
		...nothing,
		event: event === "assign" ? "request" : "refusal",
		time,
		by: `${by} <${email}>`,
		version,
		environment,
		tag,
		commit,
		reason: subject
	}))];
	if (commits.length + tags.length > 0) return inOrder(commits.toReversed(), tags).reverse();
	throw new LockstepError("E_VERSION_UNKNOWN", {
		what: `nothing has happened to a model ${model} yet`,
		allowed: "a model with registered versions",
		fix: `lockstep register ${model}`
	});
}
async function branchEvents(workspace, tip, model) {
	if (tip.commit === null) return [];
	return (await git([
		"log",
		"--first-parent",
		"--format=%H%x00%an <%ae>%x00%ct%x00%B%x01",
		tip.commit,
		"--",
		`models/${model}/`
	], { cwd: workspace.root })).split("").map((entry) => entry.replace(/^\n/, "")).filter(Boolean).map((entry) => {
		const [commit, by, seconds, message] = entry.split("\0");
		const told = parseMessage(message);
		const base = {
			...nothing,
			by,
			commit,
			time: new Date(Number(seconds) * 1e3).toISOString()
		};
		if (told?.model !== model) return {
			...base,
			event: "by hand",
			version: null,
			reason: message.split("\n")[0]
		};
		const { event, version, environment = null, from = null, image = null, evaluation = null, reason = null, tag = null } = told;
		return {
			...base,
			event,
			version,
			environment,
			from,
			image,
			evaluation,
			reason,
			tag
		};
	});
}
function inOrder(branch, tags) {
	let latest = "";
	const commits = branch.map((event) => {
		latest = event.time > latest ? event.time : latest;
		return {
			event,
			time: latest,
			rank: 1
		};
	});
	const rest = tags.map((event) => ({
		event,
		time: event.time,
		rank: event.event === "registration" ? 0 : 2
	}));
	return [...commits, ...rest].sort((a, b) => a.time < b.time ? -1 : a.time > b.time ? 1 : a.rank - b.rank).map(({ event }) => event);
}
init_workspace();
async function hold(workspace, request, effects = realEffects) {
	const { model, version, release } = request;
	checkName(model, "model");
	checkVersion(version);
	const reason = checkReason(request.reason);
	const result = {
		model,
		version,
		held: !release,
		commit: null
	};
	const written = await writeBranch(workspace, {
		effects,
		tagsOf: model,
		what: `the ${release ? "release" : "hold"} of ${model} ${version}`
	}, async (tip, ident) => {
		const file = await readHolds(workspace, tip, model);
		if (file.holds.some((entry) => entry.version === version) !== release) return {
			kind: "done",
			result
		};
		if (!release) await checkKnown(workspace, model, version);
		const text = release ? removeHold(file, version) : addHold(file, makeHold(version, ident, effects.now(), reason));
		const message = printMessage({
			event: release ? "release" : "hold",
			model,
			version,
			reason
		});
		return {
			kind: "write",
			result,
			change: {
				files: new Map([[holdsPath(model), Buffer.from(text)]]),
				message
			}
		};
	});
	return {
		...result,
		commit: written.commit
	};
}
async function checkKnown(workspace, model, version) {
	const known = (await listVersions(workspace.root, model)).map((entry) => entry.version);
	if (known.includes(version)) return;
	throw new LockstepError("E_VERSION_UNKNOWN", {
		what: `${model} has no version ${version}`,
		allowed: known.slice(-10).reverse().join(", ") || "no version is registered yet",
		fix: `see \`lockstep history ${model}\``
	});
}
init_workspace();
function noteOf(workspace, { model, environment, to, reason, hold }) {
	const path = statePath(workspace, "rollback", `${model}.${environment}.json`);
	const asked = canonicalJson({
		to: to ?? null,
		reason,
		hold
	});
	let result;
	return {
		expect({ release: _, ...planned }) {
			result = planned;
		},
		write: (commit) => writeAtomic(path, `${JSON.stringify({
			asked,
			commit,
			result
		})}\n`),
		clear: () => rmSync(path, { force: true }),
		async finished() {
			if (!existsSync(path)) return null;
			const note = JSON.parse(readFileSync(path, "utf8"));
			rmSync(path, { force: true });
			const ref = await hasOrigin(workspace.root) ? `refs/heads/${workspace.configuration.gitops.branch}` : null;
			if (ref) await tryGit([
				"fetch",
				"--quiet",
				"--no-tags",
				"--no-write-fetch-head",
				"origin",
				`+${ref}:${fetchedRef}`
			], { cwd: workspace.root });
			const tip = ref ? fetchedRef : branchRef(workspace);
			const { status } = await tryGit([
				"merge-base",
				"--is-ancestor",
				note.commit,
				tip
			], { cwd: workspace.root });
			return status === 0 && note.asked === asked ? {
				...note.result,
				commit: note.commit,
				outcome: "written"
			} : null;
		}
	};
}
init_workspace();
async function rollback(workspace, request, effects = realEffects) {
	const { model, environment } = request;
	checkName(model, "model");
	checkEnvironment(workspace.configuration, environment);
	if (request.to !== void 0) checkVersion(request.to);
	const reason = checkReason(request.reason);
	const trust = await currentTrust(workspace);
	const note = noteOf(workspace, {
		...request,
		reason
	});
	const finished = await note.finished();
	if (finished) return finished;
	let expected;
	const written = await writeBranch(workspace, {
		effects,
		tagsOf: model,
		what: `the rollback of ${model} in ${environment}`,
		beforePush: (commit) => note.write(commit)
	}, async (tip, ident) => {
		const { version } = await currentRelease(workspace, tip, model, environment, trust);
		if (expected !== void 0 && version !== expected) throw raceLost(model, environment, expected, version, `rollback ${model} --in ${environment}`);
		expected = version;
		const attempt = await planRollback(workspace, tip, {
			...request,
			reason
		}, {
			trust,
			ident,
			now: effects.now()
		});
		note.expect(attempt.result);
		return attempt;
	});
	const { release, ...result } = written.result;
	const seconds = request.observe ?? 60;
	const outcome = await awaitOutcome(workspace, {
		record: release.record,
		environment,
		seconds,
		since: effects.now()
	}, effects);
	note.clear();
	return {
		...result,
		commit: written.commit,
		outcome: outcome.kind === "observed" ? "observed" : "written"
	};
}
async function planRollback(workspace, tip, request, { trust, ident, now }) {
	const { model, environment, reason } = request;
	const left = await versionLeft(workspace, tip, model, environment);
	const holds = await readHolds(workspace, tip, model);
	if (request.to !== void 0) checkNotHeld(holds, model, request.to);
	const { release, entries } = await findEarlier(workspace, tip, request, [...holds.holds.map(({ version }) => version), left], trust);
	await haveCommit(workspace, release.record.commit);
	const files = restore(tip, folderOf(model, environment), entries);
	const held = request.hold && left !== unknown;
	if (held && !holds.holds.some(({ version }) => version === left)) files.set(holdsPath(model), Buffer.from(addHold(holds, makeHold(left, ident, now, reason))));
	const tag = await nextTag(workspace, model, environment);
	const image = imageReference(release.record.image);
	const event = {
		event: "rollback",
		model,
		version: release.version,
		environment,
		from: left,
		image,
		evaluation: release.record.evaluation,
		tag,
		reason
	};
	return {
		kind: "write",
		change: {
			files,
			message: printMessage(event),
			tag: {
				name: tag,
				commit: release.record.commit,
				message: `${summary(event)}\n\n${canonicalJson(release.promotionEnvelope)}`
			}
		},
		result: {
			model,
			environment,
			from: left,
			to: release.version,
			image,
			tag,
			held,
			release
		}
	};
}
const unknown = "something unproven";
async function versionLeft(workspace, tip, model, environment) {
	const files = await readFolder(workspace, tip, model, environment);
	const release = files?.find(({ path }) => path === "release.json");
	try {
		const { record } = JSON.parse(release.bytes.toString());
		const { predicate } = JSON.parse(Buffer.from(record.payload, "base64").toString());
		return checkVersion(predicate.version);
	} catch {
		if (files !== null) return unknown;
		throw nothingEarlier(model, environment, `${environment} of ${model} names nothing yet`, []);
	}
}
async function findEarlier(workspace, tip, { model, environment, to }, avoided, trust) {
	const folder = folderOf(model, environment);
	const log = await git([
		"log",
		"--first-parent",
		"--format=%H",
		tip.commit,
		"--",
		folder
	], { cwd: workspace.root });
	const seen = new Set();
	for (const commit of log.split("\n").filter(Boolean).slice(1)) {
		const files = await readFolder(workspace, await tipAt(workspace, commit, "local"), model, environment);
		const verdict = files && verifyFolder({
			model,
			environment,
			files,
			trust
		});
		if (verdict?.kind !== "verified") continue;
		const { version } = verdict.release;
		if (to === void 0 ? !avoided.includes(version) : version === to && version !== avoided.at(-1)) return {
			release: verdict.release,
			entries: await readTree(workspace.root, commit, folder)
		};
		seen.add(version);
	}
	const wanted = to === void 0 ? "no earlier verified version without a hold" : `${to} never ran verified`;
	throw nothingEarlier(model, environment, `${wanted} in ${environment} of ${model}`, [...seen]);
}
const nothingEarlier = (model, environment, what, seen) => new LockstepError("E_ROLLBACK_NONE", {
	what,
	where: { file: folderOf(model, environment) },
	allowed: seen.length > 0 ? `versions in its history: ${seen.join(", ")}` : "an environment with an earlier version",
	fix: `lockstep promote ${model} <version> --to ${environment}`
});
function restore(tip, folder, entries) {
	const files = new Map();
	for (const { path } of tip.entries) if (path.startsWith(`${folder}/`)) files.set(path, null);
	for (const { path, oid } of entries) files.set(path, { oid });
	return files;
}
async function haveCommit(workspace, commit) {
	const { root } = workspace;
	if (await resolveCommit(root, commit) !== null || !await hasOrigin(root)) return;
	await fetchRefs(root, [commit]);
}
init_workspace();
async function statusOf(workspace, only) {
	const tip = await readTip(workspace);
	const trust = await trustedKeys(workspace, await baseCommit(workspace), { local: true });
	const [folders, since] = [await readFolders(workspace, tip), await changedAt(workspace, tip)];
	const order = workspace.configuration.environments;
	const statuses = [...new Set(tip.entries.flatMap(({ path }) => modelOf(path)))].sort().filter((model) => only === void 0 || model === only).map(async (model) => {
		const environments = folders.filter((folder) => folder.model === model).sort((a, b) => order.indexOf(a.environment) - order.indexOf(b.environment)).map((folder) => environmentStatus(workspace, folder, trust, since.get(folderOf(model, folder.environment)) ?? null));
		return {
			model,
			environments: await Promise.all(environments),
			holds: (await readHolds(workspace, tip, model)).holds
		};
	});
	return {
		tip: tip.commit,
		source: tip.source,
		models: await Promise.all(statuses)
	};
}
const modelOf = (path) => {
	const place = placeOf(path);
	return place === null || place.kind === "keys" ? [] : [place.model];
};
async function environmentStatus(workspace, folder, trust, since) {
	const { model, environment } = folder;
	const verdict = verifyFolder({
		...folder,
		trust
	});
	const sight = await lookAt(workspace, model, environment, new Date());
	const running = sight.kind === "running" ? sight.observation : null;
	const refusal = sight.kind === "nobody" ? null : sight.refused;
	if (verdict.kind === "refused") return {
		environment,
		version: null,
		image: null,
		modelDigest: null,
		since,
		state: "unproven",
		running,
		refused: refusal?.reasons ?? [],
		problem: verdict.findings[0].message
	};
	const { version, image, record } = verdict.release;
	const seen = {
		nobody: "not observed",
		silent: "no answer",
		running: running && runs(running, record) ? "observed" : "other version answers"
	};
	return {
		environment,
		version,
		image,
		modelDigest: record.modelDigest,
		since,
		state: seen[sight.kind],
		running,
		refused: refusal?.image === image ? refusal.reasons : [],
		problem: null
	};
}
async function changedAt(workspace, tip) {
	const times = new Map();
	if (tip.commit === null) return times;
	const log = await git([
		"log",
		"--first-parent",
		"--format=%x00%ct",
		"--name-only",
		tip.commit
	], { cwd: workspace.root });
	for (const entry of log.split("\0").slice(1)) {
		const [seconds, ...paths] = entry.split("\n").filter(Boolean);
		for (const path of paths) {
			const place = placeOf(path);
			const folder = place?.kind === "folder" ? folderOf(place.model, place.environment) : null;
			if (folder && !times.has(folder)) times.set(folder, new Date(Number(seconds) * 1e3).toISOString());
		}
	}
	return times;
}
init_workspace();
const longestOpen = 2592e6;
async function readTagState(workspace, tag) {
	const name = parseTag(tag);
	if (name?.event !== "assign") throw new LockstepError("E_TAG_REQUEST", {
		what: `the tag "${printable(tag)}" asks for no promotion`,
		allowed: "an annotated tag <model>#<environment>#<counter>",
		fix: "git tag -a \"churn#staging#2\" -m \"why\" \"churn@v1.2.0^{commit}\""
	});
	checkEnvironment(workspace.configuration, name.environment);
	const tip = await readTip(workspace, {
		tagsOf: name.model,
		ask: "required"
	});
	const promotions = await listPromotions(workspace.root, name.model);
	const found = promotions.find((entry) => entry.tag === tag);
	if (!found) throw await notAnnotated(workspace, tag);
	if (found.version === null) throw new LockstepError("E_VERSION_UNKNOWN", {
		what: `${tag} is at commit ${found.commit.slice(0, 12)}, where no version of ${name.model} is registered`,
		allowed: "a tag at the commit of a registered version",
		fix: `git tag -a "${tag}" -m "why" "${name.model}@<version>^{commit}", under the next free counter`
	});
	return stateOf(found, promotions, await writtenTags(workspace, tip, name.model));
}
async function openRequests(workspace, models, now) {
	const open = [];
	for (const model of models) {
		const tip = await readTip(workspace, {
			tagsOf: model,
			ask: "required"
		});
		const promotions = await listPromotions(workspace.root, model);
		const written = await writtenTags(workspace, tip, model);
		for (const entry of promotions) {
			if (now.getTime() - Date.parse(entry.time) > longestOpen) continue;
			if (entry.event !== "assign" || entry.version === null) continue;
			if (!workspace.configuration.environments.includes(entry.environment)) continue;
			const state = stateOf(entry, promotions, written);
			if (state.kind === "open") open.push(state.request);
		}
	}
	return open;
}
function stateOf(entry, promotions, written) {
	const { tag, model, environment, version, commit } = entry;
	const request = {
		tag,
		model,
		environment,
		version,
		commit
	};
	const done = written.get(tag);
	if (done !== void 0) return {
		kind: "written",
		request,
		commit: done
	};
	const answer = promotions.find((one) => one.event === "unassign" && one.subject.startsWith(`${refuses(tag)}:`));
	if (answer) {
		const reason = answer.subject.slice(refuses(tag).length + 2);
		return {
			kind: "refused",
			request,
			answer: answer.tag,
			reason
		};
	}
	const later = promotions.find((one) => one.environment === environment && one.counter > entry.counter && written.has(one.tag));
	return later ? {
		kind: "overtaken",
		request,
		by: later.tag
	} : {
		kind: "open",
		request
	};
}
const refuses = (tag) => `refuses ${tag}`;
async function writtenTags({ root }, tip, model) {
	if (tip.commit === null) return new Map();
	const log = await git([
		"log",
		"--first-parent",
		"--format=%H%x00%(trailers:key=Lockstep-Tag,valueonly,separator=%x2C)",
		tip.commit,
		"--",
		`models/${model}/`
	], { cwd: root });
	return new Map(log.split("\n").map((line) => line.split("\0")).flatMap(([commit, tag]) => commit && tag ? [[tag, commit]] : []));
}
async function notAnnotated({ root }, tag) {
	const { status } = await tryGit([
		"rev-parse",
		"--verify",
		"--quiet",
		"--end-of-options",
		`refs/tags/${tag}`
	], { cwd: root });
	return status === 0 ? new LockstepError("E_TAG_LIGHTWEIGHT", {
		what: `${tag} is a lightweight tag, which says neither who nor why`,
		allowed: "an annotated tag at a commit",
		fix: "make one with `git tag -a`, under the next free counter"
	}) : new LockstepError("E_TAG_REQUEST", {
		what: `there is no tag "${printable(tag)}"`,
		allowed: "a tag that origin has",
		fix: "push it, then run the promotion again"
	});
}
async function answerRequest(workspace, request, reason) {
	const { root } = workspace;
	const state = await readTagState(workspace, request.tag);
	if (state.kind === "refused") return state.answer;
	const ident = await committer(root);
	const tag = (await nextTag(workspace, request.model, request.environment)).replace(/#(\d+)$/, "!#$1");
	const message = `${refuses(request.tag)}: ${printable(reason, 500)}`;
	const object = await writeTagObject(root, {
		tag,
		commit: request.commit,
		ident,
		message
	});
	const ref = `refs/tags/${tag}`;
	if (await hasOrigin(root)) {
		const outcome = await pushAtomic(root, { [ref]: object });
		if (outcome.kind !== "pushed" && (await remoteRefs(root, [ref])).get(ref) !== object) throw pushRefused(`the tag ${tag}`, outcome.reason);
	}
	await tryGit([
		"update-ref",
		ref,
		object
	], { cwd: root });
	return tag;
}
init_workspace();
async function verifyEnvironments(workspace) {
	const tip = await readTip(workspace);
	const trust = await trustedKeys(workspace, await baseCommit(workspace), { local: true });
	const folders = await readFolders(workspace, tip);
	const versions = await listAllVersions(workspace.root);
	const verified = [];
	const findings = [...strayFiles(tip), ...await badHolds(workspace, tip)];
	for (const folder of folders) {
		const verdict = verifyFolder({
			...folder,
			trust
		});
		if (verdict.kind === "refused") {
			findings.push(...await withLines(workspace, folder, trust, verdict.findings));
			continue;
		}
		verified.push(verdict.release);
		findings.push(...unknownEnvironment(workspace, folder), ...movedTag(verdict.release, versions.get(folder.model)));
	}
	return {
		tip: tip.commit,
		source: tip.source,
		folders: folders.length,
		verified,
		findings
	};
}
const strayFiles = (tip) => tip.entries.filter(({ path }) => placeOf(path) === null).map(({ path }) => new LockstepError("E_ENV_FILE_TAMPERED", {
	what: "a file that no promotion wrote",
	where: {
		file: path,
		line: 1
	},
	allowed: "models/<model>/environments/, models/<model>/holds.yaml and keys.yaml"
}));
async function badHolds(workspace, tip) {
	const checked = tip.entries.flatMap(({ path }) => {
		const place = placeOf(path);
		return place?.kind === "holds" ? [place.model] : [];
	}).map((model) => readHolds(workspace, tip, model).then(() => [], asFinding));
	return (await Promise.all(checked)).flat();
}
const asFinding = (error) => {
	if (isLockstepError(error)) return [error];
	throw error;
};
async function withLines(workspace, folder, trust, findings) {
	if (!findings.some(({ code }) => code === "E_ENV_FILE_TAMPERED")) return findings;
	const { model, environment, files } = folder;
	const bytes = files.find(({ path }) => path === releaseFile)?.bytes;
	if (!bytes) return findings;
	try {
		const { record } = openReleaseFile(bytes, {
			model,
			environment,
			trust,
			file: releaseFile
		});
		const { copies } = await readDeployFiles(workspace, model, record.commit, environment);
		const verdict = verifyFolder({
			...folder,
			trust,
			original: (path) => copies.get(path)?.bytes ?? null
		});
		return verdict.kind === "refused" ? verdict.findings : findings;
	} catch (error) {
		if (isLockstepError(error)) return findings;
		throw error;
	}
}
const unknownEnvironment = ({ configuration }, { model, environment }) => configuration.environments.includes(environment) ? [] : [new LockstepError("E_ENV_UNKNOWN", {
	what: `a folder for "${environment}"`,
	where: {
		file: `${folderOf(model, environment)}/${releaseFile}`,
		line: 1
	},
	allowed: configuration.environments.join(", ")
})];
function movedTag({ model, environment, record }, versions) {
	const tag = versions?.find(({ version }) => version === record.version);
	if (!tag || tag.commit === record.commit) return [];
	const where = {
		file: `${folderOf(model, environment)}/${releaseFile}`,
		line: 2
	};
	return [new LockstepError("E_TAG_MOVED", {
		what: `the record names commit ${record.commit}, the tag ${tag.tag} points at ${tag.commit}`,
		where,
		allowed: "a tag that stays where it was created"
	})];
}
export { readFolders as _, statusOf as a, findSource as b, historyOf as c, previewPromotion as d, promote as f, recordRunKey as g, currentTrust as h, readTagState as i, readEnvironments as l, verifyFolder as m, answerRequest as n, rollback as o, readWanted as p, openRequests as r, hold as s, verifyEnvironments as t, deploy as u, readTip as v, startAgent as y };
