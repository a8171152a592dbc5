import { Ct as LockstepError, Et as printable, Tt as isLockstepError, X as checkSchema, gt as hexOf, nt as isName, t as init_workspace, w as parseJson, xt as temporaryBeside, yt as diskFull } from "./workspace.js";
import { t as train_request_default } from "../vendor/schemas-records.js";
import { basename, dirname, join } from "node:path";
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, existsSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { setTimeout } from "node:timers/promises";
import { Readable } from "node:stream";
import { crc32, createInflateRaw } from "node:zlib";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { pipeline as pipeline$1 } from "node:stream/promises";
init_workspace();
const isApiFailure = (error) => error instanceof Error && typeof error.status === "number";
const secondary = /secondary rate limit|abuse detection/i;
const secondaryPause = 60;
function rateLimitPause({ status, message, response }, now) {
	if (status !== 403 && status !== 429) return null;
	const headers = response?.headers ?? {};
	const after = Number(headers["retry-after"] ?? 0);
	if (after > 0) return after;
	if (String(headers["x-ratelimit-remaining"]) === "0") return Math.max(1, Math.ceil(Number(headers["x-ratelimit-reset"] ?? 0) - now / 1e3));
	return status === 429 || secondary.test(message) ? secondaryPause : null;
}
function apiError(failure, { route, needs, job }) {
	const { status, message, response } = failure;
	const what = `GitHub ${response === void 0 ? "did not answer" : `answered ${status} to`} ${route}: ${message.split("\n")[0]?.slice(0, 200)}`;
	const token = needs === void 0 ? "a token that may" : `a token with \`${needs}\``;
	if (rateLimitPause(failure, Date.now()) !== null) return new LockstepError("E_GITHUB_RATE_LIMIT", {
		what,
		allowed: "a thousand requests an hour for a repository",
		fix: "run the workflow again later"
	});
	if (status === 401) return new LockstepError("E_GITHUB_AUTH", {
		what,
		allowed: "a valid token",
		fix: "pass a token that has not ended"
	});
	if (status === 403) {
		const place = job ? `the permissions of the job \`${job}\`` : "the job's permissions";
		const fix = needs === void 0 ? "give the job the permission" : `add \`${needs}\` to ${place}`;
		return new LockstepError("E_GITHUB_PERMISSION", {
			what,
			allowed: token,
			fix
		});
	}
	if (status === 404 || status === 410) {
		const allowed = `something that is there${needs === void 0 ? "" : `, and ${token}`}`;
		return new LockstepError("E_GITHUB_MISSING", {
			what,
			allowed,
			fix: "look whether it was deleted, and whether this token may see it"
		});
	}
	return new LockstepError("E_GITHUB_FAILED", {
		what,
		allowed: "an answer",
		fix: status >= 500 ? "run the workflow again" : "read the message; LOCKSTEP_DEBUG=1 tells more"
	});
}
init_workspace();
const loopback = (host) => /^(127\.|localhost$|\[::1\]$)/.test(host);
function checkedRedirect(location, apiUrl) {
	const [target, api] = [URL.parse(location ?? ""), new URL(apiUrl)];
	if (target?.protocol === "https:" && !loopback(target.hostname)) return target.href;
	if (target?.protocol === "http:" && loopback(target.hostname) && loopback(api.hostname)) return target.href;
	throw new LockstepError("E_REMOTE_REDIRECT", {
		what: `the API sent us to ${target ? target.origin : "no address"}`,
		allowed: "https to another host",
		fix: "run the workflow again; tell GitHub if it goes on"
	});
}
init_workspace();
const requestTimeout = 3e4;
const downloadTimeout = 6e5;
const tries$1 = 3;
const mostWaiting = 90;
const workflowLogin = "github-actions[bot]";
async function openGitHub(token, context) {
	if (token === "") throw new LockstepError("E_GITHUB_AUTH", {
		what: "no token",
		allowed: "a token for this repository",
		fix: "pass the token of the job (`github.token`), or set GITHUB_TOKEN"
	});
	const { getOctokit } = await import("./github2.js");
	const octokit = getOctokit(token, { baseUrl: context.apiUrl });
	const { owner, name: repo } = context.repository;
	let requests = 0;
	let waited = 0;
	let login = null;
	async function persist(route, { needs, repeatable = !route.startsWith("POST") }, work) {
		for (let attempt = 1;; attempt++) {
			requests++;
			try {
				return await work(AbortSignal.timeout(requestTimeout));
			} catch (error) {
				if (!isApiFailure(error)) throw error;
				const pause = attempt < tries$1 ? pauseBefore(error, repeatable, attempt) : null;
				if (pause === null || waited + pause > mostWaiting) throw apiError(error, {
					route,
					needs,
					job: context.job
				});
				waited += pause;
				await setTimeout(pause * 1e3);
			}
		}
	}
	const send = (route, parameters, options, how = {}) => persist(route, options, (signal) => octokit.request(route, {
		owner,
		repo,
		...parameters,
		request: {
			signal,
			...how
		}
	}));
	async function whoAmI() {
		const route = "POST /graphql";
		try {
			return (await persist(route, { repeatable: true }, (signal) => octokit.graphql("query { viewer { login } }", { request: { signal } }))).viewer.login;
		} catch (error) {
			if (isLockstepError(error, "E_GITHUB_PERMISSION") || isLockstepError(error, "E_GITHUB_MISSING") || error.name === "GraphqlResponseError") return workflowLogin;
			throw error;
		}
	}
	return {
		repository: context.repository,
		get requests() {
			return requests;
		},
		ask: async (route, parameters = {}, options = {}) => (await send(route, parameters, options)).data,
		async list(route, parameters = {}, { key, from = 1, most = 1e3, ...options } = {}) {
			const found = [];
			for (let page = from; page < from + most; page++) {
				const { data, headers } = await send(route, {
					...parameters,
					per_page: 100,
					page
				}, options);
				found.push(...(key === void 0 ? data : data[key]) ?? []);
				if (!headers.link?.includes("rel=\"next\"")) break;
			}
			return found;
		},
		async download(route, parameters) {
			const { headers } = await send(route, parameters, { needs: "actions: read" }, {
				redirect: "manual",
				parseSuccessResponseBody: false
			});
			return (octokit.request.endpoint.DEFAULTS.request?.fetch ?? fetch)(checkedRedirect(headers.location, context.apiUrl), {
				redirect: "error",
				signal: AbortSignal.timeout(downloadTimeout)
			});
		},
		login: () => login ??= whoAmI()
	};
}
function pauseBefore(failure, repeatable, attempt) {
	const pause = rateLimitPause(failure, Date.now());
	if (pause !== null) return pause;
	return repeatable && failure.status >= 500 ? attempt ** 2 / 2 : null;
}
init_workspace();
const signatures = {
	end: 101010256,
	entry: 33639248,
	local: 67324752
};
const endLength = 22;
const mostEntries = 64;
const mostDirectory = 262144;
async function readDirectory(file) {
	const { size } = await file.stat();
	const { offset, length, count } = await findEnd(file, size);
	const directory = await readAt(file, offset, length);
	const entries = [];
	for (let at = 0, left = count; left > 0; left--) {
		if (at + 46 > directory.length || directory.readUInt32LE(at) !== signatures.entry) throw broken$1("its directory");
		const next = at + 46 + directory.readUInt16LE(at + 28) + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
		if (next > directory.length) throw broken$1("its directory");
		entries.push(await entryAt(file, directory.subarray(at, next), offset));
		at = next;
	}
	checkNames(entries.map(({ name }) => name));
	checkRanges(entries, offset);
	return entries;
}
async function findEnd(file, size) {
	const length = Math.min(size, 65557);
	const tail = await readAt(file, size - length, length);
	for (let at = tail.length - endLength; at >= 0; at--) {
		if (tail.readUInt32LE(at) !== signatures.end) continue;
		if (at + endLength + tail.readUInt16LE(at + 20) !== tail.length) continue;
		const found = {
			count: tail.readUInt16LE(at + 10),
			length: tail.readUInt32LE(at + 12),
			offset: tail.readUInt32LE(at + 16)
		};
		if (!(tail.readUInt32LE(at + 4) === 0 && tail.readUInt16LE(at + 8) === found.count) || found.offset + found.length > size - length + at) throw broken$1("its end");
		if (found.count > mostEntries || found.length > mostDirectory) throw refused("E_ARCHIVE_FORMAT", `${found.count} entries`, `at most ${mostEntries}`);
		return found;
	}
	throw broken$1("its end");
}
async function entryAt(file, record, directory) {
	const [flags, method] = [record.readUInt16LE(8), record.readUInt16LE(10)];
	const bytes = record.subarray(46, 46 + record.readUInt16LE(28));
	const name = nameOf(bytes);
	checkPath(name);
	checkKind(name, record.readUInt8(5), record.readUInt32LE(38) >>> 16);
	if (flags & 1 || method !== 0 && method !== 8) throw refused("E_ARCHIVE_FORMAT", `"${printable(name, 80)}" is encrypted or packed in a rare way`, "stored or deflated files");
	const [packed, size, local] = [
		record.readUInt32LE(20),
		record.readUInt32LE(24),
		record.readUInt32LE(42)
	];
	const header = await readAt(file, local, 30);
	const nameLength = header.length === 30 ? header.readUInt16LE(26) : 0;
	if (!(header.length === 30 && header.readUInt32LE(0) === signatures.local && header.readUInt16LE(8) === method) || !(await readAt(file, local + 30, nameLength)).equals(bytes)) throw broken$1(`the header of "${printable(name, 80)}"`);
	const start = local + 30 + nameLength + header.readUInt16LE(28);
	if (start + packed > directory) throw broken$1(`the place of "${printable(name, 80)}"`);
	return {
		name,
		deflated: method === 8,
		crc: record.readUInt32LE(16),
		packed,
		size,
		start
	};
}
async function readAt(file, position, length) {
	const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
	return buffer.subarray(0, bytesRead);
}
function nameOf(bytes) {
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch {
		throw refused("E_ARCHIVE_FORMAT", "a name that is no UTF-8", "names in UTF-8");
	}
}
function checkPath(name) {
	const shown = printable(name, 80);
	if (/^[/\\]|^[A-Za-z]:/.test(name)) throw refused("E_ARCHIVE_ABSOLUTE", `the entry "${shown}"`, "a plain file name");
	if (name.split(/[/\\]/).includes("..")) throw refused("E_ARCHIVE_TRAVERSAL", `the entry "${shown}"`, "a plain file name");
	if (name === "" || /[\u0000-\u001f\u007f\\:]/.test(name)) throw refused("E_ARCHIVE_FORMAT", `the entry "${shown}"`, "a plain file name");
}
function checkKind(name, system, mode) {
	const kind = system === 3 || system === 19 ? mode & 61440 : 0;
	if (kind === 40960) throw refused("E_ARCHIVE_LINK", `"${printable(name, 80)}" is a link`, "plain files");
	if (kind !== 0 && kind !== 32768 && kind !== 16384) throw refused("E_ARCHIVE_DEVICE", `"${printable(name, 80)}" is a device or pipe`, "plain files");
}
function checkNames(names) {
	const twice = names.find((name, index) => names.indexOf(name) !== index);
	if (twice !== void 0) throw refused("E_ARCHIVE_DUPLICATE", `"${printable(twice, 80)}" twice`, "each file once");
	const folded = names.map((name) => name.normalize("NFC").toLowerCase());
	const twin = names.find((_, index) => folded.indexOf(folded[index]) !== index);
	if (twin !== void 0) throw refused("E_ARCHIVE_CASE", `"${printable(twin, 80)}" beside one that differs in case or composition only`, "names that differ everywhere");
}
function checkRanges(entries, directory) {
	const sorted = [...entries].sort((a, b) => a.start - b.start);
	for (const [index, { name, start, packed }] of sorted.entries()) {
		const next = sorted[index + 1]?.start ?? directory;
		if (start + packed > next) throw refused("E_ARCHIVE_BOMB", `"${printable(name, 80)}" shares bytes with another entry`, "bytes of its own for each file");
	}
}
const broken$1 = (what) => refused("E_ARCHIVE_FORMAT", `no whole ZIP: ${what} can't be read`, "a ZIP as GitHub makes them");
const refused = (code, what, allowed) => new LockstepError(code, {
	what,
	where: { file: "the artifact" },
	allowed,
	fix: "hand over what the action `train` uploads"
});
init_workspace();
const slack = 65536;
async function unpackArchive(zip, folder, limits) {
	if (existsSync(folder)) throw new LockstepError("E_FILE_KIND", {
		what: `${folder} is there already`,
		allowed: "a free name"
	});
	await mkdir(dirname(folder), { recursive: true });
	const temporary = temporaryBeside(folder);
	const file = await open(zip);
	try {
		const entries = checkAllowed(await readDirectory(file), limits);
		await mkdir(temporary);
		for (const entry of entries) {
			const target = join(temporary, entry.name);
			await mkdir(dirname(target), { recursive: true });
			await unpack(zip, entry, target);
		}
		await rename(temporary, folder);
	} catch (error) {
		await rm(temporary, {
			recursive: true,
			force: true
		});
		throw diskFull(error, folder);
	} finally {
		await file.close();
	}
}
async function readArchive(zip, limits) {
	const folder = `${zip}.d`;
	await unpackArchive(zip, folder, limits);
	const names = Object.keys(limits.allowed).filter((name) => existsSync(join(folder, name)));
	const missing = Object.keys(limits.allowed).find((name) => !names.includes(name));
	if (missing !== void 0) throw refused("E_HANDOVER_SHAPE", `no ${missing}`, Object.keys(limits.allowed).join(", "));
	return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))])));
}
function checkAllowed(entries, { allowed, most }) {
	for (const { name, size } of entries) {
		const limit = Object.hasOwn(allowed, name) ? allowed[name] : null;
		if (limit === null) throw refused("E_HANDOVER_SHAPE", `"${printable(name, 80)}"`, Object.keys(allowed).join(", "));
		if (size > limit) throw tooLarge$1(name, size, limit);
	}
	const together = entries.reduce((sum, { size }) => sum + size, 0);
	if (together > most) throw tooLarge$1("all files together", together, most);
	return entries;
}
const tooLarge$1 = (name, size, most) => refused("E_HANDOVER_TOO_LARGE", `${name}: ${size.toLocaleString("en-US")} bytes`, `at most ${most.toLocaleString("en-US")}`);
async function unpack(zip, { name, deflated, crc, packed, size, start }, target) {
	let [seen, sum] = [0, 0];
	const counted = async function* (source) {
		for await (const chunk of source) {
			seen += chunk.byteLength;
			if (seen > size + slack) throw refused("E_ARCHIVE_BOMB", `${name} unpacks to more than the ${size} bytes it declares`, "what it declares");
			sum = crc32(chunk, sum);
			yield chunk;
		}
	};
	const source = packed === 0 ? emptyStream() : createReadStream(zip, {
		start,
		end: start + packed - 1
	});
	const sink = createWriteStream(target, {
		flags: "wx",
		mode: 420,
		flush: true
	});
	try {
		await (deflated && packed > 0 ? pipeline$1(source, createInflateRaw(), counted, sink) : pipeline$1(source, counted, sink));
	} catch (error) {
		const { code } = error;
		throw code?.startsWith("Z_") ? refused("E_ARCHIVE_FORMAT", `${name} can't be unpacked (${code})`, "a whole ZIP") : error;
	}
	if (seen !== size || sum !== crc) throw refused(seen > size ? "E_ARCHIVE_BOMB" : "E_ARCHIVE_FORMAT", `${name} unpacks to ${seen} bytes that are not what it declares`, `${size} bytes with its checksum`);
}
async function* emptyStream() {}
init_workspace();
const tries = 3;
async function withZip(github, artifact, most, use) {
	const limit = most + 1048576;
	if (artifact.size > limit) throw tooLarge(artifact, artifact.size, limit);
	const folder = mkdtempSync(join(tmpdir(), "lockstep-artifact-"));
	try {
		const path = join(folder, "artifact.zip");
		await fetchTo(github, artifact, path, limit);
		return await use(path);
	} finally {
		rmSync(folder, {
			recursive: true,
			force: true
		});
	}
}
async function fetchTo(github, artifact, path, limit) {
	for (let attempt = 1;; attempt++) try {
		await fetchOnce(github, artifact, path, limit);
		return;
	} catch (error) {
		const known = diskFull(error, path);
		if (isLockstepError(known)) throw known;
		if (attempt === tries) throw broken(artifact, error.message, error);
		await setTimeout(500 * attempt ** 2);
	}
}
async function fetchOnce(github, artifact, path, limit) {
	const { body, ok, status } = await github.download("GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}", {
		artifact_id: artifact.id,
		archive_format: "zip"
	});
	if (status >= 500) throw new Error(`the storage answered ${status}`);
	if (!ok || body === null) throw broken(artifact, `the storage answered ${status}`);
	const hash = createHash("sha256");
	let size = 0;
	const counted = async function* (source) {
		for await (const chunk of source) {
			size += chunk.byteLength;
			if (size > limit) throw tooLarge(artifact, size, limit);
			hash.update(chunk);
			yield chunk;
		}
	};
	await pipeline$1(Readable.fromWeb(body), counted, createWriteStream(path));
	const digest = `sha256:${hash.digest("hex")}`;
	if (artifact.digest !== null && artifact.digest !== digest) throw new LockstepError("E_DIGEST_MISMATCH", {
		what: `the artifact ${artifact.name} is ${digest}`,
		allowed: `${artifact.digest}, as GitHub has it`,
		fix: "run the workflow that made it again"
	});
}
const broken = ({ name }, why, cause) => new LockstepError("E_GITHUB_FAILED", {
	what: `the artifact ${name} can't be downloaded: ${why}`,
	allowed: "an artifact that has not expired",
	fix: "run the workflow that made it again",
	cause
});
const tooLarge = ({ name }, size, most) => new LockstepError("E_HANDOVER_TOO_LARGE", {
	what: `the artifact ${name} has ${size > most ? `more than ${most.toLocaleString("en-US")}` : size} bytes`,
	allowed: `at most ${most.toLocaleString("en-US")}`,
	fix: "hand over what the action `train` uploads"
});
init_workspace();
const prefix = "lockstep-candidate-";
const candidateArtifactName = (model) => `${prefix}${model}`;
const candidateFiles = {
	"candidate.json": 262144,
	"record.json": 16777216,
	"model.onnx": 1024 ** 3,
	"predictions.parquet": 1024 ** 3
};
const mostTogether = 1024 ** 3;
const mostCandidates = 1e3;
async function candidateArtifacts(github, run) {
	const found = (await listArtifacts(github, run)).filter(({ name }) => name.startsWith(prefix));
	if (found.length > mostCandidates) throw shape(`${found.length} candidates`, `at most ${mostCandidates}`);
	const candidates = new Map();
	for (const artifact of found) {
		const model = artifact.name.slice(19);
		if (!isName(model)) throw shape(`a candidate called "${printable(artifact.name, 80)}"`, `${prefix}<model>`);
		if (!candidates.has(model)) candidates.set(model, {
			...artifact,
			model
		});
	}
	return [...candidates.values()];
}
async function findArtifact(github, run, name) {
	return (await listArtifacts(github, run, name)).find((artifact) => artifact.name === name) ?? null;
}
async function listArtifacts(github, run, name) {
	return (await github.list("GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts", {
		run_id: run.id,
		...name === void 0 ? {} : { name }
	}, {
		key: "artifacts",
		most: 11,
		needs: "actions: read"
	})).filter(({ expired }) => !expired).sort((a, b) => b.id - a.id).map((one) => ({
		id: one.id,
		name: one.name,
		size: one.size_in_bytes,
		digest: one.digest ?? null
	}));
}
const downloadCandidate = (github, artifact, folder) => withZip(github, artifact, mostTogether, (zip) => unpackArchive(zip, folder, {
	allowed: candidateFiles,
	most: mostTogether
}));
const downloadArtifact = (github, artifact, folder, allowed) => {
	const most = Math.min(mostTogether, together(allowed));
	return withZip(github, artifact, most, (zip) => unpackArchive(zip, folder, {
		allowed,
		most
	}));
};
const together = (allowed) => Object.values(allowed).reduce((sum, size) => sum + size, 0);
const readArtifact = (github, artifact, allowed) => {
	const most = together(allowed);
	return withZip(github, artifact, most, (zip) => readArchive(zip, {
		allowed,
		most
	}));
};
const shape = (what, allowed) => new LockstepError("E_HANDOVER_SHAPE", {
	what,
	allowed,
	fix: "hand over what the action `train` uploads"
});
init_workspace();
const isNewer = (one, other) => one.id > other.id || one.id === other.id && one.attempt > other.attempt;
async function readRun(github, id) {
	const run = await github.ask("GET /repos/{owner}/{repo}/actions/runs/{run_id}", { run_id: id }, { needs: "actions: read" });
	return runOf(run);
}
const runOf = (run) => ({
	id: run.id,
	attempt: run.run_attempt ?? 1,
	event: run.event,
	path: run.path.split("@")[0],
	headSha: run.head_sha,
	headBranch: run.head_branch,
	headRepository: run.head_repository && {
		id: run.head_repository.id,
		fullName: run.head_repository.full_name
	},
	title: run.display_title,
	conclusion: run.conclusion,
	url: run.html_url
});
async function triggeringRun(github, context) {
	const id = triggeringRunId(context);
	const run = context.event.workflow_run;
	return [
		run.event,
		run.path,
		run.head_sha,
		run.display_title
	].every((value) => typeof value === "string") && run.head_branch !== void 0 && run.head_repository !== void 0 ? runOf(run) : readRun(github, id);
}
function triggeringRunId({ eventName, event }) {
	const run = event.workflow_run;
	if (eventName === "workflow_run" && Number.isSafeInteger(run?.id)) return run.id;
	throw new LockstepError("E_GITHUB_CONTEXT", {
		what: `the event is ${eventName || "none"}, which names no run`,
		allowed: "workflow_run",
		fix: "call this from a workflow with `on: workflow_run`"
	});
}
init_workspace();
const mostUnits$1 = 65536;
const comments = "/repos/{owner}/{repo}/issues/{issue_number}/comments";
const oneComment = "/repos/{owner}/{repo}/issues/comments/{comment_id}";
const needs$1 = "pull-requests: write";
const markerStart = "<!-- lockstep:report";
const marker = /^<!-- lockstep:report(?: run=(\d{1,15})\.(\d{1,6}) head=([0-9a-f]{40,64})(?: of=([0-9a-f]{64}))?)? -->$/;
async function publishComment(github, input) {
	try {
		return await publish(github, input);
	} catch (error) {
		if (isLockstepError(error, "E_GITHUB_FAILED") || isLockstepError(error, "E_GITHUB_MISSING")) return publish(github, input);
		throw error;
	}
}
const nothingToSay = {
	kind: "skipped",
	why: "nothing to say"
};
async function publish(github, input) {
	const { own: before, count } = await listOwn(github, input);
	if (before.length > 0) return settle(github, input, before, null);
	const text = textOf(input, null);
	if (text === null) return nothingToSay;
	const created = await write(() => github.ask(`POST ${comments}`, {
		issue_number: input.number,
		body: printed(input, text)
	}, { needs: needs$1 }));
	const mine = ownOf(created);
	const { own: now } = await listOwn(github, input, {
		from: Math.max(1, Math.ceil(count / 100) - 1),
		login: created.user?.login
	});
	return settle(github, input, now.some(({ id }) => id === mine.id) ? now : [...now, mine], mine.id);
}
async function settle(github, input, own, created) {
	const [oldest, ...younger] = [...own].sort((a, b) => a.id - b.id);
	for (const { id } of younger) await remove(github, id);
	const { id, url } = oldest;
	if (id === created) return {
		kind: "created",
		id,
		url
	};
	if (isNewer(oldest.run, input.run)) return {
		kind: "skipped",
		why: "a newer run already reported"
	};
	if (isFor(oldest, input)) return {
		kind: "unchanged",
		id,
		url
	};
	const text = textOf(input, oldest.text);
	if (text === null) return nothingToSay;
	if (oldest.text === text) return {
		kind: "unchanged",
		id,
		url
	};
	const body = printed(input, text);
	await write(() => github.ask(`PATCH ${oneComment}`, {
		comment_id: id,
		body
	}, { needs: needs$1 }));
	return {
		kind: "updated",
		id,
		url
	};
}
const isFor = ({ head, key }, input) => input.key !== void 0 && head === input.head && key === hexOf(input.key);
const textOf = ({ body }, before) => (typeof body === "string" ? body : body(before))?.trimEnd() ?? null;
function printed(input, text) {
	const body = `${text}\n\n${printMarker(input)}\n`;
	if (body.length > mostUnits$1) throw tooLong(body.length);
	return body;
}
async function remove(github, id) {
	try {
		await write(() => github.ask(`DELETE ${oneComment}`, { comment_id: id }, { needs: needs$1 }));
	} catch (error) {
		if (!isLockstepError(error, "E_GITHUB_MISSING")) throw error;
	}
}
async function listOwn(github, { number }, { from = 1, login } = {}) {
	const all = await github.list(`GET ${comments}`, { issue_number: number }, { from });
	const marked = all.flatMap((comment) => {
		const own = ownOf(comment);
		return own === null ? [] : [{
			own,
			by: comment.user?.login
		}];
	});
	const we = marked.length === 0 ? null : login ?? await github.login();
	return {
		own: marked.flatMap(({ own, by }) => by === we ? [own] : []),
		count: all.length
	};
}
function ownOf({ id, body = "", html_url: url }) {
	const text = body.trimEnd();
	const at = text.lastIndexOf(markerStart);
	const found = at === -1 ? null : marker.exec(text.slice(at));
	if (!found) return null;
	const [, run = 0, attempt = 0, head = null, key = null] = found;
	return {
		id,
		url,
		text: text.slice(0, at).trimEnd(),
		run: {
			id: Number(run),
			attempt: Number(attempt)
		},
		head,
		key
	};
}
const printMarker = ({ run, head, key }) => `${markerStart} run=${run.id}.${run.attempt} head=${head}${key === void 0 ? "" : ` of=${hexOf(key)}`} -->`;
async function write(work) {
	try {
		return await work();
	} catch (error) {
		if (!isLockstepError(error, "E_GITHUB_PERMISSION")) throw error;
		const { what, allowed, fix } = error;
		throw new LockstepError("E_COMMENT_PERMISSION", {
			what,
			allowed,
			fix,
			cause: error
		});
	}
}
const tooLong = (units) => new LockstepError("E_COMMENT_TOO_LONG", {
	what: `a comment of ${units} UTF-16 units`,
	allowed: `at most ${mostUnits$1}`,
	fix: "tell us: a comment of ours is cut before it gets so long"
});
init_workspace();
function readContext(env = process.env) {
	return {
		repository: repositoryOf(env.GITHUB_REPOSITORY),
		apiUrl: env.GITHUB_API_URL ?? "https://api.github.com",
		serverUrl: env.GITHUB_SERVER_URL ?? "https://github.com",
		eventName: env.GITHUB_EVENT_NAME ?? "",
		event: readEvent(env.GITHUB_EVENT_PATH),
		ref: env.GITHUB_REF ?? "",
		sha: env.GITHUB_SHA ?? "",
		runId: Number(env.GITHUB_RUN_ID ?? 0),
		runAttempt: Number(env.GITHUB_RUN_ATTEMPT ?? 1),
		job: env.GITHUB_JOB ?? null,
		workflowRef: env.GITHUB_WORKFLOW_REF ?? null,
		actor: env.GITHUB_ACTOR ?? null
	};
}
function readEvent(path) {
	if (!path) return {};
	if (existsSync(path)) {
		const { value } = parseJson(readFileSync(path), "the event");
		if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
	}
	throw new LockstepError("E_GITHUB_CONTEXT", {
		what: `${path} holds no event`,
		allowed: "GITHUB_EVENT_PATH as a runner sets it: a file with a JSON object",
		fix: "run this in a workflow, or unset GITHUB_EVENT_PATH"
	});
}
function repositoryOf(text) {
	const [, owner, name] = /^([A-Za-z0-9_.-]{1,100})\/([A-Za-z0-9_.-]{1,100})$/.exec(text ?? "") ?? [];
	if (owner && name) return {
		owner,
		name
	};
	throw new LockstepError("E_GITHUB_CONTEXT", {
		what: text ? `the repository "${text}"` : "no repository is named",
		allowed: "GITHUB_REPOSITORY as owner/name, as a runner sets it",
		fix: "run this in a workflow, or set GITHUB_REPOSITORY"
	});
}
const runUrl = ({ serverUrl, repository, runId }) => `${serverUrl}/${repository.owner}/${repository.name}/actions/runs/${runId}`;
init_workspace();
const verdictContext = "lockstep/verdict";
const verdictContextOf = ({ baseRef, defaultBranch }) => baseRef === defaultBranch ? verdictContext : `${verdictContext}/${baseRef}`;
async function setStatus(github, { sha, context, state, description, url, about, key }) {
	const text = cutText(description);
	const of = key === void 0 ? "" : `of-${hexOf(key).slice(0, 16)}`;
	const marks = [about === void 0 ? "" : `about-${about.id}.${about.attempt}`, of].filter(Boolean);
	const target = marks.length === 0 ? url : `${url}#${marks.join("-")}`;
	const newest = (await github.ask("GET /repos/{owner}/{repo}/commits/{ref}/statuses", {
		ref: sha,
		per_page: 100
	})).find((status) => status.context === context);
	if (newest !== void 0 && newest.creator?.login === await github.login()) {
		if (isNewer(orderOf(newest.target_url), orderOf(target))) return "skipped";
		const same = newest.description === text || of !== "" && newest.target_url?.endsWith(of) === true;
		if (newest.state === state && same) return "unchanged";
	}
	await github.ask("POST /repos/{owner}/{repo}/statuses/{sha}", {
		sha,
		state,
		description: text,
		target_url: target,
		context
	}, {
		needs: "statuses: write",
		repeatable: true
	});
	return "set";
}
function orderOf(url) {
	const [, run, about, attempt] = /\/actions\/runs\/(\d+)(?:#(?:about-(\d+)\.(\d+))?(?:-?of-[0-9a-f]{16})?)?$/.exec(url ?? "") ?? [];
	return {
		id: Number(about ?? run ?? 0),
		attempt: Number(attempt ?? 0)
	};
}
const mostUnits = 140;
function cutText(text) {
	const line = text.replace(/\s+/g, " ").trim();
	if (line.length <= mostUnits) return line;
	const cut = line.slice(0, 139);
	return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}
const deployments = "/repos/{owner}/{repo}/deployments";
const statuses = `${deployments}/{deployment_id}/statuses`;
const needs = "deployments: write";
async function recordDeployment(github, input) {
	const { model, environment, version, image, state, url } = input;
	const payload = {
		model,
		version,
		image
	};
	const [newest, older] = await github.ask(`GET ${deployments}`, {
		environment,
		task: taskOf(input),
		per_page: 2
	});
	const same = newest !== void 0 && samePayload(newest.payload, payload);
	if (same && await lastState(github, newest.id) === state) return "unchanged";
	const id = same ? newest.id : await create(github, input, payload);
	const description = cutText(input.description);
	const setState = (deployment, value) => github.ask(`POST ${statuses}`, {
		deployment_id: deployment,
		state: value,
		description,
		log_url: url,
		auto_inactive: false
	}, {
		needs,
		repeatable: true
	});
	const before = same ? older : newest;
	if (state === "success" && before && await lastState(github, before.id) !== "inactive") await setState(before.id, "inactive");
	await setState(id, state);
	return same ? "updated" : "created";
}
const taskOf = ({ model }) => `lockstep:${model}`;
async function create(github, input, payload) {
	const { id } = await github.ask(`POST ${deployments}`, {
		ref: input.commit,
		task: taskOf(input),
		environment: input.environment,
		description: cutText(input.description),
		payload,
		auto_merge: false,
		required_contexts: [],
		production_environment: input.environment === "production"
	}, { needs });
	return id;
}
async function lastState(github, id) {
	const [status] = await github.ask(`GET ${statuses}`, {
		deployment_id: id,
		per_page: 1
	});
	return status?.state ?? null;
}
function samePayload(found, wanted) {
	const value = typeof found === "string" ? safeParse(found) : found;
	return value?.model === wanted.model && value.version === wanted.version && value.image === wanted.image;
}
function safeParse(text) {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}
init_workspace();
async function mayWrite(github, user) {
	try {
		const { permission } = await github.ask("GET /repos/{owner}/{repo}/collaborators/{username}/permission", { username: user }, { needs: "contents: read" });
		return permission === "admin" || permission === "write";
	} catch (error) {
		if (isLockstepError(error, "E_GITHUB_MISSING")) return false;
		throw error;
	}
}
async function approvalsOf(github, runId) {
	return (await github.ask("GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals", { run_id: runId }, { needs: "actions: read" })).filter(({ state }) => state === "approved").flatMap(({ user, environments }) => environments.flatMap(({ name }) => name === void 0 ? [] : [{
		by: user.login,
		id: user.id,
		environment: name
	}]));
}
async function mergedPull(github, commit) {
	const merged = (await github.ask("GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls", { commit_sha: commit })).find(({ merged_at, merge_commit_sha }) => merged_at !== null && merge_commit_sha === commit);
	return merged ? {
		number: merged.number,
		head: merged.head.sha
	} : null;
}
init_workspace();
const workflowFiles = {
	pullRequest: ".github/workflows/lockstep-pull-request.yml",
	trainPr: ".github/workflows/lockstep-train-pr.yml"
};
const trainRequestArtifact = "lockstep-train-request";
async function subjectOfRun(github, run) {
	if (run.path === workflowFiles.trainPr) return trained(github, run);
	if (run.path !== workflowFiles.pullRequest) throw otherRun(`the run is of ${run.path}`);
	if (run.event === "merge_group") return mergeGroup(github, run);
	if (run.event === "pull_request") return pullRequest(github, run);
	throw otherRun(`the run was started by ${run.event}`);
}
async function pullRequest(github, { headRepository, headBranch, headSha }) {
	if (headRepository === null || headBranch === null) return stale("the fork is gone");
	const own = (await github.ask("GET /repos/{owner}/{repo}/pulls", {
		head: `${headRepository.fullName.split("/")[0]}:${headBranch}`,
		state: "open",
		per_page: 100
	})).filter(({ head }) => head.repo?.id === headRepository.id);
	const [pull] = own.filter(({ head }) => head.sha === headSha).sort((a, b) => Number(isForDefault(b)) - Number(isForDefault(a)) || a.number - b.number);
	if (pull) return subjectOf(pull);
	return stale(own.length > 0 ? "the pull request has a newer commit" : "no open pull request has this head");
}
async function trained(github, run) {
	checkOurs(github, run);
	if (run.event !== "workflow_dispatch" && run.event !== "issue_comment") throw otherRun(`the run was started by ${run.event}`);
	const artifact = await findArtifact(github, run, trainRequestArtifact);
	if (artifact === null) throw badRequest("the run holds no request");
	const { number, head } = readRequest((await readArtifact(github, artifact, { "request.json": 65536 }))["request.json"]);
	if (run.title !== `lockstep-train-pr #${number}`) throw badRequest(`a request for pull request ${number} in the run "${run.title}"`);
	const pull = await github.ask("GET /repos/{owner}/{repo}/pulls/{pull_number}", { pull_number: number });
	if (run.headBranch !== pull.base.repo.default_branch) throw otherRun(`the run is of the branch ${run.headBranch}`);
	if (pull.state !== "open") return stale("the pull request is closed");
	return pull.head.sha === head ? subjectOf(pull) : stale("the pull request has a newer commit");
}
function readRequest(bytes) {
	try {
		return checkSchema(parseJson(bytes, "request.json"), train_request_default);
	} catch (error) {
		throw isLockstepError(error) ? badRequest(error.what) : error;
	}
}
const isForDefault = ({ base }) => base.ref === base.repo.default_branch;
const subjectOf = ({ number, head, base }) => ({
	kind: "pull-request",
	number,
	head: head.sha,
	baseRef: base.ref,
	defaultBranch: base.repo.default_branch,
	headRepository: head.repo?.full_name ?? ""
});
async function mergeGroup(github, run) {
	checkOurs(github, run);
	const { headBranch, headSha } = run;
	const [, baseRef, base] = /^gh-readonly-queue\/(.+)\/pr-\d+-([0-9a-f]{40})$/.exec(headBranch ?? "") ?? [];
	if (!baseRef || !base) throw otherRun(`the merge group's branch is called ${headBranch}`);
	const { default_branch: defaultBranch } = await github.ask("GET /repos/{owner}/{repo}");
	return {
		kind: "merge-group",
		head: headSha,
		base,
		baseRef,
		defaultBranch
	};
}
function checkOurs({ repository: { owner, name } }, { headRepository }) {
	const fullName = headRepository?.fullName ?? "a repository that is gone";
	if (fullName.toLowerCase() !== `${owner}/${name}`.toLowerCase()) throw otherRun(`the run is of ${fullName}`);
}
const stale = (why) => ({
	kind: "stale",
	why
});
const otherRun = (what) => new LockstepError("E_HANDOVER_REPO", {
	what,
	allowed: `a run of ${Object.values(workflowFiles).join(" or ")} for this repository`,
	fix: "nothing is judged of it; see who started that run"
});
const badRequest = (what) => new LockstepError("E_HANDOVER_PR", {
	what,
	allowed: "{\"v\": 1, \"number\": a pull request, \"head\": its commit} as lockstep-train-pr wrote it",
	fix: "start the training again with /train"
});
init_workspace();
const own = ["ci", "release"];
const namesFile = "workflows/uses.yml";
const starterPlace = {
	repository: "OWNER/lockstep",
	commit: "0".repeat(40),
	version: "v0.0.0"
};
const startersFolder = "workflows/starters";
function readSources(root) {
	return globSync("workflows/*.yml", { cwd: root }).map((path) => path.replaceAll("\\", "/")).filter((path) => path !== namesFile).sort().map((path) => ({
		name: basename(path, ".yml"),
		path,
		text: readFileSync(join(root, path), "utf8")
	}));
}
function readPins(root) {
	const pins = readFileSync(join(root, namesFile), "utf8").split("\n").filter((line) => /^[^#\s]/.test(line)).map((line) => {
		const [, name, pin] = /^([\w-]+): (\S+@[0-9a-f]{40} # v\S+)$/.exec(line) ?? [];
		if (name === void 0 || pin === void 0) throw badSource(namesFile, `"${line}"`, pinForm);
		return [name, pin];
	});
	return Object.fromEntries(pins);
}
function renderWorkflow({ path, text }, header, pins, actionAt) {
	return `${header}\n${text.replace(/^(\s*(?:- )?uses: )(\S+)$/gm, (_, before, name) => {
		const [, action] = /^lockstep\/([a-z-]+)$/.exec(name) ?? [];
		const place = action === void 0 ? pins[name] : actionAt(action);
		if (place === void 0) throw badSource(path, `\`uses: ${name}\` stands for nothing`, usesForm);
		return before + place;
	})}`;
}
function generateWorkflows(root) {
	const pins = readPins(root);
	const { repository, commit, version } = starterPlace;
	const files = readSources(root).flatMap((source) => {
		const ours = renderWorkflow(source, `# Generated from ${source.path}: edit that, then run \`node scripts/run.mjs workflows\`.`, pins, (action) => `./actions/${action}`);
		const name = `lockstep-${source.name}.yml`;
		const generated = [[`.github/workflows/${name}`, ours]];
		if (own.includes(source.name) || !existsSync(join(root, "workflows/starters"))) return generated;
		const at = (action) => `${repository}/actions/${action}@${commit} # ${version}`;
		const title = `# Lockstep's workflow ${source.name}. \`lockstep init --workflows\` writes and replaces it.`;
		return [...generated, [`${startersFolder}/${name}`, renderWorkflow(source, title, pins, at)]];
	});
	return new Map(files);
}
function staleWorkflows(root) {
	const generated = generateWorkflows(root);
	const present = globSync([".github/workflows/lockstep-*.yml", `${startersFolder}/*.yml`], { cwd: root }).map((path) => path.replaceAll("\\", "/"));
	return [...new Set([...generated.keys(), ...present])].filter((path) => readIfThere(join(root, path)) !== generated.get(path)).sort();
}
const hasWorkflowSources = (root) => existsSync(join(root, namesFile));
const pinForm = "<name>: <owner>/<repository>@<40 hex digits> # v<version>";
const usesForm = `lockstep/<action>, or a name of ${namesFile}`;
const badSource = (file, what, allowed) => new LockstepError("E_CONFIG_VALUE", {
	what,
	where: { file },
	allowed,
	fix: "correct it, then run `node scripts/run.mjs workflows`"
});
const readIfThere = (path) => existsSync(path) ? readFileSync(path, "utf8") : void 0;
export { findArtifact as C, downloadCandidate as S, publishComment as _, subjectOfRun as a, candidateArtifacts as b, approvalsOf as c, recordDeployment as d, setStatus as f, runUrl as g, repositoryOf as h, startersFolder as i, mayWrite as l, readContext as m, staleWorkflows as n, trainRequestArtifact as o, verdictContextOf as p, starterPlace as r, workflowFiles as s, hasWorkflowSources as t, mergedPull as u, triggeringRun as v, openGitHub as w, downloadArtifact as x, candidateArtifactName as y };
