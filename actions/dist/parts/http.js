import { n as __esmMin } from "./rolldown-runtime.js";
import { Ct as LockstepError, Tt as isLockstepError, t as init_workspace } from "./workspace.js";
import { BlockList, isIP } from "node:net";
import { setTimeout } from "node:timers/promises";
import { Agent, request } from "node:http";
import { Agent as Agent$1, request as request$1 } from "node:https";
import { pipeline } from "node:stream";
import { createBrotliDecompress, createUnzip } from "node:zlib";
import { lookup } from "node:dns/promises";
var isSecure, isLoopback, withoutQuery;
var init_address = __esmMin((() => {
	isSecure = (url) => url.protocol === "https:" || url.protocol === "http:" && isLoopback(url.hostname);
	isLoopback = (host) => host === "127.0.0.1" || host === "[::1]";
	withoutQuery = (url) => `${url.protocol}//${url.host}${url.pathname}`;
}));
async function checkedRedirect(from, location) {
	const to = URL.canParse(location, from) ? new URL(location, from) : null;
	if (!to) throw redirectError(from, "a redirect to no address");
	const shown = to.protocol === "file:" ? to.href : withoutQuery(to);
	if (!(from.protocol === "https:" ? to.protocol === "https:" : isSecure(to)) || to.username !== "" || await isForbidden(to, from)) throw redirectError(from, `a redirect to ${shown}`);
	return to;
}
async function isForbidden(to, from) {
	const addresses = await addressesOf(to);
	const fromInside = (await addressesOf(from)).some((address) => listed(inside, address));
	return addresses.some((address) => listed(linkLocal, address) || !fromInside && listed(inside, address));
}
async function addressesOf(url) {
	const host = url.hostname.replace(/^\[|\]$/g, "");
	if (isIP(host)) return [host];
	return lookup(host, { all: true }).then((found) => found.map(({ address }) => address), () => []);
}
var linkLocal, inside, listed, redirectError;
var init_redirects = __esmMin((() => {
	init_workspace();
	init_address();
	linkLocal = new BlockList();
	linkLocal.addSubnet("169.254.0.0", 16, "ipv4");
	linkLocal.addSubnet("0.0.0.0", 8, "ipv4");
	linkLocal.addSubnet("fe80::", 10, "ipv6");
	linkLocal.addAddress("fd00:ec2::254", "ipv6");
	inside = new BlockList();
	for (const [net, bits] of [
		["127.0.0.0", 8],
		["10.0.0.0", 8],
		["172.16.0.0", 12],
		["192.168.0.0", 16]
	]) inside.addSubnet(net, bits, "ipv4");
	inside.addAddress("::1", "ipv6");
	inside.addSubnet("fc00::", 7, "ipv6");
	listed = (list, address) => list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
	redirectError = (from, what) => new LockstepError("E_REMOTE_REDIRECT", {
		what: `${what}, from ${withoutQuery(from)}`,
		allowed: "redirects to https addresses outside this machine and its network",
		fix: "name the final address as the remote, if you trust it"
	});
}));
function once({ method, url, body }, headers) {
	agents ??= {
		"http:": new Agent(options),
		"https:": new Agent$1(options)
	};
	const secure = url.protocol === "https:";
	const agent = agents[secure ? "https:" : "http:"];
	const length = body === void 0 ? void 0 : Buffer.byteLength(body);
	return new Promise((resolve, reject) => {
		const request$2 = (secure ? request$1 : request)(url, {
			method,
			agent,
			timeout: idle,
			headers: {
				"accept-encoding": "identity",
				"user-agent": "lockstep",
				...length === void 0 ? {} : { "content-length": length },
				...headers
			}
		});
		request$2.on("timeout", () => request$2.destroy(stalled()));
		request$2.on("error", reject);
		request$2.on("response", (response) => resolve({
			status: response.statusCode,
			headers: response.headers,
			body: decoded(response)
		}));
		request$2.end(body);
	});
}
function decoded(response) {
	const encoding = response.headers["content-encoding"] ?? "identity";
	if (!/^(x-)?(gzip|deflate|br)$/.test(encoding)) return response;
	const plain = encoding === "br" ? createBrotliDecompress() : createUnzip();
	pipeline(response, plain, () => {});
	return plain;
}
var idle, options, agents, stalled;
var init_connection = __esmMin((() => {
	idle = Number(process.env.LOCKSTEP_IDLE_MS) || 6e4;
	options = {
		keepAlive: true,
		maxSockets: 16,
		scheduling: "lifo",
		proxyEnv: process.env
	};
	stalled = () => Object.assign(new Error(`no byte for ${idle / 1e3} s`), { code: "ETIMEDOUT" });
}));
function toldBy(header) {
	if (header === void 0) return null;
	const text = header.trim();
	const wait = /^\d+$/.test(text) ? Number(text) * 1e3 : Date.parse(text) - Date.now();
	return Number.isFinite(wait) ? Math.max(0, wait) : null;
}
var mostTries, mostPause, mostWaiting, busy, unreachable, isBusy, triesAfter, Patience, rateLimited, notReached;
var init_retries = __esmMin((() => {
	init_workspace();
	init_address();
	mostTries = {
		busy: 6,
		broken: 6,
		unreachable: 3
	};
	mostPause = 6e4;
	mostWaiting = 18e4;
	busy = new Set([
		408,
		425,
		429,
		500,
		502,
		503,
		504
	]);
	unreachable = new Set([
		"ECONNREFUSED",
		"ENOTFOUND",
		"EAI_AGAIN",
		"EHOSTUNREACH",
		"ENETUNREACH"
	]);
	isBusy = (status) => busy.has(status);
	triesAfter = (code) => code !== void 0 && unreachable.has(code) ? mostTries.unreachable : mostTries.broken;
	Patience = class {
		waitedMs = 0;
		async pause(attempt, retryAfter) {
			const told = toldBy(retryAfter);
			const wait = Math.min(mostPause, told ?? 250 * 2 ** attempt * (.75 + Math.random() / 4));
			this.waitedMs += wait;
			await setTimeout(wait);
		}
		get isOver() {
			return this.waitedMs > mostWaiting;
		}
	};
	rateLimited = (url, attempt, waitedMs) => new LockstepError("E_REMOTE_RATE_LIMIT", {
		what: `${withoutQuery(url)} answered 429 ${attempt} times, after waiting ${(waitedMs / 1e3).toFixed(1)} s in all`,
		allowed: "fewer requests than the server takes",
		fix: "wait some minutes and run the command again: what arrived is kept"
	});
	notReached = (url, error) => new LockstepError("E_REMOTE_FAILED", {
		what: `${withoutQuery(url)} cannot be reached (${error.code ?? error.message})`,
		fix: "check the address and the network, and run the command again",
		cause: error
	});
}));
async function send(request) {
	const patience = new Patience();
	for (let attempt = 1;; attempt++) {
		const answer = await followed(request).catch((error) => {
			if (isLockstepError(error)) throw error;
			if (attempt >= triesAfter(error.code) || patience.isOver) throw notReached(request.url, error);
			return null;
		});
		if (answer !== null && !isBusy(answer.status)) return answer;
		if (answer !== null && (attempt >= mostTries.busy || patience.isOver)) {
			if (answer.status !== 429) return answer;
			answer.body.destroy();
			throw rateLimited(request.url, attempt, patience.waitedMs);
		}
		answer?.body.resume();
		await patience.pause(attempt, answer?.headers["retry-after"]);
	}
}
async function followed(request) {
	const mayFollow = request.follow !== false && (request.method === "GET" || request.method === "HEAD");
	let { url } = request;
	for (let hop = 0; hop <= 5; hop++) {
		const asked = {
			...request,
			url
		};
		const signed = url.host === request.url.host ? await request.sign?.(asked) : {};
		const answer = await once(asked, {
			...request.headers,
			...signed
		});
		const { location } = answer.headers;
		if (!mayFollow || ![
			301,
			302,
			303,
			307,
			308
		].includes(answer.status) || location === void 0) return answer;
		answer.body.resume();
		url = await checkedRedirect(url, location);
	}
	throw redirectError(request.url, `more than 5 redirects`);
}
async function readBody({ body }, most, from) {
	const parts = [];
	let size = 0;
	try {
		for await (const part of body) {
			size += part.length;
			if (size > most) break;
			parts.push(part);
		}
	} catch (error) {
		throw notReached(from, error);
	}
	if (size <= most) return Buffer.concat(parts);
	body.destroy();
	throw new LockstepError("E_REMOTE_FAILED", {
		what: `${withoutQuery(from)} answers with over ${most} bytes`,
		allowed: "an answer of the usual size",
		fix: "check that the address is the one you mean"
	});
}
var init_send = __esmMin((() => {
	init_workspace();
	init_address();
	init_connection();
	init_redirects();
	init_retries();
}));
var init_http = __esmMin((() => {
	init_address();
	init_redirects();
	init_send();
}));
export { checkedRedirect as a, isSecure as c, send as i, withoutQuery as l, init_send as n, init_redirects as o, readBody as r, init_address as s, init_http as t };
