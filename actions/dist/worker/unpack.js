import { Ct as LockstepError, ht as digestOf, l as openWorkspace, rt as answerParent, t as init_workspace, xt as temporaryBeside, yt as diskFull } from "../parts/workspace.js";
import { n as unpackTar } from "../vendor/modern-tar.js";
import { n as readConfig, o as openImages, s as annotation } from "../parts/base.js";
import { t as rootfsOf } from "../parts/unpack-process.js";
import { dirname, join } from "node:path";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
init_workspace();
const mostUnpacked = (packed) => 67108864 + 100 * packed;
function unzip(packed, file) {
	try {
		return gunzipSync(packed, { maxOutputLength: mostUnpacked(packed.byteLength) });
	} catch (error) {
		const bomb = error.code === "ERR_BUFFER_TOO_LARGE";
		throw new LockstepError(bomb ? "E_ARCHIVE_BOMB" : "E_ARCHIVE_FORMAT", {
			what: bomb ? `${packed.byteLength} bytes that unpack to far more` : "bytes that are not gzip",
			where: { file },
			allowed: `a gzipped tar of at most ${mostUnpacked(packed.byteLength)} bytes`,
			cause: error
		});
	}
}
async function readArchive(tar, file) {
	const entries = await unpackTar(tar, { strict: true }).catch((error) => {
		throw new LockstepError("E_ARCHIVE_FORMAT", {
			what: `no whole tar (${error.message})`,
			where: { file },
			allowed: "a ustar archive",
			cause: error
		});
	});
	const seen = new Map();
	const files = [];
	for (const { header, data } of entries) {
		const path = checkEntry(header.name, header.type ?? "file", file);
		const twin = seen.get(path.toLowerCase());
		if (twin === path) throw refused("E_ARCHIVE_DUPLICATE", header.name, "is there twice", file);
		if (twin !== void 0) throw refused("E_ARCHIVE_CASE", header.name, `differs from ${twin} by case`, file);
		seen.set(path.toLowerCase(), path);
		if (header.type === "directory") continue;
		if ((data?.byteLength ?? 0) !== header.size) throw refused("E_ARCHIVE_FORMAT", header.name, `has ${data?.byteLength ?? 0} of ${header.size} bytes`, file);
		files.push({
			path,
			bytes: data ?? new Uint8Array()
		});
	}
	return files;
}
function checkEntry(name, type, file) {
	if (name.startsWith("/") || /^[A-Za-z]:/.test(name)) throw refused("E_ARCHIVE_ABSOLUTE", name, "is an absolute path", file);
	const steps = name.replace(/\/$/, "").split("/");
	if (steps.includes("..") || name.includes("\\") || /[\u0000-\u001f]/.test(name)) throw refused("E_ARCHIVE_TRAVERSAL", name, "leaves the archive", file);
	if (steps.some((step) => step === "" || step === ".")) throw refused("E_ARCHIVE_FORMAT", name, "is no plain path", file);
	if (type === "link" || type === "symlink") throw refused("E_ARCHIVE_LINK", name, "is a link", file);
	if (type !== "file" && type !== "directory") throw refused("E_ARCHIVE_DEVICE", name, `is a ${type}`, file);
	return steps.join("/");
}
const refused = (code, name, why, file) => new LockstepError(code, {
	what: `the entry "${name}" ${why}`,
	where: { file },
	allowed: "plain files and folders inside the archive, each once",
	fix: "build the image again, and find out who made this one"
});
init_workspace();
async function unpackHere(workspace, digest) {
	const rootfs = rootfsOf(workspace, digest);
	if (existsSync(rootfs)) return rootfs;
	const files = await imageFiles(openImages(workspace), digest);
	const temporary = temporaryBeside(rootfs);
	try {
		writeFiles(temporary, files);
		renameSync(temporary, rootfs);
	} catch (error) {
		rmSync(temporary, {
			recursive: true,
			force: true
		});
		if (!existsSync(rootfs)) throw diskFull(error, rootfs);
	}
	return rootfs;
}
async function imageFiles(layout, digest) {
	const manifest = layout.readManifest(digest);
	const { rootfs } = readConfig(layout, manifest.config);
	if (rootfs.diff_ids.length !== manifest.layers.length) throw notOurs(digest, `${manifest.layers.length} layers but ${rootfs.diff_ids.length} diff ids`);
	const files = new Map();
	for (const [place, layer] of manifest.layers.entries()) {
		if (layer.annotations?.[annotation.layer] === void 0) continue;
		const file = layout.pathOf(layer.digest);
		const tar = unzip(layout.readBlob(layer.digest, layer.size), file);
		if (digestOf(tar) !== rootfs.diff_ids[place]) throw notOurs(digest, `a layer that is not ${rootfs.diff_ids[place]}`);
		for (const entry of await readArchive(tar, file)) files.set(entry.path, entry);
	}
	if (!files.has("app/server.mjs")) throw notOurs(digest, "no app/server.mjs");
	return [...files.values()];
}
function writeFiles(target, files) {
	for (const { path, bytes } of files) {
		const file = join(target, path);
		mkdirSync(dirname(file), { recursive: true });
		writeFileSync(file, bytes, {
			mode: 420,
			flag: "wx"
		});
	}
}
const notOurs = (digest, what) => new LockstepError("E_IMAGE_LAYOUT", {
	what: `the image ${digest} has ${what}`,
	allowed: "an image that `lockstep image build` made"
});
init_workspace();
await answerParent(({ root, digest }) => unpackHere(openWorkspace(root), digest));
export {};
