import { $ as LockstepError, J as hexOf, K as digestFile, Q as writeAtomic, X as diskFull, Z as temporaryBeside, c as statePath, q as digestOf } from "./workspace.js";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { createHash, hash } from "node:crypto";
import { constants, existsSync, lstatSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { BlockList, isIP } from "node:net";
import { fileURLToPath } from "node:url";
import { setTimeout } from "node:timers/promises";
import { chmod, copyFile, open, readFile, rename, rm, stat } from "node:fs/promises";
import { lookup } from "node:dns/promises";
const mostBeyond = 1 << 20;
const mostManifest = 1 << 30;
async function receive(stream, wanted, temporary, remote, onBytes = () => {}) {
	const most = wanted.size ?? mostManifest;
	const hash = createHash("sha256");
	let size = 0;
	const handle = await open(temporary, "wx", 420);
	try {
		for await (const chunk of stream) {
			size += chunk.byteLength;
			if (size > most + mostBeyond) break;
			if (size > most) continue;
			hash.update(chunk);
			await handle.writeFile(chunk);
			onBytes(chunk.byteLength);
		}
		if (wanted.size !== null && size !== wanted.size) throw sizeMismatch(wanted, size, remote);
		const got = `sha256:${hash.digest("hex")}`;
		if (got !== wanted.digest) throw digestMismatch(wanted, got, size, remote);
		await handle.sync();
	} catch (error) {
		await rm(temporary, { force: true });
		throw diskFull(error, temporary);
	} finally {
		await handle.close();
	}
}
function sizeMismatch({ key, digest, size }, got, place) {
	const most = (size ?? mostManifest) + mostBeyond;
	const found = got > most ? `more than ${most}` : got;
	return new LockstepError("E_SIZE_MISMATCH", {
		what: `"${key}" (${digest}) has ${found} bytes in ${place}`,
		allowed: `the ${size} bytes of data.lock`,
		fix: `add the dataset again where it is right, or put the right bytes into ${place}`
	});
}
const digestMismatch = ({ key, digest }, got, size, place) => new LockstepError("E_DIGEST_MISMATCH", {
	what: `"${key}" is ${got} in ${place}, after ${size} bytes`,
	allowed: `expected ${digest}`,
	fix: `put the right bytes into ${place}, for instance by \`lockstep data push\` from a checkout that has them`
});
const objectMissing = ({ key, digest }, remote) => new LockstepError("E_OBJECT_MISSING", {
	what: `"${key}" (${digest}) is not in ${remote}`,
	allowed: "every object that data.lock names",
	fix: "run `lockstep data push` in a checkout that has the data"
});
const smallFile = 1 << 20;
async function digestOfFile(path, expectedSize) {
	if ((expectedSize ?? (await stat(path)).size) > smallFile) return digestFile(path);
	const bytes = readFileSync(path);
	return {
		digest: `sha256:${hash("sha256", bytes, "hex")}`,
		size: bytes.length
	};
}
function makeFolderOf(path) {
	makeFolder(dirname(path));
}
function makeFolder(folder) {
	try {
		mkdirSync(folder, { recursive: true });
	} catch (error) {
		const full = diskFull(error, folder);
		if (full !== error) throw full;
		throw new LockstepError("E_DATA_KIND", {
			what: `the folder ${folder} cannot be made (${error.code ?? "error"})`,
			allowed: "a folder there, or nothing",
			fix: "move away what stands in its place",
			cause: error
		});
	}
}
function lookAt(path) {
	try {
		return lstatSync(path);
	} catch (error) {
		const { code } = error;
		if (code === "ENOENT" || code === "ENOTDIR") return null;
		throw error;
	}
}
const objectPath = (digest) => {
	const hex = hexOf(digest);
	return `sha256/${hex.slice(0, 2)}/${hex.slice(2)}`;
};
const openStore = (workspace) => storeAt(statePath(workspace, "store"));
function storeAt(root) {
	const pathOf = (digest) => join(root, objectPath(digest));
	const has = (digest) => existsSync(pathOf(digest));
	const drop = (digest) => rmSync(pathOf(digest), { force: true });
	const damaged = (digest, got) => {
		drop(digest);
		return new LockstepError("E_DIGEST_MISMATCH", {
			what: `the local store held other bytes (${got}) for ${digest}; the copy is removed`,
			allowed: digest,
			fix: "run the command again: the bytes are fetched or made anew"
		});
	};
	const temporary = (digest) => {
		const path = pathOf(digest);
		makeFolderOf(path);
		return temporaryBeside(path);
	};
	const incoming = () => {
		makeFolder(join(root, "incoming"));
		return temporaryBeside(join(root, "incoming", "file"));
	};
	const adopt = (from, digest) => rename(from, pathOf(digest));
	return {
		has,
		pathOf,
		temporary,
		adopt,
		async verify(digest) {
			if (!has(digest)) throw missing(digest);
			const { digest: got } = await digestOfFile(pathOf(digest));
			if (got !== digest) throw damaged(digest, got);
		},
		async read(digest) {
			const bytes = await readFile(pathOf(digest)).catch((error) => {
				throw missing(digest, error);
			});
			const got = digestOf(bytes);
			if (got !== digest) throw damaged(digest, got);
			return bytes;
		},
		async put(content) {
			const digest = digestOf(content);
			if (!has(digest)) writeAtomic(pathOf(digest), content);
			return {
				digest,
				size: Buffer.byteLength(content)
			};
		},
		async putFile(path) {
			const copy = incoming();
			const ref = await copyVerified(path, copy, null, true);
			if (has(ref.digest)) await rm(copy, { force: true });
			else {
				makeFolderOf(pathOf(ref.digest));
				await adopt(copy, ref.digest);
			}
			return ref;
		},
		async materialize(digest, target) {
			if (!has(digest)) throw missing(digest);
			const copy = incoming();
			const { digest: got } = await copyVerified(pathOf(digest), copy, digest, false);
			if (got !== digest) throw damaged(digest, got);
			await moveTo(copy, target, digest);
		}
	};
}
async function moveTo(copy, target, digest) {
	makeFolderOf(target);
	try {
		await rename(copy, target);
	} catch (error) {
		if (error.code !== "EXDEV") throw error;
		const beside = temporaryBeside(target);
		await copyVerified(copy, beside, digest, false);
		await rename(beside, target);
	} finally {
		await rm(copy, { force: true });
	}
}
async function copyVerified(from, copy, wanted, durable) {
	try {
		await copyFile(from, copy, constants.COPYFILE_FICLONE);
		const ref = await digestOfFile(copy);
		if (wanted !== null && ref.digest !== wanted) {
			await rm(copy, { force: true });
			return ref;
		}
		if (durable) await sync(copy);
		else await chmod(copy, 420);
		return ref;
	} catch (error) {
		await rm(copy, { force: true });
		const { code, syscall } = error;
		if (syscall === "copyfile" && (code === "EACCES" || code === "EPERM")) throw unreadable(from, code);
		throw diskFull(error, copy);
	}
}
async function sync(path) {
	const handle = await open(path, "r+");
	try {
		await handle.chmod(420);
		await handle.sync();
	} finally {
		await handle.close();
	}
}
const sizeOf = async (path) => stat(path).then((found) => found.size, () => null);
const missing = (digest, cause) => new LockstepError("E_OBJECT_MISSING", {
	what: `${digest} is not in the local store`,
	allowed: "an object that was pulled or made here",
	fix: "run `lockstep data pull`, or the pipeline that makes it",
	cause
});
const unreadable = (path, code) => new LockstepError("E_DATA_MISSING", {
	what: `cannot read ${path} (${code})`,
	allowed: "a file that this user may read",
	fix: "change its permissions"
});
function remoteAddress(text, root) {
	if (text.startsWith("file:")) return fileAddress(text, root);
	const url = /^https?:\/\//i.test(text) ? urlOf(text) : null;
	if (!url) throw schemeError(text);
	if (url.username !== "" || url.password !== "") throw credentialsError(url);
	if (url.search !== "" || url.hash !== "") throw schemeError(`${withoutQuery(url)}?…`);
	if (!isSecure(url)) throw schemeError(text);
	if (!url.pathname.endsWith("/")) url.pathname += "/";
	return {
		kind: "https",
		url
	};
}
const isSecure = (url) => url.protocol === "https:" || url.protocol === "http:" && url.hostname === "127.0.0.1";
const withoutQuery = (url) => `${url.protocol}//${url.host}${url.pathname}`;
function fileAddress(text, root) {
	const rest = text.slice(5);
	if (rest === "" || rest.includes("\0") || rest.startsWith("//") && !rest.startsWith("///")) throw schemeError(text);
	const folder = rest.startsWith("///") ? fileURLToPath(text) : isAbsolute(rest) ? resolve(rest) : resolve(root, rest);
	return {
		kind: "file",
		name: text,
		folder,
		embedded: folder === join(root, ".data")
	};
}
function urlOf(text) {
	try {
		return new URL(text);
	} catch {
		return null;
	}
}
const schemeError = (text) => new LockstepError("E_REMOTE_SCHEME", {
	what: `the remote "${text.replace(/\/\/[^/@]*@/, "//***@")}"`,
	where: { file: "lockstep.yaml" },
	allowed: "file:<folder> or https://<host>/<path>",
	fix: "set `remote:` to one of them, for instance file:.data"
});
const credentialsError = (url) => new LockstepError("E_REMOTE_CREDENTIALS", {
	what: `the remote ${url.protocol}//***@${url.host}${url.pathname} carries credentials`,
	where: { file: "lockstep.yaml" },
	allowed: "an address without a user and password, since it is committed",
	fix: "take them out of the address, and change the password: it may have been pushed"
});
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
export { objectPath as a, lookAt as c, digestOfFile as d, digestMismatch as f, sizeMismatch as h, withoutQuery as i, makeFolder as l, receive as m, httpGet as n, openStore as o, objectMissing as p, remoteAddress as r, sizeOf as s, checkedRedirect as t, makeFolderOf as u };
