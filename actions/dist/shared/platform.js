import { A as checkSchema, K as diskFull, U as digestOf, W as hexOf, X as isLockstepError, Y as LockstepError, Z as printable, m as parseJson, q as temporaryBeside } from "./workspace.js";
import { r as pLimit } from "../vendor/small.js";
import { a as parseReference, c as annotation, l as describe, o as openImages, s as documents, u as mediaTypes } from "./base2.js";
import { dirname, join } from "node:path";
import { createHash } from "node:crypto";
import { createWriteStream, mkdirSync, openAsBlob, readFileSync, renameSync } from "node:fs";
import { homedir } from "node:os";
import { setTimeout } from "node:timers/promises";
import { rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
const hub = ["docker.io", "index.docker.io"];
const isLoopback = (host) => /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/.test(host);
function registryAddress(name) {
	const slash = name.indexOf("/");
	const host = name.slice(0, slash);
	const path = name.slice(slash + 1);
	if (!isRegistryName(name)) throw new LockstepError("E_IMAGE_REF", {
		what: `"${name}" names no registry`,
		allowed: "a host with a dot or a port before the first slash, as in ghcr.io/acme/models",
		fix: "set `images:` in lockstep.yaml to a repository of your registry"
	});
	const atHub = hub.includes(host);
	const repository = atHub && !path.includes("/") ? `library/${path}` : path;
	return {
		host,
		repository,
		url: `${isLoopback(host) ? "http" : "https"}://${atHub ? "registry-1.docker.io" : host}/v2/${repository}`
	};
}
function isRegistryName(name) {
	const [host = "", ...rest] = name.split("/");
	return rest.length > 0 && (host.includes(".") || host.includes(":"));
}
function sameOwner(one, other) {
	const domain = (host) => host.replace(/:\d+$/, "").split(".").slice(-2).join(".");
	const numeric = (host) => /^[\d.]+$/.test(host.replace(/:\d+$/, "")) || host.startsWith("[");
	if (isLoopback(one) && isLoopback(other)) return true;
	return numeric(one) || numeric(other) ? one === other : domain(one) === domain(other);
}
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
const requestTimeout = 3e4;
async function authorize({ host, repository, url }, challenge, credentials, actions) {
	const scheme = /^\s*(\w+)/.exec(challenge ?? "")?.[1]?.toLowerCase();
	if (scheme === "basic" && credentials) return basic(credentials);
	const realm = scheme === "bearer" ? URL.parse(/realm="([^"]*)"/.exec(challenge)?.[1] ?? "") : null;
	if (realm === null) throw refused(host, "it asks for no login that we know", credentials);
	if (realm.protocol !== new URL(url).protocol || !sameOwner(realm.host, new URL(url).host)) throw refused(host, `it sends us to ${printable(realm.origin, 80)} to log in`, credentials);
	const service = /service="([^"]*)"/.exec(challenge)?.[1];
	if (service) realm.searchParams.set("service", service);
	realm.searchParams.set("scope", `repository:${repository}:${actions}`);
	const response = await fetch(realm, {
		headers: credentials ? { authorization: basic(credentials) } : {},
		redirect: "error",
		signal: AbortSignal.timeout(requestTimeout)
	});
	if (!response.ok) throw refused(host, `its login answers ${response.status}`, credentials);
	const { token, access_token: other } = await response.json();
	const found = token ?? other;
	if (typeof found !== "string") throw refused(host, "its login gives no token", credentials);
	return `Bearer ${found}`;
}
const refused = (host, why, credentials) => new LockstepError("E_REGISTRY_AUTH", {
	what: `the registry ${host} does not let us in: ${why}`,
	allowed: credentials ? `an account that may (we are ${printable(credentials.user, 60)})` : "an account; we have none for it",
	fix: host === "ghcr.io" ? "give the job `packages: write` and pass `token`; or `docker login ghcr.io`" : `\`docker login ${host}\`, or set LOCKSTEP_REGISTRY_HOST, LOCKSTEP_REGISTRY_USER and LOCKSTEP_REGISTRY_TOKEN`
});
const tries = 5;
const networkTries = 3;
const mostWaiting = 12e4;
function openSender(address, credentials, actions) {
	let authorization = null;
	let asked = false;
	let waited = 0;
	return async function send(request) {
		for (let attempt = 1;; attempt++) {
			const response = await once(request, attempt);
			if (response === null) continue;
			if (response.status === 401) {
				await response.body?.cancel();
				if (asked && authorization !== null && attempt > 1) throw refused(address.host, "it answers 401 to our login", credentials);
				authorization = await authorize(address, response.headers.get("www-authenticate"), credentials, actions);
				asked = true;
				continue;
			}
			if (response.status !== 429 && response.status < 500) return response;
			if (attempt >= tries) throw failed(address, request, response.status);
			await response.body?.cancel();
			await pause(response, attempt, request);
		}
	};
	async function once({ method, path, headers = {}, body, timeoutMs = 6e4 }, attempt) {
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
			if (attempt >= networkTries) throw failed(address, {
				method,
				path
			}, reasonOf(error));
			await setTimeout(200 * attempt ** 2);
			return null;
		}
	}
	async function pause(response, attempt, request) {
		const told = Number(response.headers.get("retry-after") ?? NaN) * 1e3;
		const wait = Number.isFinite(told) ? told : 200 * attempt ** 2;
		waited += wait;
		if (waited > mostWaiting) throw failed(address, request, response.status);
		await setTimeout(wait);
	}
}
const reasonOf = (error) => {
	const { cause, message } = error;
	return cause?.code ?? cause?.message ?? message;
};
function failed({ host }, { method, path }, how) {
	const what = `the registry ${host} answered ${how} to ${method} ${printable(path.replace(/\?.*/, ""), 120)}`;
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
		fix: "run the command again; see the registry's log if it goes on"
	});
}
const mostManifest = 4194304;
const mostRedirects = 3;
const accepted = [
	mediaTypes.manifest,
	mediaTypes.index,
	"application/vnd.docker.distribution.manifest.v2+json",
	"application/vnd.docker.distribution.manifest.list.v2+json"
].join(", ");
function openRegistry(name, { actions = "pull", credentials } = {}) {
	const address = registryAddress(name);
	const send = openSender(address, credentials === void 0 ? credentialsFor(address.host) : credentials, actions);
	async function resolve(reference) {
		const path = `/manifests/${reference}`;
		const response = await send({
			method: "GET",
			path,
			headers: { accept: accepted }
		});
		if (response.status === 404) return null;
		if (response.status !== 200) throw failed(address, {
			method: "GET",
			path
		}, response.status);
		const bytes = await readCapped(response, address.host);
		const digest = digestOf(bytes);
		const told = response.headers.get("docker-content-digest");
		const wanted = reference.startsWith("sha256:") ? reference : told;
		if (wanted !== null && wanted !== digest) throw otherDigest(address.host, reference, wanted, digest);
		return {
			digest,
			bytes,
			mediaType: response.headers.get("content-type")?.split(";")[0] ?? mediaTypes.manifest
		};
	}
	async function getBlob(digest) {
		let path = `/blobs/${digest}`;
		for (let hop = 0; hop <= mostRedirects; hop++) {
			const response = await send({
				method: "GET",
				path,
				timeoutMs: 6e5
			});
			if (response.status === 200) return response;
			const location = response.headers.get("location");
			if (response.status < 300 || response.status > 399 || location === null) throw failed(address, {
				method: "GET",
				path: `/blobs/${digest}`
			}, response.status);
			await response.body?.cancel();
			path = checkedRedirect(location, /^https?:/.test(path) ? path : address.url);
		}
		throw failed(address, {
			method: "GET",
			path: `/blobs/${digest}`
		}, "too many redirects");
	}
	return {
		name,
		resolve,
		async pullBlob({ digest, size }, path) {
			const response = await getBlob(digest);
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
			try {
				await pipeline(Readable.fromWeb(response.body), counted, createWriteStream(path, {
					flags: "wx",
					flush: true
				}));
				checkReceived(name, {
					digest,
					size
				}, seen, `sha256:${hash.digest("hex")}`);
			} catch (error) {
				await rm(path, { force: true });
				throw error instanceof LockstepError ? error : diskFull(error, path);
			}
		},
		async pushBlob({ digest, size }, path) {
			if ((await send({
				method: "HEAD",
				path: `/blobs/${digest}`
			})).status === 200) return false;
			const begun = await send({
				method: "POST",
				path: "/blobs/uploads/",
				body: async () => new Uint8Array()
			});
			const location = begun.headers.get("location");
			if (begun.status !== 202 || location === null) throw failed(address, {
				method: "POST",
				path: "/blobs/uploads/"
			}, begun.status);
			const upload = new URL(location, address.url);
			if (!sameOwner(upload.host, new URL(address.url).host)) throw failed(address, {
				method: "POST",
				path: "/blobs/uploads/"
			}, `an upload at ${printable(upload.origin, 80)}`);
			upload.searchParams.set("digest", digest);
			const done = await send({
				method: "PUT",
				path: upload.href,
				headers: {
					"content-type": "application/octet-stream",
					"content-length": String(size)
				},
				body: () => openAsBlob(path),
				timeoutMs: 6e5
			});
			if (done.status !== 201) throw failed(address, {
				method: "PUT",
				path: `/blobs/${digest}`
			}, done.status);
			checkTold(address.host, digest, done);
			return true;
		},
		async pushManifest(reference, { bytes, mediaType }) {
			const digest = digestOf(bytes);
			const path = `/manifests/${reference}`;
			const done = await send({
				method: "PUT",
				path,
				headers: { "content-type": mediaType },
				body: async () => new Uint8Array(bytes)
			});
			if (done.status !== 201) throw failed(address, {
				method: "PUT",
				path
			}, done.status);
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
			what: `a manifest of more than ${mostManifest} bytes from ${host}`,
			allowed: "4 MiB"
		});
		chunks.push(chunk);
	}
	return Buffer.concat(chunks);
}
function checkReceived(name, { digest, size }, seen, found) {
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
function checkTold(host, digest, response) {
	const told = response.headers.get("docker-content-digest");
	if (told !== null && told !== digest) throw otherDigest(host, digest, digest, told);
}
const otherDigest = (host, what, wanted, found) => new LockstepError("E_REGISTRY_DIGEST", {
	what: `${host} has ${printable(found, 80)} for ${printable(what, 80)}`,
	allowed: wanted,
	fix: "nothing of it is used; tell who runs the registry"
});
function checkedRedirect(location, from) {
	const [target, origin] = [new URL(location, from), new URL(from)];
	const inside = /^(169\.254\.|0\.|\[fe80:|\[fd)/i.test(target.hostname) || target.hostname === "metadata.google.internal";
	const plain = target.protocol === "http:" && target.hostname === origin.hostname;
	if (!inside && (target.protocol === "https:" || plain)) return target.href;
	throw new LockstepError("E_REMOTE_REDIRECT", {
		what: `the registry sends us to ${printable(target.protocol === "file:" ? target.href : target.origin, 100)}`,
		allowed: "https to another host",
		fix: "nothing was fetched; tell who runs the registry"
	});
}
const atATime = 4;
async function pushImage(workspace, { name, digest, tag }) {
	const layout = openImages(workspace);
	refuseUnportable(layout.readManifest(digest), `${name}@${digest}`);
	const registry = openRegistry(name, { actions: "pull,push" });
	let sent = await pushDocument(registry, layout, digest);
	sent += await pushEvidence(registry, layout, digest);
	const bytes = layout.readBlob(digest);
	if ((await registry.resolve(tag))?.digest !== digest) await registry.pushManifest(tag, {
		bytes,
		mediaType: mediaTypes.manifest
	});
	return {
		digest,
		sent,
		public: await isPublic(name, digest)
	};
}
async function pushDocument(registry, layout, digest) {
	const manifest = layout.readManifest(digest);
	const few = pLimit(atATime);
	const distinct = new Map([manifest.config, ...manifest.layers].map((blob) => [blob.digest, blob]));
	const sizes = await Promise.all([...distinct.values()].map((blob) => few(async () => await registry.pushBlob(blob, layout.pathOf(blob.digest)) ? blob.size : 0)));
	const bytes = layout.readBlob(digest);
	const known = await registry.resolve(digest);
	if (known === null) {
		await registry.pushManifest(digest, {
			bytes,
			mediaType: manifest.mediaType ?? mediaTypes.manifest
		});
		const back = await registry.resolve(digest);
		if (!back?.bytes.equals(bytes)) throw new LockstepError("E_REGISTRY_DIGEST", {
			what: `${registry.name} gives back ${back?.digest ?? "nothing"} for the manifest it was sent`,
			allowed: digest,
			fix: "nothing names it yet; tell who runs the registry"
		});
	}
	return sizes.reduce((sum, size) => sum + size, known === null ? bytes.byteLength : 0);
}
const referrersTag = (image) => `sha256-${hexOf(image)}`;
async function pushEvidence(registry, layout, image) {
	const tagged = layout.find(referrersTag(image));
	if (tagged === null) return 0;
	const own = layout.readIndex(tagged.digest).manifests;
	let sent = 0;
	for (const { digest } of own) sent += await pushDocument(registry, layout, digest);
	const remote = await registry.resolve(referrersTag(image));
	const others = remote === null ? [] : parseIndex(remote.bytes).manifests;
	const missing = own.filter(({ digest }) => !others.some((entry) => entry.digest === digest));
	if (missing.length === 0) return sent;
	const index = {
		schemaVersion: 2,
		mediaType: mediaTypes.index,
		manifests: [...others, ...missing]
	};
	const { bytes } = describe(mediaTypes.index, index);
	await registry.pushManifest(referrersTag(image), {
		bytes,
		mediaType: mediaTypes.index
	});
	return sent + bytes.byteLength;
}
async function isPublic(name, digest) {
	if (/^(localhost|127\.|\[::1\])/.test(name)) return null;
	try {
		return await openRegistry(name, { credentials: null }).resolve(digest) !== null;
	} catch {
		return false;
	}
}
async function pullEvidence(workspace, name, image) {
	if (!isRegistryName(name)) return false;
	const registry = openRegistry(name);
	const remote = await registry.resolve(referrersTag(image));
	const newest = remote && parseIndex(remote.bytes).manifests.findLast(({ artifactType }) => artifactType === mediaTypes.evidence);
	if (!newest) return false;
	const layout = openImages(workspace);
	await pullDocument(registry, layout, newest.digest);
	const index = {
		schemaVersion: 2,
		mediaType: mediaTypes.index,
		manifests: [newest]
	};
	const { bytes, descriptor } = describe(mediaTypes.index, index);
	layout.writeBlob(bytes);
	await layout.tag(referrersTag(image), descriptor);
	return true;
}
async function pullDocument(registry, layout, digest) {
	const found = await registry.resolve(digest);
	if (found === null) throw new LockstepError("E_IMAGE_MISSING", {
		what: `no ${digest} in ${registry.name}`,
		allowed: "an image that is there",
		fix: "push it again"
	});
	const manifest = checkSchema(parseJson(found.bytes, `${registry.name}@${digest}`), documents.manifest);
	const few = pLimit(atATime);
	await Promise.all([manifest.config, ...manifest.layers].map((blob) => few(() => pullBlob(registry, layout, blob))));
	layout.writeBlob(found.bytes);
	return manifest;
}
async function pullBlob(registry, layout, blob) {
	if (layout.has(blob.digest)) return;
	const target = layout.pathOf(blob.digest);
	mkdirSync(dirname(target), { recursive: true });
	const temporary = temporaryBeside(target);
	await registry.pullBlob(blob, temporary);
	renameSync(temporary, target);
}
const parseIndex = (bytes) => checkSchema(parseJson(bytes, `index ${digestOf(bytes)}`), documents.index);
function refuseUnportable({ annotations }, image) {
	if (annotations?.[annotation.runs] === void 0) return;
	throw new LockstepError("E_BASE_MISSING", {
		what: `${image} has no base image: nothing but the local agent can run it`,
		where: { file: "lockstep.yaml" },
		allowed: "images with an operating system and Node 24 under them",
		fix: "set `image: {base: docker.io/library/node:24-bookworm-slim}` in lockstep.yaml, then `lockstep image pin-base`"
	});
}
const asksForBase = (env = process.env) => env.GITHUB_ACTIONS === "true";
async function findBase({ configuration }, layout, platform, ask) {
	const text = configuration.image.base;
	if (text === void 0) return null;
	const { name, tag, digest } = parseReference(text);
	if (digest !== null && layout.has(digest)) return {
		reference: `${name}@${digest}`,
		pinned: true
	};
	if (digest === null && !ask) return null;
	try {
		const registry = openRegistry(name);
		const found = await registry.resolve(digest ?? tag ?? "latest");
		if (found === null) throw missing(text, "the registry has none of that name");
		if (!(found.mediaType.includes("manifest.list") || found.mediaType === mediaTypes.index)) await pullDocument(registry, layout, found.digest);
		else {
			await pullDocument(registry, layout, entryFor(parseIndex(found.bytes), platform, text));
			layout.writeBlob(found.bytes);
		}
		return {
			reference: `${name}@${found.digest}`,
			pinned: digest !== null
		};
	} catch (error) {
		if (!isLockstepError(error) || error.code.startsWith("E_BASE_") || error.code === "E_IMAGE_PLATFORM") throw error;
		throw missing(text, error.what, error);
	}
}
function entryFor({ manifests }, { os, architecture }, text) {
	const found = manifests.find((entry) => entry.platform?.os === os && entry.platform.architecture === architecture);
	if (found) return found.digest;
	const there = manifests.flatMap((entry) => entry.platform ? [`${entry.platform.os}/${entry.platform.architecture}`] : []);
	throw new LockstepError("E_IMAGE_PLATFORM", {
		what: `the base image ${text} is for ${there.join(", ") || "no platform"}`,
		where: { file: "lockstep.yaml" },
		allowed: `${os}/${architecture}`,
		fix: "name a base for the platform that is built"
	});
}
const missing = (text, why, cause) => new LockstepError("E_BASE_MISSING", {
	what: `the base image ${text} can't be had: ${why}`,
	where: { file: "lockstep.yaml" },
	allowed: "a base that its registry gives us, or none for the local agent alone",
	fix: "correct image.base in lockstep.yaml, log in to its registry, or take image.base out",
	cause
});
const platforms = {
	"linux/amd64": {
		os: "linux",
		architecture: "amd64",
		folder: "linux/x64"
	},
	"linux/arm64": {
		os: "linux",
		architecture: "arm64",
		folder: "linux/arm64"
	}
};
const defaultPlatform = "linux/amd64";
function parsePlatform(text) {
	const platform = Object.hasOwn(platforms, text) ? platforms[text] : void 0;
	if (platform) return platform;
	throw new LockstepError("E_IMAGE_PLATFORM", {
		what: `the platform "${text}"`,
		allowed: Object.keys(platforms).join(", ")
	});
}
export { pullEvidence as a, isRegistryName as c, findBase as i, parsePlatform as n, pushImage as o, asksForBase as r, referrersTag as s, defaultPlatform as t };
