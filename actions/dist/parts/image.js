import { c as registryAddress, n as describe, o as isLoopback, s as isRegistryName, t as openRegistry } from "./oci.js";
import { $ as nearest, Ct as LockstepError, St as writeAtomic, W as parseConfiguration, X as checkSchema, dt as canonicalJson, gt as hexOf, q as parseYaml, t as init_workspace, vt as isDigest, w as parseJson } from "./workspace.js";
import { a as parseReference, c as mediaTypes, i as imageName, n as readConfig, o as openImages, s as annotation } from "./base.js";
import { a as notThere, c as pullDocument, i as findBase, l as pushDocument, n as parsePlatform, o as parseIndex, s as pullBlobs, t as defaultPlatform } from "./platform.js";
import { a as kept_run_default, o as documents } from "../vendor/schemas-others.js";
import { E as statementOf, T as sign, v as openStatement, y as parseEnvelope } from "./registry.js";
import { t as require_dist } from "../vendor/yaml.js";
import "./unpack-process.js";
import { join } from "node:path";
import { existsSync, readFileSync } from "node:fs";
var import_dist = require_dist();
init_workspace();
const referrersTag = (image) => `sha256-${hexOf(image)}`;
const mostTries = 5;
const indexOf = (manifests) => ({
	schemaVersion: 2,
	mediaType: mediaTypes.index,
	manifests
});
async function pushEvidence(registry, layout, image) {
	const tagged = layout.find(referrersTag(image));
	if (tagged === null) return 0;
	const own = layout.readIndex(tagged.digest).manifests;
	let sent = 0;
	for (const { digest } of own) sent += await pushDocument(registry, layout, digest);
	for (let tries = 1; tries <= mostTries; tries++) {
		const there = await listed(registry, image);
		const missing = own.filter(({ digest }) => !there.some((entry) => entry.digest === digest));
		if (missing.length === 0) break;
		const { bytes } = describe(mediaTypes.index, indexOf([...there, ...missing]));
		await registry.pushManifest(referrersTag(image), {
			bytes,
			mediaType: mediaTypes.index
		});
		sent += bytes.byteLength;
	}
	return sent;
}
async function pullEvidence(workspace, name, image) {
	if (!isRegistryName(name)) return false;
	const registry = openRegistry(name);
	const newest = (await listed(registry, image)).findLast(({ artifactType }) => artifactType === mediaTypes.evidence);
	if (!newest) return false;
	const layout = openImages(workspace);
	await pullDocument(registry, layout, newest.digest);
	const { bytes, descriptor } = describe(mediaTypes.index, indexOf([newest]));
	layout.writeBlob(bytes);
	await layout.tag(referrersTag(image), descriptor);
	return true;
}
async function listed(registry, image) {
	const remote = await registry.resolve(referrersTag(image));
	return remote === null ? [] : parseIndex(remote.bytes).manifests;
}
init_workspace();
async function attachEvidence(workspace, image, files) {
	const layout = openImages(workspace);
	const subject = {
		mediaType: mediaTypes.manifest,
		digest: image,
		size: layout.readBlob(image).byteLength
	};
	const empty = describe(mediaTypes.empty, {});
	layout.writeBlob(empty.bytes);
	const layers = Object.entries(files).sort(([a], [b]) => a < b ? -1 : 1).map(([name, content]) => {
		const bytes = typeof content === "string" ? readFileSync(content) : content;
		return {
			mediaType: typeOf(name),
			digest: layout.writeBlob(bytes),
			size: bytes.byteLength,
			annotations: { [annotation.title]: name }
		};
	});
	const manifest = describe(mediaTypes.manifest, {
		schemaVersion: 2,
		mediaType: mediaTypes.manifest,
		artifactType: mediaTypes.evidence,
		config: empty.descriptor,
		layers,
		subject
	});
	layout.writeBlob(manifest.bytes);
	const entry = {
		...manifest.descriptor,
		artifactType: mediaTypes.evidence
	};
	await layout.update(referrersTag(image), (old) => {
		const others = (old ? layout.readIndex(old.digest).manifests : []).filter(({ digest }) => digest !== entry.digest);
		const index = {
			schemaVersion: 2,
			mediaType: mediaTypes.index,
			manifests: [...others, entry]
		};
		const { bytes, descriptor } = describe(mediaTypes.index, index);
		layout.writeBlob(bytes);
		return descriptor;
	});
	return entry.digest;
}
function readEvidence(workspace, image) {
	const layout = openImages(workspace);
	const tagged = layout.find(referrersTag(image));
	if (!tagged) return {};
	const newest = layout.readIndex(tagged.digest).manifests.findLast(({ artifactType }) => artifactType === mediaTypes.evidence);
	if (!newest) return {};
	const manifest = layout.readManifest(newest.digest);
	if (manifest.subject?.digest !== image) throw new LockstepError("E_IMAGE_LAYOUT", {
		what: `evidence ${newest.digest} is about ${manifest.subject?.digest ?? "nothing"}`,
		where: { file: layout.path },
		allowed: `evidence about ${image}`
	});
	return Object.fromEntries(manifest.layers.map(({ digest, size, annotations }) => {
		layout.readBlob(digest, size);
		return [annotations?.[annotation.title] ?? digest, {
			digest,
			size,
			path: layout.pathOf(digest)
		}];
	}));
}
const typeOf = (name) => name.endsWith(".json") ? "application/json" : name.endsWith(".html") ? "text/html" : name.endsWith(".md") ? "text/markdown" : "application/octet-stream";
init_workspace();
function readImage(workspace, text) {
	const layout = openImages(workspace);
	const entry = isDigest(text) ? { digest: text } : findByReference(workspace, text);
	const manifest = layout.readManifest(entry.digest);
	const config = readConfig(layout, manifest.config);
	return {
		reference: layout.list().find(({ digest }) => digest === entry.digest)?.annotations?.[annotation.ref] ?? null,
		digest: entry.digest,
		platform: `${config.os}/${config.architecture}`,
		portable: manifest.annotations?.[annotation.runs] === void 0,
		labels: config.config.Labels ?? {},
		layers: manifest.layers.map(({ annotations, digest, size }) => ({
			part: annotations?.[annotation.layer] ?? "base",
			digest,
			size
		})),
		config
	};
}
const listImages = (workspace) => openImages(workspace).list().flatMap(({ annotations, digest }) => {
	const reference = annotations?.[annotation.ref];
	return reference === void 0 || reference.startsWith("sha256-") ? [] : [{
		reference,
		digest
	}];
});
function findByReference(workspace, text) {
	const { name, tag, digest } = parseReference(text);
	if (digest) return { digest };
	const known = listImages(workspace);
	const found = known.find(({ reference }) => reference === `${name}:${tag ?? "latest"}`);
	if (found) return found;
	const references = known.map(({ reference }) => reference);
	const near = nearest(text, references);
	throw new LockstepError("E_IMAGE_MISSING", {
		what: `no image ${text}`,
		where: { file: ".lockstep/images" },
		allowed: references.join(", ") || "none was built yet",
		fix: near ? `did you mean ${near}?` : "build it with `lockstep image build`"
	});
}
init_workspace();
const predicateType = "urn:lockstep:kept-run:v1";
const mostEnvelope = 1048576;
const tagOf = (fingerprint) => `run-${hexOf(fingerprint)}`;
async function keepRun(workspace, { files, ...about }, { key, source }) {
	const layout = openImages(workspace);
	const layers = Object.entries(files).map(([name, path]) => {
		const bytes = readFileSync(path);
		return {
			mediaType: "application/octet-stream",
			digest: layout.writeBlob(bytes),
			size: bytes.byteLength,
			annotations: { [annotation.title]: name }
		};
	});
	const digests = Object.fromEntries(Object.keys(files).map((name, place) => [name, layers[place].digest]));
	const kept = {
		v: 1,
		...about,
		files: digests
	};
	const envelope = sign(statementOf(predicateType, kept, digests), key);
	const config = describe(mediaTypes.run, envelope);
	layout.writeBlob(config.bytes);
	const { bytes, descriptor } = describe(mediaTypes.manifest, {
		schemaVersion: 2,
		mediaType: mediaTypes.manifest,
		artifactType: mediaTypes.run,
		config: config.descriptor,
		layers,
		...source === null ? {} : { annotations: { [annotation.source]: source } }
	});
	layout.writeBlob(bytes);
	const registry = openRegistry(imageName(workspace, about.model), { actions: "pull,push" });
	await pushDocument(registry, layout, descriptor.digest);
	for (const fingerprint of about.fingerprints) await registry.pushManifest(tagOf(fingerprint), {
		bytes,
		mediaType: mediaTypes.manifest
	});
	return descriptor.digest;
}
async function findRun(workspace, { model, fingerprint }, trust) {
	const name = imageName(workspace, model);
	const registry = openRegistry(name);
	const found = await registry.resolve(tagOf(fingerprint));
	if (found === null) return null;
	const where = { file: `${name}:${tagOf(fingerprint)}` };
	const { artifactType, config, layers } = checkSchema(parseJson(found.bytes, where.file), documents.manifest);
	if (artifactType !== mediaTypes.run || config.size > mostEnvelope) throw notKept(where, `${artifactType ?? "no type"} with a configuration of ${config.size} bytes`);
	const layout = openImages(workspace);
	await pullBlobs(registry, layout, [config]);
	const envelope = parseEnvelope(layout.readBlob(config.digest, config.size).toString(), where);
	const kind = {
		predicateType,
		schema: kept_run_default
	};
	const { predicate: run } = openStatement(envelope, await trust(), kind, { where }).statement;
	if (run.model !== model || !run.fingerprints.includes(fingerprint)) throw notKept(where, `a run of ${run.model} with other fingerprints`);
	const there = Object.fromEntries(layers.map(({ digest, annotations }) => [annotations?.[annotation.title] ?? "", digest]));
	if (canonicalJson(there) !== canonicalJson(run.files)) throw notKept(where, "files that nobody signed for");
	await pullBlobs(registry, layout, layers);
	return {
		run,
		pathOf: layout.pathOf
	};
}
const notKept = (where, what) => new LockstepError("E_IMAGE_LAYOUT", {
	what,
	where,
	allowed: `an artifact of type ${mediaTypes.run} whose signed files are the ones it has`,
	fix: "remove the tag from the registry; the run is made again"
});
init_workspace();
async function pinBase(workspace) {
	const configured = workspace.configuration.image.base ?? "docker.io/library/node:24-bookworm-slim";
	const asked = {
		...workspace,
		configuration: {
			...workspace.configuration,
			image: { base: configured }
		}
	};
	const base = await findBase(asked, openImages(workspace), parsePlatform(defaultPlatform), true);
	const { name, tag, digest } = parseReference(base.reference);
	const { tag: kept } = parseReference(configured);
	const reference = `${name}${kept ?? tag ? `:${kept ?? tag}` : ""}@${digest}`;
	if (base.pinned && configured.includes("@")) return {
		reference: configured,
		written: false
	};
	const path = join(workspace.root, "lockstep.yaml");
	const text = existsSync(path) ? readFileSync(path, "utf8") : "";
	writeAtomic(path, checked(splice(text, reference)));
	return {
		reference,
		written: true
	};
}
function splice(text, reference) {
	const node = (0, import_dist.parseDocument)(text).getIn(["image", "base"], true);
	if ((0, import_dist.isScalar)(node) && node.range) return text.slice(0, node.range[0]) + reference + text.slice(node.range[1]);
	return `${text === "" || text.endsWith("\n") ? text : `${text}\n`}image: {base: "${reference}"}\n`;
}
function checked(text) {
	const { image } = parseConfiguration(parseYaml(Buffer.from(text), "lockstep.yaml"));
	if (image.base?.includes("@sha256:")) return text;
	throw new LockstepError("E_CONFIG_VALUE", {
		what: "image.base could not be written",
		where: { file: "lockstep.yaml" },
		fix: "write it by hand"
	});
}
init_workspace();
async function pushImage(workspace, { name, digest, tag }) {
	const layout = openImages(workspace);
	refuseUnportable(layout.readManifest(digest), `${name}@${digest}`);
	const siblings = siblingsOf(layout, name);
	const from = [...new Set(siblings.values())];
	const registry = openRegistry(name, {
		actions: "pull,push",
		from
	});
	const siblingOf = (blob) => siblings.get(blob.digest) ?? null;
	let sent = await pushDocument(registry, layout, digest, siblingOf);
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
function siblingsOf(layout, name) {
	const { host, repository } = registryAddress(name);
	const found = new Map();
	const note = (other, { layers }, of) => {
		const place = other.startsWith(`${host}/`) ? registryAddress(other).repository : repository;
		if (place !== repository) for (const layer of layers.filter(of)) found.set(layer.digest, place);
	};
	for (const { digest, annotations } of layout.list()) {
		const reference = annotations?.[annotation.ref];
		if (reference === void 0 || reference.startsWith("sha256-") || !layout.has(digest)) continue;
		const manifest = layout.readManifest(digest);
		const base = manifest.annotations?.[annotation.base];
		const isOurs = (layer) => layer.annotations?.[annotation.layer] !== void 0;
		note(parseReference(reference).name, manifest, isOurs);
		if (base !== void 0) note(base, manifest, (layer) => !isOurs(layer));
	}
	return found;
}
async function pullImage(workspace, text) {
	const { name, tag, digest: wanted } = parseReference(text);
	const layout = openImages(workspace);
	const registry = openRegistry(name);
	const found = await registry.resolve(wanted ?? tag ?? "latest");
	if (found === null) throw notThere(registry, wanted ?? tag ?? "latest");
	const { digest } = found;
	const manifest = await pullDocument(registry, layout, digest);
	await pullEvidence(workspace, name, digest);
	const { mediaType = mediaTypes.manifest, annotations } = manifest;
	const version = tag ?? annotations?.[annotation.version];
	if (version !== void 0) await layout.tag(`${name}:${version}`, {
		mediaType,
		digest,
		size: found.bytes.byteLength
	});
	return digest;
}
async function isPublic(name, digest) {
	if (isLoopback(name.split("/")[0])) return null;
	try {
		return await openRegistry(name, { credentials: null }).resolve(digest) !== null;
	} catch {
		return false;
	}
}
function refuseUnportable({ annotations }, image) {
	if (annotations?.[annotation.runs] === void 0) return;
	throw new LockstepError("E_BASE_MISSING", {
		what: `${image} has no base image: nothing but the local agent can run it`,
		where: { file: "lockstep.yaml" },
		allowed: "images with an operating system and Node 24 under them",
		fix: "set `image: {base: docker.io/library/node:24-bookworm-slim}` in lockstep.yaml, then `lockstep image pin-base`"
	});
}
const buildImage = async (workspace, input) => (await import("./build.js")).buildImage(workspace, input);
export { findRun as a, readImage as c, pullEvidence as d, pinBase as i, attachEvidence as l, pullImage as n, keepRun as o, pushImage as r, listImages as s, buildImage as t, readEvidence as u };
