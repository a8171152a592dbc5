import { Ct as LockstepError, Et as printable, Tt as isLockstepError, dt as canonicalJson, ht as digestOf, t as init_workspace, yt as diskFull } from "./workspace.js";
import { a as checkedRedirect, t as init_http } from "./http.js";
import { join } from "node:path";
import { createHash } from "node:crypto";
import { createWriteStream, openAsBlob, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { setTimeout } from "node:timers/promises";
import { Readable } from "node:stream";
import { rm } from "node:fs/promises";
import { pipeline as pipeline$1 } from "node:stream/promises";
init_workspace();
const hub = ["docker.io", "index.docker.io"];
const isLoopback = (host) => /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/.test(host);
function registryAddress(name) {
	const slash = checkRegistryName(name).indexOf("/");
	const host = name.slice(0, slash);
	const path = name.slice(slash + 1);
	const atHub = hub.includes(host);
	const repository = atHub && !path.includes("/") ? `library/${path}` : path;
	return {
		host,
		repository,
		url: `${isLoopback(host) ? "http" : "https"}://${atHub ? "registry-1.docker.io" : host}/v2/${repository}`
	};
}
function checkRegistryName(name) {
	if (isRegistryName(name)) return name;
	throw new LockstepError("E_IMAGE_REF", {
		what: `"${name}" names no registry`,
		allowed: "a host with a dot or a port before the first slash, as in ghcr.io/acme/models",
		fix: "set `images:` in lockstep.yaml to a repository of your registry"
	});
}
function isRegistryName(name) {
	const [host = "", ...rest] = name.split("/");
	return rest.length > 0 && (host.includes(".") || host.includes(":"));
}
const shared = /(^|\.)(amazonaws\.com|azurecr\.io|azurewebsites\.net|windows\.net|cloudfront\.net|github\.io|googleapis\.com|run\.app|appspot\.com|herokuapp\.com|pages\.dev|workers\.dev|(co|com|org|net|ac|gov|edu)\.[a-z]{2})$/;
function sameOwner(one, other) {
	if (isLoopback(one) && isLoopback(other)) return true;
	const [a, b] = [one, other].map((host) => host.replace(/:\d+$/, "").toLowerCase());
	if ([a, b].some((host) => /^[\d.]+$|^\[/.test(host))) return one === other;
	return a === b || domainOf(a) === domainOf(b);
}
const domainOf = (host) => {
	const labels = host.split(".");
	const two = labels.slice(-2).join(".");
	return shared.test(two) ? labels.slice(-3).join(".") : two;
};
function credentialsFor(host, env = process.env) {
	const token = env.LOCKSTEP_REGISTRY_TOKEN;
	if (token && host === (env.LOCKSTEP_REGISTRY_HOST ?? "ghcr.io")) return {
		user: env.LOCKSTEP_REGISTRY_USER ?? env.GITHUB_ACTOR ?? "lockstep",
		password: token
	};
	const folder = env.DOCKER_CONFIG ?? join(env.HOME ?? homedir(), ".docker");
	return fromDocker(join(folder, "config.json"), host === "docker.io" ? "https://index.docker.io/v1/" : host);
}
function fromDocker(path, key) {
	try {
		const { auths } = JSON.parse(readFileSync(path, "utf8"));
		const text = Buffer.from(auths?.[key]?.auth ?? "", "base64").toString();
		const colon = text.indexOf(":");
		return colon > 0 ? {
			user: text.slice(0, colon),
			password: text.slice(colon + 1)
		} : null;
	} catch {
		return null;
	}
}
const basic = ({ user, password }) => `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
init_workspace();
const ociTypes = {
	index: "application/vnd.oci.image.index.v1+json",
	manifest: "application/vnd.oci.image.manifest.v1+json",
	empty: "application/vnd.oci.empty.v1+json"
};
function describe(mediaType, document) {
	const bytes = Buffer.from(canonicalJson(document));
	return {
		bytes,
		descriptor: {
			mediaType,
			digest: digestOf(bytes),
			size: bytes.byteLength
		}
	};
}
init_http();
init_workspace();
const requestTimeout = 3e4;
const tries$2 = 3;
async function authorize({ host, repository, url }, challenge, credentials, { actions, from }) {
	const scheme = /^\s*(\w+)/.exec(challenge ?? "")?.[1]?.toLowerCase();
	if (scheme === "basic" && credentials) return basic(credentials);
	if (scheme === "basic") throw refused(host, "it wants a login", credentials);
	const realm = scheme === "bearer" ? URL.parse(/realm="([^"]*)"/.exec(challenge)?.[1] ?? "") : null;
	if (realm === null) throw refused(host, "it asks for no login that we know", credentials);
	const { protocol, host: own } = new URL(url);
	if (realm.protocol !== protocol || realm.username !== "" || !sameOwner(realm.host, own)) throw refused(host, `it sends us to ${printable(realm.origin, 80)} to log in`, credentials);
	const service = /service="([^"]*)"/.exec(challenge)?.[1];
	if (service) realm.searchParams.set("service", service);
	realm.searchParams.append("scope", `repository:${repository}:${actions}`);
	for (const other of from) realm.searchParams.append("scope", `repository:${other}:pull`);
	const response = await ask(realm, credentials);
	if (typeof response === "string") throw refused(host, `its login fails: ${response}`, credentials);
	if (!response.ok) throw refused(host, `its login answers ${response.status}`, credentials);
	const { token, access_token: other } = await wordsOf(response);
	const found = token ?? other;
	if (typeof found !== "string") throw refused(host, "its login gives no token", credentials);
	return `Bearer ${found}`;
}
async function ask(realm, credentials) {
	for (let attempt = 1;; attempt++) {
		const response = await fetch(realm, {
			headers: credentials ? { authorization: basic(credentials) } : {},
			redirect: "error",
			signal: AbortSignal.timeout(requestTimeout)
		}).catch((error) => error.cause?.code ?? error.message);
		if (!(typeof response === "string" || response.status === 429 || response.status >= 500) || attempt === tries$2) return response;
		await setTimeout(200 * attempt ** 2);
	}
}
const wordsOf = (response) => response.json().then((words) => typeof words === "object" && words !== null ? words : {}, () => ({}));
const refused = (host, why, credentials) => new LockstepError("E_REGISTRY_AUTH", {
	what: `the registry ${host} does not let us in: ${why}`,
	allowed: credentials ? `an account that may (we are ${printable(credentials.user, 60)})` : "an account; we have none for it",
	fix: host === "ghcr.io" ? "give the job `packages: write` and pass `token`; or `docker login ghcr.io`" : `\`docker login ${host}\`, or set LOCKSTEP_REGISTRY_HOST, LOCKSTEP_REGISTRY_USER and LOCKSTEP_REGISTRY_TOKEN`
});
init_workspace();
const tries$1 = 5;
const networkTries = 3;
const mostWaiting = 12e4;
const backOff = (attempt) => 200 * attempt ** 2;
function openSender(address, credentials, scopes, onAnswer = () => {}) {
	let authorization = null;
	let waited = 0;
	return async function send(request) {
		let loggedIn = false;
		for (let attempt = 1;; attempt++) {
			const response = await once(request, attempt);
			if (response === null) continue;
			onAnswer(response);
			if (response.status === 401) {
				await response.body?.cancel();
				if (loggedIn) throw refused(address.host, "it answers 401 to our login", credentials);
				authorization = await authorize(address, response.headers.get("www-authenticate"), credentials, scopes);
				loggedIn = true;
				continue;
			}
			if (response.status !== 429 && (response.status < 500 || request.once)) return response;
			if (attempt >= tries$1) throw failed(address, request, response.status);
			await response.body?.cancel();
			await pause(response, attempt, request);
		}
	};
	async function once(request, attempt) {
		const { method, path, headers = {}, body, timeoutMs = 6e4 } = request;
		const url = /^https?:/.test(path) ? path : `${address.url}${path}`;
		const own = new URL(url).host === new URL(address.url).host;
		try {
			return await fetch(url, {
				method,
				headers: {
					...headers,
					...authorization !== null && own ? { authorization } : {}
				},
				body: body === void 0 ? null : await body(),
				redirect: "manual",
				signal: AbortSignal.timeout(timeoutMs)
			});
		} catch (error) {
			if (request.once) throw error;
			if (attempt >= networkTries) throw failed(address, request, reasonOf(error));
			await setTimeout(backOff(attempt));
			return null;
		}
	}
	async function pause(response, attempt, request) {
		const wait = told(response.headers.get("retry-after")) ?? backOff(attempt);
		waited += wait;
		if (waited > mostWaiting) throw failed(address, request, response.status);
		await setTimeout(wait);
	}
}
function told(header) {
	if (header === null) return null;
	const wait = /^\d+$/.test(header.trim()) ? Number(header) * 1e3 : Date.parse(header) - Date.now();
	return Number.isFinite(wait) ? Math.max(0, wait) : null;
}
async function readingAgain(address, request, read) {
	for (let attempt = 1;; attempt++) try {
		return await read();
	} catch (error) {
		const ofFiles = error.path !== void 0;
		if (isLockstepError(error) || ofFiles) throw error;
		if (attempt >= networkTries) throw failed(address, request, reasonOf(error));
		await setTimeout(backOff(attempt));
	}
}
const reasonOf = (error) => {
	const { cause, message } = error;
	return cause?.message || cause?.code || message;
};
function failed({ host }, { method, path }, how) {
	const asked = `${method} ${printable(path.replace(/\?.*/, ""), 120)}`;
	const what = typeof how === "number" ? `the registry ${host} answered ${how} to ${asked}` : `${asked} of the registry ${host} failed: ${printable(how, 120)}`;
	if (how === 429) return new LockstepError("E_REGISTRY_RATE_LIMIT", {
		what,
		allowed: "fewer requests",
		fix: "run the command again later"
	});
	if (how === 401 || how === 403) return new LockstepError("E_REGISTRY_AUTH", {
		what,
		allowed: "an account that may",
		fix: host === "ghcr.io" ? "give the job `packages: write`; a package made by hand must also give this repository access" : `\`docker login ${host}\``
	});
	return new LockstepError("E_REGISTRY_FAILED", {
		what,
		allowed: "the answer that OCI's distribution specification has",
		fix: "run the command again; see the registry's log if it goes on",
		cause: how
	});
}
init_workspace();
const mostRedirects = 3;
const timeoutMs = 6e5;
async function downloadBlob(address, send, blob, path) {
	const asked = {
		method: "GET",
		path: `/blobs/${blob.digest}`
	};
	await readingAgain(address, asked, async () => {
		const response = await askBlob(address, send, "GET", blob.digest);
		if (response === null) throw failed(address, asked, 404);
		try {
			await receive(response, blob, path, `${address.host}/${address.repository}`);
		} catch (error) {
			await rm(path, { force: true });
			throw diskFull(error, path);
		}
	});
}
async function askBlob(address, send, method, digest, headers = {}) {
	const asked = {
		method,
		path: `/blobs/${digest}`
	};
	let path = asked.path;
	for (let hop = 0; hop <= mostRedirects; hop++) {
		const response = await send({
			...asked,
			path,
			headers: {
				...headers,
				"accept-encoding": "identity"
			},
			timeoutMs
		});
		if (response.status === 200 || response.status === 206 && headers.range !== void 0) return response;
		await response.body?.cancel();
		if (response.status === 404) return null;
		const location = response.headers.get("location");
		if (response.status < 300 || response.status > 399 || location === null) throw failed(address, asked, response.status);
		const from = new URL(/^https?:/.test(path) ? path : `${address.url}${path}`);
		const own = URL.parse(location, from);
		path = own?.origin === from.origin ? own.href : (await checkedRedirect(from, location)).href;
	}
	throw failed(address, asked, "too many redirects");
}
async function receive(response, { digest, size }, path, name) {
	const hash = createHash("sha256");
	let seen = 0;
	const counted = async function* (source) {
		for await (const chunk of source) {
			seen += chunk.byteLength;
			if (seen > size) break;
			hash.update(chunk);
			yield chunk;
		}
	};
	const file = createWriteStream(path, {
		flags: "wx",
		flush: true
	});
	await pipeline$1(Readable.fromWeb(response.body), counted, file);
	const found = `sha256:${hash.digest("hex")}`;
	if (seen !== size) throw new LockstepError("E_SIZE_MISMATCH", {
		what: `${digest} has ${seen > size ? `more than ${size}` : seen} bytes in ${name}`,
		allowed: `${size} bytes`,
		fix: "run the command again; push the image again if it goes on"
	});
	if (found === digest) return;
	throw new LockstepError("E_DIGEST_MISMATCH", {
		what: `${name} holds other bytes (${found}) for ${digest}`,
		allowed: digest,
		fix: "push the image again"
	});
}
init_workspace();
function checkTold(host, digest, response) {
	const told = response.headers.get("docker-content-digest");
	if (told !== null && told !== digest) throw otherDigest(host, digest, digest, told);
}
const otherDigest = (host, what, wanted, found) => new LockstepError("E_REGISTRY_DIGEST", {
	what: `${host} has ${printable(found, 80)} for ${printable(what, 80)}`,
	allowed: printable(wanted, 80),
	fix: "nothing of it is used; tell who runs the registry"
});
init_workspace();
const tries = 3;
const begin = {
	method: "POST",
	path: "/blobs/uploads/"
};
const mayPass = (how) => typeof how === "string" || how >= 500 || [
	400,
	404,
	416
].includes(how);
const brokenBy = (error) => {
	if (isLockstepError(error)) throw error;
	return reasonOf(error);
};
async function uploadBlob(address, send, { digest, size }, source, from) {
	const there = await send({
		method: "HEAD",
		path: `/blobs/${digest}`
	});
	if (there.status === 200) return false;
	if (there.status === 307 && await askBlob(address, send, "HEAD", digest).catch(() => null)) return false;
	for (let attempt = 1;; attempt++) {
		const place = await beginUpload(from);
		if (place === null) return false;
		const how = await put(place).catch(brokenBy);
		if (how === 201) return true;
		if (attempt === tries || !mayPass(how)) throw failed(address, {
			method: "PUT",
			path: `/blobs/${digest}`
		}, how);
		await setTimeout(backOff(attempt));
	}
	async function beginUpload(other) {
		const query = other === null ? "" : `?${new URLSearchParams({
			mount: digest,
			from: other
		})}`;
		const begun = await send({
			...begin,
			path: `${begin.path}${query}`,
			body: async () => new Uint8Array()
		});
		await begun.body?.cancel();
		if (other !== null && begun.status === 201) return null;
		const location = begun.headers.get("location");
		if (begun.status !== 202 || location === null) throw failed(address, begin, begun.status);
		const place = new URL(location, address.url);
		if (!sameOwner(place.host, new URL(address.url).host)) throw failed(address, begin, `an upload at ${printable(place.origin, 80)}`);
		place.searchParams.set("digest", digest);
		return place;
	}
	async function put(place) {
		const done = await send({
			method: "PUT",
			path: place.href,
			headers: {
				"content-type": "application/octet-stream",
				"content-length": String(size)
			},
			body: async () => typeof source === "string" ? openAsBlob(source) : source,
			timeoutMs: 6e5,
			once: true
		});
		await done.body?.cancel();
		if (done.status === 201) checkTold(address.host, digest, done);
		return done.status;
	}
}
const first = "/tags/list?n=1000";
async function* listTags(address, send, read) {
	const seen = new Set();
	for (let path = first; path !== null;) {
		if (seen.has(path)) throw failed(address, {
			method: "GET",
			path
		}, "its pages go round in circles");
		seen.add(path);
		const asked = {
			method: "GET",
			path
		};
		const page = await readingAgain(address, asked, async () => {
			const response = await send(asked);
			if (response.status !== 200) await response.body?.cancel();
			if (response.status === 404) return null;
			if (response.status !== 200) throw failed(address, asked, response.status);
			return {
				tags: tagsIn(await read(response)),
				next: nextOf(response, address, asked)
			};
		});
		yield* page?.tags ?? [];
		path = page?.next ?? null;
	}
}
function tagsIn(bytes) {
	const { tags } = JSON.parse(bytes.toString());
	return Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [];
}
function nextOf({ headers }, address, asked) {
	const link = /<([^>]*)>\s*;[^,]*rel="?next\b/.exec(headers.get("link") ?? "")?.[1];
	if (link === void 0) return null;
	const next = URL.parse(link, address.url);
	if (next !== null && sameOwner(next.host, new URL(address.url).host)) return next.href;
	throw failed(address, asked, "its next page is elsewhere");
}
init_workspace();
const mostManifest = 4194304;
const accepted = [
	ociTypes.manifest,
	ociTypes.index,
	"application/vnd.docker.distribution.manifest.v2+json",
	"application/vnd.docker.distribution.manifest.list.v2+json"
].join(", ");
function openRegistry(name, { actions = "pull", credentials, from = [] } = {}) {
	const address = registryAddress(name);
	const known = credentials === void 0 ? credentialsFor(address.host) : credentials;
	let ahead = 0;
	const send = openSender(address, known, {
		actions,
		from
	}, ({ headers }) => {
		ahead = (Date.parse(headers.get("date") ?? "") || Date.now()) - Date.now();
	});
	async function resolve(reference) {
		const asked = {
			method: "GET",
			path: `/manifests/${reference}`
		};
		return readingAgain(address, asked, async () => {
			const response = await send({
				...asked,
				headers: { accept: accepted }
			});
			if (response.status !== 200) await response.body?.cancel();
			if (response.status === 404) return null;
			if (response.status !== 200) throw failed(address, asked, response.status);
			const bytes = await readCapped(response, address.host);
			const digest = digestOf(bytes);
			const told = response.headers.get("docker-content-digest");
			for (const wanted of [told, reference.startsWith("sha256:") ? reference : null]) if (wanted !== null && wanted !== digest) throw otherDigest(address.host, reference, wanted, digest);
			return {
				digest,
				bytes,
				mediaType: response.headers.get("content-type")?.split(";")[0] ?? ociTypes.manifest
			};
		});
	}
	return {
		name,
		resolve,
		pullBlob: (blob, path) => downloadBlob(address, send, blob, path),
		async statBlob(digest) {
			const answer = await askBlob(address, send, "HEAD", digest);
			const length = answer?.headers.get("content-length") ?? null;
			if (answer !== null && length === null) throw failed(address, {
				method: "HEAD",
				path: `/blobs/${digest}`
			}, "an answer without a size");
			return length === null ? null : Number(length);
		},
		openBlob: (digest, range) => askBlob(address, send, "GET", digest, range === null ? {} : { range }),
		pushBlob: (blob, source, other = null) => uploadBlob(address, send, blob, source, other),
		tags: () => listTags(address, send, (response) => readCapped(response, address.host)),
		now: () => Date.now() + ahead,
		async remove(kind, digest) {
			const asked = {
				method: "DELETE",
				path: `/${kind}/${digest}`
			};
			const { status, body } = await send(asked);
			await body?.cancel();
			if (status < 300 || status === 404) return true;
			if ([
				400,
				405,
				501
			].includes(status)) return false;
			throw failed(address, asked, status);
		},
		async pushManifest(reference, { bytes, mediaType }) {
			const digest = digestOf(bytes);
			const asked = {
				method: "PUT",
				path: `/manifests/${reference}`
			};
			const done = await send({
				...asked,
				headers: { "content-type": mediaType },
				body: async () => new Uint8Array(bytes)
			});
			await done.body?.cancel();
			if (done.status !== 201) throw failed(address, asked, done.status);
			checkTold(address.host, digest, done);
			return digest;
		}
	};
}
async function readCapped(response, host) {
	const chunks = [];
	let size = 0;
	for await (const chunk of response.body) {
		size += chunk.byteLength;
		if (size > mostManifest) throw new LockstepError("E_REGISTRY_FAILED", {
			what: `an answer of more than ${mostManifest} bytes from ${host}`,
			allowed: "4 MiB"
		});
		chunks.push(chunk);
	}
	return Buffer.concat(chunks);
}
export { checkRegistryName as a, registryAddress as c, credentialsFor as i, describe as n, isLoopback as o, ociTypes as r, isRegistryName as s, openRegistry as t };
