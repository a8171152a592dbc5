import { D as parseYaml, E as parseConfiguration, G as isDigest, J as writeAtomic, Y as LockstepError, j as nearest } from "./workspace.js";
import { a as parseReference, c as annotation, l as describe, n as readConfig, o as openImages, u as mediaTypes } from "./base2.js";
import { i as findBase, n as parsePlatform, s as referrersTag, t as defaultPlatform } from "./platform.js";
import { t as require_dist } from "../vendor/yaml.js";
import "./unpack-process.js";
import { join } from "node:path";
import { existsSync, readFileSync } from "node:fs";
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
var import_dist = require_dist();
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
const buildImage = async (workspace, input) => (await import("./build.js")).buildImage(workspace, input);
export { attachEvidence as a, readImage as i, pinBase as n, readEvidence as o, listImages as r, buildImage as t };
