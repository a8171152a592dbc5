import { $ as nearest, Ct as LockstepError, L as readAtCommit, P as gitBlobs, S as withLock, St as writeAtomic, Tt as isLockstepError, a as scratchPath, ct as isAlive, f as statePath, g as startProgress, gt as hexOf, ht as digestOf, mt as digestFile, p as amount, t as init_workspace, vt as isDigest, w as parseJson, xt as temporaryBeside, yt as diskFull, z as tryGit } from "./workspace.js";
import { n as makeFolder, r as makeFolderOf, t as lookAt } from "./folder.js";
import { t as eachLimited } from "./each-limited.js";
import { c as isSecure, l as withoutQuery, t as init_http } from "./http.js";
import "./parquet-compressors.js";
import { basename, extname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { createHash, hash } from "node:crypto";
import { closeSync, constants, createReadStream, createWriteStream, existsSync, fsyncSync, lstatSync, mkdirSync, mkdtempSync, openSync, readFileSync, readSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync, writeSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { hostname } from "node:os";
import { setTimeout } from "node:timers/promises";
import { chmod, copyFile, open, readFile, readdir, rename, rm, stat } from "node:fs/promises";
import { isUtf8 } from "node:buffer";
import { pipeline } from "node:stream/promises";
init_workspace();
const mostPath = 4096;
const mostComponent = 255;
const reserved = new Set([
	".git",
	".github",
	".lockstep",
	"node_modules"
]);
const control = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const harmless = /^[A-Za-z0-9_-][A-Za-z0-9_.-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*\/?$/;
function faultOf(path) {
	if (path.length < 128 && harmless.test(path) && !/node_modules/i.test(path)) return null;
	if (control.test(path)) return fault("E_PATH_CONTROL", path, "no control or invisible characters");
	if (path.startsWith("/") || /^[A-Za-z]:/.test(path)) return fault("E_PATH_ABSOLUTE", path, "a path relative to data/");
	const parts = (path.endsWith("/") ? path.slice(0, -1) : path).split("/");
	if (path.split(/[\\/]/).includes("..")) return fault("E_PATH_TRAVERSAL", path, "a path that stays inside data/");
	if (path.includes("\\")) return fault("E_PATH_CONTROL", path, "forward slashes, no backslash");
	if (Buffer.byteLength(path) > mostPath) return fault("E_PATH_LENGTH", path, `at most ${mostPath} bytes`, `${Buffer.byteLength(path)} bytes`);
	const long = parts.find((part) => Buffer.byteLength(part) > mostComponent);
	if (long !== void 0) return fault("E_PATH_LENGTH", path, `at most ${mostComponent} bytes between slashes`, `${Buffer.byteLength(long)} bytes between slashes`);
	if (parts.some((part) => part === "" || part === ".")) return fault("E_LOCK_NONCANONICAL", path, "a path without empty parts and without \".\"");
	if (parts.find((part) => reserved.has(part.toLowerCase().replace(/[. ]+$/, ""))) !== void 0) return fault("E_PATH_RESERVED", path, `no part called ${[...reserved].join(", ")}`);
	return null;
}
const fault = (code, path, allowed, extra) => ({
	code,
	what: `the path ${JSON.stringify(path.length > 80 ? `${path.slice(0, 80)}…` : path)}${extra ? ` (${extra})` : ""}`,
	allowed
});
const mostWrittenKey = 1e3;
function keyFaultOf(key) {
	const found = faultOf(key);
	if (found || key.length < mostWrittenKey / 6) return found;
	const length = JSON.stringify(key).length;
	if (length <= mostWrittenKey) return null;
	return fault("E_PATH_LENGTH", key, `at most ${mostWrittenKey} characters for a key of data.lock`, `${length} characters`);
}
function checkPath(path, where, find = faultOf) {
	const found = find(path);
	if (!found) return path;
	const { code, what, allowed } = found;
	throw new LockstepError(code, {
		what,
		where,
		allowed,
		fix: "rename the file or folder, and add it again"
	});
}
function comparePaths(a, b) {
	if (a === b) return 0;
	const least = Math.min(a.length, b.length);
	for (let at = 0; at < least; at++) {
		const left = a.charCodeAt(at);
		const right = b.charCodeAt(at);
		if (left === right) continue;
		const astral = (unit) => unit >= 55296 && unit <= 57343;
		if (astral(left) !== astral(right)) return astral(left) ? 1 : -1;
		return left < right ? -1 : 1;
	}
	return a.length < b.length ? -1 : 1;
}
const ascii = /^[\u0000-\u007f]*$/;
var PathCollisions = class {
	files = new Map();
	folders = new Map();
	add(path) {
		const bare = path.endsWith("/") ? path.slice(0, -1) : path;
		const folded = foldPath(bare);
		const twin = this.files.get(folded);
		if (twin !== void 0) return twinOf(path, twin);
		const inside = this.folders.get(folded);
		if (inside !== void 0) return nested(inside, path);
		const owner = this.ownerOf(folded);
		if (owner !== void 0) return nested(path, owner);
		for (let slash = folded.lastIndexOf("/"); slash > 0; slash = folded.lastIndexOf("/", slash - 1)) {
			const folder = folded.slice(0, slash);
			if (this.folders.has(folder)) break;
			this.folders.set(folder, path);
		}
		this.files.set(folded, path);
		return null;
	}
	ownerOf(folded) {
		for (let slash = folded.lastIndexOf("/"); slash > 0; slash = folded.lastIndexOf("/", slash - 1)) {
			const folder = folded.slice(0, slash);
			if (this.folders.has(folder)) return void 0;
			const owner = this.files.get(folder);
			if (owner !== void 0) return owner;
		}
	}
};
const foldPath = (path) => ascii.test(path) ? path.toLowerCase() : path.normalize("NFC").toLowerCase().normalize("NFC");
function twinOf(path, twin) {
	if (path === twin) return {
		code: "E_LOCK_DUPLICATE",
		what: `the path "${path}" a second time`,
		allowed: "each path once"
	};
	const bare = (text) => text.replace(/\/$/, "");
	if (bare(path) === bare(twin)) return {
		code: "E_LOCK_DUPLICATE",
		what: `"${twin}" and "${path}"`,
		allowed: "a file or a folder of one name"
	};
	return bare(path).normalize("NFC") === bare(twin).normalize("NFC") ? {
		code: "E_LOCK_UNICODE_COLLISION",
		what: `"${twin}" (${codePoints(twin)}) and "${path}" (${codePoints(path)}), which look alike`,
		allowed: "paths that differ after Unicode normalisation (NFC)"
	} : {
		code: "E_LOCK_CASE_COLLISION",
		what: `"${twin}" and "${path}", one file where case is ignored`,
		allowed: "paths that differ in more than case"
	};
}
const nested = (inner, outer) => ({
	code: "E_LOCK_DUPLICATE",
	what: `"${inner}" lies inside "${outer}"`,
	allowed: "datasets that do not contain each other"
});
const codePoints = (path) => [...path].filter((character) => character > "").map((character) => `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`).join(" ");
init_workspace();
function printManifest(files) {
	return [...files].sort((a, b) => comparePaths(a.path, b.path)).map(({ path, digest, size }) => `${hexOf(digest)} ${size} ${path}\n`).join("");
}
const totalSize = (files) => files.reduce((sum, { size }) => sum + size, 0);
const line = /^([0-9a-f]{64}) (0|[1-9]\d{0,15}) (.+)$/;
function parseManifest(text, entry) {
	const file = `manifest of ${entry.key}`;
	const files = [];
	const collisions = new PathCollisions();
	const lines = text.split("\n");
	if (lines.pop() !== "") throw noncanonical(file, lines.length + 1, "no line end after the last line", "LF after every line");
	for (const [index, written] of lines.entries()) {
		const match = line.exec(written);
		if (!match) throw noncanonical(file, index + 1, "another line", "<64 hex> <size> <path>");
		const path = checkPath(match[3], {
			file,
			line: index + 1
		});
		if (path.endsWith("/")) throw noncanonical(file, index + 1, `the folder "${path}"`, "files only");
		const collision = collisions.add(path);
		if (collision) throw new LockstepError(collision.code, {
			...collision,
			where: {
				file,
				line: index + 1
			}
		});
		const before = files.at(-1);
		if (before && comparePaths(before.path, path) > 0) throw noncanonical(file, index + 1, `"${path}" unsorted`, "lines sorted by path");
		files.push({
			path,
			digest: `sha256:${match[1]}`,
			size: Number(match[2])
		});
	}
	const size = totalSize(files);
	if (size === entry.size && files.length === entry.files) return files;
	throw new LockstepError("E_SIZE_MISMATCH", {
		what: `the manifest of "${entry.key}" names ${files.length} files of ${size} bytes`,
		allowed: `${entry.files} files of ${entry.size} bytes, as data.lock says`,
		fix: "add the folder again where it is right"
	});
}
const noncanonical = (file, at, what, allowed) => new LockstepError("E_LOCK_NONCANONICAL", {
	what,
	where: {
		file,
		line: at
	},
	allowed,
	fix: "add the folder again"
});
init_workspace();
const smallFile$1 = 1 << 20;
let buffer;
async function digestOfFile(path, expectedSize) {
	return (expectedSize ?? (await stat(path)).size) < smallFile$1 ? digestSmall(path) ?? digestFile(path) : digestFile(path);
}
function digestSmall(path) {
	buffer ??= Buffer.allocUnsafeSlow(smallFile$1);
	const handle = openSync(path, "r");
	try {
		let size = 0;
		for (;;) {
			const count = readSync(handle, buffer, size, smallFile$1 - size, null);
			size += count;
			if (count === 0) break;
			if (size === smallFile$1) return null;
		}
		return {
			digest: `sha256:${hash("sha256", buffer.subarray(0, size), "hex")}`,
			size
		};
	} finally {
		closeSync(handle);
	}
}
init_workspace();
const packsFolder = (root) => join(root, "packs");
function writeRecord(into, at, digest, offset, size) {
	into.write(hexOf(digest), at, "hex");
	into.writeUInt32LE(offset, at + 32);
	into.writeUInt32LE(size, at + 36);
}
var PackIndex = class {
	folder;
	packs = [];
	known = new Set();
	count = 0;
	seen = 0;
	slots = new Int32Array(0);
	firsts = [];
	constructor(root) {
		this.folder = packsFolder(root);
		this.refresh();
	}
	find(digest) {
		const found = this.lookUp(digest);
		if (found !== null || this.changed() === this.seen) return found;
		this.refresh();
		return this.lookUp(digest);
	}
	changed() {
		return statSync(this.folder, { throwIfNoEntry: false })?.mtimeMs ?? 0;
	}
	lookUp(digest) {
		if (this.count === 0) return null;
		const wanted = Buffer.from(hexOf(digest), "hex");
		const mask = this.slots.length - 1;
		for (let slot = wanted.readUInt32LE(0) & mask; this.slots[slot] !== 0; slot = slot + 1 & mask) {
			const number = this.slots[slot] - 1;
			const pack = this.packOf(number);
			const at = (number - this.firsts[pack]) * 40;
			const { path, records } = this.packs[pack];
			if (wanted.compare(records, at, at + 32) !== 0) continue;
			return {
				pack: path,
				offset: records.readUInt32LE(at + 32),
				size: records.readUInt32LE(at + 36)
			};
		}
		return null;
	}
	refresh() {
		this.seen = this.changed();
		const names = (this.seen === 0 ? [] : readdirSync(this.folder)).filter((name) => name.endsWith(".idx"));
		const present = new Set(names);
		if ([...this.known].some((name) => !present.has(name))) this.clear();
		for (const name of names) if (!this.known.has(name)) this.add(name);
	}
	add(name) {
		const records = readFileSync(join(this.folder, name));
		this.known.add(name);
		if (records.length === 0 || records.length % 40 !== 0) return;
		this.firsts.push(this.count);
		this.packs.push({
			path: join(this.folder, name.replace(/idx$/, "pack")),
			records
		});
		this.count += records.length / 40;
		if (this.count * 2 > this.slots.length) this.rebuild();
		else this.place(this.packs.length - 1);
	}
	rebuild() {
		this.slots = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(1024, this.count * 4))));
		for (let pack = 0; pack < this.packs.length; pack++) this.place(pack);
	}
	place(pack) {
		const { records } = this.packs[pack];
		const mask = this.slots.length - 1;
		for (let index = 0; index * 40 < records.length; index++) {
			let slot = records.readUInt32LE(index * 40) & mask;
			while (this.slots[slot] !== 0) slot = slot + 1 & mask;
			this.slots[slot] = this.firsts[pack] + index + 1;
		}
	}
	packOf(number) {
		let [low, high] = [0, this.firsts.length - 1];
		while (low < high) {
			const middle = low + high + 1 >> 1;
			if (this.firsts[middle] <= number) low = middle;
			else high = middle - 1;
		}
		return low;
	}
	clear() {
		this.packs = [];
		this.known = new Set();
		this.count = 0;
		this.slots = new Int32Array(0);
		this.firsts = [];
	}
};
init_workspace();
const open$2 = new Map();
const mostOpen = 8;
function readPacked(packed) {
	if (packed === null) return null;
	const handle = handleOf(packed.pack);
	if (handle === null) return null;
	const bytes = Buffer.allocUnsafe(packed.size);
	let read = 0;
	while (read < packed.size) {
		const count = readSync(handle, bytes, read, packed.size - read, packed.offset + read);
		if (count === 0) return bytes.subarray(0, read);
		read += count;
	}
	return bytes;
}
function handleOf(path) {
	const known = open$2.get(path);
	if (known !== void 0) return known;
	try {
		const handle = openSync(path, "r");
		open$2.set(path, handle);
		for (const [other, stale] of open$2) {
			if (open$2.size <= mostOpen) break;
			closeSync(stale);
			open$2.delete(other);
		}
		return handle;
	} catch {
		return null;
	}
}
function withoutObject(root, digest) {
	const wanted = Buffer.from(hexOf(digest), "hex");
	for (const name of indexNames(root)) {
		const path = join(packsFolder(root), name);
		const records = readFileSync(path);
		const kept = [];
		for (let at = 0; at + 40 <= records.length; at += 40) if (wanted.compare(records, at, at + 32) !== 0) kept.push(records.subarray(at, at + 40));
		if (kept.length * 40 === records.length) continue;
		if (kept.length === 0) rmSync(path.replace(/idx$/, "pack"), { force: true });
		else writeAtomic(path, Buffer.concat(kept));
		if (kept.length === 0) rmSync(path, { force: true });
	}
}
function indexNames(root) {
	try {
		return readdirSync(packsFolder(root)).filter((name) => name.endsWith(".idx"));
	} catch {
		return [];
	}
}
init_workspace();
const full = 33554432;
function openPacker(root, seen) {
	const folder = packsFolder(root);
	let open = null;
	const added = new Set();
	const begin = () => {
		makeFolder(folder);
		const temporary = temporaryBeside(join(folder, "incoming"));
		return {
			path: temporary.replace("incoming.tmp-", `${Date.now().toString(36)}-`),
			temporary,
			handle: openSync(temporary, "wx", 420),
			digests: [],
			places: [],
			size: 0
		};
	};
	const abandon = () => {
		if (open === null) return;
		closeSync(open.handle);
		rmSync(open.temporary, { force: true });
		open = null;
	};
	const guarded = (work) => {
		try {
			work();
		} catch (error) {
			const { temporary = folder } = open ?? {};
			abandon();
			throw diskFull(error, temporary);
		}
	};
	const close = () => {
		if (open === null) return;
		const { path, temporary, handle, digests, places } = open;
		fsyncSync(handle);
		const records = Buffer.alloc(digests.length * 40);
		for (const [index, digest] of digests.entries()) writeRecord(records, index * 40, digest, places[2 * index], places[2 * index + 1]);
		renameSync(temporary, `${path}.pack`);
		closeSync(handle);
		open = null;
		writeAtomic(`${path}.idx`, records);
	};
	return {
		add(digest, bytes) {
			if (added.has(digest)) return;
			added.add(digest);
			guarded(() => {
				open ??= begin();
				for (let at = 0; at < bytes.length;) at += writeSync(open.handle, bytes, at);
				open.digests.push(digest);
				open.places.push(open.size, bytes.length);
				open.size += bytes.length;
				if (open.size >= full) close();
			});
		},
		end() {
			guarded(close);
			seen();
		},
		abandon
	};
}
init_workspace();
function looseBytes(path, most) {
	const found = statSync(path, { throwIfNoEntry: false });
	return found === void 0 || found.size > most ? null : readFileSync(path);
}
function writeNew(bytes, target) {
	try {
		writeFileSync(target, bytes, {
			flag: "wx",
			mode: 420
		});
	} catch (error) {
		throw diskFull(error, target);
	}
}
async function writeSmall(bytes, copy, target, digest) {
	try {
		writeFileSync(copy, bytes, {
			flag: "wx",
			mode: 420
		});
		renameSync(copy, target);
	} catch (error) {
		const { code } = error;
		if (code === "ENOENT" || code === "ENOTDIR" || code === "EXDEV") return moveTo(copy, target, digest);
		rmSync(copy, { force: true });
		throw diskFull(error, target);
	}
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
		const [ref] = await Promise.all([digestOfFile(copy), durable ? sync(copy) : chmod(copy, 420)]);
		if (wanted !== null && ref.digest !== wanted) await rm(copy, { force: true });
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
const unreadable = (path, code) => new LockstepError("E_DATA_MISSING", {
	what: `cannot read ${path} (${code})`,
	allowed: "a file that this user may read",
	fix: "change its permissions"
});
init_workspace();
const smallFile = 1 << 20;
const objectPath = (digest) => {
	const hex = hexOf(digest);
	return `sha256/${hex.slice(0, 2)}/${hex.slice(2)}`;
};
const openStore = (workspace) => storeAt(statePath(workspace, "store"));
function storeAt(root) {
	let packs;
	const packed = (digest) => {
		packs ??= new PackIndex(root);
		return packs.find(digest);
	};
	const loose = (digest) => join(root, objectPath(digest));
	const has = (digest) => existsSync(loose(digest)) || packed(digest) !== null;
	const damaged = (digest, got) => {
		rmSync(loose(digest), { force: true });
		withoutObject(root, digest);
		packs = void 0;
		return new LockstepError("E_DIGEST_MISMATCH", {
			what: `the local store held other bytes (${got}) for ${digest}; the copy is removed`,
			allowed: digest,
			fix: "run the command again: the bytes are fetched or made anew"
		});
	};
	const readSmall = (digest, most = smallFile) => {
		const bytes = looseBytes(loose(digest), most) ?? readPacked(packed(digest));
		if (bytes === null) return null;
		const got = digestOf(bytes);
		if (got !== digest) throw damaged(digest, got);
		return bytes;
	};
	const temporary = (digest) => {
		const path = loose(digest);
		makeFolderOf(path);
		return temporaryBeside(path);
	};
	let made = false;
	const incoming = () => {
		if (!made) makeFolder(join(root, "incoming"));
		made = true;
		return temporaryBeside(join(root, "incoming", "file"));
	};
	const adopt = (from, digest) => rename(from, loose(digest));
	return {
		root,
		has,
		temporary,
		adopt,
		sizeOf: (digest) => statSync(loose(digest), { throwIfNoEntry: false })?.size ?? packed(digest)?.size ?? null,
		pathOf(digest) {
			const path = loose(digest);
			if (!existsSync(path) && packed(digest) !== null) writeAtomic(path, readSmall(digest));
			return path;
		},
		async verify(digest) {
			if (readSmall(digest) !== null) return;
			if (!existsSync(loose(digest))) throw missing$2(digest);
			const { digest: got } = await digestOfFile(loose(digest));
			if (got !== digest) throw damaged(digest, got);
		},
		async read(digest) {
			const bytes = readSmall(digest, Number.POSITIVE_INFINITY);
			if (bytes === null) throw missing$2(digest);
			return bytes;
		},
		async put(content) {
			const digest = digestOf(content);
			if (!has(digest)) writeAtomic(loose(digest), content);
			else freshen(loose(digest));
			return {
				digest,
				size: Buffer.byteLength(content)
			};
		},
		async putFile(path) {
			const copy = incoming();
			const ref = await copyVerified(path, copy, null, true);
			if (existsSync(loose(ref.digest))) {
				freshen(loose(ref.digest));
				await rm(copy, { force: true });
			} else {
				makeFolderOf(loose(ref.digest));
				await adopt(copy, ref.digest);
			}
			return ref;
		},
		async materialize(digest, target) {
			const bytes = readSmall(digest);
			if (bytes !== null) return writeSmall(bytes, incoming(), target, digest);
			const path = loose(digest);
			if (!existsSync(path)) throw missing$2(digest);
			const copy = incoming();
			const { digest: got } = await copyVerified(path, copy, digest, false);
			if (got !== digest) throw damaged(digest, got);
			await moveTo(copy, target, digest);
		},
		async writeOut(digest, target) {
			const bytes = readSmall(digest);
			if (bytes !== null) return writeNew(bytes, target);
			if (!existsSync(loose(digest))) throw missing$2(digest);
			const { digest: got } = await copyVerified(loose(digest), target, digest, false);
			if (got !== digest) throw damaged(digest, got);
		},
		newFolder() {
			const folder = `${incoming()}.d`;
			makeFolder(folder);
			return folder;
		},
		async copyIn(from, digest, target) {
			const copy = incoming();
			const { digest: got } = await copyVerified(from, copy, digest, false);
			if (got !== digest) throw damaged(digest, got);
			await moveTo(copy, target, digest);
		},
		moveIn: (from, digest, target) => moveTo(from, target, digest),
		openPacker: () => openPacker(root, () => packs?.refresh())
	};
}
function freshen(path) {
	try {
		utimesSync(path, new Date(), new Date());
	} catch {}
}
const missing$2 = (digest, cause) => new LockstepError("E_OBJECT_MISSING", {
	what: `${digest} is not in the local store`,
	allowed: "an object that was pulled or made here",
	fix: "run `lockstep data pull`, or the pipeline that makes it",
	cause
});
init_http();
init_workspace();
const forms = {
	"s3:": /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/|\?|$)/,
	"gs:": /^gs:\/\/[a-z0-9][a-z0-9._-]{1,220}[a-z0-9](\/|$)/,
	"az:": /^az:\/\/[a-z0-9]{3,24}\/[a-z0-9$][a-z0-9-]{1,62}(\/|$)/,
	"oci:": /^oci:\/\/[A-Za-z0-9.-]+(:\d+)?\/[a-z0-9][a-z0-9._/-]*$/
};
const allowed = "file:<folder>, https://<host>/<path>, s3://<bucket>/<path>, gs://<bucket>/<path>, az://<account>/<container>/<path> or oci://<registry>/<repository>";
function remoteAddress(text, root) {
	if (text.startsWith("file:")) return fileAddress(text, root);
	const url = /^(https?|s3|gs|az|oci):\/\//i.test(text) && URL.canParse(text) ? new URL(text) : null;
	if (!url) throw schemeError(text);
	if (url.username !== "" || url.password !== "") throw credentialsError(url);
	if (![...url.searchParams.keys()].every((key) => url.protocol === "s3:" && (key === "region" || key === "endpoint")) || url.hash !== "") throw schemeError(`${withoutQuery(url)}?…`);
	const { protocol } = url;
	if (protocol === "http:" || protocol === "https:") {
		if (!isSecure(url)) throw schemeError(text);
		if (!url.pathname.endsWith("/")) url.pathname += "/";
		return {
			kind: "https",
			url
		};
	}
	const scheme = protocol;
	if (!forms[scheme].test(text) || !isText(url.pathname)) throw schemeError(text);
	return {
		kind: scheme.slice(0, -1),
		url
	};
}
function isText(path) {
	try {
		return true;
	} catch {
		return false;
	}
}
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
const schemeError = (text) => new LockstepError("E_REMOTE_SCHEME", {
	what: `the remote "${text.replace(/\/\/[^/@]*@/, "//***@")}"`,
	where: { file: "lockstep.yaml" },
	allowed,
	fix: "set `remote:` to one of them, for instance file:.data"
});
const credentialsError = (url) => new LockstepError("E_REMOTE_CREDENTIALS", {
	what: `the remote ${url.protocol}//***@${url.host}${url.pathname} carries credentials`,
	where: { file: "lockstep.yaml" },
	allowed: "an address without a user and password, since it is committed",
	fix: "take them out of the address, and change the password: it may have been pushed"
});
const addressOf = ({ configuration, root }) => remoteAddress(configuration.remote, root);
async function openBucket(address) {
	switch (address.kind) {
		case "file": return (await import("./file-bucket.js")).fileBucket(address.folder, address.name);
		case "https": return (await import("./https-bucket.js")).httpsBucket(address.url);
		case "s3": return (await import("./s3-bucket.js")).s3Bucket(address.url);
		case "gs": return (await import("./gs-bucket.js")).gsBucket(address.url);
		case "az": return (await import("./az-bucket.js")).azBucket(address.url);
		case "oci": return (await import("./oci-bucket.js")).ociBucket(address.url);
	}
}
async function openRemote(workspace) {
	const address = addressOf(workspace);
	const bucket = await openBucket(address);
	const embedded = address.kind === "file" && address.embedded ? address.folder : null;
	return {
		bucket,
		name: bucket.name,
		embedded
	};
}
init_workspace();
const mostStalls = 5;
async function streamObject(bucket, key, { from, to, label, expected = "what data.lock names" }, sink, finish = () => {}) {
	let at = from;
	let validator;
	for (let stalls = 0;;) {
		const download = await bucket.get(key, {
			from: at,
			to,
			validator
		});
		if (download === null) return false;
		const before = at;
		let skip = at - download.from;
		let first = Buffer.alloc(0);
		validator = download.validator ?? void 0;
		try {
			for await (const part of download.body) {
				if (first.length < 64) first = Buffer.concat([first, part]).subarray(0, 64);
				const fresh = skip > 0 ? part.subarray(Math.min(skip, part.length)) : part;
				skip -= part.length - fresh.length;
				const bytes = to === void 0 ? fresh : fresh.subarray(0, Math.max(0, to - at));
				if (bytes.length === 0) continue;
				at += bytes.length;
				const more = sink(bytes);
				if ((more instanceof Promise ? await more : more) === false || at === to) break;
			}
			download.body.destroy();
			finish();
			return true;
		} catch (error) {
			download.body.destroy();
			if (isLockstepError(error)) throw explained(error, download.contentType, first, {
				label,
				expected,
				place: bucket.name
			});
			if (isOfFiles(error)) throw error;
			const broken = brokenStream(error, {
				label,
				expected,
				place: bucket.name
			});
			stalls = at > before ? 0 : stalls + 1;
			if (broken.code === "E_DIGEST_MISMATCH" || stalls > mostStalls) throw broken;
			await setTimeout(50 * stalls ** 2);
		}
	}
}
const isOfFiles = (error) => [
	"ENOSPC",
	"EDQUOT",
	"EACCES",
	"EROFS",
	"EIO",
	"ENOENT",
	"EISDIR"
].includes(error.code ?? "");
function explained(error, contentType, first, { label, expected, place }) {
	const type = contentType ?? "no content type";
	if (!(/html/i.test(type) || /^\s*<(?:!doctype|html)/i.test(first.toString("latin1"))) || error.code !== "E_SIZE_MISMATCH" && error.code !== "E_DIGEST_MISMATCH") return error;
	return new LockstepError("E_REMOTE_NOT_DATA", {
		what: `${place} answered "${label}" with a page (${type}) that begins ${JSON.stringify(first.toString("latin1", 0, 32))}`,
		allowed: `the bytes of ${expected}`,
		fix: "check that the address needs no login and is the folder that holds sha256/",
		cause: error
	});
}
function brokenStream(error, { label, expected, place }) {
	const { code } = error;
	return code?.startsWith("Z_") || code?.startsWith("ERR_ZLIB") || code?.startsWith("ERR_BROTLI") ? new LockstepError("E_DIGEST_MISMATCH", {
		what: `"${label}" from ${place} does not decode as the Content-Encoding it is sent with (${code})`,
		allowed: `expected ${expected}`,
		fix: "serve objects as they are, without Content-Encoding",
		cause: error
	}) : new LockstepError("E_REMOTE_FAILED", {
		what: `the transfer of "${label}" from ${place} broke off (${code ?? error.message})`,
		fix: "run the command again",
		cause: error
	});
}
init_workspace();
const mostBeyond = 1 << 20;
const mostManifest$1 = 1 << 30;
const mostRead$1 = ({ size }) => (size ?? mostManifest$1) + mostBeyond;
function checkArrived(wanted, size, digest, place) {
	if (wanted.size !== null && size !== wanted.size) throw sizeMismatch(wanted, size, place);
	if (digest !== wanted.digest) throw digestMismatch(wanted, digest, size, place);
}
function sizeMismatch(wanted, got, place) {
	const { key, digest, size } = wanted;
	const found = got > mostRead$1(wanted) ? `more than ${mostRead$1(wanted)}` : got;
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
init_workspace();
async function fetchBytes({ bucket, name }, wanted, onBytes) {
	const parts = [];
	let size = 0;
	if (!await streamObject(bucket, objectPath(wanted.digest), {
		from: 0,
		label: wanted.key,
		expected: wanted.digest
	}, (bytes) => {
		parts.push(bytes);
		size += bytes.length;
		onBytes(bytes.length);
		return size <= mostRead$1(wanted);
	}, () => checkArrived(wanted, size, digestOf(Buffer.concat(parts)), name))) throw objectMissing(wanted, name);
	return Buffer.concat(parts);
}
async function fetchRange({ bucket, name }, pack, range, wanted, onBytes) {
	const bytes = Buffer.allocUnsafe(range.to - range.from);
	let size = 0;
	const options = {
		...range,
		label: wanted.key,
		expected: wanted.digest
	};
	if (!await streamObject(bucket, objectPath(pack), options, (part) => {
		bytes.set(part, size);
		size += part.length;
		onBytes(part.length);
	})) throw objectMissing(wanted, name);
	return bytes.subarray(0, size);
}
async function fetchMap({ bucket }, key, most) {
	const parts = [];
	let size = 0;
	return await streamObject(bucket, key, {
		from: 0,
		label: key
	}, (bytes) => {
		parts.push(bytes);
		size += bytes.length;
		return size <= most;
	}) ? Buffer.concat(parts, size) : null;
}
init_workspace();
const packSize = 16777216;
const mostMap = 268435456;
const keyOf$3 = (kind, digest) => {
	const hex = hexOf(digest);
	return `${kind}/sha256/${hex.slice(0, 2)}/${hex.slice(2)}.json`;
};
const chunkMapKey = (digest) => keyOf$3("chunks", digest);
const folderMapKey = (digest) => keyOf$3("packs", digest);
const tombstoneKey = (digest) => keyOf$3("tombstones", digest);
function printChunkMap({ size, chunks }) {
	const { packs, indexOf } = packList(chunks);
	const rows = chunks.map(({ digest, pack, offset, size: length }) => `["${hexOf(digest)}",${indexOf(pack)},${offset},${length}]`);
	return `{"v":1,"size":${size},"packs":${JSON.stringify(packs)},"chunks":[${rows.join(",")}]}\n`;
}
function printFolderMap(map) {
	const { packs, indexOf } = packList(map.filter((location) => location !== null));
	const at = map.flatMap((location) => location ? [indexOf(location.pack), location.offset] : [-1, 0]);
	return `{"v":1,"packs":${JSON.stringify(packs)},"at":[${at.join(",")}]}\n`;
}
function packList(locations) {
	const indices = new Map();
	for (const { pack } of locations) if (!indices.has(pack)) indices.set(pack, indices.size);
	return {
		packs: [...indices.keys()].map(hexOf),
		indexOf: (pack) => indices.get(pack)
	};
}
function parseChunkMap(bytes, size, place) {
	const { packs, ...map } = parse$1(bytes, place);
	const rows = Array.isArray(map.chunks) ? map.chunks : fail(place, "without chunks");
	let sum = 0;
	const chunks = rows.map((row) => {
		if (!Array.isArray(row) || row.length !== 4) return fail(place, "with another row");
		const [hex, pack, offset, length] = row;
		if (!isHex$1(hex) || !isCount(offset) || !isCount(length)) return fail(place, "with another row");
		sum += length;
		return {
			digest: `sha256:${hex}`,
			pack: packs[pack] ?? fail(place, "of no pack"),
			offset,
			size: length
		};
	});
	if (sum !== size || map.size !== size) fail(place, `of ${sum} bytes, not ${size}`);
	return {
		size,
		chunks
	};
}
function parseFolderMap(bytes, count, place) {
	const { packs, at } = parse$1(bytes, place);
	if (!Array.isArray(at) || at.length !== 2 * count) return fail(place, `not of ${count} objects`);
	return Array.from({ length: count }, (_, index) => {
		const [pack, offset] = [at[2 * index], at[2 * index + 1]];
		if (pack === -1) return null;
		if (!isCount(offset)) return fail(place, "with another offset");
		return {
			pack: packs[pack] ?? fail(place, "of no pack"),
			offset
		};
	});
}
function parse$1(bytes, place) {
	const map = readJson(bytes, place);
	if (map.v !== 1) fail(place, `of version ${String(map.v).slice(0, 20)}`);
	const packs = Array.isArray(map.packs) && map.packs.every(isHex$1) ? map.packs : fail(place, "without packs");
	return {
		...map,
		packs: packs.map((hex) => `sha256:${hex}`)
	};
}
function readJson(bytes, place) {
	try {
		const map = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
		if (typeof map === "object" && map !== null) return map;
	} catch {}
	return fail(place, "that is no JSON");
}
const isHex$1 = (value) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
const isCount = (value) => Number.isSafeInteger(value) && value >= 0;
function fail(place, what) {
	throw new LockstepError("E_REMOTE_NOT_DATA", {
		what: `${place} is a map ${what}`,
		allowed: "a map as docs/formats/remote.md has it",
		fix: "remove it from the remote, and push the dataset again from a checkout that has it"
	});
}
init_workspace();
const name$1 = "data.tombstones.json";
function readTombstones(workspace) {
	const path = join(workspace.root, name$1);
	if (!existsSync(path)) return [];
	const { value } = parseJson(readFileSync(path), name$1);
	const { forgotten } = value;
	if (Array.isArray(forgotten) && forgotten.every(isTombstone)) return forgotten;
	throw new LockstepError("E_DIGEST_FORMAT", {
		what: "something that is no tombstone",
		where: { file: name$1 },
		allowed: "what `lockstep data forget` writes",
		fix: "restore the file from Git"
	});
}
const isTombstone = (value) => isDigest(value?.digest) && [
	"dataset",
	"reason",
	"by",
	"at"
].every((key) => typeof value[key] === "string");
function writeTombstones(workspace, tombstones) {
	const lines = [...new Map(tombstones.map((tombstone) => [tombstone.digest, tombstone])).values()].sort((a, b) => a.digest < b.digest ? -1 : 1).map(print);
	writeAtomic(join(workspace.root, name$1), `{"v":1,"forgotten":[\n${lines.join(",\n")}\n]}\n`);
}
const print = ({ digest, dataset, file, reason, by, at }) => JSON.stringify({
	digest,
	dataset,
	file,
	reason,
	by,
	at
});
async function putTombstone({ bucket }, tombstone) {
	const bytes = Buffer.from(`{"v":1,${print(tombstone).slice(1)}\n`);
	await bucket.put(tombstoneKey(tombstone.digest), bytes, hexOf(digestOf(bytes)));
}
async function findTombstone(remote, digest) {
	const bytes = await fetchMap(remote, tombstoneKey(digest), 1 << 20);
	if (bytes === null) return null;
	try {
		const value = JSON.parse(bytes.toString());
		return isTombstone(value) && value.digest === digest ? value : null;
	} catch {
		return null;
	}
}
const forgottenError = (key, { digest, reason, by, at }) => new LockstepError("E_DATA_FORGOTTEN", {
	what: `"${key}" (${digest}) was forgotten on ${at.slice(0, 10)} by ${by}: ${reason}`,
	allowed: "data that was not deleted on purpose",
	fix: "work with a commit from after that, or lock other data in its place"
});
function checkNotForgotten(workspace, objects) {
	const tombstones = new Map(readTombstones(workspace).map((tombstone) => [tombstone.digest, tombstone]));
	if (tombstones.size === 0) return;
	for (const { key, digest } of objects) {
		const tombstone = tombstones.get(digest);
		if (tombstone) throw forgottenError(key, tombstone);
	}
}
async function withoutTombstones(workspace, digests) {
	const tombstones = readTombstones(workspace);
	const lifted = tombstones.filter(({ digest }) => digests.has(digest));
	if (lifted.length === 0) return;
	const { bucket } = await openRemote(workspace);
	await bucket.remove(lifted.map(({ digest }) => tombstoneKey(digest)));
	writeTombstones(workspace, tombstones.filter(({ digest }) => !digests.has(digest)));
}
async function explainMissing(open, error) {
	if (!isLockstepError(error, "E_OBJECT_MISSING")) return error;
	const [, key, digest] = /"(.*)" \((sha256:[0-9a-f]{64})\)/.exec(error.what) ?? [];
	if (key === void 0) return error;
	const tombstone = await findTombstone(await open(), digest).catch(() => null);
	return tombstone === null ? error : forgottenError(key, tombstone);
}
async function checkRemembered(remote, entries) {
	await eachLimited(entries, async ({ key, digest }) => {
		const tombstone = await findTombstone(remote, digest).catch((error) => {
			if (isLockstepError(error, "E_REMOTE_FAILED")) return null;
			throw error;
		});
		if (tombstone !== null) throw forgottenError(key, tombstone);
	});
}
const chunkedFrom = 8388608;
const largeFrom = 16 * 1024 ** 3;
const sizesOf = (usual, bits) => ({
	least: usual / 4,
	usual,
	most: usual * 4,
	maskBefore: -1 << 32 - bits - 2,
	maskAfter: -1 << 32 - bits + 2
});
const common = sizesOf(65536, 16);
const large = sizesOf(262144, 18);
const chunkSizes = (fileSize) => fileSize < largeFrom ? common : large;
const gear = Int32Array.from({ length: 256 }, (_, value) => createHash("sha256").update(`lockstep gear ${value}`).digest().readInt32LE(0));
function cutAfter(bytes, start, end, sizes) {
	const { least, usual, most, maskBefore, maskAfter } = sizes;
	if (end - start <= least) return end;
	const last = Math.min(end, start + most);
	const normal = Math.min(last, start + usual);
	let at = start + least;
	let hash = 0;
	for (; at < normal; at++) {
		hash = (hash << 1) + gear[bytes[at]] | 0;
		if ((hash & maskBefore) === 0) return at + 1;
	}
	for (; at < last; at++) {
		hash = (hash << 1) + gear[bytes[at]] | 0;
		if ((hash & maskAfter) === 0) return at + 1;
	}
	return last;
}
async function* chunksOf$1(stream, sizes) {
	let held = new Uint8Array(sizes.most * 4);
	let start = 0;
	let end = 0;
	for await (const part of stream) {
		if (end + part.length > held.length) {
			const grown = end - start + part.length > held.length ? new Uint8Array(end - start + part.length) : held;
			grown.set(held.subarray(start, end));
			held = grown;
			end -= start;
			start = 0;
		}
		held.set(part, end);
		end += part.length;
		while (end - start >= sizes.most) {
			const cut = cutAfter(held, start, end, sizes);
			yield held.subarray(start, cut);
			start = cut;
		}
	}
	while (start < end) {
		const cut = cutAfter(held, start, end, sizes);
		yield held.subarray(start, cut);
		start = cut;
	}
}
init_workspace();
async function fetchFile(remote, wanted, path, onBytes) {
	const handle = await open(path, "a+", 420);
	try {
		const { size } = await handle.stat();
		const usable = size > 0 && wanted.size !== null && size < wanted.size;
		if (!usable) await handle.truncate(0);
		await bring(remote, wanted, handle, onBytes).catch(async (error) => {
			if (!usable || !isLockstepError(error, "E_DIGEST_MISMATCH")) throw error;
			await handle.truncate(0);
			await bring(remote, wanted, handle, onBytes);
		});
	} catch (error) {
		if (!isLockstepError(error, "E_REMOTE_FAILED")) await rm(path, { force: true });
		throw diskFull(error, path);
	} finally {
		await handle.close();
	}
}
async function bring({ bucket, name }, wanted, handle, onBytes) {
	const hash = createHash("sha256");
	let size = 0;
	for await (const part of handle.createReadStream({
		start: 0,
		autoClose: false
	})) {
		hash.update(part);
		size += part.length;
	}
	if (!await streamObject(bucket, objectPath(wanted.digest), {
		from: size,
		to: size > 0 ? wanted.size ?? void 0 : void 0,
		label: wanted.key,
		expected: wanted.digest
	}, async (bytes) => {
		size += bytes.length;
		if (size > mostRead$1(wanted)) return false;
		if (wanted.size !== null && size > wanted.size) return true;
		hash.update(bytes);
		await handle.writeFile(bytes);
		onBytes(bytes.length);
		return true;
	}, () => checkArrived(wanted, size, `sha256:${hash.digest("hex")}`, name))) throw objectMissing(wanted, name);
}
init_workspace();
const packsAtOnce = 4;
const smallGap = 262144;
async function fetchFolder(remote, known, folder, missing, packer, onBytes) {
	const places = await placesOf(remote, known, folder);
	const runs = runsOf(missing, places);
	await eachLimited(runs, (run) => fetchRun(remote, run, packer, onBytes), packsAtOnce);
	await eachLimited(missing.filter(({ digest }) => !places.has(digest)), async (object) => packer.add(object.digest, await fetchBytes(remote, object, onBytes)));
}
async function placesOf(remote, known, { digest, digests }) {
	const places = new Map();
	if (remote.embedded !== null) return places;
	const key = folderMapKey(digest);
	const bytes = await fetchMap(remote, key, mostMap);
	if (bytes === null) return places;
	for (const [index, place] of parseFolderMap(bytes, digests.length, `${remote.name}${key}`).entries()) if (place !== null) places.set(digests[index], place);
	known.keep(key, bytes);
	return places;
}
function runsOf(missing, places) {
	const packed = missing.flatMap((object) => {
		const place = places.get(object.digest);
		return place === void 0 ? [] : [{
			...object,
			...place
		}];
	});
	packed.sort((a, b) => a.pack === b.pack ? a.offset - b.offset : a.pack < b.pack ? -1 : 1);
	const runs = [];
	for (const { pack, ...object } of packed) {
		const run = runs.at(-1);
		const to = object.offset + object.size;
		if (!(run?.pack === pack && object.offset - run.to <= smallGap && to - run.from <= 16777216)) runs.push({
			pack,
			from: object.offset,
			to,
			objects: [object]
		});
		else {
			run.to = Math.max(run.to, to);
			run.objects.push(object);
		}
	}
	return runs;
}
async function fetchRun(remote, run, packer, onBytes) {
	const { pack, from, to, objects } = run;
	const bytes = from === to ? Buffer.alloc(0) : await fetchRange(remote, pack, {
		from,
		to
	}, objects[0], onBytes);
	for (const object of objects) {
		const own = bytes.subarray(object.offset - from, object.offset - from + object.size);
		checkArrived(object, own.length, digestOf(own), remote.name);
		packer.add(object.digest, own);
	}
}
function findDonors(known, files, map) {
	const wanted = new Set(map.chunks.map(({ digest }) => digest));
	const donors = new Map();
	for (const { path, digest, size } of files) {
		const bytes = known.read(chunkMapKey(digest));
		if (bytes === null) continue;
		let offset = 0;
		for (const chunk of parseChunkMap(bytes, size, path).chunks) {
			if (wanted.has(chunk.digest)) donors.set(chunk.digest, {
				path,
				offset
			});
			offset += chunk.size;
		}
	}
	return donors;
}
const block = 1 << 20;
var OrderedHash = class {
	hash = createHash("sha256");
	file;
	held;
	size;
	early = new Map();
	at = 0;
	constructor(file, held, size) {
		this.file = file;
		this.held = [...held];
		this.size = size;
		this.advance();
	}
	add(at, bytes) {
		if (bytes.length === 0) return;
		if (at !== this.at) {
			this.early.set(at, bytes);
			return;
		}
		this.hash.update(bytes);
		this.at += bytes.length;
		this.advance();
	}
	digest() {
		this.read(this.size);
		return `sha256:${this.hash.digest("hex")}`;
	}
	advance() {
		for (;;) {
			const bytes = this.early.get(this.at);
			if (bytes !== void 0) {
				this.early.delete(this.at);
				this.hash.update(bytes);
				this.at += bytes.length;
			} else if (this.held[0]?.from === this.at) this.read(this.held.shift().to);
			else return;
		}
	}
	read(to) {
		const buffer = Buffer.allocUnsafe(block);
		while (this.at < to) {
			const count = readSync(this.file, buffer, 0, Math.min(block, to - this.at), this.at);
			if (count === 0) return;
			this.hash.update(buffer.subarray(0, count));
			this.at += count;
		}
	}
};
init_workspace();
const atOnce$1 = 2;
async function fetchLarge(remote, known, donors, wanted, path, onBytes) {
	const key = chunkMapKey(wanted.digest);
	const bytes = await fetchMap(remote, key, mostMap);
	if (bytes === null) return fetchFile(remote, wanted, path, onBytes);
	const map = parseChunkMap(bytes, wanted.size, `${remote.name}${key}`);
	await open(path, "a", 420).then((made) => made.close());
	const handle = await open(path, "r+");
	try {
		const present = await presentIn(handle, map);
		await handle.truncate(map.size);
		await copyFromDonors(handle, map, present, findDonors(known, donors, map));
		const whole = new OrderedHash(handle.fd, heldRanges(map, present), map.size);
		const take = (at, bytes) => {
			for (let from = 0; from < bytes.length;) from += writeSync(handle.fd, bytes, from, bytes.length - from, at + from);
			whole.add(at, bytes);
			onBytes(bytes.length);
		};
		await eachLimited(segmentsOf(map, present), (segment) => fetchSegment(remote, segment, wanted, take), atOnce$1);
		checkArrived(wanted, map.size, whole.digest(), remote.name);
		known.keep(key, bytes);
	} catch (error) {
		if (!isLockstepError(error, "E_REMOTE_FAILED")) await rm(path, { force: true });
		throw diskFull(error, path);
	} finally {
		await handle.close();
	}
}
async function presentIn(handle, { chunks }) {
	const present = new Uint8Array(chunks.length);
	const { size } = await handle.stat();
	let at = 0;
	for (const [index, chunk] of chunks.entries()) {
		if (at + chunk.size <= size) present[index] = await readsAs(handle, at, chunk) ? 1 : 0;
		at += chunk.size;
	}
	return present;
}
async function readsAs(handle, at, { digest, size }) {
	const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(size), 0, size, at);
	return bytesRead === size && hash("sha256", buffer, "hex") === hexOf(digest);
}
async function copyFromDonors(handle, { chunks }, present, donors) {
	if (donors.size === 0) return;
	const files = new Map();
	try {
		let at = 0;
		for (const [index, chunk] of chunks.entries()) {
			const donor = present[index] ? void 0 : donors.get(chunk.digest);
			if (donor !== void 0) {
				const from = files.get(donor.path) ?? await open(donor.path, "r");
				files.set(donor.path, from);
				const { buffer } = await from.read(Buffer.alloc(chunk.size), 0, chunk.size, donor.offset);
				if (hash("sha256", buffer, "hex") === hexOf(chunk.digest)) {
					await handle.write(buffer, 0, chunk.size, at);
					present[index] = 1;
				}
			}
			at += chunk.size;
		}
	} finally {
		for (const file of files.values()) await file.close();
	}
}
function segmentsOf({ chunks }, present) {
	const segments = [];
	let at = 0;
	let open;
	for (const [index, { pack, offset, size }] of chunks.entries()) {
		const joins = open !== void 0 && open.pack === pack && open.to === offset && open.to - open.from + size <= 16777216;
		if (present[index]) open = void 0;
		else if (joins) open.to += size;
		else {
			open = {
				pack,
				from: offset,
				to: offset + size,
				at
			};
			segments.push(open);
		}
		at += size;
	}
	return segments;
}
async function fetchSegment({ bucket, name }, { pack, from, to, at }, wanted, take) {
	let position = at;
	const options = {
		from,
		to,
		label: wanted.key,
		expected: wanted.digest
	};
	if (!await streamObject(bucket, objectPath(pack), options, (bytes) => {
		take(position, bytes);
		position += bytes.length;
	})) throw objectMissing(wanted, name);
	if (position - at < to - from) throw sizeMismatch(wanted, wanted.size - (to - from) + position - at, name);
}
function heldRanges({ chunks }, present) {
	const ranges = [];
	let at = 0;
	for (const [index, { size }] of chunks.entries()) {
		const last = ranges.at(-1);
		if (present[index] && last?.to === at) last.to += size;
		else if (present[index]) ranges.push({
			from: at,
			to: at + size
		});
		at += size;
	}
	return ranges;
}
init_workspace();
function knownMaps(workspace, remote) {
	const id = hexOf(digestOf(remote.name)).slice(0, 16);
	const folder = statePath(workspace, "cache", `remote-${id}`);
	const pathOf = (key) => `${folder}/${key.replaceAll("/", "-")}`;
	return {
		folder,
		read(key) {
			try {
				return readFileSync(pathOf(key));
			} catch {
				return null;
			}
		},
		keep: (key, bytes) => writeAtomic(pathOf(key), bytes)
	};
}
init_workspace();
const writing = new Set();
function claimPartial(root, digest) {
	const path = claim(join(root, "partial"), digest);
	writing.add(basename(path));
	return {
		path,
		release: () => void writing.delete(basename(path))
	};
}
function claim(folder, digest) {
	makeFolder(folder);
	const own = temporaryBeside(join(folder, hexOf(digest)));
	for (const name of readdirSync(folder)) {
		const [, hex, pid] = /^([0-9a-f]{64})\.tmp-(\d+)-/.exec(name) ?? [];
		if (hex !== hexOf(digest) || writing.has(name)) continue;
		if (Number(pid) !== process.pid && isAlive(Number(pid))) continue;
		try {
			renameSync(join(folder, name), own);
			break;
		} catch {}
	}
	return own;
}
init_workspace();
const isLarge = ({ size }) => size >= chunkedFrom;
function openBringer(workspace, store, onBytes = () => {}) {
	const explained = async (work) => {
		try {
			return await work;
		} catch (error) {
			throw await explainMissing(async () => (await far()).remote, error);
		}
	};
	let opened;
	const far = () => {
		opened ??= openRemote(workspace).then((remote) => ({
			remote,
			known: knownMaps(workspace, remote)
		}));
		return opened;
	};
	const arrived = {
		objects: 0,
		bytes: 0
	};
	const count = (bytes) => {
		arrived.bytes += bytes;
		onBytes(bytes);
	};
	const large = async (object, donors) => {
		const { remote, known } = await far();
		const partial = claimPartial(store.root, object.digest);
		try {
			await explained(remote.embedded !== null ? fetchFile(remote, object, partial.path, count) : fetchLarge(remote, known, donors, object, partial.path, count));
		} catch (error) {
			partial.release();
			throw error;
		}
		arrived.objects++;
		return partial;
	};
	const one = async (object) => {
		const { remote } = await far();
		await store.put(await fetchBytes(remote, object, count));
		arrived.objects++;
	};
	return {
		arrived,
		large,
		knows: async (digest) => (await far()).known.read(chunkMapKey(digest)) !== null,
		async manifest(entry) {
			const held = await readHeld(store, entry.digest);
			if (held !== null) return parseManifest(held.toString("utf8"), entry);
			await explained(one({
				key: entry.key,
				digest: entry.digest,
				size: null
			}));
			return parseManifest((await store.read(entry.digest)).toString("utf8"), entry);
		},
		async objects(entry, missing) {
			if (missing.length === 0) return;
			for (const object of missing.filter(isLarge)) {
				const { path, release } = await large(object, []);
				await sync(path);
				store.temporary(object.digest);
				await store.adopt(path, object.digest);
				release();
			}
			const small = missing.filter((object) => !isLarge(object));
			if (entry.files === void 0) {
				for (const object of small) await explained(one(object));
				return;
			}
			const { remote, known } = await far();
			const files = parseManifest((await store.read(entry.digest)).toString("utf8"), entry);
			const digests = [...new Set(files.map(({ digest }) => digest))];
			const packer = store.openPacker();
			try {
				await explained(fetchFolder(remote, known, {
					digest: entry.digest,
					digests
				}, small, packer, count));
			} finally {
				packer.end();
			}
			arrived.objects += small.length;
		}
	};
}
async function bringAll(bringer, wanted) {
	const alone = ({ entry, missing }) => entry.files === void 0 && !missing.some(isLarge);
	await eachLimited(wanted.filter(alone), ({ entry, missing }) => bringer.objects(entry, missing));
	for (const { entry, missing } of wanted.filter((one) => !alone(one))) await bringer.objects(entry, missing);
}
async function readHeld(store, digest) {
	try {
		return await store.read(digest);
	} catch (error) {
		if (isLockstepError(error, "E_OBJECT_MISSING") || isLockstepError(error, "E_DIGEST_MISMATCH")) return null;
		throw error;
	}
}
async function missingIn(store, objects) {
	const missing = new Map();
	for (const object of objects) {
		if (missing.has(object.digest)) continue;
		const size = store.sizeOf(object.digest);
		if (size === object.size) continue;
		if (size !== null && await isWhole(store, object.digest)) throw sizeMismatch(object, size, "the local store");
		missing.set(object.digest, object);
	}
	return [...missing.values()];
}
const isWhole = (store, digest) => store.verify(digest).then(() => true, (error) => {
	if (isLockstepError(error, "E_DIGEST_MISMATCH") || isLockstepError(error, "E_OBJECT_MISSING")) return false;
	throw error;
});
const readManifest = async (store, entry) => parseManifest((await store.read(entry.digest)).toString("utf8"), entry);
async function fetchEntries(workspace, entries, store = openStore(workspace)) {
	const bringer = openBringer(workspace, store);
	const wanted = [];
	checkNotForgotten(workspace, entries);
	for (const entry of entries) {
		if (entry.files !== void 0) await bringer.manifest(entry);
		const objects = await fileObjects(store, entry);
		checkNotForgotten(workspace, objects);
		wanted.push({
			entry,
			missing: await missingIn(store, objects)
		});
	}
	await bringAll(bringer, wanted);
	return bringer.arrived;
}
async function fileObjects(store, entry) {
	if (entry.files === void 0) return [objectOf(entry)];
	return objectsOf$1(entry, await readManifest(store, entry));
}
const objectOf = ({ key, digest, size }) => ({
	key,
	digest,
	size
});
const objectsOf$1 = (entry, files) => files.map(({ path, digest, size }) => ({
	key: entry.key + path,
	digest,
	size
}));
init_workspace();
const version = 2;
const fineTick = 50;
const coarseTick = 2100;
function openMemo(workspace, { name, smallest = 0 } = { name: "data-status" }) {
	const file = statePath(workspace, "cache", `${name}.json`);
	let loaded;
	const known = () => {
		loaded ??= load(file);
		return loaded;
	};
	const learnt = {};
	let changed = false;
	const memo = {
		recall(path, found) {
			const before = known()[path];
			if (before === void 0 || !isSame(before, found)) return null;
			learnt[path] = before;
			return before[4];
		},
		learn(path, found, startedAt, digest) {
			changed = true;
			if (!isSettled(found, startedAt)) return false;
			learnt[path] = [
				found.size,
				found.mtimeMs,
				found.ctimeMs,
				found.ino,
				digest
			];
			return true;
		},
		async digestOf(path) {
			const found = statSync(path, { throwIfNoEntry: false });
			if (!found?.isFile()) return null;
			if (found.size < smallest) return digestOfFile(path, found.size);
			const remembered = memo.recall(path, found);
			if (remembered !== null) return {
				digest: remembered,
				size: found.size
			};
			const startedAt = Date.now();
			const read = await digestOfFile(path, found.size);
			if (read.size === found.size) memo.learn(path, found, startedAt, read.digest);
			return read;
		},
		save() {
			if (!changed) return;
			writeAtomic(file, JSON.stringify({
				v: version,
				files: {
					...existing(known(), learnt),
					...learnt
				}
			}));
			changed = false;
		}
	};
	return memo;
}
function existing(known, learnt) {
	const unasked = Object.entries(known).filter(([path]) => !Object.hasOwn(learnt, path));
	return Object.fromEntries(unasked.filter(([path]) => statSync(path, { throwIfNoEntry: false })?.isFile()));
}
const isSame = ([size, mtime, ctime, inode], found) => found.mtimeMs === mtime && found.ctimeMs === ctime && found.size === size && found.ino === inode;
function isSettled({ mtimeMs, ctimeMs }, startedAt) {
	return startedAt - Math.max(mtimeMs, ctimeMs) > (ctimeMs % 1e3 === 0 ? coarseTick : fineTick);
}
function load(file) {
	try {
		const parsed = JSON.parse(readFileSync(file, "utf8"));
		return parsed.v === version && typeof parsed.files === "object" ? parsed.files : {};
	} catch {
		return {};
	}
}
init_workspace();
function listFiles(folder, onOdd = refuseOdd) {
	const files = [];
	const walk = (below) => {
		for (const item of readdirSync(join(folder, below), { withFileTypes: true })) {
			const path = below === "" ? item.name : `${below}/${item.name}`;
			if (item.isDirectory()) walk(path);
			else if (item.isFile() && !item.name.includes("�")) files.push(path);
			else onOdd(path, kindOf(item));
		}
	};
	walk("");
	return files;
}
const kindOf = (item) => item.isSymbolicLink() ? "a symbolic link" : item.isFIFO() ? "a pipe" : item.isSocket() ? "a socket" : item.isFile() ? "a file whose name is not UTF-8" : item.isDirectory() ? "a folder" : "a device";
function refuseOdd(path, what) {
	throw new LockstepError("E_DATA_KIND", {
		what: `"${path}" is ${what}`,
		allowed: "plain files and folders",
		fix: "put the file itself there, or leave it out"
	});
}
init_workspace();
async function keepFiles(store, folder, paths, memo, onFile = () => {}) {
	const files = [];
	const large = [];
	const packer = store.openPacker();
	try {
		for (const path of paths) {
			const startedAt = Date.now();
			const found = lstatSync(join(folder, path));
			if (!found.isFile()) refuseOdd(path, "no file any more");
			const known = memo?.recall(join(folder, path), found) ?? null;
			if (known !== null && store.has(known)) files.push({
				path,
				digest: known,
				size: found.size
			});
			else if (found.size > 1048576) large.push(path);
			else {
				const bytes = readFileSync(join(folder, path));
				const digest = digestOf(bytes);
				if (!store.has(digest)) packer.add(digest, bytes);
				if (bytes.length === found.size) memo?.learn(join(folder, path), found, startedAt, digest);
				files.push({
					path,
					digest,
					size: bytes.length
				});
			}
			onFile(files.length);
		}
		packer.end();
	} catch (error) {
		packer.abandon();
		throw error;
	}
	await eachLimited(large, async (path) => {
		files.push({
			path,
			...await store.putFile(join(folder, path))
		});
		onFile(files.length);
	});
	return files;
}
const emptyLock = { entries: [] };
const plain = /^[A-Za-z_][A-Za-z0-9_.-]*(?:\/[A-Za-z0-9_.-]+)*\/?$/;
const yamlWord = /^(?:true|false|null|yes|no|on|off|y|n)$/i;
const isPlainKey = (key) => plain.test(key) && !(key.length < 6 && yamlWord.test(key));
const printKey = (key) => isPlainKey(key) ? key : JSON.stringify(key);
const printEntry = ({ key, digest, size, files }) => `  ${printKey(key)}: {digest: "${digest}", size: ${size}${files === void 0 ? "" : `, files: ${files}`}}\n`;
function printLock(lock) {
	if (lock.entries.length === 0) return "version: 1\ndatasets: {}\n";
	return `version: 1\ndatasets:\n${[...lock.entries].sort((a, b) => comparePaths(a.key, b.key)).map(printEntry).join("")}`;
}
function withEntry(lock, entry) {
	return { entries: [...lock.entries.filter(({ key }) => key !== entry.key), entry].sort((a, b) => comparePaths(a.key, b.key)) };
}
init_workspace();
const mostBytes = 67108864;
const mostEntries = 1e6;
const regenerate = "let `lockstep data add` write data.lock, or restore it from Git";
function decodeLock(content, file) {
	const bytes = typeof content === "string" ? Buffer.from(content) : Buffer.from(content.buffer, content.byteOffset, content.byteLength);
	const refuse = (code, what, allowed, fix = regenerate) => {
		throw new LockstepError(code, {
			what,
			where: { file },
			allowed,
			fix
		});
	};
	if (bytes.length === 0) refuse("E_LOCK_EMPTY", "an empty file", "\"version: 1\", then \"datasets: {}\"");
	if (bytes.length > mostBytes) tooLarge(file, `${bytes.length} bytes`);
	if (bytes[0] === 239 && bytes[1] === 187 && bytes[2] === 191) refuse("E_LOCK_ENCODING", "a byte order mark at byte 0", "UTF-8 without a byte order mark");
	if (!isUtf8(bytes)) refuse("E_LOCK_ENCODING", `a byte that is not UTF-8 at byte ${firstInvalid$1(bytes)}`, "UTF-8");
	let entries = -2;
	for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) entries++;
	if (entries > mostEntries) tooLarge(file, `${entries.toLocaleString("en-US")} entries`);
	return bytes.toString("utf8");
}
function tooLarge(file, what) {
	throw new LockstepError("E_LOCK_TOO_LARGE", {
		what,
		where: { file },
		allowed: `at most ${mostEntries.toLocaleString("en-US")} entries and 64 MiB`,
		fix: "lock folders instead of single files"
	});
}
function firstInvalid$1(bytes) {
	let valid = 0;
	for (let at = 0; at < bytes.length; at = valid) {
		const end = bytes.indexOf(10, at);
		const stop = end < 0 ? bytes.length : end + 1;
		if (!isUtf8(bytes.subarray(at, stop))) break;
		valid = stop;
	}
	while (valid < bytes.length) {
		const width = [
			1,
			2,
			3,
			4
		].find((many) => isUtf8(bytes.subarray(valid, valid + many)));
		if (width === void 0) return valid;
		valid += width;
	}
	return valid;
}
const parts = [
	{
		pattern: / {2}(?! )/y,
		allowed: "two spaces, then a path"
	},
	{
		pattern: /"(?:[^"\\]|\\.)*"|[^\s":][^\s":]*/y,
		allowed: "a path, bare or as a JSON string"
	},
	{
		pattern: /: \{digest: /y,
		allowed: "\": {digest: \" after the path"
	},
	{
		pattern: /"sha256:[0-9a-f]{64}"/y,
		allowed: "sha256: and 64 lower-case hex digits, in quotes"
	},
	{
		pattern: /, size: /y,
		allowed: "\", size: \" after the digest"
	},
	{
		pattern: /(?:0|[1-9]\d{0,15})(?!\d)/y,
		allowed: "the size in bytes as a whole number"
	},
	{
		pattern: /(?:, files: [1-9]\d{0,15})?\}/y,
		allowed: "\"}\", or for a folder \", files: <number>}\""
	},
	{
		pattern: /$/y,
		allowed: "nothing after the brace"
	}
];
function lineFault(line) {
	let at = 0;
	for (const { pattern, allowed } of parts) {
		pattern.lastIndex = at;
		const match = pattern.exec(line);
		if (match) {
			at += match[0].length;
			continue;
		}
		const found = line.slice(at);
		if (isDigestPart(allowed) && found.startsWith("\"")) {
			const digest = /^"[^"]*"?/.exec(found)?.[0] ?? found;
			return {
				code: "E_DIGEST_FORMAT",
				column: at + 1,
				what: `the digest ${digest}`,
				allowed
			};
		}
		return {
			code: "E_LOCK_NONCANONICAL",
			column: at + 1,
			what: describe(line, found),
			allowed
		};
	}
	return {
		code: "E_LOCK_NONCANONICAL",
		column: 1,
		what: describe(line, line),
		allowed: "one canonical entry"
	};
}
const isDigestPart = (allowed) => allowed.startsWith("sha256:");
function describe(line, found) {
	if (/^(?:<<<<<<<|=======|>>>>>>>|\|\|\|\|\|\|\|)/.test(line)) return "a conflict that Git left behind";
	if (/^\s*#/.test(found)) return "a comment";
	if (found.endsWith("\r") && found.length === 1) return "a carriage return";
	if (line === "") return "an empty line";
	if (found === "") return "the end of the line";
	return JSON.stringify(found.length > 80 ? `${found.slice(0, 80)}…` : found);
}
init_workspace();
const entryLine = /^ {2}("(?:[^"\\]|\\.)*"|[^\s":][^\s":]*): \{digest: "(sha256:[0-9a-f]{64})", size: (0|[1-9]\d{0,15})(?:, files: ([1-9]\d{0,15}))?\}$/;
function parseLock(content, file = "data.lock") {
	const lines = decodeLock(content, file).split("\n");
	const refuse = (code, line, column, what, allowed) => {
		throw new LockstepError(code, {
			what,
			where: {
				file,
				line,
				column
			},
			allowed,
			fix: regenerate
		});
	};
	checkFrame(lines, refuse);
	if (lines[1] === "datasets: {}") return { entries: [] };
	const entries = [];
	const collisions = new PathCollisions();
	let unsorted = 0;
	for (let index = 2; index < lines.length - 1; index++) {
		const entry = parseEntry(lines[index], index + 1, refuse);
		const collision = collisions.add(entry.key);
		if (collision) refuse(collision.code, index + 1, 3, collision.what, collision.allowed);
		const before = entries.at(-1);
		if (before && unsorted === 0 && comparePaths(before.key, entry.key) > 0) unsorted = index + 1;
		entries.push(entry);
	}
	if (unsorted > 0) {
		const { key } = entries[unsorted - 3];
		refuse("E_LOCK_NONCANONICAL", unsorted, 3, `"${key}" after a path that sorts behind it`, "entries sorted by the bytes of their paths");
	}
	return { entries };
}
function checkFrame(lines, refuse) {
	for (const [index, line] of lines.slice(0, 2).entries()) {
		const carriage = line.indexOf("\r");
		if (carriage >= 0) refuse("E_LOCK_NONCANONICAL", index + 1, carriage + 1, "a carriage return", "lines that end in LF alone");
	}
	if (lines[0] !== "version: 1") refuse("E_LOCK_NONCANONICAL", 1, 1, `the line ${quoted(lines[0])}`, "\"version: 1\"");
	if (lines[1] !== "datasets:" && lines[1] !== "datasets: {}") refuse("E_LOCK_NONCANONICAL", 2, 1, lines[1] ? `the line ${quoted(lines[1])}` : "no line", "\"datasets:\" or \"datasets: {}\"");
	if (lines.at(-1) !== "") refuse("E_LOCK_NONCANONICAL", lines.length, lines.at(-1).length + 1, "no line end after the last line", "LF after every line");
	if (lines[1] === "datasets: {}" ? lines.length > 3 : lines.length < 4) refuse("E_LOCK_NONCANONICAL", lines.length > 3 ? 3 : 2, 1, lines.length > 3 ? `the line ${quoted(lines[2])}` : "\"datasets:\" without entries", "\"datasets: {}\" when there are none, and nothing after it");
}
const quoted = (line) => JSON.stringify(line.length > 60 ? `${line.slice(0, 60)}…` : line);
function parseEntry(line, number, refuse) {
	const match = entryLine.exec(line);
	if (!match) {
		const { code, column, what, allowed } = lineFault(line);
		return refuse(code, number, column, what, allowed);
	}
	const [, written, digest, sizeText, filesText] = match;
	const key = keyOf$2(written, number, refuse);
	const fault = keyFaultOf(key);
	if (fault) refuse(fault.code, number, 3, fault.what, fault.allowed);
	if (key.endsWith("/") !== (filesText !== void 0)) refuse("E_LOCK_NONCANONICAL", number, 3, filesText === void 0 ? `"${key}" without files` : `"${key}" with files`, "a folder ends in / and has files, a file has neither");
	const size = Number(sizeText);
	const files = filesText === void 0 ? void 0 : Number(filesText);
	if (!Number.isSafeInteger(size) || files !== void 0 && !Number.isSafeInteger(files)) refuse("E_LOCK_NONCANONICAL", number, line.indexOf(", size: ") + 9, "a number beyond 2^53", "whole numbers below 2^53");
	return files === void 0 ? {
		key,
		digest,
		size
	} : {
		key,
		digest,
		size,
		files
	};
}
function keyOf$2(written, number, refuse) {
	if (!written.startsWith("\"")) {
		if (isPlainKey(written)) return written;
		const fault = keyFaultOf(written);
		if (fault) return refuse(fault.code, number, 3, fault.what, fault.allowed);
		return refuse("E_LOCK_NONCANONICAL", number, 3, `the bare key ${written}`, `${JSON.stringify(written)} in quotes`);
	}
	const key = parseJsonText(written);
	if (key === void 0) return refuse("E_LOCK_NONCANONICAL", number, 3, `the key ${written}`, "a JSON string");
	const fault = keyFaultOf(key);
	if (fault) return refuse(fault.code, number, 3, fault.what, fault.allowed);
	if (isPlainKey(key)) return refuse("E_LOCK_NONCANONICAL", number, 3, `the key ${written} in quotes`, `${key} without quotes`);
	if (JSON.stringify(key) === written) return key;
	return refuse("E_LOCK_NONCANONICAL", number, 3, `the key ${written}`, JSON.stringify(key));
}
function parseJsonText(text) {
	try {
		return JSON.parse(text);
	} catch {
		return;
	}
}
init_workspace();
const name = "data.lock";
const mostRead = 68157440;
function findLock(workspace) {
	const bytes = bytesOf$1(join(workspace.root, name));
	return bytes === null ? null : parseLock(bytes, name);
}
function readLock(workspace) {
	const lock = findLock(workspace);
	if (lock) return lock;
	throw new LockstepError("E_LOCK_MISSING", {
		what: `no data.lock in ${workspace.root}`,
		allowed: "a data.lock at the root of the repository",
		fix: "run `lockstep data add <file or folder>`"
	});
}
const writeLock = (workspace, lock) => writeAtomic(join(workspace.root, name), printLock(lock));
function bytesOf$1(path) {
	try {
		if (statSync(path).size > mostRead) return Buffer.alloc(mostRead);
		return readFileSync(path);
	} catch (error) {
		const { code } = error;
		if (code === "ENOENT") return null;
		throw new LockstepError("E_LOCK_MISSING", {
			what: `data.lock cannot be read (${code ?? "error"})`,
			where: { file: name },
			allowed: "a plain file",
			fix: "put the file back from Git",
			cause: error
		});
	}
}
init_workspace();
function openFolderMemo(workspace) {
	const file = statePath(workspace, "cache", "data-folders.json");
	let known;
	const load = () => {
		known ??= parse(file);
		return known;
	};
	return {
		recall(key, fingerprint) {
			const [before, digest] = load()[key] ?? [];
			return before === fingerprint ? digest ?? null : null;
		},
		learn(key, fingerprint, digest) {
			known = {
				...load(),
				[key]: [fingerprint, digest]
			};
			writeAtomic(file, JSON.stringify({
				v: 1,
				folders: known
			}));
		}
	};
}
function parse(file) {
	try {
		const { v, folders } = JSON.parse(readFileSync(file, "utf8"));
		return v === 1 && typeof folders === "object" ? folders : {};
	} catch {
		return {};
	}
}
const fields = 4;
function statFolder(folder) {
	const paths = [];
	let stats = new Float64Array(fields * 1024);
	let odd = null;
	const walk = (below) => {
		for (const name of readdirSync(folder + below)) {
			const path = below + name;
			const found = lstatSync(folder + path, { throwIfNoEntry: false });
			if (found === void 0) continue;
			if (found.isDirectory()) walk(`${path}/`);
			else if (!found.isFile() || name.includes("�")) odd ??= `${path} is ${kindOf(found)}`;
			else {
				const place = paths.push(path) * fields;
				if (place > stats.length) stats = grown(stats);
				stats[place - 4] = found.size;
				stats[place - 3] = found.mtimeMs;
				stats[place - 2] = found.ctimeMs;
				stats[place - 1] = found.ino;
			}
		}
	};
	walk("");
	return {
		paths,
		odd,
		at(index) {
			const [size, mtimeMs, ctimeMs, ino] = stats.subarray(index * fields, index * fields + fields);
			return {
				size,
				mtimeMs,
				ctimeMs,
				ino
			};
		},
		fingerprint: () => createHash("sha256").update(paths.join("\0")).update(stats.subarray(0, paths.length * fields)).digest("hex")
	};
}
function grown(stats) {
	const larger = new Float64Array(stats.length * 2);
	larger.set(stats);
	return larger;
}
init_workspace();
const fileOf = (workspace) => statePath(workspace, "sparse.json");
function readSparse(workspace) {
	try {
		return JSON.parse(readFileSync(fileOf(workspace), "utf8"));
	} catch {
		return {};
	}
}
function writeSparse(workspace, key, patterns) {
	const { [key]: _, ...others } = readSparse(workspace);
	const sparse = patterns === null ? others : {
		...others,
		[key]: [...patterns]
	};
	writeAtomic(fileOf(workspace), `${JSON.stringify(sparse, null, 2)}\n`);
}
function matcher(patterns) {
	const rules = patterns.map((pattern) => {
		const source = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replace(/\*\*\/?|\*|\?/g, (sign) => sign === "*" ? "[^/]*" : sign === "?" ? "[^/]" : ".*");
		return new RegExp(`^${source}${pattern.endsWith("/") ? ".*" : "(?:/.*)?"}$`);
	});
	return (path) => rules.some((rule) => rule.test(path));
}
function wantedFiles(files, patterns, key) {
	if (patterns === void 0) return files;
	const matches = matcher(patterns);
	const wanted = files.filter(({ path }) => matches(path));
	if (wanted.length > 0) return wanted;
	throw new LockstepError("E_DATA_MISSING", {
		what: `no file of "${key}" matches ${patterns.map((pattern) => JSON.stringify(pattern)).join(", ")}`,
		allowed: `a path in the folder such as ${files.slice(0, 3).map(({ path }) => path).join(", ")}`,
		fix: `correct --only, or \`lockstep data pull ${key} --whole\``
	});
}
init_workspace();
const dataPath = (workspace, key) => join(workspace.root, "data", key);
async function readWorking(workspace, entry, memos) {
	const path = dataPath(workspace, entry.key);
	const link = linkOnTheWay(workspace, entry.key);
	if (link) return {
		kind: "odd",
		what: `${link} is a symbolic link`
	};
	const found = lookAt(path.replace(/\/$/, ""));
	if (!found) return { kind: "missing" };
	if (entry.files === void 0) {
		const read = found.isFile() ? await memos.files.digestOf(path) : null;
		return read ? {
			kind: "present",
			digest: read.digest,
			files: async () => [{
				path: "",
				...read
			}]
		} : {
			kind: "odd",
			what: `it is ${kindOf(found)}`
		};
	}
	if (!found.isDirectory()) return {
		kind: "odd",
		what: `it is ${found.isFile() ? "a file" : kindOf(found)}`
	};
	return readFolder(workspace, entry, path, memos);
}
async function readFolder(workspace, entry, folder, { files: memo, folders }) {
	const stats = statFolder(folder);
	if (stats.odd !== null) return {
		kind: "odd",
		what: stats.odd
	};
	if (stats.paths.length === 0) return { kind: "missing" };
	const patterns = readSparse(workspace)[entry.key];
	const sparse = patterns === void 0 ? null : await lockedRest(workspace, entry, patterns);
	const fingerprint = folders ? stats.fingerprint() + (patterns ? JSON.stringify(patterns) : "") : "";
	const remembered = folders?.recall(entry.key, fingerprint) ?? null;
	if (remembered !== null) return {
		kind: "present",
		digest: remembered,
		files: async () => (await digestFiles(folder, stats, memo)).files
	};
	const { files, settled } = await digestFiles(folder, stats, memo);
	const own = new Set(sparse && files.map(({ path }) => path));
	const all = sparse === null ? files : [...files, ...sparse.filter(({ path }) => !own.has(path))];
	const digest = digestOf(printManifest(all));
	if (settled) folders?.learn(entry.key, fingerprint, digest);
	return {
		kind: "present",
		digest,
		files: async () => files
	};
}
async function lockedRest(workspace, entry, patterns) {
	const store = openStore(workspace);
	if (!store.has(entry.digest)) return [];
	const matches = matcher(patterns);
	return parseManifest((await store.read(entry.digest)).toString("utf8"), entry).filter(({ path }) => !matches(path));
}
async function digestFiles(folder, { paths, at }, memo) {
	let settled = true;
	const files = [];
	for (const [index, path] of paths.entries()) {
		const found = at(index);
		const known = memo.recall(folder + path, found);
		if (known !== null) {
			files.push({
				path,
				digest: known,
				size: found.size
			});
			continue;
		}
		const startedAt = Date.now();
		const read = await digestOfFile(folder + path, found.size).catch(goneMeanwhile);
		if (read === null) {
			settled = false;
			continue;
		}
		if (read.size !== found.size || !memo.learn(folder + path, found, startedAt, read.digest)) settled = false;
		files.push({
			path,
			...read
		});
	}
	return {
		files,
		settled
	};
}
function goneMeanwhile(error) {
	if (error.code !== "ENOENT") throw error;
	return null;
}
function linkOnTheWay(workspace, key) {
	let path = "data";
	for (const part of ["", ...key.split("/").filter(Boolean)]) {
		if (part !== "") path = `${path}/${part}`;
		if (lookAt(join(workspace.root, path))?.isSymbolicLink()) return path;
	}
	return null;
}
function checkNoLink(workspace, key) {
	const link = linkOnTheWay(workspace, key);
	if (!link) return;
	throw new LockstepError("E_DATA_KIND", {
		what: `${link} is a symbolic link, and "${key}" would be written through it`,
		allowed: "plain folders under data/",
		fix: `remove the link ${link}`
	});
}
init_workspace();
async function statusData(workspace) {
	const lock = readLock(workspace);
	const memos = openMemos(workspace);
	const datasets = [];
	for (const entry of lock.entries) datasets.push(await statusOf(workspace, entry, memos));
	memos.files.save();
	return {
		datasets,
		unlocked: unlockedFiles(workspace, lock)
	};
}
const openMemos = (workspace) => ({
	files: openMemo(workspace),
	folders: openFolderMemo(workspace)
});
async function statusOf(workspace, entry, memos) {
	const working = await readWorking(workspace, entry, memos);
	const state = stateOf(entry, working);
	if (state.state !== "changed" || working.kind !== "present") return {
		...entry,
		...state
	};
	const found = await working.files();
	const size = found.reduce((sum, file) => sum + file.size, 0);
	const files = entry.files === void 0 ? "" : `${found.length} files, `;
	return {
		...entry,
		state: "changed",
		detail: `${files}${size} bytes, ${working.digest}`
	};
}
const workingState = async (workspace, entry) => (await statusOf(workspace, entry, openMemos(workspace))).state;
function stateOf(entry, working) {
	if (working.kind === "missing") return { state: "missing" };
	if (working.kind === "odd") return {
		state: "odd",
		detail: working.what
	};
	return { state: working.digest === entry.digest ? "same" : "changed" };
}
function unlockedFiles(workspace, lock) {
	const folder = join(workspace.root, "data");
	const keys = new Set(lock.entries.map(({ key }) => key));
	return filesUnder(folder).filter((path) => !keys.has(path) && !isInsideLocked(path, keys)).sort((a, b) => a < b ? -1 : 1);
}
function filesUnder(folder) {
	try {
		readdirSync(folder);
	} catch {
		return [];
	}
	return listFiles(folder, () => {});
}
function isInsideLocked(path, keys) {
	for (let slash = path.indexOf("/"); slash > 0; slash = path.indexOf("/", slash + 1)) if (keys.has(path.slice(0, slash + 1))) return true;
	return false;
}
function checkUnchanged({ datasets }) {
	const different = datasets.filter(({ state }) => state !== "same");
	const [first] = different;
	if (!first) return;
	throw new LockstepError("E_DATA_CHANGED", {
		what: `${different.length} of ${datasets.length} datasets are not as data.lock says: "${first.key}" is ${first.state}${different.length > 1 ? `, and ${different.length - 1} more` : ""}`,
		allowed: "every dataset under data/ as locked",
		fix: different.some(({ state }) => state === "changed") ? "`lockstep data add` keeps the changes, `lockstep data pull --force` drops them" : "run `lockstep data pull`"
	});
}
async function fillFromWorking(workspace, store, entry) {
	if (await isComplete(store, entry)) return true;
	const working = await readWorking(workspace, entry, openMemos(workspace));
	if (working.kind !== "present" || working.digest !== entry.digest) return false;
	const root = dataPath(workspace, entry.key);
	if (entry.files === void 0) await store.putFile(root);
	else {
		const files = await working.files();
		if (files.length !== entry.files) return false;
		await keepFiles(store, root, files.filter(({ digest }) => !store.has(digest)).map(({ path }) => path));
		await store.put(printManifest(files));
	}
	return isComplete(store, entry);
}
async function isComplete(store, entry) {
	if (!(entry.files === void 0 ? store.has(entry.digest) : await isWhole(store, entry.digest))) return false;
	return (await fileObjects(store, entry)).every(({ digest }) => store.has(digest));
}
init_workspace();
async function placeDataset(workspace, entry, target) {
	const store = openStore(workspace);
	await healing(workspace, store, entry, async () => {
		if (entry.files === void 0) return store.materialize(entry.digest, target);
		const files = await readManifest(store, entry);
		if (!existsSync(target) && await placeFolder(store, files, target)) return;
		makeFolder(target);
		await eachLimited(files, ({ path, digest }) => store.materialize(digest, join(target, path)));
	});
}
async function placeFolder(store, files, target) {
	const apart = store.newFolder();
	try {
		const made = new Set();
		await eachLimited(files, async ({ path, digest }) => {
			const folder = path.slice(0, Math.max(0, path.lastIndexOf("/")));
			if (!made.has(folder)) makeFolder(join(apart, folder));
			made.add(folder);
			await store.writeOut(digest, join(apart, path));
		});
		makeFolderOf(target.replace(/\/$/, ""));
		renameSync(apart, target);
		return true;
	} catch (error) {
		rmSync(apart, {
			recursive: true,
			force: true
		});
		if ([
			"EXDEV",
			"ENOTEMPTY",
			"EEXIST"
		].includes(error.code ?? "")) return false;
		throw error;
	}
}
async function healing(workspace, store, entry, work) {
	try {
		await work();
	} catch (error) {
		if (!isLockstepError(error, "E_DIGEST_MISMATCH") && !isLockstepError(error, "E_OBJECT_MISSING")) throw error;
		if (await isWhole(store, entry.digest)) await eachLimited(await fileObjects(store, entry), async ({ digest }) => void await isWhole(store, digest));
		await fillFromWorking(workspace, store, entry);
		await fetchEntries(workspace, [entry]);
		await work();
	}
}
init_workspace();
function entryOf$1(lock, key) {
	const wanted = key.replace(/^data\//, "");
	const found = lock.entries.find((entry) => entry.key === key || entry.key === `${key}/`) ?? lock.entries.find((entry) => entry.key === wanted || entry.key === `${wanted}/`);
	if (found) return found;
	const keys = lock.entries.map((entry) => entry.key);
	const near = nearest(key, keys.slice(0, 1e4));
	throw new LockstepError("E_DATA_MISSING", {
		what: `no dataset "${key}"`,
		where: { file: "data.lock" },
		allowed: keys.length === 0 ? "none is locked yet" : `${keys.slice(0, 10).join(", ")}${keys.length > 10 ? ` and ${keys.length - 10} more` : ""}`,
		fix: near ? `did you mean "${near}"?` : "run `lockstep data add`"
	});
}
function selectEntries(lock, only = []) {
	return only.length === 0 ? lock.entries : [...new Set(only.map((key) => entryOf$1(lock, key)))];
}
init_workspace();
const patience = 6e5;
const open$1 = new Map();
const door = (workspace) => statePath(workspace, "locks", "store.json");
const room = (workspace) => statePath(workspace, "locks", "store");
async function usingStore(workspace, what, work) {
	const { root } = workspace;
	const use = open$1.get(root) ?? {
		count: 0,
		entered: enter(workspace, what)
	};
	open$1.set(root, use);
	use.count++;
	try {
		await use.entered;
		return await work();
	} finally {
		if (--use.count === 0) {
			open$1.delete(root);
			await use.entered.then((file) => rmSync(file, { force: true }), () => {});
		}
	}
}
const enter = (workspace, what) => {
	mkdirSync(room(workspace), { recursive: true });
	return withLock(door(workspace), {
		what,
		waitMs: patience
	}, async () => {
		const name = `${encodeURIComponent(hostname())}~${process.pid}~${encodeURIComponent(what)}`;
		const file = join(room(workspace), name);
		writeFileSync(file, "");
		return file;
	});
};
async function cleaningStore(workspace, { what, waitMs = patience }, work) {
	mkdirSync(room(workspace), { recursive: true });
	const until = Date.now() + waitMs;
	for (;;) {
		const left = Math.max(0, until - Date.now());
		const done = await withLock(door(workspace), {
			what,
			waitMs: left
		}, async () => {
			const user = userOf(room(workspace));
			return user === null ? { result: await work() } : { user };
		});
		if ("result" in done) return done.result;
		if (Date.now() >= until) throw new LockstepError("E_BUSY", {
			what: `${what} waits for ${done.user}`,
			where: { file: room(workspace) },
			fix: "let it finish, or stop it"
		});
		await setTimeout(100);
	}
}
function userOf(folder) {
	for (const name of readdirSync(folder)) {
		const [host = "", pid = "", what = ""] = name.split("~").map(decodeURIComponent);
		if (host === hostname() && !isAlive(Number(pid))) rmSync(join(folder, name), { force: true });
		else return `process ${pid} on ${host} (${what})`;
	}
	return null;
}
init_workspace();
const mostCommits = 30;
const mostVersions = 4;
async function earlierVersions({ root }, keys) {
	const versions = new Map();
	const log = await tryGit([
		"log",
		"-n",
		String(mostCommits),
		"--format=%H",
		"--diff-filter=AM",
		"--",
		"data.lock"
	], { cwd: root });
	if (log.status !== 0 || log.stdout === "") return versions;
	const commits = log.stdout.trim().split("\n");
	const blobs = await gitBlobs(commits.map((commit) => `${commit}:./data.lock`), { cwd: root }).catch(() => []);
	for (const blob of blobs) for (const entry of entriesOf(blob)) {
		if (!keys.has(entry.key)) continue;
		const known = versions.get(entry.key) ?? [];
		if (known.length < mostVersions && !known.some(({ digest }) => digest === entry.digest)) known.push(entry);
		versions.set(entry.key, known);
	}
	return versions;
}
function entriesOf(blob) {
	try {
		return parseLock(blob).entries;
	} catch {
		return [];
	}
}
async function knownLocations(remote, known, store, versions, doomed) {
	const locations = new Map();
	for (const entry of versions) {
		const found = await (entry.files === void 0 ? chunksOf(remote, known, entry) : filesOf$1(remote, known, store, entry)).catch((error) => {
			if (isLockstepError(error, "E_REMOTE_NOT_DATA") || isLockstepError(error, "E_OBJECT_MISSING")) return [];
			throw error;
		});
		for (const [digest, location] of found) if (!locations.has(digest)) locations.set(digest, location);
	}
	const packs = new Set([...locations.values()].map(({ pack }) => pack));
	const gone = new Set();
	await eachLimited([...packs], async (pack) => {
		if (doomed.has(hexOf(pack)) || await remote.bucket.stat(objectPath(pack)) === null) gone.add(pack);
	});
	for (const [digest, { pack }] of locations) if (gone.has(pack)) locations.delete(digest);
	return locations;
}
async function chunksOf(remote, known, { digest, size }) {
	if (size < 8388608) return [];
	const key = chunkMapKey(digest);
	const bytes = known.read(key) ?? await fetchMap(remote, key, 268435456);
	if (bytes === null) return [];
	return parseChunkMap(bytes, size, key).chunks.map(({ digest: chunk, ...place }) => [chunk, place]);
}
async function filesOf$1(remote, known, store, entry) {
	const key = folderMapKey(entry.digest);
	const bytes = known.read(key) ?? await fetchMap(remote, key, 268435456);
	if (bytes === null) return [];
	const wanted = {
		key: entry.key,
		digest: entry.digest,
		size: null
	};
	const manifest = store.has(entry.digest) ? await store.read(entry.digest) : await fetchBytes(remote, wanted, () => {});
	const digests = [...new Set(parseManifest(manifest.toString("utf8"), entry).map(({ digest }) => digest))];
	return parseFolderMap(bytes, digests.length, key).flatMap((place, index) => place === null ? [] : [[digests[index], place]]);
}
init_workspace();
const atOnce = 3;
var PackWriter = class {
	locations = new Map();
	sent = 0;
	bucket;
	onBytes;
	pack = Buffer.allocUnsafe(packSize);
	used = 0;
	waiting = [];
	sending = new Set();
	free = [];
	failure;
	constructor(bucket, onBytes) {
		this.bucket = bucket;
		this.onBytes = onBytes;
	}
	async add(digest, bytes) {
		if (this.used + bytes.length > 16777216) await this.send();
		this.pack.set(bytes, this.used);
		this.waiting.push({
			digest,
			offset: this.used
		});
		this.used += bytes.length;
	}
	async end() {
		if (this.waiting.length > 0) await this.send();
		await Promise.all(this.sending);
		this.check();
	}
	async send() {
		const { pack, used, waiting } = this;
		const bytes = pack.subarray(0, used);
		const digest = digestOf(bytes);
		for (const object of waiting) this.locations.set(object.digest, {
			pack: digest,
			offset: object.offset
		});
		const done = this.bucket.put(objectPath(digest), bytes, hexOf(digest)).then(() => {
			this.sent += used;
			this.onBytes(used);
		}, (error) => {
			this.failure ??= { error };
		}).then(() => {
			this.sending.delete(done);
			this.free.push(pack);
		});
		this.sending.add(done);
		if (this.sending.size >= atOnce) await Promise.race(this.sending);
		this.check();
		this.pack = this.free.pop() ?? Buffer.allocUnsafe(16777216);
		this.used = 0;
		this.waiting = [];
	}
	check() {
		if (this.failure) throw this.failure.error;
	}
};
init_workspace();
async function openSender(remote, known, store, onBytes) {
	const { bucket } = remote;
	const sent = {
		objects: 0,
		present: 0,
		chunks: 0,
		bytes: 0
	};
	const doomed = await doomedPacks(remote);
	const alone = [];
	const put = async (key, bytes, sha256 = hexOf(digestOf(bytes))) => {
		await bucket.put(key, bytes, sha256);
		sent.bytes += bytes.length;
		onBytes(bytes.length);
	};
	const putMap = async (key, text) => {
		const bytes = Buffer.from(text);
		await put(key, bytes);
		known.keep(key, bytes);
	};
	const isThere = async (key, size) => {
		const found = await bucket.stat(key);
		return found !== null && (size === null || found.size === size);
	};
	const isMapped = async (key, { digest }) => {
		if (doomed.has(hexOf(digest)) || !await isThere(key, null)) return false;
		if (doomed.size === 0) return true;
		return !String(await fetchMap(remote, key, 1 << 28)).match(/\b[0-9a-f]{64}\b/g)?.some((hex) => doomed.has(hex));
	};
	const keepAlone = ({ digest, size }) => void alone.push({
		sha256: hexOf(digest),
		size
	});
	const plainOne = async (object) => {
		const key = objectPath(object.digest);
		if (!doomed.has(hexOf(object.digest)) && await isThere(key, object.size)) sent.present++;
		else {
			await put(key, await store.read(object.digest), hexOf(object.digest));
			sent.objects++;
		}
		keepAlone(object);
	};
	return {
		sent,
		plain: (objects) => eachLimited(objects, plainOne),
		async large(object, earlier) {
			const key = chunkMapKey(object.digest);
			const isAlone = () => !doomed.has(hexOf(object.digest)) && isThere(objectPath(object.digest), object.size);
			const mapped = await isMapped(key, object);
			if (mapped || await isAlone()) {
				sent.present++;
				if (!mapped) keepAlone(object);
				return;
			}
			const had = await knownLocations(remote, known, store, earlier, doomed);
			const writer = new PackWriter(bucket, onBytes);
			const chunks = await chunkFile(object, had, writer, sent, remote.name);
			await writer.end();
			sent.bytes += writer.sent;
			const located = chunks.map((chunk) => ({
				...chunk,
				...had.get(chunk.digest) ?? writer.locations.get(chunk.digest)
			}));
			await putMap(key, printChunkMap({
				size: object.size,
				chunks: located
			}));
			sent.objects++;
		},
		async folder(entry, objects, earlier) {
			const key = folderMapKey(entry.digest);
			const manifest = await store.read(entry.digest);
			const small = objects.filter(({ size }) => size < chunkedFrom);
			const whole = {
				key: entry.key,
				digest: entry.digest,
				size: manifest.length
			};
			if (await isMapped(key, entry)) {
				sent.present += small.length;
				return plainOne(whole);
			}
			const by = await placesAlone(remote, entry, small);
			const had = await knownLocations(remote, known, store, earlier, doomed);
			const writer = new PackWriter(bucket, onBytes);
			for (const { digest, size } of small) {
				const stands = by.has(digest) && !doomed.has(hexOf(digest));
				if (stands && !had.has(digest)) keepAlone({
					digest,
					size
				});
				if (stands || had.has(digest)) sent.present++;
				else {
					await writer.add(digest, await store.read(digest));
					sent.objects++;
				}
			}
			await writer.end();
			sent.bytes += writer.sent;
			const at = (digest) => had.get(digest) ?? writer.locations.get(digest) ?? null;
			await putMap(key, printFolderMap(objects.map(({ digest, size }) => size < 8388608 ? at(digest) : null)));
			await plainOne(whole);
		},
		end: async () => void await bucket.keep?.(alone)
	};
}
async function chunkFile(object, had, writer, sent, place) {
	const whole = createHash("sha256");
	const chunks = [];
	const seen = new Set();
	const stream = createReadStream(object.path, { highWaterMark: 1 << 20 });
	let size = 0;
	for await (const bytes of chunksOf$1(stream, chunkSizes(object.size))) {
		whole.update(bytes);
		size += bytes.length;
		const digest = digestOf(bytes);
		chunks.push({
			digest,
			size: bytes.length
		});
		if (seen.has(digest)) continue;
		seen.add(digest);
		if (had.has(digest)) continue;
		await writer.add(digest, bytes);
		sent.chunks++;
	}
	const got = `sha256:${whole.digest("hex")}`;
	if (got !== object.digest) throw digestMismatch(object, got, size, place === object.path ? place : object.path);
	return chunks;
}
async function placesAlone({ bucket }, entry, objects) {
	const alone = new Set();
	if (await bucket.stat(objectPath(entry.digest)) === null) return alone;
	await eachLimited(objects, async ({ digest, size }) => {
		if ((await bucket.stat(objectPath(digest)))?.size === size) alone.add(digest);
	});
	return alone;
}
async function doomedPacks(remote) {
	if (remote.embedded !== null) return new Set();
	const bytes = await fetchMap(remote, "gc/doomed.json", 1 << 26).catch((error) => {
		if (isLockstepError(error, "E_REMOTE_FAILED")) return null;
		throw error;
	});
	const found = bytes === null ? null : bytes.toString().match(/\b[0-9a-f]{64}\b/g);
	return new Set(found);
}
init_workspace();
const pushData = (workspace, only) => pushEntries(workspace, selectEntries(readLock(workspace), only));
const pushEntries = (workspace, datasets) => usingStore(workspace, "data push", () => push(workspace, datasets));
async function push(workspace, datasets) {
	const remote = await openRemote(workspace);
	const store = openStore(workspace);
	const sources = new Map();
	for (const entry of datasets) sources.set(entry, await sourceOf(workspace, store, entry));
	const total = datasets.reduce((sum, { size }) => sum + size, 0);
	const progress = startProgress("data push", "bytes");
	let done = 0;
	try {
		checkNotForgotten(workspace, datasets);
		await checkRemembered(remote, datasets);
		const sender = await openSender(remote, knownMaps(workspace, remote), store, (count) => {
			done += count;
			progress.update(done, total);
		});
		if (remote.embedded === null) await sendPacked(workspace, sender, store, sources);
		else await sendPlain(remote.embedded, sender, store, sources);
		await sender.end();
		const { objects, bytes, chunks, present } = sender.sent;
		return {
			datasets,
			pushed: {
				objects,
				bytes,
				chunks
			},
			present,
			remote: remote.name
		};
	} finally {
		progress.end();
	}
}
async function sourceOf(workspace, store, entry) {
	if (entry.files === void 0 && isLarge(entry) && !store.has(entry.digest)) {
		const working = await readWorking(workspace, entry, openMemos(workspace));
		if (working.kind !== "present" || working.digest !== entry.digest) throw nowhere(entry);
		return {
			objects: [{ ...entry }],
			path: dataPath(workspace, entry.key)
		};
	}
	if (!await fillFromWorking(workspace, store, entry)) throw nowhere(entry);
	const objects = await fileObjects(store, entry);
	return {
		objects: [...new Map(objects.map((object) => [object.digest, object])).values()],
		path: null
	};
}
const nowhere = (entry) => objectMissing(entry, "the local store or under data/");
async function sendPacked(workspace, sender, store, sources) {
	const earlier = await earlierVersions(workspace, new Set([...sources.keys()].map(({ key }) => key)));
	const versions = ({ key, digest }) => (earlier.get(key) ?? []).filter((version) => version.digest !== digest);
	const single = [];
	for (const [entry, { objects, path }] of sources) {
		for (const object of objects.filter(isLarge)) {
			const from = path ?? store.pathOf(object.digest);
			await sender.large({
				...object,
				path: from
			}, entry.files === void 0 ? versions(entry) : []);
		}
		if (entry.files === void 0) single.push(...objects.filter((object) => !isLarge(object)));
		else await sender.folder(entry, objects, versions(entry));
	}
	await sender.plain([...new Map(single.map((object) => [object.digest, object])).values()]);
}
const embeddedLimits = {
	file: 25e6,
	total: 1e8
};
const waysOut = "set `remote: file:/a/shared/folder` (or another remote) in lockstep.yaml, or lock a sample of the data";
async function sendPlain(folder, sender, store, sources) {
	const files = new Map([...sources.values()].flatMap(({ objects }) => objects.map((one) => [one.digest, one])));
	await checkLimits(folder, [...files.values()]);
	await sender.plain([...files.values()]);
	const manifests = [];
	for (const { key, digest, files: count } of sources.keys()) if (count !== void 0) manifests.push({
		key,
		digest,
		size: store.sizeOf(digest)
	});
	await sender.plain(manifests);
}
async function checkLimits(folder, objects) {
	const absent = [];
	for (const object of objects) if (await sizeAt(join(folder, objectPath(object.digest))) !== object.size) absent.push(object);
	const large = absent.find(({ size }) => size > embeddedLimits.file);
	if (large) throw new LockstepError("E_REMOTE_TOO_LARGE", {
		what: `"${large.key}" needs an object of ${bytes(large.size)} in .data/, which Git tracks`,
		allowed: `at most ${bytes(embeddedLimits.file)} a file`,
		fix: waysOut
	});
	if (absent.length === 0) return;
	const total = await bytesBelow(folder) + absent.reduce((sum, { size }) => sum + size, 0);
	if (total <= embeddedLimits.total) return;
	throw new LockstepError("E_REMOTE_TOO_LARGE", {
		what: `the push would take .data/, which Git tracks, to ${bytes(total)}`,
		allowed: `at most ${bytes(embeddedLimits.total)} in all`,
		fix: waysOut
	});
}
const bytes = (count) => `${amount(count, "count")} bytes`;
const sizeAt = (path) => stat(path).then((found) => found.size, () => -1);
async function bytesBelow(folder) {
	const found = await readdir(folder, {
		recursive: true,
		withFileTypes: true
	}).catch(() => []);
	let total = 0;
	for (const item of found) if (item.isFile()) total += Math.max(0, await sizeAt(join(item.parentPath, item.name)));
	return total;
}
init_workspace();
async function addData(workspace, path, options = {}) {
	const source = resolve(path);
	const found = lookAt(source);
	if (!found) throw missing$1(path);
	if (!found.isFile() && !found.isDirectory()) refuseOdd(path, kindOf(found));
	const own = keyInside(workspace, source);
	const key = checkPath(keyOf$1(own, source, options.as, found.isDirectory()), void 0, keyFaultOf);
	checkNoLink(workspace, key);
	const store = openStore(workspace);
	const lockFile = statePath(workspace, "locks", "data-lock.json");
	makeFolderOf(lockFile);
	const work = async () => {
		const lock = findLock(workspace) ?? emptyLock;
		checkFits(lock, key);
		const entry = found.isDirectory() ? await storeFolder(store, source, key, openMemo(workspace)) : await storeFile(store, source, key);
		await checkAddable(workspace, store, entry, options.force === true);
		const copied = own === null || `${own}` !== key.replace(/\/$/, "");
		if (copied) await placeCopy(workspace, entry, options.force === true);
		if (options.push) await pushEntries(workspace, [entry]);
		options.beforeLock?.();
		writeLock(workspace, withEntry(lock, entry));
		return {
			entry,
			before: lock.entries.find((other) => other.key === key) ?? null,
			copied
		};
	};
	return usingStore(workspace, "data add", () => withLock(lockFile, {
		what: "data add",
		waitMs: 6e4
	}, work));
}
async function checkAddable(workspace, store, entry, force) {
	const objects = [entry, ...await fileObjects(store, entry)];
	if (force) await withoutTombstones(workspace, new Set(objects.map(({ digest }) => digest)));
	else checkNotForgotten(workspace, objects);
}
function keyInside(workspace, source) {
	const inside = relative(join(workspace.root, "data"), source);
	if (inside === "") refuseOdd(source, "the folder data/ itself; add what is in it");
	return inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside) ? null : inside.split(sep).join("/");
}
function keyOf$1(own, source, as, folder) {
	const key = (as?.replace(/^data\//, "") ?? own ?? basename(source)).replace(/\/+$/, "");
	return folder ? `${key}/` : key;
}
function checkFits(lock, key) {
	const collisions = new PathCollisions();
	for (const path of [...lock.entries.map((entry) => entry.key).filter((other) => other !== key), key]) {
		const collision = collisions.add(path);
		if (collision) throw new LockstepError(collision.code, {
			...collision,
			fix: "choose another key with --as, or add the dataset again that holds it"
		});
	}
}
async function storeFile(store, source, key) {
	return {
		key,
		...await store.putFile(source)
	};
}
async function storeFolder(store, source, key, memo) {
	const paths = listFiles(source);
	if (paths.length === 0) refuseOdd(source, "a folder without files");
	const collisions = new PathCollisions();
	for (const path of paths) {
		checkPath(path);
		const collision = collisions.add(path);
		if (collision) throw new LockstepError(collision.code, {
			...collision,
			fix: "rename one of them"
		});
	}
	const progress = startProgress("data add");
	try {
		const files = await keepFiles(store, source, paths, memo, (done) => progress.update(done, paths.length));
		memo.save();
		const { digest } = await store.put(printManifest(files));
		return {
			key,
			digest,
			size: totalSize(files),
			files: files.length
		};
	} finally {
		progress.end();
	}
}
async function placeCopy(workspace, entry, force) {
	const { state } = stateOf(entry, await readWorking(workspace, entry, openMemos(workspace)));
	if (state === "same") return;
	if (state !== "missing" && !force) throw new LockstepError("E_DATA_CHANGED", {
		what: `something else lies at data/${entry.key}`,
		allowed: "a free place under data/",
		fix: "choose another key with --as, or replace it with --force"
	});
	await placeDataset(workspace, entry, dataPath(workspace, entry.key));
}
const missing$1 = (path) => new LockstepError("E_DATA_MISSING", {
	what: `no file or folder ${path}`,
	allowed: "a file or folder on this machine",
	fix: "correct the path"
});
const missing = new Set([
	"",
	"NA",
	"N/A",
	"NaN",
	"nan",
	"null",
	"NULL",
	"?"
]);
const longestMissing = 4;
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const integer = /^[+-]?\d+$/;
const isMissing = (text) => text.length <= longestMissing && missing.has(text);
function numberOf(text) {
	if (isMissing(text)) return NaN;
	if (decimal.test(text)) {
		const value = Number(text);
		if (!Number.isFinite(value)) return void 0;
		return integer.test(text) && !Number.isSafeInteger(value) ? void 0 : value;
	}
	if (text.length === 4 && text.toLowerCase() === "true") return 1;
	return text.length === 5 && text.toLowerCase() === "false" ? 0 : void 0;
}
init_workspace();
async function takeCommitted(workspace, digest, { commits, most }) {
	const { root } = workspace;
	const path = `.data/${objectPath(digest)}`;
	for (const commit of commits) {
		const { status, stdout } = await tryGit([
			"cat-file",
			"-s",
			`${commit}:${path}`
		], { cwd: root });
		if (status !== 0 || Number(stdout) > most) continue;
		const bytes = await readAtCommit(root, commit, path);
		if (bytes === null || digestOf(bytes) !== digest) continue;
		await openStore(workspace).put(bytes);
		return true;
	}
	return false;
}
async function ensureDataset(workspace, lock, key) {
	const entry = entryOf$1(lock, key);
	await usingStore(workspace, "data", async () => {
		checkNotForgotten(workspace, [entry]);
		await fillFromWorking(workspace, openStore(workspace), entry);
		await fetchEntries(workspace, [entry]);
	});
	return entry;
}
init_workspace();
const mostManifest = 1 << 28;
async function haveObject(workspace, entry, { commits = [], mostFetched = Number.POSITIVE_INFINITY } = {}) {
	const store = openStore(workspace);
	if (store.has(entry.digest) && await isWhole(store, entry.digest)) return true;
	const most = entry.files === void 0 ? entry.size : mostManifest;
	if (await takeCommitted(workspace, entry.digest, {
		commits: ["HEAD", ...commits],
		most
	})) return true;
	if (mostFetched === 0 || entry.files === void 0 && entry.size > mostFetched) return false;
	try {
		if (entry.files === void 0) await ensureDataset(workspace, { entries: [entry] }, entry.key);
		else await openBringer(workspace, store).manifest(entry);
		return true;
	} catch (error) {
		if (isLockstepError(error, "E_OBJECT_MISSING")) return false;
		throw error;
	}
}
async function findManifest$1(workspace, entry, options) {
	return await haveObject(workspace, entry, options) ? readManifest(openStore(workspace), entry) : null;
}
function* looseFiles(root) {
	const sha256 = join(root, "sha256");
	for (const first of names(sha256)) for (const name of names(join(sha256, first))) {
		const digest = isHex(first + name) ? `sha256:${first}${name}` : null;
		if (digest !== null || isLeft(name)) yield* fileAt(join(sha256, first, name), digest);
	}
	for (const name of names(join(root, "partial"))) {
		const [, hex] = /^([0-9a-f]{64})\.tmp-/.exec(name) ?? [];
		if (hex !== void 0) yield* fileAt(join(root, "partial", name), `sha256:${hex}`);
	}
	for (const folder of ["incoming", "packs"]) for (const name of names(join(root, folder))) if (isLeft(name)) yield* fileAt(join(root, folder, name), null);
}
const isHex = (text) => /^[0-9a-f]{64}$/.test(text);
const isLeft = (name) => name.includes(".tmp-");
function* fileAt(path, digest) {
	const found = statSync(path, { throwIfNoEntry: false });
	if (found?.isFile()) yield {
		path,
		digest,
		size: found.size,
		modified: found.mtimeMs
	};
	if (found?.isDirectory() && digest === null) yield {
		path,
		digest,
		size: bytesIn(path),
		modified: found.mtimeMs
	};
}
const bytesIn = (folder) => readdirSync(folder, {
	recursive: true,
	withFileTypes: true
}).reduce((sum, item) => {
	return sum + ((item.isFile() ? statSync(join(item.parentPath, item.name), { throwIfNoEntry: false }) : null)?.size ?? 0);
}, 0);
function names(folder) {
	try {
		return readdirSync(folder);
	} catch {
		return [];
	}
}
init_workspace();
function* packFiles(root) {
	const folder = packsFolder(root);
	const bases = new Set(names(folder).filter((name) => /^[^.]+\.(pack|idx)$/.test(name)).map((name) => name.replace(/\.\w+$/, "")));
	for (const base of bases) {
		const path = join(folder, base);
		const found = [`${path}.pack`, `${path}.idx`].map((file) => statSync(file, { throwIfNoEntry: false }));
		const modified = Math.max(...found.map((stat) => stat?.mtimeMs ?? 0));
		const objects = found.every((stat) => stat !== void 0) ? objectsOf(`${path}.idx`) : [];
		const read = (wanted) => readObjects(`${path}.pack`, objects, wanted);
		yield {
			path,
			size: found[0]?.size ?? 0,
			modified,
			objects,
			read
		};
	}
}
function objectsOf(index) {
	const records = readFileSync(index);
	if (records.length % 40 !== 0) return [];
	return Array.from({ length: records.length / 40 }, (_, number) => {
		const at = number * 40;
		return {
			digest: `sha256:${records.toString("hex", at, at + 32)}`,
			offset: records.readUInt32LE(at + 32),
			size: records.readUInt32LE(at + 36)
		};
	});
}
function* readObjects(pack, objects, wanted) {
	const handle = openSync(pack, "r");
	try {
		for (const { digest, offset, size } of objects) {
			if (!wanted(digest)) continue;
			const bytes = Buffer.alloc(size);
			readSync(handle, bytes, 0, size, offset);
			if (digestOf(bytes) === digest) yield {
				digest,
				bytes
			};
		}
	} finally {
		closeSync(handle);
	}
}
function dropPack({ path }) {
	rmSync(`${path}.idx`, { force: true });
	rmSync(`${path}.pack`, { force: true });
}
init_workspace();
async function findManifest(remote, store, { key, digest }) {
	if (store.has(digest)) return store.read(digest);
	return fetchBytes(remote, {
		key,
		digest,
		size: null
	}, () => {}).catch((error) => {
		if (isLockstepError(error, "E_OBJECT_MISSING")) return null;
		throw error;
	});
}
init_workspace();
async function bytesToForget(remote, store, target) {
	const { key, file, versions, current, others } = target;
	const found = new Set();
	const manifests = new Set();
	const unknown = [];
	for (const { digest, folder } of versions) {
		if (!folder) found.add(digest);
		else if (file === void 0) manifests.add(digest);
		if (!folder) continue;
		const lines = await readLines(remote, store, key, digest);
		if (lines === null) unknown.push(digest);
		for (const line of lines ?? []) if (file === void 0 || line.path === file) found.add(line.digest);
	}
	if (file !== void 0 && found.size === 0) throw noFile(key, file);
	const shared = await sharedWith(remote, store, others, found);
	const files = new Set([...found].filter((digest) => !shared.some((other) => other.digest === digest)));
	const now = current?.files === void 0 ? null : await readLines(remote, store, key, current.digest);
	return {
		files,
		manifests,
		shared,
		unknown,
		rest: (now ?? []).filter(({ digest }) => !found.has(digest)),
		paths: (now ?? []).filter(({ digest }) => found.has(digest)).map(({ path }) => path)
	};
}
async function sharedWith(remote, store, others, found) {
	const shared = [];
	for (const { key, digest, files } of others) {
		if (found.has(digest)) shared.push({
			digest,
			key
		});
		if (files === void 0) continue;
		const lines = await readLines(remote, store, key, digest);
		if (lines === null) throw new LockstepError("E_OBJECT_MISSING", {
			what: `the manifest of "${key}" (${digest}) is neither here nor in ${remote.name}, so nobody knows what it shares`,
			allowed: "locked folders that can be had",
			fix: "push it from a checkout that has it, or take it out of data.lock"
		});
		for (const line of lines) if (found.has(line.digest)) shared.push({
			digest: line.digest,
			key: key + line.path
		});
	}
	return shared;
}
async function readLines(remote, store, key, digest) {
	const bytes = await findManifest(remote, store, {
		key,
		digest
	});
	if (bytes === null) return null;
	return Array.from(bytes.toString().matchAll(/^([0-9a-f]{64}) (\d+) (.+)$/gm), ([, hex, size, path]) => ({
		digest: `sha256:${hex}`,
		size: Number(size),
		path
	}));
}
const noFile = (key, file) => new LockstepError("E_DATA_MISSING", {
	what: `no version of "${key}" that can be had has the file "${file}"`,
	allowed: "the path of a file in the folder",
	fix: "correct --file"
});
const youngMs = 36e5;
function count(tally, why, bytes, objects = 1) {
	tally[why] ??= {
		objects: 0,
		bytes: 0
	};
	tally[why].objects += objects;
	tally[why].bytes += bytes;
}
function manifestDigests(manifest) {
	const lines = Buffer.from(manifest).toString("latin1").matchAll(/^([0-9a-f]{64}) \d+ /gm);
	return [...new Set(Array.from(lines, ([, hex]) => `sha256:${hex}`))];
}
async function gcLocal(workspace, roots, { apply, now = Date.now(), waitMs }) {
	const store = openStore(workspace);
	if (!apply) return shown(await planLocal(store, roots, now), false);
	return cleaningStore(workspace, {
		what: "data gc",
		waitMs
	}, async () => {
		const needed = await neededHere(store, roots);
		const plan = planFrom(store, needed, await lostHere(store, roots), now);
		for (const { path, modified } of plan.loose) if (statSync(path, { throwIfNoEntry: false })?.mtimeMs === modified) rmSync(path, {
			recursive: true,
			force: true
		});
		for (const pack of plan.dead) dropPack(pack);
		rewritePacks(store, plan.sparse, (digest) => needed.has(digest));
		return shown(plan, true);
	});
}
const shown = ({ kept, removed, packs }, applied) => ({
	applied,
	kept,
	removed,
	packs
});
const planLocal = async (store, roots, now) => planFrom(store, await neededHere(store, roots), await lostHere(store, roots), now);
async function neededHere(store, roots) {
	const needed = new Map();
	const keep = (digest, why) => {
		if (!needed.has(digest) && !roots.forgotten.has(digest)) needed.set(digest, why);
	};
	for (const { digest, folder, why } of roots.datasets) {
		keep(digest, why);
		if (!folder || roots.forgotten.has(digest) || !store.has(digest)) continue;
		for (const file of manifestDigests(await store.read(digest))) keep(file, why);
	}
	for (const [digest, why] of roots.objects) keep(digest, why);
	return needed;
}
async function lostHere(store, { forgotten, forgottenFolders = new Set() }) {
	const lost = new Set(forgotten);
	for (const digest of forgottenFolders) if (store.has(digest)) for (const file of manifestDigests(await store.read(digest))) lost.add(file);
	return lost;
}
function planFrom(store, needed, lost, now) {
	const isLost = (digest) => lost.has(digest) && !needed.has(digest);
	const kept = {};
	const removed = {
		objects: 0,
		bytes: 0
	};
	const loose = [];
	for (const file of looseFiles(store.root)) {
		const isYoung = now - file.modified < 36e5 && !(file.digest && isLost(file.digest));
		const why = (file.digest && needed.get(file.digest)) ?? (isYoung ? "younger than an hour" : null);
		if (why !== null) {
			count(kept, why, file.size);
			continue;
		}
		loose.push(file);
		removed.objects++;
		removed.bytes += file.size;
	}
	const dead = [];
	const sparse = [];
	for (const pack of packFiles(store.root)) {
		const mustGo = pack.objects.some(({ digest }) => isLost(digest));
		const isYoung = now - pack.modified < 36e5 && !mustGo;
		const live = pack.objects.filter(({ digest }) => needed.has(digest));
		const liveBytes = live.reduce((sum, { size }) => sum + size, 0);
		const stays = isYoung || !mustGo && live.length > 0 && liveBytes * 2 >= pack.size;
		for (const { digest, size } of stays ? pack.objects : live) count(kept, needed.get(digest) ?? (isYoung ? "younger than an hour" : "beside needed ones in a pack"), size);
		if (stays) continue;
		(live.length === 0 ? dead : sparse).push(pack);
		removed.objects += pack.objects.length - live.length;
		removed.bytes += pack.size - liveBytes;
	}
	return {
		kept,
		removed,
		packs: {
			dropped: dead.length,
			rewritten: sparse.length
		},
		loose,
		dead,
		sparse
	};
}
function rewritePacks(store, packs, stays) {
	if (packs.length === 0) return;
	const packer = store.openPacker();
	for (const pack of packs) for (const { digest, bytes } of pack.read(stays)) packer.add(digest, bytes);
	packer.end();
	for (const pack of packs) dropPack(pack);
}
init_workspace();
const forgetInStore = (workspace, digests, last) => cleaningStore(workspace, { what: "data forget" }, async () => {
	for (const scratch of ["work", "verify"]) rmSync(statePath(workspace, scratch), {
		recursive: true,
		force: true
	});
	const store = openStore(workspace);
	const goes = (digest) => digests.has(digest) || last.has(digest);
	rewritePacks(store, [...packFiles(store.root)].filter(({ objects }) => objects.length === 0 || objects.some(({ digest }) => goes(digest))), (digest) => !goes(digest));
	const loose = [...looseFiles(store.root)];
	for (const { path, digest } of loose) if (digest === null && !isAlive(Number(/\.tmp-(\d+)-/.exec(path)?.[1])) || digest !== null && digests.has(digest)) rmSync(path, {
		recursive: true,
		force: true
	});
	for (const { path, digest } of loose) if (digest !== null && last.has(digest)) rmSync(path, { force: true });
});
async function forgetInWorkTree(workspace, { key, file, current }, { paths, rest }) {
	checkNoLink(workspace, key);
	const place = dataPath(workspace, key);
	if (file === void 0) rmSync(place.replace(/\/$/, ""), {
		recursive: true,
		force: true
	});
	else for (const path of new Set([...paths, file])) removeInside(workspace, key, path);
	if (current === null) return null;
	return withLock(statePath(workspace, "locks", "data-lock.json"), {
		what: "data forget",
		waitMs: 6e4
	}, async () => {
		const entries = findLock(workspace)?.entries ?? [];
		const left = file === void 0 || rest.length === 0 ? null : await restOf(workspace, key, rest);
		writeLock(workspace, { entries: [...entries.filter((entry) => entry.key !== key), ...left ? [left] : []] });
		return left;
	});
}
function removeInside(workspace, key, path) {
	checkNoLink(workspace, key + path.split("/").slice(0, -1).join("/"));
	rmSync(join(dataPath(workspace, key), path), { force: true });
}
async function restOf(workspace, key, rest) {
	const { digest } = await openStore(workspace).put(printManifest(rest));
	return {
		key,
		digest,
		size: totalSize(rest),
		files: rest.length
	};
}
const digestIn = (key) => `sha256:${key.replace(/^.*sha256\/|\.json$/g, "").replace("/", "")}`;
async function readMap(remote, store, key) {
	const bytes = await fetchMap(remote, key, mostMap);
	if (bytes === null) return null;
	const of = digestIn(key);
	const place = `${key} in ${remote.name}`;
	if (key.startsWith("chunks/")) {
		const { size } = JSON.parse(bytes.toString());
		const { chunks } = parseChunkMap(bytes, size, place);
		const placed = chunks.map((chunk) => ({
			digest: of,
			location: chunk,
			size: chunk.size
		}));
		const print = (locations) => printChunkMap({
			size,
			chunks: chunks.map((chunk, at) => ({
				...chunk,
				...locations[at]
			}))
		});
		return {
			key,
			of,
			placed,
			print
		};
	}
	const lines = await readLines(remote, store, key, of);
	if (lines === null) return null;
	const distinct = [...new Map(lines.map(({ digest, size }) => [digest, size]))];
	const map = parseFolderMap(bytes, distinct.length, place);
	return {
		key,
		of,
		placed: distinct.map(([digest, size], at) => ({
			digest,
			size,
			location: map[at]
		})),
		print: (locations) => printFolderMap(locations)
	};
}
init_workspace();
const forgettingKey = "gc/forgetting.json";
const mapKey = /^(chunks|packs)\/sha256\/[0-9a-f]{2}\/[0-9a-f]{62}\.json$/;
async function planRemoteForget(remote, store, { files, manifests }) {
	const present = new Set();
	const maps = [];
	for (const prefix of [
		"sha256/",
		"chunks/sha256/",
		"packs/sha256/"
	]) for await (const { key } of remote.bucket.list(prefix)) {
		present.add(key);
		const map = mapKey.test(key) ? await readMap(remote, store, key) : null;
		if (map !== null) maps.push(map);
	}
	const gone = goneOf({
		files,
		manifests
	});
	const goes = ({ of }) => gone.has(of);
	const packs = new Set(await interrupted(remote));
	for (const { placed } of maps) for (const { digest, location } of placed) if (location && gone.has(digest)) packs.add(location.pack);
	const names = ({ placed }) => placed.some(({ location }) => location && packs.has(location.pack));
	const keysOf = (digests) => [...digests].flatMap((digest) => [
		objectPath(digest),
		chunkMapKey(digest),
		folderMapKey(digest)
	]).filter((key) => present.has(key));
	return {
		keys: keysOf(files),
		lastKeys: keysOf(manifests),
		packs: [...packs].filter((pack) => present.has(objectPath(pack))),
		maps: maps.filter((map) => !goes(map) && names(map))
	};
}
async function applyRemoteForget(remote, { keys, lastKeys, packs, maps }, bytes) {
	const gone = goneOf(bytes);
	if (packs.length > 0) await put(remote, forgettingKey, Buffer.from(`${JSON.stringify({
		v: 1,
		packs
	})}\n`));
	const moved = new Map();
	const going = new Set(packs.map(objectPath));
	for (const pack of packs) {
		const fresh = await rewritePack(remote, pack, maps.flatMap(({ placed }) => placed.filter(({ digest, location }) => location?.pack === pack && !gone.has(digest))), moved);
		if (fresh !== null) going.delete(objectPath(fresh));
	}
	for (const map of maps) {
		const locations = map.placed.map(({ digest, location, size }) => location === null || gone.has(digest) ? null : moved.get(segment(location, size)) ?? location);
		await put(remote, map.key, Buffer.from(map.print(locations)));
	}
	await remote.bucket.remove([...keys, ...going]);
	await remote.bucket.remove([...lastKeys, ...packs.length > 0 ? [forgettingKey] : []]);
}
const goneOf = ({ files, manifests }) => new Set([...files, ...manifests]);
const segment = ({ pack, offset }, size) => `${pack} ${offset} ${size}`;
async function rewritePack(remote, pack, live, moved) {
	const bytes = live.length === 0 ? null : await fetchMap(remote, objectPath(pack), mostMap);
	if (bytes === null) return null;
	const sorted = [...new Map(live.map(({ location, size }) => [segment(location, size), {
		at: location.offset,
		size
	}]))].sort(([, a], [, b]) => a.at - b.at || a.size - b.size);
	const fresh = Buffer.concat(sorted.map(([, { at, size }]) => bytes.subarray(at, at + size)));
	const digest = digestOf(fresh);
	let offset = 0;
	for (const [name, { size }] of sorted) {
		moved.set(name, {
			pack: digest,
			offset
		});
		offset += size;
	}
	await put(remote, objectPath(digest), fresh);
	return digest;
}
const put = (remote, key, bytes) => remote.bucket.put(key, bytes, hexOf(digestOf(bytes)));
async function interrupted(remote) {
	const bytes = await fetchMap(remote, forgettingKey, mostMap);
	return bytes === null ? [] : JSON.parse(bytes.toString()).packs;
}
init_workspace();
async function forgetData(workspace, request) {
	const place = await openRemote(workspace);
	const store = openStore(workspace);
	const bytes = await bytesToForget(place, store, request);
	if (bytes.files.size + bytes.manifests.size === 0) throw nothingLeft(request, bytes);
	const remote = await planRemoteForget(place, store, bytes);
	const keys = [...remote.keys, ...remote.lastKeys];
	const gone = new Set([...bytes.files, ...request.derived]);
	const plan = {
		dataset: request.key + (request.file ?? ""),
		versions: request.versions.length,
		files: bytes.files.size,
		local: {
			objects: countIn(store, new Set([...bytes.files, ...bytes.manifests])),
			derived: countIn(store, new Set([...request.derived].filter((digest) => !bytes.files.has(digest))))
		},
		remote: {
			name: place.name,
			inGit: place.embedded !== null ? keys.map((key) => `.data/${key}`) : [],
			objects: keys.length,
			packs: remote.packs.length,
			maps: remote.maps.length
		},
		shared: bytes.shared,
		unknown: bytes.unknown
	};
	if (!request.apply) return {
		applied: false,
		...plan,
		entry: request.current
	};
	const tombstones = tombstonesOf(workspace, request, bytes);
	for (const tombstone of tombstones) await putTombstone(place, tombstone);
	writeTombstones(workspace, [...readTombstones(workspace), ...tombstones]);
	await applyRemoteForget(place, remote, bytes);
	rmSync(knownMaps(workspace, place).folder, {
		recursive: true,
		force: true
	});
	await forgetInStore(workspace, gone, bytes.manifests);
	const entry = await forgetInWorkTree(workspace, request, bytes);
	return {
		applied: true,
		...plan,
		entry
	};
}
function tombstonesOf(workspace, request, bytes) {
	const { key, file, reason, by, at } = request;
	const before = new Map(readTombstones(workspace).map((tombstone) => [tombstone.digest, tombstone]));
	const digests = file === void 0 ? request.versions.map(({ digest }) => digest) : [...bytes.files];
	const shared = new Set(bytes.shared.map(({ digest }) => digest));
	return [...new Set(digests)].filter((digest) => !shared.has(digest)).map((digest) => before.get(digest) ?? {
		digest,
		dataset: key,
		...file === void 0 ? {} : { file },
		reason,
		by,
		at
	});
}
function countIn(store, digests) {
	let count = 0;
	for (const { digest } of looseFiles(store.root)) if (digest !== null && digests.has(digest)) count++;
	for (const { objects } of packFiles(store.root)) for (const { digest } of objects) if (digests.has(digest)) count++;
	return count;
}
function nothingLeft({ key }, { shared, unknown }) {
	const [other] = shared;
	return new LockstepError("E_DATA_MISSING", {
		what: other ? `all bytes of "${key}" belong to data/${other.key} too, and so stay` : `nobody knows what "${key}" consisted of (${unknown.join(", ")})`,
		allowed: "a dataset whose bytes are its own",
		fix: other ? `forget ${other.key} as well, that one first taken out of data.lock` : "run `lockstep data gc`"
	});
}
init_workspace();
const doomedKey = "gc/doomed.json";
const most = 5e5;
const kinds = [
	"sha256",
	"chunks",
	"packs"
];
const keyPattern = /^(?:(chunks|packs)\/)?sha256\/([0-9a-f]{2})\/([0-9a-f]{62})(\.json)?$/;
async function readDoomed(remote) {
	const bytes = await fetchMap(remote, doomedKey, mostMap);
	if (bytes === null) return null;
	try {
		const { v, at, others, ...lists } = JSON.parse(bytes.toString());
		const keys = kinds.flatMap((kind) => lists[kind].map((hex) => keyOf(kind, hex)));
		const time = Date.parse(at);
		if (v === 1 && Number.isFinite(time)) return {
			at: time,
			keys: new Set([...keys, ...others])
		};
	} catch {}
	throw new LockstepError("E_REMOTE_NOT_DATA", {
		what: `${doomedKey} in ${remote.name} is not what \`lockstep data gc\` writes`,
		fix: `remove ${doomedKey} from the remote: nothing is lost by that`
	});
}
const keyOf = (kind, hex) => kind === "sha256" ? `sha256/${hex.slice(0, 2)}/${hex.slice(2)}` : `${kind}/sha256/${hex.slice(0, 2)}/${hex.slice(2)}.json`;
async function writeDoomed(remote, keys, now) {
	const lists = {
		sha256: [],
		chunks: [],
		packs: [],
		others: []
	};
	for (const key of keys.slice(0, most).sort()) {
		const [, kind = "sha256", first, rest, json] = keyPattern.exec(key) ?? [];
		if (first === void 0 || kind === "sha256" !== (json === void 0)) lists.others.push(key);
		else lists[kind].push(`${first}${rest}`);
	}
	const bytes = Buffer.from(`${JSON.stringify({
		v: 1,
		at: new Date(now).toISOString(),
		...lists
	})}\n`);
	await remote.bucket.put(doomedKey, bytes, hexOf(digestOf(bytes)));
}
init_workspace();
const sweptPrefixes = [
	"sha256/",
	"chunks/sha256/",
	"packs/sha256/"
];
async function surveyRemote(remote, store, roots) {
	const listed = new Map();
	for (const prefix of sweptPrefixes) for await (const item of remote.bucket.list(prefix)) listed.set(item.key, item);
	const needed = new Map();
	const unknown = [];
	const keep = (key, why) => {
		if (!needed.has(key)) needed.set(key, why);
	};
	const keepMap = async (key, why) => {
		if (needed.has(key) || !listed.has(key)) return;
		keep(key, why);
		for (const pack of await packsOf(remote, key)) keep(objectPath(pack), why);
	};
	const keepFile = async (digest, why) => {
		if (roots.forgotten.has(digest)) return;
		keep(objectPath(digest), why);
		await keepMap(chunkMapKey(digest), why);
	};
	for (const root of roots.datasets) {
		const { digest, folder, why } = root;
		if (roots.forgotten.has(digest)) continue;
		await keepFile(digest, why);
		if (!folder) continue;
		const manifest = await findManifest(remote, store, root);
		if (manifest === null) unknown.push(root);
		else for (const file of manifestDigests(manifest)) await keepFile(file, why);
		await keepMap(folderMapKey(digest), why);
	}
	for (const [digest, why] of roots.objects) await keepFile(digest, why);
	return {
		listed,
		needed,
		unknown
	};
}
async function packsOf(remote, key) {
	const bytes = await fetchMap(remote, key, mostMap);
	if (bytes === null) return [];
	try {
		const { packs } = JSON.parse(bytes.toString());
		if (Array.isArray(packs) && packs.every((hex) => /^[0-9a-f]{64}$/.test(hex))) return packs.map((hex) => `sha256:${hex}`);
	} catch {}
	throw new LockstepError("E_REMOTE_NOT_DATA", {
		what: `${key} in ${remote.name} is no map`,
		allowed: "a map as docs/formats/remote.md has it",
		fix: "remove it, and push the dataset again from a checkout that has it; then clean up"
	});
}
async function cleanRemote(workspace, roots, options) {
	const remote = await openRemote(workspace);
	const result = await gcRemote(remote, openStore(workspace), roots, options);
	if (options.apply) rmSync(knownMaps(workspace, remote).folder, {
		recursive: true,
		force: true
	});
	return result;
}
async function gcRemote(remote, store, roots, { apply, immediately = remote.embedded !== null, now = Date.now() }) {
	const { bucket } = remote;
	const least = remote.embedded === null ? youngMs : Number.NEGATIVE_INFINITY;
	const { listed, needed, unknown } = await surveyRemote(remote, store, roots);
	const kept = {};
	const unneeded = [];
	for (const item of listed.values()) {
		const why = needed.get(item.key) ?? (now - item.modified < least ? "younger than an hour" : null);
		if (why === null) unneeded.push(item);
		else count(kept, why, item.size);
	}
	const doomed = await readDoomed(remote);
	const isDue = doomed !== null && now - doomed.at >= 36e5;
	const going = immediately ? unneeded : isDue ? await stillDoomed(bucket, doomed, unneeded) : [];
	const gone = new Set(going);
	const later = unneeded.filter((item) => !gone.has(item));
	if (apply) {
		const names = (items) => items.map(({ key }) => key);
		if (immediately && going.length > 0 && remote.embedded === null) await writeDoomed(remote, names(going), now);
		await removeListed(bucket, going);
		if (later.length === 0) await bucket.remove([doomedKey]);
		else if (doomed === null || isDue) await writeDoomed(remote, names(later), now);
	}
	const since = doomed === null || isDue ? now : doomed.at;
	return {
		remote: remote.name,
		applied: apply,
		kept,
		unneeded: amountOf(unneeded),
		removed: amountOf(going),
		doomed: later.length === 0 ? null : {
			...amountOf(later),
			due: new Date(since + youngMs).toISOString()
		},
		unknown: unknown.map(({ key }) => key)
	};
}
async function stillDoomed(bucket, { keys }, unneeded) {
	let at = 0;
	for await (const item of bucket.list(doomedKey)) if (item.key === "gc/doomed.json") at = item.modified;
	return unneeded.filter(({ key, modified }) => keys.has(key) && modified < at);
}
async function removeListed(bucket, items) {
	const folderOf = (key) => key.slice(0, bucket.keep ? key.indexOf("/") + 1 : key.lastIndexOf("/") + 1);
	const folders = Map.groupBy(items, ({ key }) => folderOf(key));
	await eachLimited([...folders], async ([folder, going]) => {
		const before = new Map(going.map(({ key, modified }) => [key, modified]));
		const keys = [];
		for await (const { key, modified } of bucket.list(folder)) if (before.get(key) === modified) keys.push(key);
		if (keys.length > 0) await bucket.remove(keys);
	});
}
const amountOf = (items) => ({
	objects: items.length,
	bytes: items.reduce((sum, { size }) => sum + size, 0)
});
const sameItem = (a, b) => a?.digest === b?.digest && a?.size === b?.size && a?.files === b?.files;
function mergeItems(sides) {
	const [base, ours, theirs] = [
		sides.base,
		sides.ours,
		sides.theirs
	].map(byPath);
	const items = [];
	const conflicts = [];
	const lone = [];
	for (const own of sides.ours) {
		const [was, other] = [base.get(own.path), theirs.get(own.path)];
		if (other === void 0) lone.push(own.path);
		else if (sameItem(own, other) || sameItem(was, other)) items.push(own);
		else if (sameItem(was, own)) items.push(other);
		else conflicts.push({
			path: own.path,
			base: was ? [was] : [],
			ours: [own],
			theirs: [other]
		});
	}
	for (const { path } of sides.theirs) if (!ours.has(path)) lone.push(path);
	for (const { path } of sides.base) if (!ours.has(path) && !theirs.has(path)) lone.push(path);
	const fateOf = (path) => {
		const item = ours.get(path) ?? theirs.get(path);
		const was = base.get(path);
		if (item === void 0 || sameItem(was, item)) return "gone";
		return was === void 0 ? item : "conflict";
	};
	const fates = new Map(lone.map((path) => [path, fateOf(path)]));
	for (const paths of groups(fates)) {
		const alive = paths.filter((path) => fates.get(path) !== "gone");
		const only = fates.get(alive[0]);
		if (alive.length === 1 && typeof only === "object") items.push(only);
		else {
			const of = (side) => paths.flatMap((path) => side.get(path) ?? []);
			conflicts.push({
				path: alive[0],
				base: of(base),
				ours: of(ours),
				theirs: of(theirs)
			});
		}
	}
	const sort = (all) => all.sort((a, b) => comparePaths(a.path, b.path));
	return {
		items: sort(items),
		conflicts: sort(conflicts)
	};
}
const byPath = (items) => new Map(items.map((item) => [item.path, item]));
function groups(fates) {
	const folded = new Map([...fates.keys()].map((path) => [path, foldPath(path.replace(/\/$/, ""))]));
	const alive = new Set([...fates].flatMap(([path, fate]) => fate === "gone" ? [] : [folded.get(path)]));
	const found = new Map();
	for (const path of [...fates.keys()].sort(comparePaths)) {
		const root = topmost(folded.get(path), alive);
		if (root === void 0) continue;
		const group = found.get(root);
		if (group) group.push(path);
		else found.set(root, [path]);
	}
	return [...found.values()];
}
function topmost(path, alive) {
	for (let slash = path.indexOf("/"); slash > 0; slash = path.indexOf("/", slash + 1)) {
		const folder = path.slice(0, slash);
		if (alive.has(folder)) return folder;
	}
	return alive.has(path) ? path : void 0;
}
init_workspace();
async function mergeLocks({ base, ours, theirs, picks = {
	ours: [],
	theirs: []
}, manifest }) {
	const picked = new Picks(picks);
	const merged = mergeItems({
		base: itemsOf(base),
		ours: itemsOf(ours),
		theirs: itemsOf(theirs)
	});
	const settled = [...merged.items];
	const conflicts = [];
	const open = [];
	const folders = [];
	const closed = [];
	for (const conflict of merged.conflicts) {
		const sides = isFolder(conflict) ? await filesOf(conflict, manifest) : null;
		if (isFolder(conflict) && sides === null) closed.push(conflict.path);
		const inner = sides && mergeFiles(sides, conflict.path, picked);
		if (inner && inner.conflicts.length === 0 && inner.items.length > 0) {
			const { entry, text } = folderEntry(conflict.path, inner.items);
			settled.push({
				...entry,
				path: entry.key
			});
			if (![...conflict.ours, ...conflict.theirs].some(({ digest }) => digest === entry.digest)) folders.push({
				entry,
				manifest: text
			});
			continue;
		}
		if (inner && inner.conflicts.length > 0) {
			conflicts.push(...inner.conflicts);
			open.push(conflict);
			continue;
		}
		const side = picked.of(conflict);
		if (side !== null) settled.push(...conflict[side]);
		else {
			conflicts.push(conflict);
			open.push(conflict);
		}
	}
	picked.checkUsed();
	return {
		lock: { entries: settled.map(entryOf) },
		conflicts,
		open,
		folders,
		closed
	};
}
function printMerge({ lock, open }) {
	if (open.length === 0) return printLock(lock);
	const lines = (items) => items.length === 0 ? "" : printLock({ entries: items.map(entryOf) }).replace(/^.*\n.*\n/, "");
	const hunks = open.map((conflict) => ({
		path: conflict.path,
		text: `<<<<<<< ours\n${lines(conflict.ours)}||||||| base\n${lines(conflict.base)}=======\n${lines(conflict.theirs)}>>>>>>> theirs\n`
	}));
	return `version: 1\ndatasets:\n${[...lock.entries.map((entry) => ({
		path: entry.key,
		text: lines([itemOf(entry)])
	})), ...hunks].sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path))).map(({ text }) => text).join("")}`;
}
const changedKeys = (before, after) => {
	const [old, now] = [before, after].map((lock) => new Map(itemsOf(lock).map((item) => [item.path, item])));
	return [...new Set([...old.keys(), ...now.keys()])].filter((key) => !sameItem(old.get(key), now.get(key)));
};
var Picks = class {
	used = new Set();
	met = [];
	picks;
	constructor(picks) {
		this.picks = picks;
		const both = picks.ours.find((path) => picks.theirs.includes(path));
		if (both !== void 0) throw new LockstepError("E_USAGE", {
			what: `"${both}" from both sides`,
			allowed: "one side for each conflict",
			fix: "give it to --ours or to --theirs"
		});
	}
	of({ path }) {
		this.met.push(path);
		const [best] = ["ours", "theirs"].flatMap((side) => this.picks[side].map((pick) => ({
			side,
			pick
		}))).filter(({ pick }) => covers(pick, path)).sort((a, b) => b.pick.length - a.pick.length);
		if (best) this.used.add(best.pick);
		return best?.side ?? null;
	}
	checkUsed() {
		const idle = [...this.picks.ours, ...this.picks.theirs].find((pick) => !this.used.has(pick));
		if (idle === void 0) return;
		const near = nearest(idle, this.met.slice(0, 1e4));
		throw new LockstepError("E_DATA_MISSING", {
			what: `no conflict "${idle}"`,
			where: { file: "data.lock" },
			allowed: this.met.length === 0 ? "there is none" : `${this.met.slice(0, 10).join(", ")}${this.met.length > 10 ? " …" : ""}`,
			fix: near ? `did you mean "${near}"?` : "run `lockstep data merge` without it to see the conflicts"
		});
	}
};
const covers = (written, path) => [written, written.replace(/^data\//, "")].some((pick) => path === pick || path === `${pick}/` || path.startsWith(pick.endsWith("/") ? pick : `${pick}/`));
const isFolder = ({ path, base, ours, theirs }) => path.endsWith("/") && ours.length === 1 && theirs.length === 1 && [
	...base,
	...ours,
	...theirs
].every((item) => item.path === path);
async function filesOf(conflict, manifest) {
	const read = async (items) => items[0] === void 0 ? [] : await manifest(entryOf(items[0]));
	const [base, ours, theirs] = [
		await read(conflict.base),
		await read(conflict.ours),
		await read(conflict.theirs)
	];
	return base && ours && theirs ? {
		base,
		ours,
		theirs
	} : null;
}
function mergeFiles(sides, folder, picked) {
	const { items, conflicts } = mergeItems(sides);
	const settled = [...items];
	const left = [];
	for (const conflict of conflicts) {
		const named = (all) => all.map((item) => ({
			...item,
			path: folder + item.path
		}));
		const shown = {
			path: folder + conflict.path,
			base: named(conflict.base),
			ours: named(conflict.ours),
			theirs: named(conflict.theirs)
		};
		const side = picked.of(shown);
		if (side === null) left.push(shown);
		else settled.push(...conflict[side]);
	}
	return {
		items: settled,
		conflicts: left
	};
}
function folderEntry(key, files) {
	const text = printManifest(files);
	return {
		entry: {
			key,
			digest: digestOf(text),
			size: totalSize(files),
			files: files.length
		},
		text
	};
}
const itemOf = ({ key, ...entry }) => ({
	path: key,
	...entry
});
const itemsOf = (lock) => lock.entries.map(itemOf);
const entryOf = ({ path, digest, size, files }) => ({
	key: path,
	digest,
	size,
	...files === void 0 ? {} : { files }
});
init_workspace();
async function packObjects(workspace, entries, path) {
	const store = openStore(workspace);
	const digests = new Set();
	for (const entry of entries) {
		digests.add(entry.digest);
		for (const { digest } of await fileObjects(store, entry)) digests.add(digest);
	}
	writeFileSync(path, "");
	for (const digest of digests) {
		const copy = scratchPath(workspace, "object");
		try {
			await store.materialize(digest, copy);
			const handle = await open(copy);
			const { size } = await handle.stat();
			writeFileSync(path, `${hexOf(digest)} ${size}\n`, { flag: "a" });
			await pipeline(handle.createReadStream(), createWriteStream(path, { flags: "a" }));
		} finally {
			rmSync(copy, { force: true });
		}
	}
}
async function unpackObjects(workspace, path) {
	const store = openStore(workspace);
	const found = new Map();
	const handle = await open(path);
	try {
		const { size: whole } = await handle.stat();
		for (let at = 0; at < whole;) {
			const { bytesRead, buffer } = await handle.read(Buffer.alloc(96), 0, 96, at);
			const header = /^([0-9a-f]{64}) (\d{1,15})\n/.exec(buffer.toString("latin1", 0, bytesRead));
			const start = at + (header?.[0].length ?? 0);
			at = start + Number(header?.[2]);
			if (!header || at > whole) throw shape(path, start);
			const digest = `sha256:${header[1]}`;
			const ref = await takeRange(workspace, path, start, at);
			if (ref.digest !== digest) throw mismatch(digest, ref);
			found.set(digest, ref);
		}
	} finally {
		await handle.close();
	}
	return found;
	async function takeRange(from, file, start, end) {
		const copy = scratchPath(from, "object");
		try {
			if (end === start) writeFileSync(copy, "");
			else await pipeline(createReadStream(file, {
				start,
				end: end - 1
			}), createWriteStream(copy));
			return await store.putFile(copy);
		} finally {
			rmSync(copy, { force: true });
		}
	}
}
const shape = (path, at) => new LockstepError("E_HANDOVER_SHAPE", {
	what: `${path} has no whole object at byte ${at}`,
	allowed: "objects, each behind its digest and size",
	fix: "run the job again that made it"
});
const mismatch = (digest, { digest: got, size }) => new LockstepError("E_DIGEST_MISMATCH", {
	what: `an object that is handed over is ${got} (${size} bytes)`,
	allowed: digest,
	fix: "run the job again that made it"
});
init_workspace();
async function writeParquet(path, table) {
	const { parquetWriteBuffer } = await import("./node2.js");
	const buffer = parquetWriteBuffer({
		columnData: table.columns.map((column) => ({
			name: column.name,
			type: column.type === "number" ? "DOUBLE" : "STRING",
			nullable: true,
			data: cells(column)
		})),
		rowGroupSize: 1e5,
		createdBy: "lockstep",
		statistics: true
	});
	writeAtomic(path, new Uint8Array(buffer));
}
function cells(column) {
	if (column.type === "text") return column.values;
	return column.values.some(Number.isNaN) ? Array.from(column.values, (value) => Number.isNaN(value) ? null : value) : column.values;
}
init_workspace();
const pullData = (workspace, options = {}) => usingStore(workspace, "data pull", () => pull(workspace, options));
async function pull(workspace, options) {
	const entries = selectEntries(readLock(workspace), options.only);
	const memos = openMemos(workspace);
	const looked = [];
	for (const entry of entries) {
		checkNoLink(workspace, entry.key);
		looked.push({
			entry,
			working: await readWorking(workspace, entry, memos)
		});
	}
	memos.files.save();
	const again = options.files !== void 0;
	const sparse = readSparse(workspace);
	const patternsOf = (key) => again ? options.files ?? void 0 : sparse[key];
	const different = looked.filter(({ entry, working }) => again && entry.files || stateOf(entry, working).state !== "same");
	const progress = startProgress("data pull", "bytes");
	let expected = 0;
	const store = openStore(workspace);
	const bringer = openBringer(workspace, store, () => progress.update(bringer.arrived.bytes, expected));
	try {
		const changes = [];
		for (const { entry, working } of different) changes.push(await changeOf(workspace, bringer, entry, working, patternsOf(entry.key)));
		if (!options.force) await checkReplaceable(store, bringer, changes);
		const missing = [];
		for (const { entry, placing } of changes) missing.push({
			entry,
			missing: await missingIn(store, namedObjects(entry, placing))
		});
		expected = missing.flatMap((one) => one.missing).reduce((sum, { size }) => sum + size, 0);
		await bringAll(bringer, missing.map((one) => ({
			...one,
			missing: one.missing.filter((object) => !isLarge(object))
		})));
		const large = new Map();
		for (const [index, { entry, present, placing }] of changes.entries()) for (const object of missing[index].missing.filter(isLarge)) {
			if (large.has(object.digest)) continue;
			const place = placing.find(({ digest }) => digest === object.digest).path;
			const path = dataPath(workspace, entry.key) + place;
			const old = present.get(place);
			const staged = await bringer.large(object, old && isLarge(old) ? [{
				...old,
				path
			}] : []);
			large.set(object.digest, {
				staged,
				path
			});
		}
		if (options.files !== void 0) {
			for (const { key, files } of entries) if (files) writeSparse(workspace, key, options.files);
		}
		for (const change of changes) await place(workspace, store, change, large);
		const placed = new Set(different.map(({ entry }) => entry.key));
		return {
			datasets: entries.map((entry) => ({
				...entry,
				placed: placed.has(entry.key)
			})),
			fetched: bringer.arrived
		};
	} finally {
		progress.end();
	}
}
const namedObjects = (entry, files) => entry.files === void 0 ? files.map(() => objectOf(entry)) : objectsOf$1(entry, files);
async function changeOf(workspace, bringer, entry, working, patterns) {
	const wanted = wantedFiles(entry.files === void 0 ? [{
		path: "",
		digest: entry.digest,
		size: entry.size
	}] : await bringer.manifest(entry), patterns, entry.key);
	checkNotForgotten(workspace, [entry, ...namedObjects(entry, wanted)]);
	const files = working.kind === "present" ? await working.files() : [];
	const present = new Map(files.map((file) => [file.path, file]));
	return {
		entry,
		working,
		present,
		wanted,
		placing: wanted.filter(({ path, digest }) => present.get(path)?.digest !== digest)
	};
}
async function checkReplaceable(store, bringer, changes) {
	for (const { entry, working, present, wanted } of changes) {
		if (working.kind === "missing") continue;
		const locked = new Set(wanted.map(({ digest }) => digest));
		let own = working.kind === "odd" ? working.what : void 0;
		for (const file of present.values()) {
			if (locked.has(file.digest) || store.has(file.digest)) continue;
			if (!isLarge(file) || !await bringer.knows(file.digest)) own ??= file.path;
		}
		if (own === void 0) continue;
		const inside = working.kind === "present" && own !== "" ? ` (${own})` : "";
		throw new LockstepError("E_DATA_CHANGED", {
			what: working.kind === "odd" ? `data/${entry.key} cannot be replaced: ${own}` : `data/${entry.key} was changed here${inside}`,
			allowed: "files as an earlier lock had them, or none",
			fix: "`lockstep data add` keeps the change, `lockstep data pull --force` drops it"
		});
	}
}
async function place(workspace, store, { entry, working, present, wanted, placing }, large) {
	const target = dataPath(workspace, entry.key);
	if (working.kind === "odd") rmSync(target.replace(/\/$/, ""), {
		recursive: true,
		force: true
	});
	for (const { path, digest } of placing) {
		const found = large.get(digest);
		if (found?.path !== target + path) continue;
		await store.moveIn(found.staged.path, digest, found.path);
		found.staged.release();
	}
	await healing(workspace, store, entry, async () => {
		if (entry.files !== void 0 && !existsSync(target) && await placeFolder(store, placing, target)) return;
		const kept = new Set(wanted.map(({ path }) => path));
		for (const path of present.keys()) if (!kept.has(path)) rmSync(target + path, { force: true });
		await eachLimited(placing, async ({ path, digest }) => {
			const from = large.get(digest)?.path;
			if (from === void 0) return store.materialize(digest, target + path);
			if (from !== target + path) await store.copyIn(from, digest, target + path);
		});
	});
}
init_workspace();
function column(table, name, place) {
	const found = table.columns.find((candidate) => candidate.name === name);
	if (found) return found;
	const names = table.columns.map((candidate) => candidate.name);
	const near = nearest(name, names);
	throw new LockstepError("E_TABLE_COLUMN", {
		what: `no column "${name}"`,
		where: place === void 0 ? void 0 : { file: place },
		allowed: names.length > 20 ? `${names.slice(0, 20).join(", ")} and ${names.length - 20} more` : names.join(", "),
		fix: near ? `did you mean "${near}"?` : "name one of them"
	});
}
function selectRows(table, indices) {
	return {
		rows: indices.length,
		columns: table.columns.map((source) => {
			if (source.type === "number") {
				const values = new Float64Array(indices.length);
				for (let row = 0; row < indices.length; row++) values[row] = source.values[indices[row]];
				return {
					name: source.name,
					type: "number",
					values
				};
			}
			const values = new Array(indices.length);
			for (let row = 0; row < indices.length; row++) values[row] = source.values[indices[row]];
			return {
				name: source.name,
				type: "text",
				values
			};
		})
	};
}
function cellText(source, row) {
	if (source.type === "text") return source.values[row] ?? null;
	const value = source.values[row];
	return value === void 0 || Number.isNaN(value) ? null : String(value);
}
init_workspace();
const delimiters = [
	",",
	";",
	"	",
	"|"
];
function delimiterOf(firstLine, extension) {
	if (extension === ".tsv" || extension === ".tab") return "	";
	const bare = firstLine.replace(/"[^"]*"/g, "");
	let best = ",";
	let most = 0;
	for (const delimiter of delimiters) {
		const count = bare.split(delimiter).length - 1;
		if (count > most) [best, most] = [delimiter, count];
	}
	return best;
}
function headerNames(cells, file) {
	const names = cells.map((cell, index) => cell.trim() || `column_${index + 1}`);
	const seen = new Map();
	for (const [index, name] of names.entries()) {
		const earlier = seen.get(name);
		if (earlier !== void 0) throw new LockstepError("E_TABLE_COLUMN", {
			what: `column "${name}" stands twice, at positions ${earlier + 1} and ${index + 1}`,
			where: {
				file,
				line: 1
			},
			allowed: "one name a column",
			fix: "rename one of them"
		});
		seen.set(name, index);
	}
	return names;
}
const raggedRow = (file, line, found, expected) => new LockstepError("E_TABLE_FORMAT", {
	what: `a row of ${found} ${found === 1 ? "cell" : "cells"}`,
	where: {
		file,
		line
	},
	allowed: `${expected} ${expected === 1 ? "cell" : "cells"}, as the header has`,
	fix: "mend this line (a cell that holds the delimiter needs quotes)"
});
const newline = 10;
function readUnquoted(bytes, start, names, delimiter, file) {
	const width = names.length;
	const scan = (onCell) => scanCells(bytes, start, width, delimiter.charCodeAt(0), file, onCell);
	const capacity = countLines(bytes, start);
	const numbers = names.map(() => new Float64Array(capacity));
	const rows = scan((row, column, from, to) => {
		const values = numbers[column];
		if (!values) return;
		const value = numberAt(bytes, from, to);
		if (value === void 0) numbers[column] = null;
		else values[row] = value;
	});
	const texts = numbers.map((values) => values ? null : new Array(rows));
	const interned = texts.map((values) => values ? new Map() : null);
	if (texts.some(Boolean)) scan((row, column, from, to) => {
		const values = texts[column];
		if (values) values[row] = intern(interned[column], bytes.toString("utf8", from, to));
	});
	return names.map((name, index) => {
		const values = texts[index];
		return values ? {
			name,
			type: "text",
			values
		} : {
			name,
			type: "number",
			values: numbers[index].subarray(0, rows)
		};
	});
}
function intern(known, text) {
	const found = known.get(text);
	if (found !== void 0) return found;
	const value = Number.isNaN(numberOf(text)) ? null : text;
	if (known.size < 1e5) known.set(text, value);
	return value;
}
function scanCells(bytes, start, width, delimiter, file, onCell) {
	let row = 0;
	for (let at = start, line = 2; at < bytes.length; line++) {
		const newlineAt = bytes.indexOf(newline, at);
		const end = newlineAt < 0 ? bytes.length : newlineAt;
		if (!isBlank$1(bytes, at, end, delimiter)) {
			let column = 0;
			for (let from = at, to = at; to <= end; to++) {
				if (to < end && bytes[to] !== delimiter) continue;
				if (column < width) trimmed$1(bytes, from, to, row, column, onCell);
				column++;
				from = to + 1;
			}
			if (column !== width) throw raggedRow(file, line, column, width);
			row++;
		}
		at = end + 1;
	}
	return row;
}
function isBlank$1(bytes, from, to, delimiter) {
	for (let at = from; at < to; at++) if (bytes[at] > 32 || bytes[at] === delimiter) return false;
	return true;
}
function trimmed$1(bytes, from, to, row, column, onCell) {
	let first = from;
	let last = to;
	while (first < last && bytes[first] <= 32) first++;
	while (last > first && bytes[last - 1] <= 32) last--;
	onCell(row, column, first, last);
}
function countLines(bytes, start) {
	let lines = 1;
	for (let at = bytes.indexOf(newline, start); at >= 0; at = bytes.indexOf(newline, at + 1)) lines++;
	return lines;
}
const powers = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);
function numberAt(bytes, from, to) {
	if (from === to) return NaN;
	const negative = bytes[from] === 45;
	let at = negative ? from + 1 : from;
	if (to - at > 16 || at === to) return numberOf(bytes.toString("latin1", from, to));
	let mantissa = 0;
	let digits = 0;
	let point = -1;
	for (; at < to; at++) {
		const byte = bytes[at];
		if (byte >= 48 && byte <= 57) {
			mantissa = mantissa * 10 + byte - 48;
			digits++;
		} else if (byte === 46 && point < 0) point = at;
		else return numberOf(bytes.toString("latin1", from, to));
	}
	if (digits === 0 || digits > 15) return numberOf(bytes.toString("latin1", from, to));
	const value = point < 0 ? mantissa : mantissa / powers[to - point - 1];
	return negative ? -value : value;
}
init_workspace();
const kept = 1e3;
async function readQuoted(bytes, delimiter, file) {
	let names = [];
	let building = [];
	await eachRecord(bytes, delimiter, file, (cells, row) => {
		if (row < 0) {
			names = headerNames(cells, file);
			building = names.map(() => ({
				numbers: [],
				texts: []
			}));
			return names.length;
		}
		for (const [index, cell] of cells.entries()) add(building[index], cell, row);
		return names.length;
	});
	const late = building.map(({ numbers, texts }) => !numbers && !texts);
	if (late.some(Boolean)) {
		for (const [index, again] of late.entries()) if (again) building[index].texts = [];
		await eachRecord(bytes, delimiter, file, (cells, row) => {
			if (row >= 0) {
				for (const [index, again] of late.entries()) if (again) building[index].texts.push(textOf(cells[index]));
			}
			return names.length;
		});
	}
	return names.map((name, index) => {
		const { numbers, texts } = building[index];
		return numbers ? {
			name,
			type: "number",
			values: Float64Array.from(numbers)
		} : {
			name,
			type: "text",
			values: texts
		};
	});
}
const textOf = (cell) => isMissing(cell) ? null : cell;
function add(column, cell, row) {
	if (column.numbers) {
		const value = numberOf(cell);
		if (value === void 0) column.numbers = null;
		else column.numbers.push(value);
	}
	if (!column.texts) return;
	if (column.numbers && row >= kept) column.texts = null;
	else column.texts.push(textOf(cell));
}
async function eachRecord(bytes, delimiter, file, onRecord) {
	const { parse } = await import("./sync.js");
	let row = -1;
	let width = -1;
	try {
		parse(bytes, {
			bom: true,
			delimiter,
			trim: true,
			skip_empty_lines: true,
			relax_column_count: true,
			on_record: (cells, { lines }) => {
				if (width >= 0 && cells.length !== width) throw raggedRow(file, lines, cells.length, width);
				width = onRecord(cells, row++);
				return null;
			}
		});
	} catch (error) {
		if (error instanceof LockstepError) throw error;
		const { message, lines } = error;
		throw new LockstepError("E_TABLE_FORMAT", {
			what: message.replace(/ at line \d+.*| on line \d+.*/s, ""),
			where: {
				file,
				line: lines
			},
			allowed: "CSV as RFC 4180 has it",
			fix: "mend the quotes on this line",
			cause: error
		});
	}
}
init_workspace();
async function parseCsv(content, file, extension = "") {
	checkText(content, file);
	const bytes = withoutMark(content);
	const start = firstLineStart(bytes);
	if (start === bytes.length) throw emptyTable("an empty file", file);
	const end = bytes.indexOf(10, start);
	const firstLine = bytes.toString("utf8", start, end < 0 ? bytes.length : end);
	const delimiter = delimiterOf(firstLine, extension);
	const columns = !bytes.includes(34) && (end >= 0 || !bytes.includes(13)) && end >= 0 ? readUnquoted(bytes, end + 1, headerNames(firstLine.split(delimiter), file), delimiter, file) : await readQuoted(bytes, delimiter, file);
	const rows = columns[0]?.values.length ?? 0;
	if (rows === 0) throw emptyTable("a header and no rows", file);
	return {
		rows,
		columns
	};
}
function firstLineStart(bytes) {
	let at = 0;
	for (let seen = 0; seen < bytes.length; seen++) if (bytes[seen] === 10 || bytes[seen] === 13) at = seen + 1;
	else if (bytes[seen] > 32 || bytes[seen] === 9) return at;
	return bytes.length;
}
const withoutMark = (bytes) => bytes[0] === 239 && bytes[1] === 187 && bytes[2] === 191 ? bytes.subarray(3) : bytes;
function checkText(bytes, file) {
	checkKind(bytes, file);
	const nul = bytes.indexOf(0);
	if (nul >= 0) throw notText("a NUL byte", file, lineAt(bytes, nul));
	if (!isUtf8(bytes)) throw notText("bytes that are not UTF-8", file, lineAt(bytes, firstInvalid(bytes)));
}
const notText = (what, file, line, cause) => new LockstepError("E_TABLE_FORMAT", {
	what,
	where: {
		file,
		line
	},
	allowed: "CSV or TSV in UTF-8, or Parquet",
	fix: "export the table as CSV (UTF-8) or Parquet",
	cause
});
function checkKind(bytes, file) {
	const refuse = (what) => {
		throw notText(what, file);
	};
	if (bytes.subarray(0, 2).toString("latin1") === "PK") refuse("a ZIP archive, as spreadsheets are");
	if (bytes[0] === 31 && bytes[1] === 139) refuse("a gzip file");
	if (bytes[0] === 255 && bytes[1] === 254 || bytes[0] === 254 && bytes[1] === 255) refuse("UTF-16 text");
}
const lineAt = (bytes, offset) => {
	let line = 1;
	for (let at = bytes.indexOf(10); at >= 0 && at < offset; at = bytes.indexOf(10, at + 1)) line++;
	return line;
};
function firstInvalid(bytes) {
	for (let at = 0; at < bytes.length;) {
		const end = bytes.indexOf(10, at);
		const stop = end < 0 ? bytes.length : end + 1;
		if (!isUtf8(bytes.subarray(at, stop))) return at;
		at = stop;
	}
	return 0;
}
const emptyTable = (what, file) => new LockstepError("E_TABLE_EMPTY", {
	what,
	where: { file },
	allowed: "a header line and at least one row",
	fix: "check the export that made it"
});
init_workspace();
async function readTable(path, shownAs = path) {
	const bytes = await bytesOf(path, shownAs);
	const extension = extname(path).toLowerCase();
	if (bytes.subarray(0, 4).toString("latin1") === "PAR1") {
		const { parseParquet } = await import("./parquet-reading.js");
		return parseParquet(bytes, shownAs);
	}
	if (extension === ".parquet") throw new LockstepError("E_TABLE_FORMAT", {
		what: "a file that is not Parquet",
		where: { file: shownAs },
		allowed: "Parquet, which begins with PAR1",
		fix: "give the file its true extension, or write it again"
	});
	return parseCsv(bytes, shownAs, extension);
}
async function bytesOf(path, file) {
	try {
		return await readFile(path);
	} catch (error) {
		const { code } = error;
		throw new LockstepError("E_DATA_MISSING", {
			what: `cannot read ${file} (${code ?? "error"})`,
			allowed: "a CSV, TSV or Parquet file",
			fix: "correct the path",
			cause: error
		});
	}
}
init_workspace();
function recordAt(text, at, delimiter, newline, last, where) {
	const end = text.indexOf(newline, at);
	if (end < 0 && !last) return null;
	const line = text.slice(at, end < 0 ? text.length : end);
	if (line.includes("\"")) return quotedRecord(text, at, delimiter, newline, last, where);
	return {
		cells: (line.endsWith("\r") ? line.slice(0, -1) : line).split(delimiter),
		quoted: null,
		next: end < 0 ? text.length : end + 1,
		lines: 1
	};
}
function quotedRecord(text, start, delimiter, newline, last, where) {
	const cells = [];
	const quoted = [];
	let lines = 1;
	let at = start;
	for (;;) {
		let open = at;
		while (isBlank(text, open) && text[open] !== delimiter && text[open] !== newline) open++;
		const isQuoted = text[open] === "\"";
		let cell = "";
		if (isQuoted) {
			let from = open + 1;
			for (;;) {
				const close = text.indexOf("\"", from);
				if (close < 0) {
					if (last) throw badQuotes("a quote that is never closed", where);
					return null;
				}
				if (close + 1 >= text.length && !last) return null;
				cell += text.slice(from, close);
				from = close + 1;
				if (text[from] !== "\"") break;
				cell += "\"";
				from++;
			}
			for (let break_ = cell.indexOf(newline); break_ >= 0; break_ = cell.indexOf(newline, break_ + 1)) lines++;
			at = from;
			while (at < text.length && isBlank(text, at) && text[at] !== delimiter && text[at] !== newline) at++;
			if (at < text.length && text[at] !== delimiter && text[at] !== newline) throw badQuotes("text after a closing quote", where);
		} else {
			const from = at;
			while (at < text.length && text[at] !== delimiter && text[at] !== newline) at++;
			cell = text.slice(from, at);
			if (cell.includes("\"")) throw badQuotes("a quote inside a cell that does not begin with one", where);
			if ((text[at] === newline || at === text.length) && cell.endsWith("\r")) cell = cell.slice(0, -1);
		}
		cells.push(cell);
		quoted.push(isQuoted);
		if (at >= text.length) return last ? {
			cells,
			quoted,
			next: at,
			lines
		} : null;
		if (text[at++] === newline) return {
			cells,
			quoted,
			next: at,
			lines
		};
	}
}
const isBlank = (text, at) => text.charCodeAt(at) <= 32;
const badQuotes = (what, where) => new LockstepError("E_TABLE_FORMAT", {
	what,
	where,
	allowed: "CSV as RFC 4180 has it",
	fix: "mend the quotes on this line"
});
init_workspace();
const batchRows = 8192;
const chunkBytes = 4 << 20;
async function streamTable(path, shownAs = path) {
	const file = openFile(path, shownAs);
	const head = Buffer.alloc(chunkBytes);
	const count = readSync(file, head, 0, head.length, 0);
	closeSync(file);
	const extension = extname(shownAs).toLowerCase();
	if (head.toString("latin1", 0, 4) === "PAR1" || extension === ".parquet") return parquetStream(path, shownAs);
	const first = head.subarray(0, count);
	checkKind(first, shownAs);
	return csvStream(path, shownAs, extension, first);
}
function openFile(path, shownAs) {
	try {
		return openSync(path, "r");
	} catch (error) {
		throw new LockstepError("E_DATA_MISSING", {
			what: `cannot read ${shownAs} (${error.code ?? "error"})`,
			allowed: "a CSV, TSV or Parquet file",
			fix: "correct the path",
			cause: error
		});
	}
}
async function parquetStream(path, shownAs) {
	const { rows, columns } = await readTable(path, shownAs);
	const names = columns.map(({ name }) => name);
	const faults = names.map(noFaults);
	return {
		names,
		header: names,
		format: "parquet",
		mark: false,
		faults,
		batches: batchesOf(rows, columns, faults)
	};
}
function* batchesOf(rows, columns, faults) {
	for (let first = 0; first < rows; first += batchRows) {
		const end = Math.min(rows, first + batchRows);
		const cells = columns.map(({ type, values }, index) => {
			const part = Array.from(values.slice(first, end));
			for (let row = 0; row < part.length; row++) if (type === "number") part[row] = Number.isNaN(part[row]) ? null : part[row];
			else if (part[row] !== null) look(part[row], faults[index], first + row + 1);
			return part;
		});
		yield {
			first,
			rows: end - first,
			columns: cells
		};
	}
}
function csvStream(path, file, extension, head) {
	const mark = head[0] === 239 && head[1] === 187 && head[2] === 191;
	const newline = !head.includes(10) && head.includes(13) ? "\r" : "\n";
	const text = new TextDecoder().decode(head);
	const start = text.search(/[^\u0000-\u0020]|\t/);
	if (start < 0) throw emptyTable("an empty file", file);
	const begin = Math.max(text.lastIndexOf("\n", start), text.lastIndexOf("\r", start)) + 1;
	const delimiter = delimiterOf(text.slice(begin, endOf(text, begin, newline)), extension);
	const skipped = text.slice(0, begin).split(newline).length - 1;
	const header = recordAt(text, begin, delimiter, newline, true, {
		file,
		line: skipped + 1
	}).cells.map((cell) => cell.trim());
	const seen = new Set();
	const names = header.map((cell, index) => {
		const name = cell === "" || seen.has(cell) ? `${cell || "column"}_${index + 1}` : cell;
		seen.add(name);
		return name;
	});
	const faults = names.map(noFaults);
	return {
		names,
		header,
		format: "csv",
		mark,
		faults,
		batches: { [Symbol.iterator]: () => csvBatches(path, file, {
			delimiter,
			newline,
			begin,
			skipped,
			faults
		}) }
	};
}
function* csvBatches(path, file, shape) {
	const width = shape.faults.length;
	let columns = Array.from({ length: width }, () => []);
	let row = -1;
	for (const { record, line } of records(path, file, shape)) {
		const { cells, quoted } = record;
		if (cells.length === 1 && !quoted && cells[0].trim() === "") continue;
		if (cells.length !== width) throw raggedRow(file, line, cells.length, width);
		if (row++ < 0) continue;
		for (let column = 0; column < width; column++) {
			const cell = cells[column];
			look(cell, shape.faults[column], row);
			const text = quoted?.[column] ? cell : trimmed(cell);
			columns[column].push(isMissing(text) ? null : text);
		}
		if (columns[0].length < batchRows) continue;
		yield {
			first: row - columns[0].length,
			rows: columns[0].length,
			columns
		};
		columns = columns.map(() => []);
	}
	if (row < 1) throw emptyTable("a header and no rows", file);
	const rest = columns[0].length;
	if (rest > 0) yield {
		first: row - rest,
		rows: rest,
		columns
	};
}
function* records(path, file, shape) {
	const handle = openFile(path, file);
	try {
		const decoder = new TextDecoder("utf-8", { fatal: true });
		const chunk = Buffer.alloc(chunkBytes);
		let line = shape.skipped + 1;
		let text = "";
		let at = 0;
		let begun = false;
		for (let last = false; !last;) {
			const count = readSync(handle, chunk, 0, chunk.length, null);
			last = count === 0;
			text = text.slice(at) + decode(decoder, chunk.subarray(0, count), last, file);
			at = begun ? 0 : shape.begin;
			begun = true;
			while (at < text.length) {
				const record = recordAt(text, at, shape.delimiter, shape.newline, last, {
					file,
					line
				});
				if (!record) break;
				yield {
					record,
					line
				};
				at = record.next;
				line += record.lines;
			}
		}
	} finally {
		closeSync(handle);
	}
}
function decode(decoder, bytes, last, file) {
	if (bytes.includes(0)) throw notText("a NUL byte", file);
	try {
		return decoder.decode(bytes, { stream: !last });
	} catch (cause) {
		throw notText("bytes that are not UTF-8", file, void 0, cause);
	}
}
const noFaults = () => ({
	padded: 0,
	control: 0,
	paddedRows: [],
	controlRows: []
});
const mostRows = 5;
const inside = /[\u0000-\u0008\u000a-\u001f\u007f]/;
function look(cell, faults, row) {
	const { length } = cell;
	if (length === 0) return;
	if (isEdge(cell.charCodeAt(0)) || isEdge(cell.charCodeAt(length - 1))) {
		faults.padded++;
		if (faults.paddedRows.length < mostRows) faults.paddedRows.push(row);
	}
	if (inside.test(cell)) {
		faults.control++;
		if (faults.controlRows.length < mostRows) faults.controlRows.push(row);
	}
}
const isEdge = (code) => code <= 32 || code === 160 || code === 65279 || code === 12288;
function trimmed(cell) {
	let from = 0;
	let to = cell.length;
	while (from < to && cell.charCodeAt(from) <= 32) from++;
	while (to > from && cell.charCodeAt(to - 1) <= 32) to--;
	return from === 0 && to === cell.length ? cell : cell.slice(from, to);
}
const endOf = (text, from, newline) => {
	const end = text.indexOf(newline, from);
	return end < 0 ? text.length : end;
};
init_workspace();
async function verifyData(workspace, options = {}) {
	const store = openStore(workspace);
	const results = [];
	for (const entry of selectEntries(readLock(workspace), options.only)) results.push({
		...entry,
		data: await verifyWorking(workspace, entry),
		store: await verifyStore(store, entry),
		remote: options.remote ? await verifyRemote(workspace, entry) : "not asked"
	});
	return results;
}
async function verifyWorking(workspace, entry) {
	const { state } = stateOf(entry, await readWorking(workspace, entry, {
		files: forgetful,
		folders: null
	}));
	return state === "same" ? "same" : state === "missing" ? "absent" : "different";
}
async function verifyStore(store, entry) {
	if (!store.has(entry.digest)) return "absent";
	if (!await isWhole(store, entry.digest)) return "different";
	const objects = await fileObjects(store, entry);
	if (!objects.every(({ digest }) => store.has(digest))) return "absent";
	let whole = true;
	await eachLimited(objects, async ({ digest }) => {
		if (!await isWhole(store, digest)) whole = false;
	});
	return whole ? "same" : "different";
}
const forgetful = {
	digestOf: (path) => digestOfFile(path),
	recall: () => null,
	learn: () => false,
	save: () => {}
};
async function verifyRemote(workspace, entry) {
	const scratch = mkdtempSync(`${makeState(workspace)}/verify-`);
	try {
		await usingStore(workspace, "data verify", () => fetchEntries(workspace, [entry], storeAt(scratch)));
		return "same";
	} catch (error) {
		if (isLockstepError(error, "E_OBJECT_MISSING")) return "absent";
		if (isLockstepError(error, "E_DIGEST_MISMATCH") || isLockstepError(error, "E_SIZE_MISMATCH")) return "different";
		throw error;
	} finally {
		rmSync(scratch, {
			recursive: true,
			force: true
		});
	}
}
function makeState(workspace) {
	const folder = statePath(workspace, "verify");
	makeFolder(folder);
	return folder;
}
function checkVerified(datasets) {
	for (const { key, digest, data, store, remote } of datasets) {
		const places = {
			"data/": data,
			"the local store": store,
			"the remote": remote
		};
		const wrong = Object.entries(places).find(([, state]) => state === "different");
		if (wrong) throw new LockstepError("E_DIGEST_MISMATCH", {
			what: `"${key}" has other bytes in ${wrong[0]}`,
			allowed: `expected ${digest}`,
			fix: wrong[0] === "data/" ? "`lockstep data add` keeps the change, `lockstep data pull --force` drops it" : wrong[0] === "the remote" ? "push the dataset again from a checkout that has it" : "run `lockstep data pull`: the damaged copy is gone and is fetched anew"
		});
		if (!Object.values(places).includes("same")) throw new LockstepError("E_OBJECT_MISSING", {
			what: `"${key}" (${digest}) is neither under data/ nor in the local store`,
			allowed: "at least one copy here",
			fix: "run `lockstep data pull`, or verify the remote with --remote"
		});
	}
}
export { smallFile as $, statusData as A, printLock as B, addData as C, placeDataset as D, selectEntries as E, findLock as F, openMemo as G, kindOf as H, readLock as I, streamObject as J, fileObjects as K, writeLock as L, checkNoLink as M, dataPath as N, checkUnchanged as O, readWorking as P, openStore as Q, parseLock as R, numberOf as S, usingStore as T, listFiles as U, withEntry as V, refuseOdd as W, remoteAddress as X, openBucket as Y, objectPath as Z, forgetData as _, cellText as a, comparePaths as at, haveObject as b, pullData as c, unpackObjects as d, storeAt as et, changedKeys as f, cleanRemote as g, sameItem as h, readTable as i, checkPath as it, workingState as j, openMemos as k, writeParquet as l, printMerge as m, verifyData as n, totalSize as nt, column as o, keyFaultOf as ot, mergeLocks as p, readTombstones as q, streamTable as r, PathCollisions as rt, selectRows as s, checkVerified as t, printManifest as tt, packObjects as u, gcLocal as v, pushData as w, ensureDataset as x, findManifest$1 as y, emptyLock as z };
