import { $ as LockstepError, F as nearest, J as hexOf, Q as writeAtomic, X as diskFull, Z as temporaryBeside, c as statePath, d as startProgress, et as isLockstepError, h as withLock, q as digestOf } from "./workspace.js";
import { r as pLimit } from "../vendor/small.js";
import { a as objectPath, c as lookAt, d as digestOfFile, f as digestMismatch, h as sizeMismatch, l as makeFolder, m as receive, o as openStore, p as objectMissing, r as remoteAddress, s as sizeOf, u as makeFolderOf } from "./http-request.js";
import { basename, extname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { constants, createReadStream, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { isUtf8 } from "node:buffer";
import { copyFile, open, readFile, readdir, rename, rm } from "node:fs/promises";
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
		const folded = fold(bare);
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
const fold = (path) => ascii.test(path) ? path.toLowerCase() : path.normalize("NFC").toLowerCase().normalize("NFC");
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
const embeddedLimits = {
	file: 25e6,
	total: 1e8
};
const waysOut = "set `remote: file:/a/shared/folder` (or another remote) in lockstep.yaml, or lock a sample of the data";
function fileRemote({ folder, name, embedded }) {
	const pathOf = (object) => join(folder, objectPath(object.digest));
	return {
		name,
		async fetch(object, temporary, onBytes) {
			if (await sizeOf(pathOf(object)) === null) throw objectMissing(object, name);
			const stream = createReadStream(pathOf(object), { highWaterMark: 1 << 20 });
			await receive(stream, object, temporary, name, onBytes);
		},
		async plan(objects) {
			const absent = [];
			for (const object of objects) if (await sizeOf(pathOf(object)) !== object.size) absent.push(object);
			if (embedded) await checkLimits(folder, absent);
			return absent;
		},
		push: (object) => pushFile(object, pathOf(object), name)
	};
}
async function pushFile(object, target, name) {
	makeFolderOf(target);
	const copy = temporaryBeside(target);
	try {
		await copyFile(object.path, copy, constants.COPYFILE_FICLONE);
		const { digest, size } = await digestOfFile(copy);
		if (digest !== object.digest) throw digestMismatch(object, digest, size, name);
		const handle = await open(copy, "r+");
		await handle.chmod(420);
		await handle.sync();
		await handle.close();
		await rename(copy, target);
	} catch (error) {
		await rm(copy, { force: true });
		throw diskFull(error, target);
	}
}
async function checkLimits(folder, absent) {
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
const bytes = (count) => `${count.toLocaleString("en-US")} bytes`;
async function bytesBelow(folder) {
	const found = await readdir(folder, {
		recursive: true,
		withFileTypes: true
	}).catch(() => []);
	let total = 0;
	for (const item of found) if (item.isFile()) total += await sizeOf(join(item.parentPath, item.name)) ?? 0;
	return total;
}
async function openRemote(workspace) {
	const address = remoteAddress(workspace.configuration.remote, workspace.root);
	if (address.kind === "file") return fileRemote(address);
	const { httpsRemote } = await import("./https-remote.js");
	return httpsRemote(address.url);
}
const readManifest = async (store, entry) => parseManifest((await store.read(entry.digest)).toString("utf8"), entry);
async function fetchEntries(workspace, entries, onBytes = () => {}) {
	const store = openStore(workspace);
	let remote;
	const arrived = {
		objects: 0,
		bytes: 0
	};
	let expected = 0;
	const fetchObject = async (object) => {
		remote ??= openRemote(workspace);
		const temporary = store.temporary(object.digest);
		await (await remote).fetch(object, temporary, (count) => {
			arrived.bytes += count;
			onBytes(arrived.bytes, expected);
		});
		await store.adopt(temporary, object.digest);
		arrived.objects++;
	};
	await eachLimited(entries.filter(({ files }) => files !== void 0), async ({ key, digest }) => {
		if (!await isWhole(store, digest)) await fetchObject({
			key,
			digest,
			size: null
		});
	});
	const absent = [];
	for (const entry of entries) for (const object of await fileObjects(store, entry)) if (!await isStored(store, object)) absent.push(object);
	const distinct = [...new Map(absent.map((object) => [object.digest, object])).values()];
	expected = distinct.reduce((sum, { size }) => sum + (size ?? 0), 0);
	await eachLimited(distinct, fetchObject);
	return arrived;
}
async function fileObjects(store, entry) {
	if (entry.files === void 0) return [{
		key: entry.key,
		digest: entry.digest,
		size: entry.size
	}];
	return (await readManifest(store, entry)).map(({ path, digest, size }) => ({
		key: entry.key + path,
		digest,
		size
	}));
}
async function isStored(store, object) {
	const size = await sizeOf(store.pathOf(object.digest));
	if (size === null) return false;
	if (object.size === null || size === object.size) return true;
	if (await isWhole(store, object.digest)) throw sizeMismatch(object, size, "the local store");
	return false;
}
const isWhole = (store, digest) => store.verify(digest).then(() => true, (error) => {
	if (isLockstepError(error, "E_DIGEST_MISMATCH") || isLockstepError(error, "E_OBJECT_MISSING")) return false;
	throw error;
});
async function eachLimited(items, task) {
	const limit = pLimit(8);
	let failed = false;
	const refusal = (await Promise.allSettled(items.map((item) => limit(async () => {
		if (failed) return;
		await task(item).catch((error) => {
			failed = true;
			throw error;
		});
	})))).find((result) => result.status === "rejected");
	if (refusal) throw refusal.reason;
}
const version = 1;
const fineTick = 50000000n;
const coarseTick = 2100000000n;
const second = 1000000000n;
function openMemo(workspace, { name, smallest = 0 } = { name: "data-status" }) {
	const file = statePath(workspace, "cache", `${name}.json`);
	let loaded;
	const known = () => {
		loaded ??= load(file);
		return loaded;
	};
	const learnt = {};
	let changed = false;
	return {
		async digestOf(path) {
			const found = statOf(path);
			if (!found) return null;
			const size = Number(found.size);
			if (size < smallest) return digestOfFile(path, size);
			const before = known()[path];
			if (before && isSame(before, found)) {
				learnt[path] = before;
				return {
					digest: before[4],
					size
				};
			}
			const startedAt = BigInt(Date.now()) * 1000000n;
			const read = await digestOfFile(path, size);
			changed = true;
			if (isSettled(found, startedAt) && read.size === size) learnt[path] = [
				`${found.size}`,
				`${found.mtimeNs}`,
				`${found.ctimeNs}`,
				`${found.ino}`,
				read.digest
			];
			return read;
		},
		save() {
			if (!changed) return;
			writeAtomic(file, JSON.stringify({
				v: version,
				files: {
					...existing(known()),
					...learnt
				}
			}));
			changed = false;
		}
	};
}
function existing(known) {
	return Object.fromEntries(Object.entries(known).filter(([path]) => statOf(path)));
}
const isSame = ([size, mtime, ctime, inode], found) => `${found.mtimeNs}` === mtime && `${found.ctimeNs}` === ctime && `${found.size}` === size && `${found.ino}` === inode;
function isSettled({ mtimeNs, ctimeNs }, startedAt) {
	return startedAt - (mtimeNs > ctimeNs ? mtimeNs : ctimeNs) > (ctimeNs % second === 0n ? coarseTick : fineTick);
}
function statOf(path) {
	const found = statSync(path, {
		bigint: true,
		throwIfNoEntry: false
	});
	return found?.isFile() ? found : null;
}
function load(file) {
	try {
		const parsed = JSON.parse(readFileSync(file, "utf8"));
		return parsed.v === version && typeof parsed.files === "object" ? parsed.files : {};
	} catch {
		return {};
	}
}
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
	const key = keyOf$1(written, number, refuse);
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
function keyOf$1(written, number, refuse) {
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
const dataPath = (workspace, key) => join(workspace.root, "data", key);
async function readWorking(workspace, entry, memo) {
	const path = dataPath(workspace, entry.key);
	const link = linkOnTheWay(workspace, entry.key);
	if (link) return {
		kind: "odd",
		what: `${link} is a symbolic link`
	};
	const found = lookAt(path.replace(/\/$/, ""));
	if (!found) return { kind: "missing" };
	if (entry.files === void 0) {
		const read = found.isFile() ? await memo.digestOf(path) : null;
		return read ? {
			kind: "present",
			digest: read.digest,
			files: [{
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
	return readFolder(path, memo);
}
async function readFolder(folder, memo) {
	let odd = null;
	const paths = listFiles(folder, (path, what) => {
		odd ??= `${path} is ${what}`;
	});
	if (odd !== null) return {
		kind: "odd",
		what: odd
	};
	const files = [];
	for (const path of paths) {
		const read = await memo.digestOf(join(folder, path));
		if (read) files.push({
			path,
			...read
		});
	}
	if (files.length === 0) return { kind: "missing" };
	return {
		kind: "present",
		digest: digestOf(printManifest(files)),
		files
	};
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
async function fillFromWorking(workspace, store, entry) {
	if (await isComplete(store, entry)) return true;
	const working = await readWorking(workspace, entry, openMemo(workspace));
	if (working.kind !== "present" || working.digest !== entry.digest) return false;
	const root = dataPath(workspace, entry.key);
	await eachLimited(working.files, async ({ path }) => void await store.putFile(root + path));
	if (entry.files !== void 0) await store.put(printManifest(working.files));
	return isComplete(store, entry);
}
async function isComplete(store, entry) {
	if (!(entry.files === void 0 ? store.has(entry.digest) : await isWhole(store, entry.digest))) return false;
	return (await fileObjects(store, entry)).every(({ digest }) => store.has(digest));
}
async function placeDataset(workspace, entry, target) {
	const store = openStore(workspace);
	await healing(workspace, store, entry, async () => {
		if (entry.files === void 0) return store.materialize(entry.digest, target);
		const files = await readManifest(store, entry);
		makeFolder(target);
		await eachLimited(files, ({ path, digest }) => store.materialize(digest, join(target, path)));
	});
}
async function healing(workspace, store, entry, work) {
	try {
		await work();
	} catch (error) {
		if (!isLockstepError(error, "E_DIGEST_MISMATCH")) throw error;
		if (await isWhole(store, entry.digest)) await eachLimited(await fileObjects(store, entry), async ({ digest }) => void await isWhole(store, digest));
		await fillFromWorking(workspace, store, entry);
		await fetchEntries(workspace, [entry]);
		await work();
	}
}
async function statusData(workspace) {
	const lock = readLock(workspace);
	const memo = openMemo(workspace);
	const datasets = [];
	for (const entry of lock.entries) datasets.push(await statusOf(workspace, entry, memo));
	memo.save();
	return {
		datasets,
		unlocked: unlockedFiles(workspace, lock)
	};
}
async function statusOf(workspace, entry, memo) {
	const working = await readWorking(workspace, entry, memo);
	return {
		...entry,
		...stateOf(entry, working)
	};
}
function stateOf(entry, working) {
	if (working.kind === "missing") return { state: "missing" };
	if (working.kind === "odd") return {
		state: "odd",
		detail: working.what
	};
	if (working.digest === entry.digest) return { state: "same" };
	const size = working.files.reduce((sum, file) => sum + file.size, 0);
	return {
		state: "changed",
		detail: `${entry.files === void 0 ? "" : `${working.files.length} files, `}${size} bytes, ${working.digest}`
	};
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
async function addData(workspace, path, options = {}) {
	const source = resolve(path);
	const found = lookAt(source);
	if (!found) throw missing$1(path);
	if (!found.isFile() && !found.isDirectory()) refuseOdd(path, kindOf(found));
	const own = keyInside(workspace, source);
	const key = checkPath(keyOf(own, source, options.as, found.isDirectory()), void 0, keyFaultOf);
	checkNoLink(workspace, key);
	const store = openStore(workspace);
	const lockFile = statePath(workspace, "locks", "data-lock.json");
	makeFolderOf(lockFile);
	return withLock(lockFile, {
		what: "data add",
		waitMs: 6e4
	}, async () => {
		const lock = findLock(workspace) ?? emptyLock;
		checkFits(lock, key);
		const entry = found.isDirectory() ? await storeFolder(store, source, key) : await storeFile(store, source, key);
		const copied = own === null || `${own}` !== key.replace(/\/$/, "");
		if (copied) await placeCopy(workspace, entry, options.force === true);
		writeLock(workspace, withEntry(lock, entry));
		return {
			entry,
			before: lock.entries.find((other) => other.key === key) ?? null,
			copied
		};
	});
}
function keyInside(workspace, source) {
	const inside = relative(join(workspace.root, "data"), source);
	if (inside === "") refuseOdd(source, "the folder data/ itself; add what is in it");
	return inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside) ? null : inside.split(sep).join("/");
}
function keyOf(own, source, as, folder) {
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
async function storeFolder(store, source, key) {
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
	const files = [];
	const progress = startProgress("data add");
	try {
		await eachLimited(paths, async (path) => {
			files.push({
				path,
				...await store.putFile(join(source, path))
			});
			progress.update(files.length, paths.length);
		});
	} finally {
		progress.end();
	}
	const { digest } = await store.put(printManifest(files));
	return {
		key,
		digest,
		size: totalSize(files),
		files: files.length
	};
}
async function placeCopy(workspace, entry, force) {
	const { state } = stateOf(entry, await readWorking(workspace, entry, openMemo(workspace)));
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
function entryOf(lock, key) {
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
	return only.length === 0 ? lock.entries : [...new Set(only.map((key) => entryOf(lock, key)))];
}
async function ensureDataset(workspace, lock, key) {
	const entry = entryOf(lock, key);
	await fillFromWorking(workspace, openStore(workspace), entry);
	await fetchEntries(workspace, [entry]);
	return entry;
}
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
async function pullData(workspace, options = {}) {
	const entries = selectEntries(readLock(workspace), options.only);
	const memo = openMemo(workspace);
	const looked = [];
	for (const entry of entries) {
		checkNoLink(workspace, entry.key);
		looked.push({
			entry,
			working: await readWorking(workspace, entry, memo)
		});
	}
	memo.save();
	const wanted = looked.filter(({ entry, working }) => stateOf(entry, working).state !== "same");
	const progress = startProgress("data pull", "bytes");
	try {
		const fetched = await fetchEntries(workspace, wanted.map(({ entry }) => entry), (done, of) => progress.update(done, of));
		const store = openStore(workspace);
		if (!options.force) await checkReplaceable(store, wanted);
		for (const { entry, working } of wanted) await place(workspace, store, entry, working);
		const placed = new Set(wanted.map(({ entry }) => entry.key));
		return {
			datasets: entries.map((entry) => ({
				...entry,
				placed: placed.has(entry.key)
			})),
			fetched
		};
	} finally {
		progress.end();
	}
}
async function checkReplaceable(store, wanted) {
	for (const { entry, working } of wanted) {
		if (working.kind === "missing") continue;
		const own = working.kind === "odd" ? working.what : working.files.find(({ digest }) => !store.has(digest))?.path;
		if (own === void 0) continue;
		const inside = working.kind === "present" && own !== "" ? ` (${own})` : "";
		throw new LockstepError("E_DATA_CHANGED", {
			what: working.kind === "odd" ? `data/${entry.key} cannot be replaced: ${own}` : `data/${entry.key} was changed here${inside}`,
			allowed: "files as an earlier lock had them, or none",
			fix: "`lockstep data add` keeps the change, `lockstep data pull --force` drops it"
		});
	}
}
async function place(workspace, store, entry, working) {
	const target = dataPath(workspace, entry.key);
	if (working.kind === "odd") rmSync(target.replace(/\/$/, ""), {
		recursive: true,
		force: true
	});
	if (entry.files === void 0 || working.kind !== "present") return placeDataset(workspace, entry, target);
	await healing(workspace, store, entry, async () => {
		const wanted = new Map((await fileObjects(store, entry)).map(({ key, digest }) => [key.slice(entry.key.length), digest]));
		for (const { path } of working.files) if (!wanted.has(path)) rmSync(target + path, { force: true });
		for (const { path, digest } of working.files) if (wanted.get(path) === digest) wanted.delete(path);
		await eachLimited([...wanted], ([path, digest]) => store.materialize(digest, target + path));
	});
}
async function pushData(workspace, only) {
	const datasets = selectEntries(readLock(workspace), only);
	const remote = await openRemote(workspace);
	const store = openStore(workspace);
	const objects = new Map();
	for (const entry of datasets) {
		if (!await fillFromWorking(workspace, store, entry)) throw objectMissing(entry, "the local store or under data/");
		for (const object of await objectsOf(store, entry)) objects.set(object.digest, object);
	}
	const absent = await remote.plan([...objects.values()]);
	const total = absent.reduce((sum, { size }) => sum + size, 0);
	const progress = startProgress("data push", "bytes");
	let done = 0;
	try {
		const manifests = new Set(datasets.filter(({ files }) => files !== void 0).map(({ digest }) => digest));
		const send = async (object) => {
			await remote.push(object);
			done += object.size;
			progress.update(done, total);
		};
		await eachLimited(absent.filter(({ digest }) => !manifests.has(digest)), send);
		await eachLimited(absent.filter(({ digest }) => manifests.has(digest)), send);
	} finally {
		progress.end();
	}
	return {
		datasets,
		pushed: {
			objects: absent.length,
			bytes: total
		},
		present: objects.size - absent.length,
		remote: remote.name
	};
}
async function objectsOf(store, entry) {
	const files = (await fileObjects(store, entry)).map((object) => ({
		...object,
		path: store.pathOf(object.digest)
	}));
	if (entry.files === void 0) return files;
	const manifest = await store.read(entry.digest);
	const path = store.pathOf(entry.digest);
	return [...files, {
		key: entry.key,
		digest: entry.digest,
		size: manifest.byteLength,
		path
	}];
}
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
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const integer = /^[+-]?\d+$/;
const isMissing = (text) => missing.has(text);
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
		if (!isBlank(bytes, at, end, delimiter)) {
			let column = 0;
			for (let from = at, to = at; to <= end; to++) {
				if (to < end && bytes[to] !== delimiter) continue;
				if (column < width) trimmed(bytes, from, to, row, column, onCell);
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
function isBlank(bytes, from, to, delimiter) {
	for (let at = from; at < to; at++) if (bytes[at] > 32 || bytes[at] === delimiter) return false;
	return true;
}
function trimmed(bytes, from, to, row, column, onCell) {
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
async function parseCsv(content, file, extension = "") {
	checkText(content, file);
	const bytes = withoutMark(content);
	const start = firstLineStart(bytes);
	if (start === bytes.length) throw empty("an empty file", file);
	const end = bytes.indexOf(10, start);
	const firstLine = bytes.toString("utf8", start, end < 0 ? bytes.length : end);
	const delimiter = delimiterOf(firstLine, extension);
	const columns = !bytes.includes(34) && (end >= 0 || !bytes.includes(13)) && end >= 0 ? readUnquoted(bytes, end + 1, headerNames(firstLine.split(delimiter), file), delimiter, file) : await readQuoted(bytes, delimiter, file);
	const rows = columns[0]?.values.length ?? 0;
	if (rows === 0) throw empty("a header and no rows", file);
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
	const refuse = (what, line) => {
		throw new LockstepError("E_TABLE_FORMAT", {
			what,
			where: {
				file,
				line
			},
			allowed: "CSV or TSV in UTF-8, or Parquet",
			fix: "export the table as CSV (UTF-8) or Parquet"
		});
	};
	if (bytes.subarray(0, 2).toString("latin1") === "PK") refuse("a ZIP archive, as spreadsheets are");
	if (bytes[0] === 31 && bytes[1] === 139) refuse("a gzip file");
	if (bytes[0] === 255 && bytes[1] === 254 || bytes[0] === 254 && bytes[1] === 255) refuse("UTF-16 text");
	const nul = bytes.indexOf(0);
	if (nul >= 0) refuse("a NUL byte", lineAt(bytes, nul));
	if (!isUtf8(bytes)) refuse("bytes that are not UTF-8", lineAt(bytes, firstInvalid(bytes)));
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
const empty = (what, file) => new LockstepError("E_TABLE_EMPTY", {
	what,
	where: { file },
	allowed: "a header line and at least one row",
	fix: "check the export that made it"
});
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
async function verifyData(workspace, options = {}) {
	const store = openStore(workspace);
	const results = [];
	for (const entry of selectEntries(readLock(workspace), options.only)) results.push({
		...entry,
		data: await verifyWorking(workspace, entry),
		store: await verifyStore(store, entry),
		remote: options.remote ? await verifyRemote(workspace, store, entry) : "not asked"
	});
	return results;
}
async function verifyWorking(workspace, entry) {
	const { state } = stateOf(entry, await readWorking(workspace, entry, {
		digestOf: (path) => digestOfFile(path),
		save: () => {}
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
async function verifyRemote(workspace, store, entry) {
	const remote = await openRemote(workspace);
	const ask = async (object) => {
		const temporary = store.temporary(object.digest);
		await remote.fetch(object, temporary);
		await store.adopt(temporary, object.digest);
	};
	try {
		if (entry.files !== void 0) await ask({
			key: entry.key,
			digest: entry.digest,
			size: null
		});
		await eachLimited(await fileObjects(store, entry), ask);
		return "same";
	} catch (error) {
		if (isLockstepError(error, "E_OBJECT_MISSING")) return "absent";
		if (isLockstepError(error, "E_DIGEST_MISMATCH") || isLockstepError(error, "E_SIZE_MISMATCH")) return "different";
		throw error;
	}
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
export { readLock as _, column as a, openMemo as b, pullData as c, selectEntries as d, addData as f, findLock as g, placeDataset as h, cellText as i, writeParquet as l, statusData as m, verifyData as n, selectRows as o, checkUnchanged as p, readTable as r, pushData as s, checkVerified as t, ensureDataset as u, parseLock as v, fileObjects as x, printLock as y };
