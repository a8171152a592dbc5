import { Ct as LockstepError, S as withLock, St as writeAtomic, X as checkSchema, d as shown, f as statePath, gt as hexOf, ht as digestOf, t as init_workspace, vt as isDigest, w as parseJson } from "./workspace.js";
import { n as describe, r as ociTypes } from "./oci.js";
import { o as documents } from "../vendor/schemas-others.js";
import { join } from "node:path";
import { existsSync, readFileSync, statSync } from "node:fs";
init_workspace();
const mediaTypes = {
	...ociTypes,
	config: "application/vnd.oci.image.config.v1+json",
	layer: "application/vnd.oci.image.layer.v1.tar+gzip",
	evidence: "application/vnd.lockstep.evidence.v1",
	run: "application/vnd.lockstep.run.v1+json"
};
const annotation = {
	ref: "org.opencontainers.image.ref.name",
	title: "org.opencontainers.image.title",
	version: "org.opencontainers.image.version",
	revision: "org.opencontainers.image.revision",
	source: "org.opencontainers.image.source",
	base: "org.opencontainers.image.base.name",
	baseDigest: "org.opencontainers.image.base.digest",
	layer: "dev.lockstep.layer",
	runs: "dev.lockstep.runs"
};
const openImages = (workspace) => openLayout(statePath(workspace, "images"), (path) => shown(workspace, path));
function openLayout(path, show = (file) => file) {
	const indexPath = join(path, "index.json");
	const pathOf = (digest) => join(path, "blobs", "sha256", hexOf(digest));
	const has = (digest) => existsSync(pathOf(digest));
	function readBlob(digest, size) {
		if (!has(digest)) throw missing$1(digest, show(path));
		const bytes = readFileSync(pathOf(digest));
		checkBytes(bytes, digest, size, show(pathOf(digest)));
		return bytes;
	}
	const readDocument = (digest, kind) => checkSchema(parseJson(readBlob(digest), show(pathOf(digest))), documents[kind]);
	function list() {
		if (!existsSync(indexPath)) return [];
		return checkSchema(parseJson(readFileSync(indexPath), show(indexPath)), documents.index).manifests;
	}
	const update = (reference, change) => withLock(join(path, "index.lock"), {
		what: `writing ${show(indexPath)}`,
		waitMs: 3e4
	}, async () => {
		writeAtomic(join(path, "oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
		const named = list().filter(({ annotations }) => annotations?.[annotation.ref] !== reference);
		const next = change(find(reference));
		const entry = {
			...next,
			annotations: {
				...next.annotations,
				[annotation.ref]: reference
			}
		};
		const manifests = [...named, entry].sort((a, b) => refOf(a) < refOf(b) ? -1 : 1);
		const index = {
			schemaVersion: 2,
			mediaType: mediaTypes.index,
			manifests
		};
		writeAtomic(indexPath, describe(mediaTypes.index, index).bytes);
	});
	const find = (reference) => list().find(({ annotations }) => annotations?.[annotation.ref] === reference) ?? null;
	return {
		path,
		has,
		pathOf,
		readBlob,
		readManifest: (digest) => readDocument(digest, "manifest"),
		readIndex: (digest) => readDocument(digest, "index"),
		list,
		find,
		update,
		tag: (reference, descriptor) => update(reference, () => descriptor),
		writeBlob(bytes) {
			const digest = digestOf(bytes);
			if (!(has(digest) && statSync(pathOf(digest)).size === bytes.byteLength)) writeAtomic(pathOf(digest), bytes);
			return digest;
		}
	};
}
const refOf = (descriptor) => descriptor.annotations?.[annotation.ref] ?? "";
function checkBytes(bytes, digest, size, file) {
	if (size !== void 0 && bytes.byteLength !== size) throw new LockstepError("E_SIZE_MISMATCH", {
		what: `${bytes.byteLength} bytes`,
		where: { file },
		allowed: `${size} bytes`,
		fix: "remove the file and build the image again"
	});
	const found = digestOf(bytes);
	if (found !== digest) throw new LockstepError("E_DIGEST_MISMATCH", {
		what: `bytes with digest ${found}`,
		where: { file },
		allowed: `the digest it is named by, ${digest}`,
		fix: "remove the file and build the image again"
	});
}
const missing$1 = (digest, file) => new LockstepError("E_IMAGE_MISSING", {
	what: `no blob ${digest}`,
	where: { file },
	fix: "build the image again with `lockstep image build`"
});
init_workspace();
const repository = /^[a-z0-9]+([._-][a-z0-9]+)*(:[0-9]+)?(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)+$/;
const tag = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const imageName = ({ configuration }, model) => checkRepository(`${configuration.images ?? defaultImages(process.env)}/${model}`);
const defaultImages = ({ GITHUB_ACTIONS: runner, GITHUB_REPOSITORY: repository }) => runner === "true" && repository ? `ghcr.io/${repository.toLowerCase()}` : "localhost";
function parseReference(text) {
	const [before = "", digest, ...more] = text.split("@");
	if (more.length > 0 || digest !== void 0 && !isDigest(digest)) throw badReference(text);
	const colon = before.indexOf(":", before.lastIndexOf("/") + 1);
	return {
		name: checkRepository(colon === -1 ? before : before.slice(0, colon)),
		tag: colon === -1 ? null : checkTag(before.slice(colon + 1)),
		digest: digest ?? null
	};
}
function checkTag(text) {
	if (tag.test(text)) return text;
	throw new LockstepError("E_IMAGE_TAG", {
		what: `the image tag "${text}"`,
		allowed: "1 to 128 letters, digits, _, . and -, not beginning with . or -",
		fix: "choose another version"
	});
}
function checkRepository(text) {
	if (text.length <= 255 && repository.test(text)) return text;
	throw badReference(text);
}
const badReference = (text) => new LockstepError("E_IMAGE_REF", {
	what: `the image reference "${text}"`,
	allowed: "registry/repository in lower case, then :tag or @sha256:<64 hex>",
	fix: "write it in lower case, as in ghcr.io/acme/models"
});
init_workspace();
function readBase(text, layout, platform) {
	const { name, digest } = parseReference(text);
	if (digest === null || !layout.has(digest)) throw missing(text, layout.path);
	const manifest = manifestFor(layout, digest, platform, text);
	const config = readConfig(layout, manifest.config);
	if (config.os !== platform.os || config.architecture !== platform.architecture) throw otherPlatform(text, `${config.os}/${config.architecture}`, platform);
	for (const layer of manifest.layers) if (!layout.has(layer.digest)) throw missing(text, layout.path);
	return {
		name,
		digest,
		config,
		layers: manifest.layers.map(inOurWords)
	};
}
const inOurWords = (layer) => layer.mediaType === "application/vnd.docker.image.rootfs.diff.tar.gzip" ? {
	...layer,
	mediaType: mediaTypes.layer
} : layer;
function readConfig(layout, descriptor) {
	const bytes = layout.readBlob(descriptor.digest, descriptor.size);
	return checkSchema(parseJson(bytes, layout.pathOf(descriptor.digest)), documents.config);
}
function manifestFor(layout, digest, platform, text) {
	const document = JSON.parse(layout.readBlob(digest).toString());
	if (document.mediaType !== mediaTypes.index && document.manifests === void 0) return layout.readManifest(digest);
	const { manifests } = layout.readIndex(digest);
	const chosen = manifests.find((entry) => entry.platform?.os === platform.os && entry.platform.architecture === platform.architecture);
	const there = manifests.flatMap((entry) => entry.platform ? [`${entry.platform.os}/${entry.platform.architecture}`] : []);
	if (!chosen) throw otherPlatform(text, there.join(", ") || "no platform", platform);
	if (!layout.has(chosen.digest)) throw missing(text, layout.path);
	return layout.readManifest(chosen.digest);
}
const missing = (text, layout) => new LockstepError("E_BASE_MISSING", {
	what: `the base image ${text} is not, or not whole, in ${layout}`,
	where: { file: "lockstep.yaml" },
	allowed: "a base whose blobs lie in the layout, or none for the local agent alone",
	fix: `skopeo copy docker://${text} oci:${layout}, or remove image.base`
});
const otherPlatform = (text, found, { os, architecture }) => new LockstepError("E_IMAGE_PLATFORM", {
	what: `the base image ${text} is for ${found}`,
	where: { file: "lockstep.yaml" },
	allowed: `${os}/${architecture}`,
	fix: "name a base for the platform that is built"
});
export { parseReference as a, mediaTypes as c, imageName as i, readConfig as n, openImages as o, checkTag as r, annotation as s, readBase as t };
