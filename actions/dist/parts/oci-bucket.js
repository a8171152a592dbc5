import { c as registryAddress, i as credentialsFor, n as describe, r as ociTypes, t as openRegistry } from "./oci.js";
import { Ct as LockstepError, Tt as isLockstepError, gt as hexOf, t as init_workspace } from "./workspace.js";
import { i as rangeHeaders, n as downloadOf } from "./http-objects.js";
import { r as pLimit } from "../vendor/small.js";
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
init_workspace();
const codes = {
	E_IMAGE_REF: "E_REMOTE_SCHEME",
	E_REGISTRY_AUTH: "E_REMOTE_CREDENTIALS",
	E_REGISTRY_RATE_LIMIT: "E_REMOTE_RATE_LIMIT",
	E_REGISTRY_FAILED: "E_REMOTE_FAILED",
	E_REGISTRY_DIGEST: "E_REMOTE_FAILED"
};
const byStatus = {
	405: "E_REMOTE_READ_ONLY",
	413: "E_REMOTE_TOO_LARGE",
	501: "E_REMOTE_READ_ONLY"
};
function atEdge(error, host) {
	if (!isLockstepError(error)) return error;
	const status = byStatus[Number(error.cause)];
	const code = error.code === "E_REGISTRY_FAILED" && status !== void 0 ? status : codes[error.code];
	if (code === void 0) return error;
	const { what, allowed } = error;
	const fix = fixes[code]?.(host) ?? error.fix;
	return new LockstepError(code, {
		what,
		allowed,
		fix,
		cause: error
	});
}
const fixes = {
	E_REMOTE_SCHEME: () => "set `remote:` in lockstep.yaml to oci://<registry>/<repository>",
	E_REMOTE_CREDENTIALS: (host) => host === "ghcr.io" ? "give the job `packages: write` (to pull, `read`) and GITHUB_TOKEN, and in the settings of a package made by hand access for this repository; elsewhere `docker login ghcr.io`" : `\`docker login ${host}\`, or set LOCKSTEP_REGISTRY_HOST, LOCKSTEP_REGISTRY_USER and LOCKSTEP_REGISTRY_TOKEN`,
	E_REMOTE_READ_ONLY: () => "name a registry that takes pushes as the remote",
	E_REMOTE_TOO_LARGE: () => "raise the limit of the proxy before the registry"
};
const notRemoved = (name, kind, host) => new LockstepError("E_REMOTE_READ_ONLY", {
	what: `${name} removes no ${kind}`,
	allowed: "a registry that lets one remove what one put",
	fix: host === "ghcr.io" ? "delete the package's versions on its page at GitHub" : kind === "blobs" ? "let the registry collect its garbage: no manifest names them any more" : "allow it there (docker-registry: `storage: {delete: {enabled: true}}`)"
});
const artifactType = "application/vnd.lockstep.data.v1+json";
const keyName = "dev.lockstep.key";
const createdName = "org.opencontainers.image.created";
const empty = describe(ociTypes.empty, {});
function digestIn(key) {
	const [, two, rest] = /^sha256\/([0-9a-f]{2})\/([0-9a-f]{62})$/.exec(key) ?? [];
	return two === void 0 ? null : `sha256:${two}${rest}`;
}
function tagOf(key) {
	const [, map, two, rest] = /^(chunks|packs|tombstones)\/sha256\/([0-9a-f]{2})\/([0-9a-f]{62})\.json$/.exec(key) ?? [];
	if (map !== void 0) return `${map}-${two}${rest}`;
	const [, room, name] = /^([a-z]{1,20})\/([\w.-]{1,100})\.json$/.exec(key) ?? [];
	return room !== void 0 ? `${room}.${name}` : `key-${sha256Of(key)}`;
}
const mayHold = (tag, prefix) => tag.startsWith("key-") || !prefix.includes("/") || tag.startsWith(prefix.split("/")[0]);
const keepPrefix = "keep-";
const keepTag = (objects) => keepPrefix + sha256Of(objects.map(({ digest }) => digest).join("\n"));
function printManifest({ key, document, objects, modified }) {
	const { bytes, descriptor } = describe(ociTypes.manifest, {
		schemaVersion: 2,
		mediaType: ociTypes.manifest,
		artifactType,
		config: empty.descriptor,
		layers: document === null ? objects : [document, ...objects],
		annotations: {
			[createdName]: new Date(modified).toISOString(),
			...key === null ? {} : { [keyName]: key }
		}
	});
	return {
		bytes,
		digest: descriptor.digest,
		mediaType: ociTypes.manifest
	};
}
function readManifest(found) {
	const manifest = found === null ? null : parse(found.bytes);
	if (found === null || manifest?.artifactType !== artifactType || !manifest.layers?.every(isDescriptor)) return null;
	const key = manifest.annotations?.[keyName] ?? null;
	return {
		digest: found.digest,
		key,
		document: key === null ? null : manifest.layers[0] ?? null,
		objects: key === null ? manifest.layers : manifest.layers.slice(1),
		modified: Date.parse(manifest.annotations?.[createdName] ?? "") || 0
	};
}
function parse(bytes) {
	try {
		return JSON.parse(bytes.toString());
	} catch {
		return null;
	}
}
const isDescriptor = (layer) => /^sha256:[0-9a-f]{64}$/.test(String(layer?.digest)) && Number.isSafeInteger(layer?.size);
function packsIn(key, bytes) {
	if (!/^(chunks|packs)\//.test(key)) return [];
	const { packs } = JSON.parse(Buffer.from(bytes).toString());
	return (packs ?? []).map((hex) => `sha256:${hex}`);
}
const objectOf = (digest, size) => ({
	mediaType: "application/octet-stream",
	digest,
	size
});
const sha256Of = (text) => createHash("sha256").update(text).digest("hex");
init_workspace();
const mostNamed = 4e3;
const atATime = 8;
const remembered = 15e3;
function openRepository(place, env) {
	const open = opener(place, env);
	const [writer, remover] = [open("pull,push"), open("pull,push,delete")];
	let reader = open("pull");
	const known = new Map();
	let config;
	async function push(tag, parts, old = null) {
		config ??= writer().pushBlob(empty.descriptor, empty.bytes);
		await config;
		const manifest = printManifest(parts);
		await writer().pushManifest(tag, manifest);
		note(tag, readManifest(manifest));
		if (old === null || old.digest === manifest.digest) return;
		await remover().remove("manifests", old.digest).catch(() => false);
	}
	const note = (tag, kept) => known.set(tag, {
		kept,
		until: Date.now() + remembered
	});
	async function keptAt(registry, tag) {
		const held = known.get(tag);
		if (held !== void 0 && held.until > Date.now()) return held.kept;
		const kept = readManifest(await registry.resolve(tag));
		note(tag, kept);
		return kept;
	}
	async function* manifests(registry, wanted) {
		let waiting = [];
		const read = async () => {
			const found = await each(waiting, (tag) => keptAt(registry, tag));
			waiting = [];
			return found.filter((kept) => kept !== null);
		};
		for await (const tag of registry.tags()) {
			if (wanted(tag)) waiting.push(tag);
			if (waiting.length >= 32) yield* await read();
		}
		yield* await read();
	}
	const keep = async (objects, isFresh, modified) => {
		const sorted = [...new Map(objects.map((object) => [object.digest, object])).values()].sort((a, b) => a.digest < b.digest ? -1 : 1);
		for (let at = 0; at < sorted.length; at += mostNamed) {
			const some = sorted.slice(at, at + mostNamed);
			const tag = keepTag(some);
			const old = readManifest(await writer().resolve(tag));
			if (old !== null && !some.some(isFresh)) continue;
			await push(tag, {
				key: null,
				document: null,
				objects: some,
				modified: modified ?? writer().now()
			}, old);
		}
	};
	return {
		async read(work) {
			try {
				return await work(reader());
			} catch (error) {
				if (!isLockstepError(error, "E_REGISTRY_AUTH")) throw error;
				const done = await work(writer()).catch(() => {
					throw error;
				});
				reader = writer;
				return done;
			}
		},
		writer,
		remover,
		async documentOf(registry, key) {
			const found = readManifest(await registry.resolve(tagOf(key)));
			if (found?.key !== key || found.document === null) return null;
			return {
				...found,
				document: found.document
			};
		},
		manifests,
		keep,
		async putDocument(key, document, objects, old) {
			const still = new Set(objects.map(({ digest }) => digest));
			const dropped = old?.objects.filter(({ digest }) => !still.has(digest)) ?? [];
			await keep(dropped, () => false, old?.modified);
			await push(tagOf(key), {
				key,
				document,
				objects,
				modified: writer().now()
			}, old);
		},
		async unname(blobs, drop) {
			for await (const { digest, objects, modified } of manifests(remover(), (tag) => tag.startsWith(keepPrefix))) {
				const rest = objects.filter((object) => !blobs.has(object.digest));
				if (rest.length === objects.length) continue;
				await keep(rest, () => false, modified);
				await drop(digest);
			}
		}
	};
}
function opener(place, env) {
	const host = place.split("/")[0];
	const token = host === "ghcr.io" && env.GITHUB_TOKEN ? env.GITHUB_TOKEN : null;
	const ofJob = token === null ? null : {
		user: env.GITHUB_ACTOR ?? "lockstep",
		password: token
	};
	const credentials = credentialsFor(host, env) ?? ofJob;
	return (actions) => {
		let registry;
		return () => {
			registry ??= openRegistry(place, {
				actions,
				credentials
			});
			return registry;
		};
	};
}
const each = (things, work) => {
	const few = pLimit(atATime);
	return Promise.all(Array.from(things, (thing) => few(() => work(thing))));
};
init_workspace();
async function ociBucket(url, env = process.env) {
	const place = url.host + url.pathname.replace(/\/+$/, "");
	const name = `oci://${place}`;
	const repository = openRepository(place, env);
	const { read, writer, remover, documentOf } = repository;
	const sizes = new Map();
	let removing = Promise.resolve();
	const edge = (work) => (...asked) => work(...asked).catch((error) => {
		throw atEdge(error, url.host);
	});
	await edge(async () => registryAddress(place))();
	async function stat(key) {
		const blob = digestIn(key);
		const size = await read(async (registry) => blob ? registry.statBlob(blob) : (await documentOf(registry, key))?.document.size);
		return size === null || size === void 0 ? null : { size };
	}
	async function get(key, range) {
		const digest = digestIn(key) ?? (await read((registry) => documentOf(registry, key)))?.document.digest;
		if (digest === void 0) return null;
		const validator = `"${digest}"`;
		const same = range?.validator === void 0 || range.validator === validator;
		const { range: header } = rangeHeaders(same && range ? {
			from: range.from,
			to: range.to
		} : void 0);
		const response = await read((registry) => registry.openBlob(digest, header ?? null));
		if (response === null) return null;
		const body = response.body === null ? Readable.from([]) : Readable.fromWeb(response.body);
		const headers = Object.fromEntries(response.headers);
		return {
			...downloadOf({
				status: response.status,
				headers,
				body
			}, name),
			validator
		};
	}
	async function put(key, bytes, sha256) {
		const blob = digestIn(key);
		if (blob === null) return putDocument(key, bytes, `sha256:${sha256}`);
		await send(objectOf(blob, bytes.byteLength), bytes);
		sizes.set(blob, bytes.byteLength);
	}
	const send = (blob, bytes) => writer().pushBlob(blob, bytes);
	const isFresh = ({ digest }) => sizes.has(digest);
	async function putDocument(key, bytes, digest) {
		const old = await documentOf(writer(), key);
		const document = {
			mediaType: "application/json",
			digest,
			size: bytes.byteLength
		};
		await send(document, bytes);
		const packs = await each(packsIn(key, bytes), async (pack) => objectOf(pack, await sizeOf(pack)));
		await repository.keep(packs.slice(mostNamed), isFresh);
		await repository.putDocument(key, document, packs.slice(0, mostNamed), old);
	}
	async function sizeOf(digest) {
		const size = sizes.get(digest) ?? await writer().statBlob(digest);
		if (size !== null) return size;
		throw new LockstepError("E_REMOTE_FAILED", {
			what: `${name} has no ${digest}, which a map names`,
			allowed: "maps of packs that are there",
			fix: "push again"
		});
	}
	async function* list(prefix) {
		const ofObjects = "sha256/".startsWith(prefix) || prefix.startsWith("sha256/");
		const objects = new Map();
		const found = repository.manifests(await read(async (registry) => registry), (tag) => ofObjects || mayHold(tag, prefix));
		for await (const { key, document, modified, objects: named } of found) {
			if (document !== null && key?.startsWith(prefix)) yield {
				key,
				size: document.size,
				modified
			};
			for (const { digest, size } of ofObjects ? named : []) {
				const at = `sha256/${hexOf(digest).slice(0, 2)}/${hexOf(digest).slice(2)}`;
				if (at.startsWith(prefix) && (objects.get(at)?.modified ?? -1) < modified) objects.set(at, {
					key: at,
					size,
					modified
				});
			}
		}
		yield* objects.values();
	}
	async function remove(keys) {
		const blobs = new Set(keys.map(digestIn).filter((digest) => digest !== null));
		await each(keys, async (key) => {
			const found = digestIn(key) === null ? await documentOf(remover(), key) : null;
			if (found !== null) await drop("manifests", found.digest);
		});
		if (blobs.size > 0) await repository.unname(blobs, (digest) => drop("manifests", digest));
		await each(blobs, (blob) => drop("blobs", blob));
	}
	async function drop(kind, digest) {
		if (!await remover().remove(kind, digest)) throw notRemoved(name, kind, url.host);
	}
	return {
		name,
		stat: edge(stat),
		get: edge(get),
		put: edge(put),
		async *list(prefix) {
			try {
				yield* list(prefix);
			} catch (error) {
				throw atEdge(error, url.host);
			}
		},
		remove: edge((keys) => {
			const turn = removing.then(() => remove(keys));
			removing = turn.catch(() => {});
			return turn;
		}),
		keep: edge((blobs) => repository.keep(blobs.map(({ sha256, size }) => objectOf(`sha256:${sha256}`, size)), isFresh))
	};
}
export { ociBucket };
