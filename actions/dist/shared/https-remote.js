import { Y as LockstepError } from "./workspace.js";
import { f as objectMissing, i as objectPath, p as receive, r as withoutQuery, t as isSecure } from "./remote-address.js";
import { BlockList, isIP } from "node:net";
import { setTimeout } from "node:timers/promises";
import { lookup } from "node:dns/promises";
const mostTries = 6;
const mostRedirects = 5;
const mostWaitMs = 6e4;
const linkLocal = new BlockList();
linkLocal.addSubnet("169.254.0.0", 16, "ipv4");
linkLocal.addSubnet("0.0.0.0", 8, "ipv4");
linkLocal.addSubnet("fe80::", 10, "ipv6");
linkLocal.addAddress("fd00:ec2::254", "ipv6");
const inside = new BlockList();
for (const [net, bits] of [
	["127.0.0.0", 8],
	["10.0.0.0", 8],
	["172.16.0.0", 12],
	["192.168.0.0", 16]
]) inside.addSubnet(net, bits, "ipv4");
inside.addAddress("::1", "ipv6");
inside.addSubnet("fc00::", 7, "ipv6");
async function httpGet(url) {
	let waited = 0;
	for (let attempt = 1;; attempt++) {
		const answer = await followed(url).catch((error) => {
			if (error instanceof LockstepError || attempt === mostTries) throw unreachable(url, error);
			return null;
		});
		if (answer !== null && answer.status !== 429 && answer.status < 500) return answer;
		await answer?.body?.cancel();
		if (attempt === mostTries) {
			if (answer?.status !== 429) return answer;
			throw new LockstepError("E_REMOTE_RATE_LIMIT", {
				what: `${withoutQuery(url)} answered 429 ${attempt} times, after waiting ${(waited / 1e3).toFixed(1)} s in all`,
				allowed: "fewer requests than the server takes",
				fix: "wait some minutes and run the command again: what arrived is kept"
			});
		}
		const pause = pauseAfter(answer, attempt);
		waited += pause;
		await setTimeout(pause);
	}
}
function pauseAfter(answer, attempt) {
	const header = answer?.headers.get("retry-after")?.trim();
	const seconds = header === void 0 ? NaN : /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1e3;
	const wanted = Number.isFinite(seconds) ? seconds * 1e3 : 250 * 2 ** attempt;
	return Math.min(mostWaitMs, Math.max(0, wanted));
}
async function followed(start) {
	let url = start;
	for (let hop = 0; hop <= mostRedirects; hop++) {
		const response = await fetch(url, {
			redirect: "manual",
			headers: { "accept-encoding": "identity" }
		});
		const location = response.headers.get("location");
		if (![
			301,
			302,
			303,
			307,
			308
		].includes(response.status) || location === null) return response;
		await response.body?.cancel();
		url = await checkedRedirect(url, location);
	}
	throw redirectError(start, `more than ${mostRedirects} redirects`);
}
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
const listed = (list, address) => list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
const redirectError = (from, what) => new LockstepError("E_REMOTE_REDIRECT", {
	what: `${what}, from ${withoutQuery(from)}`,
	allowed: "redirects to https addresses outside this machine and its network",
	fix: "name the final address as the remote, if you trust it"
});
function unreachable(url, error) {
	if (error instanceof LockstepError) return error;
	const { message, cause } = error;
	return new LockstepError("E_REMOTE_FAILED", {
		what: `${withoutQuery(url)} cannot be reached (${cause?.code ?? message})`,
		fix: "check the address and the network, and run the command again",
		cause: error
	});
}
function httpsRemote(base) {
	const name = withoutQuery(base);
	const urlOf = (object) => new URL(objectPath(object.digest), base);
	const readOnly = () => {
		throw new LockstepError("E_REMOTE_READ_ONLY", {
			what: `${name} takes no uploads from Lockstep`,
			allowed: "a file: remote",
			fix: "push to a file: remote and publish that folder at this address"
		});
	};
	return {
		name,
		async fetch(object, temporary, onBytes) {
			const response = await httpGet(urlOf(object));
			if (response.status === 404 || response.status === 410) throw objectMissing(object, name);
			if (response.status !== 200 || !response.body) throw failed(object, name, response.status);
			await receiveBody(response, object, temporary, name, onBytes);
		},
		plan: async () => readOnly(),
		push: async () => readOnly()
	};
}
async function receiveBody(response, object, temporary, name, onBytes) {
	let first = Buffer.alloc(0);
	const body = response.body;
	const watched = (async function* () {
		for await (const chunk of body) {
			if (first.length < 64) first = Buffer.concat([first, chunk]).subarray(0, 64);
			yield chunk;
		}
	})();
	try {
		await receive(watched, object, temporary, name, onBytes);
	} catch (error) {
		throw explain(error, response, first, object, name);
	}
}
function explain(error, response, first, object, name) {
	const type = response.headers.get("content-type") ?? "no content type";
	if (!(error instanceof LockstepError)) return brokenStream(error, object, name);
	if (!(/html/i.test(type) || /^\s*<(?:!doctype|html)/i.test(first.toString("latin1"))) || error.code !== "E_SIZE_MISMATCH" && error.code !== "E_DIGEST_MISMATCH") return error;
	return new LockstepError("E_REMOTE_NOT_DATA", {
		what: `${name} answered "${object.key}" with a page (${type}) that begins ${JSON.stringify(first.toString("latin1", 0, 32))}`,
		allowed: `the bytes of ${object.digest}`,
		fix: "check that the address needs no login and is the folder that holds sha256/",
		cause: error
	});
}
function brokenStream(error, object, name) {
	const cause = error.cause;
	return cause?.code?.startsWith("Z_") || cause?.code?.startsWith("ERR_ZLIB") || cause?.code?.startsWith("ERR_BROTLI") ? new LockstepError("E_DIGEST_MISMATCH", {
		what: `"${object.key}" from ${name} does not decode as the Content-Encoding it is sent with (${cause?.code})`,
		allowed: `expected ${object.digest}`,
		fix: "serve objects as they are, without Content-Encoding",
		cause: error
	}) : new LockstepError("E_REMOTE_FAILED", {
		what: `the transfer of "${object.key}" from ${name} broke off (${cause?.code ?? cause?.message ?? error.message})`,
		fix: "run the command again",
		cause: error
	});
}
const failed = (object, name, status) => new LockstepError("E_REMOTE_FAILED", {
	what: `${name} answered ${status} for "${object.key}" (${object.digest})`,
	allowed: "200 with the bytes, or 404",
	fix: status === 401 || status === 403 ? "make the objects readable for this machine" : "try again later"
});
export { httpsRemote };
