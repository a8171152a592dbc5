import { Ct as LockstepError, Tt as isLockstepError, X as checkSchema, ht as digestOf, t as init_workspace, w as parseJson, xt as temporaryBeside } from "./workspace.js";
import { r as pLimit } from "../vendor/small.js";
import { t as openRegistry } from "./oci.js";
import { a as parseReference, c as mediaTypes } from "./base.js";
import { o as documents } from "../vendor/schemas-others.js";
import { dirname } from "node:path";
import { mkdirSync, renameSync } from "node:fs";
init_workspace();
const atATime = 4;
async function pushDocument(registry, layout, digest, siblingOf = () => null) {
	const manifest = layout.readManifest(digest);
	const blobs = (await each(blobsOf(manifest), async (blob) => {
		return await registry.pushBlob(blob, layout.pathOf(blob.digest), siblingOf(blob)) ? blob.size : 0;
	})).reduce((sum, size) => sum + size, 0);
	if (await registry.resolve(digest) !== null) return blobs;
	const bytes = layout.readBlob(digest);
	await registry.pushManifest(digest, {
		bytes,
		mediaType: manifest.mediaType ?? mediaTypes.manifest
	});
	const back = await registry.resolve(digest);
	if (back?.bytes.equals(bytes)) return blobs + bytes.byteLength;
	throw new LockstepError("E_REGISTRY_DIGEST", {
		what: `${registry.name} gives back ${back?.digest ?? "nothing"} for the manifest it was sent`,
		allowed: digest,
		fix: "nothing names it yet; tell who runs the registry"
	});
}
async function pullDocument(registry, layout, digest) {
	const found = layout.has(digest) ? layout.readBlob(digest) : (await registry.resolve(digest))?.bytes;
	if (!found) throw notThere(registry, digest);
	const where = `${registry.name}@${digest}`;
	const manifest = checkSchema(parseJson(found, where), documents.manifest);
	await pullBlobs(registry, layout, blobsOf(manifest));
	layout.writeBlob(found);
	return manifest;
}
const blobsOf = ({ config, layers }) => [...new Map([config, ...layers].map((blob) => [blob.digest, blob])).values()];
function each(blobs, work) {
	const few = pLimit(atATime);
	return Promise.all(blobs.map((blob) => few(() => work(blob))));
}
async function pullBlobs(registry, layout, blobs) {
	await each(blobs, (blob) => pullBlob(registry, layout, blob));
}
async function pullBlob(registry, layout, blob) {
	if (layout.has(blob.digest)) return;
	const target = layout.pathOf(blob.digest);
	mkdirSync(dirname(target), { recursive: true });
	const temporary = temporaryBeside(target);
	await registry.pullBlob(blob, temporary);
	renameSync(temporary, target);
}
const notThere = ({ name }, what) => new LockstepError("E_IMAGE_MISSING", {
	what: `no ${what} in ${name}`,
	allowed: "an image that is there",
	fix: "push it, or correct the reference"
});
const parseIndex = (bytes) => checkSchema(parseJson(bytes, `index ${digestOf(bytes)}`), documents.index);
init_workspace();
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
init_workspace();
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
export { notThere as a, pullDocument as c, findBase as i, pushDocument as l, parsePlatform as n, parseIndex as o, asksForBase as r, pullBlobs as s, defaultPlatform as t };
