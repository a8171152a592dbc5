import { D as placeDataset, F as findLock, J as streamObject, L as writeLock, M as checkNoLink, N as dataPath, P as readWorking, Q as openStore, U as listFiles, V as withEntry, W as refuseOdd, X as remoteAddress, Y as openBucket, Z as objectPath, it as checkPath, k as openMemos, nt as totalSize, ot as keyFaultOf, rt as PathCollisions, tt as printManifest, z as emptyLock } from "./data.js";
import { t as require_dist } from "../vendor/yaml.js";
import { $ as nearest, Ct as LockstepError, J as readConfiguration, N as git, R as resolveCommit, S as withLock, St as writeAtomic, Tt as isLockstepError, W as parseConfiguration, d as shown, f as statePath, g as startProgress, k as readBlobs, p as amount, q as parseYaml, t as init_workspace, vt as isDigest, w as parseJson, xt as temporaryBeside, yt as diskFull, z as tryGit } from "./workspace.js";
import { t as eachLimited } from "./each-limited.js";
import { r as makeFolderOf, t as lookAt } from "./folder.js";
import { c as isSecure, i as send, l as withoutQuery, r as readBody, t as init_http } from "./http.js";
import { i as rangeHeaders, n as downloadOf$1, s as refusalOf } from "./http-objects.js";
import { t as UsageError } from "./invocation.js";
import { n as textOption } from "./option-values.js";
import { basename, dirname, isAbsolute, join, posix, resolve } from "node:path";
import { createHash } from "node:crypto";
import { constants, createReadStream, existsSync, lstatSync, readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { copyFile, open, readFile, rm } from "node:fs/promises";
var import_dist = require_dist();
init_workspace();
function proposeAbout(workspace, about, write) {
	const stated = workspace.configuration.datasets;
	const fresh = [...about].filter(([key, said]) => !Object.hasOwn(stated, key) && Object.keys(said).length > 0);
	if (fresh.length === 0) return {
		lines: "",
		written: false
	};
	const entries = fresh.map(([key, said]) => aboutLine(key, said)).join("");
	if (write) {
		const path = join(workspace.root, "lockstep.yaml");
		writeAtomic(path, checked(splice(existsSync(path) ? readFileSync(path, "utf8") : "", entries), fresh));
	}
	return {
		lines: `datasets:\n${entries}`,
		written: write
	};
}
const aboutLine = (key, about) => {
	const values = Object.entries(about).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
	return `  ${JSON.stringify(key)}: {${values.join(", ")}}\n`;
};
function splice(text, entries) {
	const whole = text === "" || text.endsWith("\n") ? text : `${text}\n`;
	const datasets = (0, import_dist.parseDocument)(whole).get("datasets", true);
	if (!(0, import_dist.isMap)(datasets)) return `${whole}datasets:\n${entries}`;
	const first = datasets.range[0];
	const line = whole.lastIndexOf("\n", first - 1) + 1;
	return datasets.flow ? whole : whole.slice(0, line) + entries.replaceAll(/^ {2}/gm, " ".repeat(first - line)) + whole.slice(line);
}
function checked(text, fresh) {
	const { datasets } = parseConfiguration(parseYaml(text, "lockstep.yaml"));
	if (fresh.every(([key]) => Object.hasOwn(datasets, key))) return text;
	throw new LockstepError("E_CONFIG_VALUE", {
		what: "`datasets` could not be extended",
		where: { file: "lockstep.yaml" },
		allowed: "a mapping with a line for each dataset",
		fix: "write the lines by hand: leave --write out to see them"
	});
}
var Hashes = class {
	size = 0;
	sha256 = createHash("sha256");
	md5;
	constructor(proof) {
		this.md5 = proof.kind === "md5" ? createHash("md5") : null;
	}
	update(chunk) {
		this.size += chunk.byteLength;
		this.sha256.update(chunk);
		this.md5?.update(chunk);
	}
	done() {
		return {
			digest: `sha256:${this.sha256.digest("hex")}`,
			md5: this.md5?.digest("hex") ?? null,
			size: this.size
		};
	}
};
var Catcher = class {
	parts = [];
	size = 0;
	handle = null;
	path;
	constructor(path) {
		this.path = path;
	}
	async add(chunk) {
		this.parts.push(chunk);
		this.size += chunk.byteLength;
		if (this.size > 1048576) await this.spill();
	}
	async spill() {
		this.handle ??= await open(this.path, "wx", 420);
		for (const part of this.parts) await this.handle.writeFile(part);
		this.parts = [];
	}
	async kept() {
		if (this.handle === null) return {
			kind: "bytes",
			bytes: Buffer.concat(this.parts)
		};
		await this.handle.sync();
		return {
			kind: "file",
			path: this.path
		};
	}
	async close() {
		await this.handle?.close();
		this.handle = null;
	}
};
async function drop(kept) {
	if (kept.kind === "file") await rm(kept.path, { force: true });
}
init_workspace();
function openKnownBytes(workspace) {
	const file = statePath(workspace, "cache", "imported.json");
	const known = load(file);
	let changed = false;
	return {
		find(proof) {
			const found = known.get(proofKey(proof));
			return found === void 0 ? null : {
				digest: found[0],
				size: found[1]
			};
		},
		learn(proof, digest, size) {
			if (proof.kind !== "md5") return;
			known.set(proofKey(proof), [digest, size]);
			changed = true;
		},
		save() {
			if (changed) writeAtomic(file, JSON.stringify({
				v: 1,
				md5: Object.fromEntries(known)
			}));
		}
	};
}
const proofKey = (proof) => proof.kind === "md5" ? `${proof.lines ? "lines:" : ""}${proof.hex}` : proof.kind === "sha256" ? proof.hex : "";
function load(file) {
	try {
		const { v, md5 } = JSON.parse(readFileSync(file, "utf8"));
		return new Map(v === 1 ? Object.entries(md5).filter(([, [digest]]) => isDigest(digest)) : []);
	} catch {
		return new Map();
	}
}
init_workspace();
const mostPointer = 1024;
const spec = "version https://git-lfs.github.com/spec/v1\n";
const looksLikePointer = (bytes) => /^version https?:\/\/[\w.-]*(git-lfs|hawser|git-media)[\w./-]*\n/.test(bytes.toString("latin1", 0, 80));
function parsePointer(bytes, file) {
	if (bytes.length > 1024) throw new LockstepError("E_CONFIG_TOO_LARGE", {
		what: `a Git LFS pointer of ${bytes.length} bytes`,
		where: { file },
		allowed: `at most ${mostPointer} bytes`,
		fix: "restore the pointer, or leave the file out: name what you want with --only"
	});
	const text = bytes.toString("utf8");
	const lines = text.split("\n");
	const refuse = (line, what, allowed) => new LockstepError("E_CONFIG_VALUE", {
		what,
		where: {
			file,
			line: line < 0 ? void 0 : line + 1
		},
		allowed
	});
	if (!text.startsWith(spec)) throw refuse(0, `the line "${lines[0]}"`, spec.trim());
	const extension = lines.findIndex((line) => line.startsWith("ext-"));
	if (extension > 0) throw refuse(extension, "a Git LFS extension", "a pointer without extensions");
	const field = (key) => lines.find((line) => line.startsWith(`${key} `))?.slice(key.length + 1);
	const oid = field("oid") ?? "";
	const size = field("size") ?? "";
	if (!/^sha256:[0-9a-f]{64}$/.test(oid)) throw new LockstepError("E_DIGEST_FORMAT", {
		what: `the oid "${oid.slice(0, 100)}"`,
		where: { file },
		allowed: "sha256: and 64 lower-case hex digits"
	});
	if (!/^(0|[1-9]\d{0,15})$/.test(size) || !Number.isSafeInteger(Number(size))) throw refuse(lines.findIndex((line) => line.startsWith("size")), `the size "${size}"`, "a number of bytes");
	return {
		oid: oid.slice(7),
		size: Number(size)
	};
}
const piece = 1 << 20;
const looked = 512;
async function legacyMd5(source) {
	const hash = createHash("md5");
	for await (const bytes of piecesOf(source)) hash.update(isText(bytes.subarray(0, looked)) ? withoutReturns(bytes) : bytes);
	return hash.digest("hex");
}
async function* piecesOf(source) {
	let rest = Buffer.alloc(0);
	for await (const chunk of typeof source === "string" ? createReadStream(source, { highWaterMark: piece }) : [source]) {
		rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
		for (; rest.length >= piece; rest = rest.subarray(piece)) yield rest.subarray(0, piece);
	}
	if (rest.length > 0) yield rest;
}
function isText(block) {
	const odd = block.filter((byte) => !(byte >= 32 && byte < 127 || [
		8,
		9,
		10,
		12,
		13
	].includes(byte)));
	return !block.includes(0) && odd.length / block.length <= .3;
}
const withoutReturns = (bytes) => Buffer.from(bytes.toString("latin1").replaceAll("\r\n", "\n"), "latin1");
init_workspace();
async function readProven(wanted, named, temporary) {
	let fault = null;
	for (const place of wanted.places) try {
		const found = place.kind === "file" ? await readFile$1(place, wanted, named, temporary) : await download(place, wanted, named, temporary);
		if (found === null) continue;
		const { digest, size, kept } = found;
		return {
			digest,
			size,
			kept,
			from: place.name
		};
	} catch (error) {
		await rm(temporary, { force: true });
		if (!(isLockstepError(error, "E_DIGEST_MISMATCH") || isLockstepError(error, "E_SIZE_MISMATCH"))) throw diskFull(error, temporary);
		fault ??= error;
	}
	throw fault ?? missing(wanted, named);
}
async function readFile$1({ path, name }, wanted, named, temporary) {
	if (!lookAt(path)?.isFile()) return null;
	const hashes = new Hashes(wanted.proof);
	let kept;
	if (lstatSync(path).size <= 1048576) {
		kept = {
			kind: "bytes",
			bytes: readFileSync(path)
		};
		hashes.update(kept.bytes);
	} else {
		await copyFile(path, temporary, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
		for await (const chunk of createReadStream(temporary, { highWaterMark: 1 << 20 })) hashes.update(chunk);
		await sync(temporary);
		kept = {
			kind: "file",
			path: temporary
		};
	}
	const found = hashes.done();
	const wrong = faultOf(found, wanted, named, name);
	if (wrong !== null && !await isLegacy(wanted, kept, found)) throw wrong;
	return {
		...found,
		kept
	};
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
async function download({ name, open: get }, wanted, named, temporary) {
	const hashes = new Hashes(wanted.proof);
	const catcher = new Catcher(temporary);
	let found;
	try {
		if (!await streamObject({
			name,
			get: (_, range) => get(range)
		}, "", {
			from: 0,
			label: named,
			expected: promiseOf(wanted.proof)
		}, async (chunk) => {
			hashes.update(chunk);
			await catcher.add(chunk);
			return wanted.size === null || hashes.size <= wanted.size;
		}, () => {
			found = hashes.done();
			const wrong = faultOf(found, wanted, named, name);
			if (wrong !== null && !mayBeLegacy(wanted, found)) throw wrong;
		})) return null;
		const kept = await catcher.kept();
		const wrong = faultOf(found, wanted, named, name);
		if (wrong !== null && !await isLegacy(wanted, kept, found)) {
			await drop(kept);
			throw wrong;
		}
		return {
			...found,
			kept
		};
	} finally {
		await catcher.close();
	}
}
const promiseOf = (proof) => proof.kind === "none" ? "anything" : `${proof.kind}:${proof.hex}`;
function faultOf(found, { proof, size }, named, place) {
	if (proof.kind === "none") return null;
	const got = proof.kind === "md5" ? found.md5 : found.digest.slice(7);
	if (got !== proof.hex) return new LockstepError("E_DIGEST_MISMATCH", {
		what: `"${named}" is ${proof.kind}:${got} in ${place}, after ${found.size} bytes`,
		allowed: `expected ${promiseOf(proof)}${size === null ? "" : ` of ${size} bytes`}`,
		fix: "put the right bytes there, or leave it out: name what you want with --only"
	});
	if (size === null || size === found.size) return null;
	return new LockstepError("E_SIZE_MISMATCH", {
		what: `"${named}" has ${found.size} bytes in ${place}, which are those of its ${proof.kind}`,
		allowed: `the ${size} bytes that are promised`,
		fix: "correct the size where it is stated"
	});
}
const mayBeLegacy = ({ proof, size }, found) => proof.kind === "md5" && proof.lines && found.md5 !== proof.hex && (size ?? found.size) === found.size;
const isLegacy = async (wanted, kept, found) => mayBeLegacy(wanted, found) && wanted.proof.kind === "md5" && await legacyMd5(kept.kind === "bytes" ? kept.bytes : kept.path) === wanted.proof.hex;
const missing = ({ proof, places }, named) => new LockstepError("E_OBJECT_MISSING", {
	what: `"${named}"${proof.kind === "none" ? "" : ` (${promiseOf(proof)})`} is in none of: ${[...new Set(places.map(({ name }) => name))].join(", ")}`,
	allowed: "bytes that can be read from here",
	fix: "fetch them with the tool that keeps them, or leave it out: name what you want with --only"
});
init_workspace();
const inStore = "the store";
async function bringIn(workspace, planned, { force = false } = {}) {
	for (const { key } of planned) {
		checkPath(key, void 0, keyFaultOf);
		checkNoLink(workspace, key);
	}
	checkTogether(findLock(workspace) ?? emptyLock, planned);
	const { entries, read } = await fillStore(workspace, planned);
	const lockFile = statePath(workspace, "locks", "data-lock.json");
	makeFolderOf(lockFile);
	return withLock(lockFile, {
		what: "data import",
		waitMs: 6e4
	}, async () => {
		const before = findLock(workspace) ?? emptyLock;
		checkTogether(before, planned);
		await placeAll(workspace, entries, force);
		if (entries.length > 0) writeLock(workspace, entries.reduce(withEntry, before));
		return {
			imported: entries.map((entry, index) => ({
				entry,
				before: before.entries.find(({ key }) => key === entry.key) ?? null,
				from: planned[index].from
			})),
			read
		};
	});
}
function checkTogether(lock, planned) {
	const own = new Set(planned.map(({ key }) => key));
	const others = lock.entries.map(({ key }) => key).filter((key) => !own.has(key));
	const collisions = new PathCollisions();
	for (const key of [...others, ...planned.map((item) => item.key)]) {
		const collision = collisions.add(key);
		if (collision) throw new LockstepError(collision.code, {
			...collision,
			fix: "choose another prefix with --as"
		});
	}
}
async function fillStore(workspace, planned) {
	const known = openKnownBytes(workspace);
	const store = openStore(workspace);
	const packer = store.openPacker();
	const progress = startProgress("data import");
	const brought = planned.map(() => []);
	const read = {};
	const bring = openBringer(workspace, store, packer, known);
	const work = planned.flatMap((item, index) => item.files.map((file) => ({
		item,
		index,
		file
	})));
	let done = 0;
	try {
		await eachLimited(work, async ({ item, index, file }) => {
			const { digest, size, from } = await bring(file, item.key + file.path);
			brought[index].push({
				path: file.path,
				digest,
				size
			});
			read[from] = (read[from] ?? 0) + 1;
			progress.update(++done, work.length);
		});
	} finally {
		packer.end();
		known.save();
		progress.end();
	}
	const entries = [];
	for (const [index, item] of planned.entries()) {
		const files = brought[index];
		checkPromised(item, files);
		if (item.key.endsWith("/")) {
			const { digest } = await store.put(printManifest(files));
			entries.push({
				key: item.key,
				digest,
				size: totalSize(files),
				files: files.length
			});
		} else entries.push({
			key: item.key,
			digest: files[0].digest,
			size: files[0].size
		});
	}
	return {
		entries,
		read
	};
}
function openBringer(workspace, store, packer, known) {
	const underWay = new Map();
	const bring = async (file, named) => {
		const expected = (file.proof.kind === "sha256" ? `sha256:${file.proof.hex}` : null) ?? known.find(file.proof)?.digest ?? null;
		const size = expected === null ? null : store.sizeOf(expected);
		if (expected !== null && size !== null && (file.size ?? size) === size) return {
			digest: expected,
			size,
			from: inStore
		};
		const { kept, ...found } = await readProven(file, named, temporaryIn(workspace));
		if (store.has(found.digest)) await drop(kept);
		else if (kept.kind === "file") {
			makeFolderOf(join(store.root, objectPath(found.digest)));
			await store.adopt(kept.path, found.digest);
		} else if (file.path === "") await store.put(kept.bytes);
		else packer.add(found.digest, kept.bytes);
		known.learn(file.proof, found.digest, found.size);
		return found;
	};
	return (file, named) => {
		if (file.proof.kind === "none") return bring(file, named);
		const key = `${proofKey(file.proof)} ${file.size}`;
		const going = underWay.get(key) ?? bring(file, named);
		underWay.set(key, going);
		return going;
	};
}
async function readDescription(workspace, file, named) {
	const { kept } = await readProven(file, named, temporaryIn(workspace));
	if (kept.kind === "bytes") return kept.bytes;
	try {
		return await readFile(kept.path);
	} finally {
		await drop(kept);
	}
}
function temporaryIn(workspace) {
	const path = statePath(workspace, "store", "incoming", "import");
	makeFolderOf(path);
	return temporaryBeside(path);
}
function checkPromised({ key, from, promised }, files) {
	const size = totalSize(files);
	if ((promised?.size ?? size) === size && (promised?.files ?? files.length) === files.length) return;
	throw new LockstepError("E_SIZE_MISMATCH", {
		what: `"${key}" has ${files.length} files of ${size} bytes`,
		where: { file: from },
		allowed: `${promised?.files ?? files.length} files of ${promised?.size ?? size} bytes, as its source says`,
		fix: "correct what the source says, or leave it out: name what you want with --only"
	});
}
async function placeAll(workspace, entries, force) {
	const absent = [];
	const replaced = [];
	const memos = openMemos(workspace);
	for (const entry of entries) {
		const working = await readWorking(workspace, entry, memos);
		if (working.kind === "present" && working.digest === entry.digest) continue;
		if (working.kind !== "missing" && !force && !isPointerTo(entry, dataPath(workspace, entry.key))) throw new LockstepError("E_DATA_CHANGED", {
			what: `something else lies at data/${entry.key}`,
			allowed: "a free place under data/, or the same bytes",
			fix: "choose another prefix with --as, or replace it with --force"
		});
		(working.kind === "missing" ? absent : replaced).push(entry);
	}
	const pathOf = ({ key }) => dataPath(workspace, key);
	try {
		for (const entry of absent) await placeDataset(workspace, entry, pathOf(entry));
		for (const entry of replaced) {
			await rm(pathOf(entry).replace(/\/$/, ""), {
				recursive: true,
				force: true
			});
			await placeDataset(workspace, entry, pathOf(entry));
		}
	} catch (error) {
		for (const entry of absent) await rm(pathOf(entry), {
			recursive: true,
			force: true
		});
		throw error;
	}
}
function isPointerTo({ digest, files }, path) {
	if (files !== void 0 || (lookAt(path)?.size ?? 0) > 1024 || !lookAt(path)?.isFile()) return false;
	const bytes = readFileSync(path);
	return looksLikePointer(bytes) && bytes.includes(`oid ${digest}\n`);
}
init_workspace();
const isMap = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
function fieldsOf(parsed, path = []) {
	let value = parsed.value;
	for (const step of path) value = value[step];
	if (!isMap(value)) throw faultAt(parsed, path, value, "a mapping");
	const map = value;
	const typed = (allowed, is) => (key) => {
		const found = Object.hasOwn(map, key) ? map[key] : void 0;
		if (found === void 0 || found === null) return void 0;
		if (is(found)) return found;
		throw faultAt(parsed, [...path, key], found, allowed);
	};
	const list = typed("a list", Array.isArray);
	return {
		map,
		text: typed("a text", (found) => typeof found === "string"),
		count: typed("a whole number", (found) => Number.isSafeInteger(found) && found >= 0),
		flag: typed("true or false", (found) => typeof found === "boolean"),
		fields: (key) => isMap(map[key]) ? fieldsOf(parsed, [...path, key]) : void 0,
		list: (key) => (list(key) ?? []).map((_, index) => fieldsOf(parsed, [
			...path,
			key,
			index
		])),
		fault: (key, allowed, code) => faultAt(parsed, [...path, key], map[key], allowed, code)
	};
}
const faultAt = (parsed, path, found, allowed, code = "E_CONFIG_TYPE") => new LockstepError(code, {
	what: `${path.join(".") || "the file"} is ${JSON.stringify(found)?.slice(0, 80) ?? "missing"}`,
	where: parsed.locate(path),
	allowed
});
init_workspace();
function chosen(all, only) {
	if (only === void 0 || only.length === 0) return all;
	const wanted = only.map((path) => path.replace(/^\.\//, "").replace(/\/+$/, "").replace(/\.dvc$/, ""));
	const isBelow = (path, name) => path === name || path.startsWith(`${name}/`);
	for (const name of wanted) {
		if (all.some(({ path }) => isBelow(path, name))) continue;
		const near = nearest(name, all.map(({ path }) => path));
		throw new LockstepError("E_DATA_MISSING", {
			what: `nothing to import at ${name}`,
			allowed: "a path as the source names it, or a folder above some",
			fix: near === void 0 ? "leave --only out to see what there is" : `did you mean ${near}?`
		});
	}
	return all.filter(({ path }) => wanted.some((name) => isBelow(path, name)));
}
function keyUnder(prefix, path, folder) {
	const above = (prefix ?? "").replace(/^data\//, "").replace(/\/+$/, "");
	const own = path.replace(/^data\/(?=.)/, "");
	return `${above === "" ? "" : `${above}/`}${own}${folder ? "/" : ""}`;
}
init_http();
init_workspace();
function webAddress(text, where) {
	const url = URL.canParse(text) ? new URL(text) : null;
	if (!url || !isSecure(url)) throw new LockstepError("E_REMOTE_SCHEME", {
		what: `the address "${text.slice(0, 200).replace(/\/\/[^/@]*@/, "//***@")}"`,
		where,
		allowed: "an https address",
		fix: "name the file by https://"
	});
	if (url.username === "" && url.password === "") return url;
	throw new LockstepError("E_REMOTE_CREDENTIALS", {
		what: `the address ${url.protocol}//***@${url.host}${url.pathname} carries credentials`,
		where,
		allowed: "an address without a user and password",
		fix: "take them out of the address"
	});
}
function webPlace(url, headers = {}) {
	const name = withoutQuery(url);
	return {
		kind: "download",
		name,
		async open(range) {
			const answer = await send({
				method: "GET",
				url,
				headers: rangeHeaders(range),
				sign: async () => headers
			});
			if (answer.status === 200 || answer.status === 206) return downloadOf$1(answer, name);
			if (answer.status !== 404 && answer.status !== 410) throw await refusalOf(answer, {
				place: name,
				key: "",
				action: "read"
			});
			answer.body.resume();
			return null;
		}
	};
}
init_workspace();
const mostBytes$1 = 67108864;
function urlListOffer(file, shownAs, { only, as }) {
	const bytes = readConfiguration(file, shownAs);
	const text = Buffer.from(bytes).toString("utf8");
	return {
		planned: chosen(/^\s*\[/.test(text) ? fromJson(parseJson(bytes, shownAs, mostBytes$1)) : fromLines(text, shownAs), only).map(({ path, url, ...rest }) => ({
			key: keyUnder(as, path, false),
			from: url,
			files: [wantedFrom({
				url,
				...rest
			})]
		})),
		skipped: [],
		notTaken: [],
		about: new Map()
	};
}
function wantedFrom({ sha256, size, url, where }) {
	return {
		path: "",
		proof: {
			kind: "sha256",
			hex: checkedHex(sha256, where)
		},
		size,
		places: [webPlace(webAddress(url, where))]
	};
}
function checkedHex(written, where) {
	const hex = written.replace(/^sha256:/, "");
	if (/^[0-9a-f]{64}$/.test(hex)) return hex;
	throw new LockstepError("E_DIGEST_FORMAT", {
		what: `the digest ${JSON.stringify(written.slice(0, 80))}`,
		where,
		allowed: "the sha256 as 64 lower-case hex digits"
	});
}
function fromLines(text, file) {
	return text.split("\n").flatMap((line, index) => {
		if (/^\s*(#.*)?$/.test(line)) return [];
		const where = {
			file,
			line: index + 1
		};
		const [, sha256, size, url, key] = /^(\S+)\s+(?:(\d{1,15})\s+)?([a-z][a-z0-9+.-]*:\S+)(?:\s+(.*\S))?\s*$/i.exec(line.trim()) ?? [];
		if (sha256 === void 0) throw new LockstepError("E_CONFIG_VALUE", {
			what: `the line ${JSON.stringify(line.slice(0, 80))}`,
			where,
			allowed: "<sha256> [size] <url> [key]"
		});
		return [{
			sha256,
			size: size === void 0 ? null : Number(size),
			url,
			path: key ?? lastPart(url),
			where
		}];
	});
}
function fromJson(parsed) {
	return parsed.value.map((_, index) => {
		const fields = fieldsOf(parsed, [index]);
		const needed = (key) => {
			const found = fields.text(key);
			if (found === void 0) throw fields.fault(key, "a text");
			return found;
		};
		const url = needed("url");
		const path = fields.text("key") ?? lastPart(url);
		return {
			sha256: needed("sha256"),
			size: fields.count("size") ?? null,
			url,
			path,
			where: { file: parsed.file }
		};
	});
}
function lastPart(url) {
	try {
		return posix.basename(decodeURIComponent(new URL(url).pathname));
	} catch {
		return "";
	}
}
init_workspace();
function croissantOffer(file, shownAs, { only, as }) {
	const fields = fieldsOf(parseJson(readConfiguration(file, shownAs), shownAs));
	const distribution = fields.list("distribution");
	if (distribution.length === 0) throw fields.fault("distribution", "a list of FileObjects");
	const prefix = as ?? (fields.text("name") ?? "croissant").replace(/[^A-Za-z0-9_.-]+/g, "-");
	const skipped = [];
	const planned = chosen(distribution.flatMap((object) => fileOf(object, shownAs, skipped)), only).map(({ path, url, sha256, size }) => {
		const where = { file: shownAs };
		const hex = checkedHex(sha256, where);
		const wanted = /^[a-z][a-z0-9+.-]*:/i.test(url) ? wantedFrom({
			sha256: hex,
			size,
			url,
			where
		}) : {
			path: "",
			proof: {
				kind: "sha256",
				hex
			},
			size,
			places: [{
				kind: "file",
				name: `beside ${shownAs}`,
				path: join(dirname(file), checkPath(url, where))
			}]
		};
		return {
			key: keyUnder(prefix, path, false),
			from: url,
			files: [wanted]
		};
	});
	const about = aboutOf(fields);
	return {
		planned,
		skipped,
		notTaken: [],
		about: new Map(planned.map(({ key }) => [key, about]))
	};
}
function fileOf(object, file, skipped) {
	const type = String(object.map["@type"] ?? "").replace(/^.*[:/]/, "");
	const url = object.text("contentUrl") ?? "";
	const id = object.text("@id") ?? object.text("name") ?? url;
	const skip = (reason) => {
		skipped.push({
			path: id,
			reason
		});
		return [];
	};
	if (type !== "FileObject") return skip(`a ${type || "thing without @type"}, not a FileObject`);
	if (/^git\+/.test(object.text("encodingFormat") ?? "")) return skip("a Git repository");
	if (object.map.containedIn !== void 0) return skip("it lies inside another file");
	const sha256 = object.text("sha256");
	if (sha256 === void 0) return skip("it has no sha256");
	if (url === "") throw object.fault("contentUrl", "an address, or a path beside the description");
	const size = /^(\d{1,15})(?: ?B)?$/.exec(String(object.map.contentSize ?? ""))?.[1];
	const name = /^[a-z][a-z0-9+.-]*:/i.test(url) ? lastPart(url) : url;
	return [{
		path: checkPath(/\.\w+$/.test(id) && !id.includes(":") ? id : name, { file }),
		url,
		sha256,
		size: size === void 0 ? null : Number(size)
	}];
}
function aboutOf(fields) {
	const { license, description, url } = fields.map;
	return clean({
		licence: textIn(license),
		description: textIn(description),
		homepage: textIn(url)
	});
}
function textIn(value) {
	if (typeof value === "string") return value;
	if (Array.isArray(value)) return textIn(value[0]);
	return isMap(value) ? textIn(value.url ?? value.name ?? value["@id"]) : void 0;
}
const clean = (about) => Object.fromEntries(Object.entries(about).flatMap(([key, text]) => {
	const line = text?.replace(/\s+/g, " ").trim() ?? "";
	return line === "" || key === "homepage" && !/^https?:\/\//.test(line) ? [] : [[key, line.length > 500 ? `${line.slice(0, 499)}…` : line]];
}));
init_workspace();
function readDatasetCard(path, shownAs) {
	const text = Buffer.from(readConfiguration(path, shownAs)).toString("utf8").replaceAll("\r\n", "\n");
	if (text.trimStart().startsWith("{")) return aboutOf(fieldsOf(parseJson(text, shownAs)));
	const [, matter, body] = /^---\n([\s\S]*?\n)---(?:\n([\s\S]*))?$/.exec(text) ?? [];
	if (matter === void 0) throw new LockstepError("E_CONFIG_TYPE", {
		what: "no YAML front matter",
		where: {
			file: shownAs,
			line: 1
		},
		allowed: "a card that begins with ---, as on the Hugging Face hub"
	});
	const fields = fieldsOf(parseYaml(`\n${matter}`, shownAs));
	const info = [fields.map.dataset_info].flat().find(isMap) ?? {};
	const { license, license_name, pretty_name } = fields.map;
	const licence = [license].flat()[0];
	return clean({
		licence: textOf(licence === "other" && typeof license_name === "string" ? license_name : licence) ?? textOf(info.license),
		description: textOf(info.description) ?? firstParagraph(body ?? "") ?? textOf(pretty_name),
		homepage: textOf(info.homepage) ?? /\*\*Homepage:?\*\*:?\s*(?:\[[^\]]*\]\()?(https?:\/\/[^\s)]+)/i.exec(body ?? "")?.[1]
	});
}
const textOf = (value) => typeof value === "string" ? value : void 0;
function firstParagraph(body) {
	return body.replace(/<!--[\s\S]*?-->|```[\s\S]*?```/g, "").split(/\n\s*\n/).map((part) => part.trim()).find((part) => /^[\p{L}\p{N}"'(_*]/u.test(part) && !/^(\*\s|\d+\.\s|\[?more information needed)/i.test(part))?.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/[*_`]{1,2}/g, "");
}
init_workspace();
function readDvcConfig(root) {
	const folder = join(root, ".dvc");
	const sections = parseIni(["config", "config.local"].map((name) => join(folder, name)).filter(existsSync).map((file) => readFileSync(file, "utf8")).join("\n"));
	const remotes = new Map();
	for (const [section, values] of sections) {
		const name = /^remote "(.+)"$/.exec(section)?.[1];
		if (name !== void 0) remotes.set(name, remoteOf(name, values, folder));
	}
	const cache = sections.get("cache")?.get("dir");
	return {
		cache: cache === void 0 ? join(folder, "cache") : resolve(folder, cache),
		defaultRemote: sections.get("core")?.get("remote") ?? null,
		remotes
	};
}
function parseIni(text) {
	const sections = new Map();
	let current;
	for (const line of text.split(/\r?\n/)) {
		const [, header] = /^\s*\[(.+)\]\s*(?:#.*)?$/.exec(line) ?? [];
		if (header !== void 0) {
			const name = unquoted(header);
			current = sections.get(name) ?? new Map();
			sections.set(name, current);
		} else {
			const [, key, value] = /^\s*([^#=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
			if (key !== void 0) current?.set(key, unquoted(value));
		}
	}
	return sections;
}
const unquoted = (text) => /^\s*(['"])(.*)\1\s*$/.exec(text)?.[2] ?? text.trim();
function remoteOf(name, values, folder) {
	const url = values.get("url") ?? "";
	const unreadable = (reason) => ({
		kind: "unreadable",
		name,
		reason
	});
	if (["version_aware", "worktree"].some((key) => values.get(key)?.toLowerCase() === "true")) return unreadable("it keeps versions by the cloud, not by content");
	const [, scheme, rest] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/i.exec(url) ?? [];
	if (scheme === void 0 || scheme === "file" && rest.startsWith("/")) {
		const path = scheme === void 0 ? resolve(folder, url) : fileURLToPath(url);
		return {
			kind: "readable",
			name,
			address: {
				kind: "file",
				name: path,
				folder: path,
				embedded: false
			}
		};
	}
	try {
		const ours = ourUrl(scheme, rest, values);
		if (ours === null) return unreadable(`Lockstep does not read ${scheme}:`);
		return {
			kind: "readable",
			name,
			address: remoteAddress(ours, folder)
		};
	} catch (error) {
		if (!isLockstepError(error)) throw error;
		return unreadable(error.what);
	}
}
function ourUrl(scheme, rest, values) {
	switch (scheme) {
		case "http":
		case "https":
		case "gs": return `${scheme}://${rest}`;
		case "s3": {
			const options = new URLSearchParams();
			for (const [theirs, ours] of [["endpointurl", "endpoint"], ["region", "region"]]) {
				const value = values.get(theirs);
				if (value !== void 0) options.set(ours, value);
			}
			return `s3://${rest}${options.size > 0 ? `?${options}` : ""}`;
		}
		case "azure": {
			const account = values.get("account_name") ?? process.env.AZURE_STORAGE_ACCOUNT;
			return account === void 0 ? null : `az://${account}/${rest}`;
		}
		default: return null;
	}
}
init_workspace();
const mostBytes = 67108864;
const md5Form = /^[0-9a-f]{32}(\.dir)?$/;
async function readDvcRepository(root) {
	const outs = [];
	const skipped = [];
	const notTaken = [];
	const files = await dvcFilesIn(root);
	for (const file of files) {
		const at = posix.dirname(file);
		if (posix.basename(file) === "dvc.yaml") notTaken.push(...partsOf(root, file));
		else if (posix.basename(file) === "dvc.lock") for (const [stage, found] of stagesIn(root, file)) {
			const stages = stageFacts(root, posix.join(at, "dvc.yaml"), stage);
			for (const out of found.list("outs")) take(out, file, at, stages);
		}
		else {
			const fields = read(root, file);
			const imported = fields.list("deps").some((dep) => dep.map.repo !== void 0);
			for (const out of fields.list("outs")) take(out, file, at, {
				wdir: fields.text("wdir") ?? ".",
				skip: () => imported ? "imported from another repository: lock it by `lockstep data add` after `dvc pull`" : null
			});
		}
	}
	return {
		outs,
		skipped,
		notTaken
	};
	function take(out, stated, at, { wdir, skip }) {
		const own = out.text("path") ?? "";
		const path = posix.normalize(posix.join(at, wdir, own)).replace(/\/$/, "");
		const reason = skip(own) ?? reasonToSkip(out, own, path);
		if (reason !== null) {
			skipped.push({
				path: reason === external ? own : path,
				reason
			});
			return;
		}
		const md5 = out.map.md5;
		if (typeof md5 !== "string" || !md5Form.test(md5)) throw out.fault("md5", "32 lower-case hex digits, and .dir for a folder", "E_DIGEST_FORMAT");
		const description = out.text("desc");
		outs.push({
			stated,
			path,
			md5,
			legacy: out.text("hash") === void 0,
			size: out.count("size") ?? null,
			files: out.count("nfiles") ?? null,
			remote: out.text("remote") ?? null,
			...description === void 0 ? {} : { description }
		});
	}
}
const external = "it lies outside the repository";
function reasonToSkip(out, own, path) {
	if (own === "" || /^[a-z][a-z0-9+.-]*:\/\//i.test(own) || isAbsolute(own) || /^\.\.(\/|$)/.test(path)) return external;
	if (out.flag("cache") === false) return "cache: false, so that Git has it and DVC keeps no bytes";
	if ((out.text("hash") ?? "md5") !== "md5") return `its hash is ${out.text("hash")}, not md5`;
	if (out.map.files !== void 0 || out.map.cloud !== void 0) return "its versions are kept by the cloud";
	if (out.map.md5 === void 0) return "DVC has not hashed it yet: `dvc commit`";
	return null;
}
function stageFacts(root, file, stage) {
	const refused = (why) => ({
		wdir: ".",
		skip: () => why
	});
	try {
		const stages = existsSync(join(root, file)) ? read(root, file).fields("stages") : void 0;
		const [template] = stage.split("@");
		const found = stages?.fields(template);
		const stated = found?.fields("do") ?? found;
		const wdir = stated?.text("wdir") ?? ".";
		if (wdir.includes("${")) return refused(`the wdir of stage ${stage} is a template`);
		const kinds = new Map();
		for (const kind of [
			"outs",
			"metrics",
			"plots"
		]) {
			const entries = stated?.map[kind];
			for (const entry of Array.isArray(entries) ? entries : []) {
				const [path, options] = isMap(entry) ? Object.entries(entry)[0] : [String(entry), null];
				if (isMap(options) && options.cache === false) kinds.set(path, "cache: false, so that Git has it and DVC keeps no bytes");
				else if (kind !== "outs") kinds.set(path, `it is of the ${kind} of stage ${stage}`);
			}
		}
		return {
			wdir,
			skip: (path) => kinds.get(path) ?? null
		};
	} catch (error) {
		if (!isLockstepError(error)) throw error;
		return refused(`${file} cannot be read (${error.code})`);
	}
}
function stagesIn(root, file) {
	const fields = read(root, file);
	const stages = fields.map.schema === void 0 ? fields : fields.fields("stages");
	return Object.keys(stages?.map ?? {}).flatMap((name) => {
		const found = stages.fields(name);
		return found === void 0 ? [] : [[name, found]];
	});
}
function partsOf(root, file) {
	try {
		const { map } = read(root, file);
		return [
			"stages",
			"params",
			"metrics",
			"plots",
			"artifacts",
			"datasets"
		].flatMap((part) => {
			const found = map[part];
			if (found === void 0 || found === null) return [];
			return [`${part} of ${file}${isMap(found) ? `: ${Object.keys(found).join(", ")}` : ""}`];
		});
	} catch (error) {
		if (isLockstepError(error)) return [`${file}, which cannot be read: ${error.message}`];
		throw error;
	}
}
const read = (root, file) => fieldsOf(parseYaml(readFileSync(join(root, file)), file, mostBytes));
async function dvcFilesIn(root) {
	const { status, stdout } = await tryGit([
		"ls-files",
		"-z",
		"--cached",
		"--others",
		"--exclude-standard",
		"--",
		...[
			"*.dvc",
			"dvc.lock",
			"*/dvc.lock",
			"dvc.yaml",
			"*/dvc.yaml"
		]
	], { cwd: root });
	return (status === 0 ? stdout.split("\0").filter(Boolean) : listFiles(root, () => {})).filter((file) => /(^|[^/])\.dvc$|(^|\/)dvc\.(lock|yaml)$/.test(file)).filter((file) => !/(^|\/)(\.dvc|\.git|node_modules|\.lockstep)\//.test(file)).filter((file) => existsSync(join(root, file)) && !isOfAnother(root, posix.dirname(file))).sort();
}
const isOfAnother = (root, folder) => folder !== "." && (existsSync(join(root, folder, ".dvc")) || isOfAnother(root, posix.dirname(folder)));
init_workspace();
const mostManifest = 1 << 28;
async function dvcOffer(workspace, root, options) {
	if (!existsSync(join(root, ".dvc"))) throw noRepository(root);
	const { outs, skipped, notTaken } = await readDvcRepository(root);
	const config = readDvcConfig(root);
	const buckets = openBuckets(config);
	const planned = [];
	const empty = [];
	const about = new Map();
	for (const out of chosen(outs, options.only)) {
		const folder = out.md5.endsWith(".dir");
		const key = keyUnder(options.as, out.path, folder);
		const plain = {
			key,
			from: out.stated,
			files: [wantedFile(out, out.md5, "")]
		};
		const item = folder ? await withFiles(plain, out) : plain;
		if (item.files.length === 0) empty.push({
			path: out.path,
			reason: "a folder without files"
		});
		else planned.push(item);
		if (out.description !== void 0) about.set(key, { description: out.description });
	}
	return {
		planned,
		skipped: [...skipped, ...empty],
		notTaken,
		about
	};
	function wantedFile(out, md5, path, size = out.size) {
		return {
			path,
			proof: {
				kind: "md5",
				hex: md5.replace(".dir", ""),
				lines: out.legacy
			},
			size,
			places: placesOf(out, md5, path)
		};
	}
	function placesOf(out, md5, path) {
		const [old, current] = [`${md5.slice(0, 2)}/${md5.slice(2)}`, `files/md5/${md5.slice(0, 2)}/${md5.slice(2)}`];
		const keys = out.legacy ? [old, current] : [current, old];
		const files = keys.map((key) => ({
			name: "its cache",
			path: join(config.cache, key)
		}));
		if (!md5.endsWith(".dir")) files.push({
			name: "its work tree",
			path: join(root, out.path, path)
		});
		const remote = buckets.of(out);
		const asked = remote === null ? [] : keys;
		return [...files.map((file) => ({
			kind: "file",
			...file
		})), ...asked.map((key) => ({
			kind: "download",
			name: remote.name,
			open: async (range) => (await remote.open())?.get(key, range) ?? null
		}))];
	}
	async function withFiles(plain, out) {
		const file = `${out.path} (${out.md5})`;
		const description = wantedFile(out, out.md5, "", null);
		const entries = parseJson(await readDescription(workspace, description, out.path), file, mostManifest).value;
		if (!Array.isArray(entries)) throw badManifest(file, "no list");
		const collisions = new PathCollisions();
		const files = entries.map((entry, index) => {
			const { md5, relpath } = isMap(entry) ? entry : {};
			if (typeof md5 !== "string" || !/^[0-9a-f]{32}$/.test(md5)) throw new LockstepError("E_DIGEST_FORMAT", {
				what: `the md5 ${JSON.stringify(md5)} of entry ${index + 1}`,
				where: { file },
				allowed: "32 lower-case hex digits"
			});
			if (typeof relpath !== "string") throw badManifest(file, `entry ${index + 1} without relpath`);
			const path = checkPath(relpath, { file });
			const collision = collisions.add(path);
			if (collision) throw new LockstepError(collision.code, {
				...collision,
				where: { file }
			});
			return wantedFile(out, md5, path, null);
		});
		return {
			...plain,
			files,
			promised: {
				size: out.size,
				files: out.files
			}
		};
	}
}
function openBuckets({ remotes, defaultRemote }) {
	const opened = new Map();
	return { of({ remote: own }) {
		const only = remotes.size === 1 ? [...remotes.keys()][0] : void 0;
		const remote = remotes.get(own ?? defaultRemote ?? only ?? "");
		if (remote === void 0) return null;
		const name = `its remote "${remote.name}"`;
		if (remote.kind === "unreadable") return {
			name: `${name} (not read: ${remote.reason})`,
			open: async () => null
		};
		const open = () => {
			const bucket = opened.get(remote.name) ?? openBucket(remote.address);
			opened.set(remote.name, bucket);
			return bucket;
		};
		return {
			name,
			open
		};
	} };
}
const badManifest = (file, what) => new LockstepError("E_CONFIG_TYPE", {
	what,
	where: { file },
	allowed: "a list of {md5, relpath}, as DVC writes it",
	fix: "let DVC make the folder anew (`dvc commit`)"
});
const noRepository = (root) => new LockstepError("E_DATA_MISSING", {
	what: `no DVC repository at ${root}`,
	allowed: "a folder with .dvc in it",
	fix: "lockstep data import dvc <folder>"
});
init_workspace();
function folderOffer(root, { only, as, whole = false }) {
	if (!lookAt(root)?.isDirectory()) throw new LockstepError("E_DATA_MISSING", {
		what: `no folder ${root}`,
		allowed: "a folder on this machine",
		fix: "lockstep data import folder <folder>"
	});
	const skipped = [];
	return {
		planned: chosen(whole ? [{
			path: basename(root),
			at: root
		}] : readdirSync(root).map((path) => ({
			path,
			at: join(root, path)
		})), only).flatMap(({ path, at }) => {
			const found = lookAt(at);
			if (!whole && path.startsWith(".")) return skip(path, "its name begins with a dot");
			if (found.isFile()) return [planOf(keyUnder(as, path, false), at, [""])];
			if (!found.isDirectory()) refuseOdd(at, "neither a file nor a folder");
			const files = listFiles(at);
			if (files.length === 0) return skip(path, "a folder without files");
			return [planOf(whole && as ? keyUnder(void 0, as, true) : keyUnder(as, path, true), at, files)];
		}),
		skipped,
		notTaken: [],
		about: new Map()
	};
	function skip(path, reason) {
		skipped.push({
			path,
			reason
		});
		return [];
	}
}
const planOf = (key, at, files) => ({
	key,
	from: at,
	files: files.map((path) => ({
		path,
		proof: { kind: "none" },
		size: null,
		places: [{
			kind: "file",
			name: "the folder",
			path: path === "" ? at : join(at, path)
		}]
	}))
});
init_http();
init_workspace();
const batch = 100;
const mediaType = "application/vnd.git-lfs+json";
async function lfsServerOf(root) {
	const asked = async (args) => {
		const { status, stdout } = await tryGit(args, { cwd: root });
		return status === 0 ? stdout.trim() : "";
	};
	const configured = await asked(["config", "lfs.url"]) || await asked([
		"config",
		"--file",
		".lfsconfig",
		"lfs.url"
	]);
	if (configured !== "") return configured;
	const remotes = (await asked(["remote"])).split("\n").filter(Boolean);
	const remote = remotes.includes("origin") ? "origin" : remotes[0];
	if (remote === void 0) return null;
	const own = await asked(["config", `remote.${remote}.lfsurl`]);
	return own !== "" ? own : serverFor(await asked(["config", `remote.${remote}.url`]));
}
function serverFor(remote) {
	const scp = /^(?:[^@/\s]+@)?([^:/\s]+):(?!\/\/)(.+)$/.exec(remote);
	const [, host, path] = /^(?:ssh|git\+ssh|git):\/\/(?:[^@/]*@)?([^/:]+)(?::\d+)?\/(.+)$/.exec(remote) ?? scp ?? [];
	const url = host === void 0 ? remote : `https://${host}/${path}`;
	if (!/^https?:\/\//.test(url)) return remote;
	return `${url.replace(/\/+$/, "").replace(/\.git$/, "")}.git/info/lfs`;
}
async function findOnServer(root, server, pointers) {
	const absent = {
		kind: "download",
		name: "its LFS server",
		open: async () => null
	};
	const found = new Map(pointers.map(({ oid }) => [oid, absent]));
	const url = webAddress(`${server.replace(/\/+$/, "").replace(/\/\/[^/@]*@/, "//")}/objects/batch`);
	let authorization = {};
	for (let at = 0; at < pointers.length; at += batch) {
		const objects = pointers.slice(at, at + batch);
		const body = JSON.stringify({
			operation: "download",
			transfers: ["basic"],
			objects,
			hash_algo: "sha256"
		});
		const ask = () => send({
			method: "POST",
			url,
			headers: {
				accept: mediaType,
				"content-type": mediaType
			},
			sign: async () => authorization,
			body
		});
		let answer = await ask();
		if (answer.status === 401) {
			answer.body.resume();
			authorization = await credentialsFor(root, url);
			answer = await ask();
		}
		if (answer.status !== 200) throw await refusalOf(answer, {
			place: withoutQuery(url),
			key: "the objects",
			action: "read",
			login: `log in to ${url.host} for Git (git credential), or run \`git lfs fetch\` first`
		});
		const answered = parseJson(await readBody(answer, 1 << 24, url), withoutQuery(url)).value;
		for (const object of isMap(answered) && Array.isArray(answered.objects) ? answered.objects : []) {
			const place = downloadOf(object);
			if (place !== null) found.set(place.oid, {
				...webPlace(webAddress(place.href), place.header),
				name: absent.name
			});
		}
	}
	return found;
}
function downloadOf(object) {
	if (!isMap(object) || !isMap(object.actions) || !isMap(object.actions.download)) return null;
	const { oid } = object;
	const { href, header } = object.actions.download;
	if (typeof oid !== "string" || typeof href !== "string") return null;
	const headers = Object.entries(isMap(header) ? header : {}).filter(([, value]) => typeof value === "string");
	return {
		oid,
		href,
		header: Object.fromEntries(headers)
	};
}
async function credentialsFor(root, url) {
	const asked = `protocol=${url.protocol.slice(0, -1)}\nhost=${url.host}\npath=${url.pathname.slice(1)}\n\n`;
	const { status, stdout } = await tryGit(["credential", "fill"], {
		cwd: root,
		input: asked,
		env: {
			GIT_ASKPASS: "",
			SSH_ASKPASS: ""
		}
	});
	const field = (key) => new RegExp(`^${key}=(.*)$`, "m").exec(stdout)?.[1];
	const [user, password] = [field("username"), field("password")];
	if (status === 0 && user !== void 0 && password !== void 0) return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` };
	throw new LockstepError("E_REMOTE_CREDENTIALS", {
		what: `${withoutQuery(url)} wants to know who asks`,
		allowed: "a user that Git knows for this host",
		fix: "set up `git credential` for it, or run `git lfs fetch` first"
	});
}
init_workspace();
async function lfsOffer(root, { only, as }) {
	const inGit = await resolveCommit(root, "HEAD") !== null;
	const pointed = chosen(inGit ? await pointersOfHead(root) : pointersOfFolder(root), only);
	if (pointed.length === 0) throw new LockstepError("E_DATA_MISSING", {
		what: `no Git LFS pointers in ${root}${inGit ? " (HEAD)" : ""}`,
		allowed: "files that begin with \"version https://git-lfs.github.com/spec/v1\"",
		fix: "name the repository that has them: lockstep data import lfs <folder>"
	});
	const files = pointed.map(({ path, bytes }) => ({
		path,
		...parsePointer(bytes, path)
	}));
	const caches = inGit ? await cachesOf(root) : [];
	const near = (path, { oid }) => [...caches.map(({ name, folder }) => ({
		kind: "file",
		name,
		path: join(folder, oid.slice(0, 2), oid.slice(2, 4), oid)
	})), {
		kind: "file",
		name: "its work tree",
		path: join(root, path)
	}];
	const far = files.filter(({ path, oid, size }) => !near(path, {
		oid,
		size
	}).some((place) => hasSize(place, size)));
	const remote = inGit && far.length > 0 ? await askServer(root, far) : new Map();
	return {
		planned: files.map(({ path, oid, size }) => {
			const distant = remote.get(oid);
			const places = [...near(path, {
				oid,
				size
			}), ...distant ? [distant] : []];
			const proof = {
				kind: "sha256",
				hex: oid
			};
			const usable = places.filter((place) => place.kind === "download" || hasSize(place, size));
			return {
				key: keyUnder(as, path, false),
				from: path,
				files: [{
					path: "",
					proof,
					size,
					places: usable.length > 0 ? usable : places
				}]
			};
		}),
		skipped: [],
		notTaken: ["filter=lfs lines of .gitattributes"],
		about: new Map()
	};
}
const hasSize = (place, size) => place.kind === "file" && lookAt(place.path)?.isFile() === true && lookAt(place.path).size === size;
async function pointersOfHead(root) {
	const small = (await git([
		"ls-tree",
		"-r",
		"-l",
		"-z",
		"HEAD"
	], { cwd: root })).split("\0").flatMap((line) => {
		const [, oid, size, path] = /^100\d{3} blob ([0-9a-f]+) +(\d+)\t(.+)$/s.exec(line) ?? [];
		return oid === void 0 || Number(size) > 4096 ? [] : [{
			oid,
			path
		}];
	});
	const blobs = await readBlobs(root, small.map(({ oid }) => oid));
	return small.flatMap(({ oid, path }) => {
		const bytes = blobs.get(oid);
		return looksLikePointer(bytes) ? [{
			path,
			bytes
		}] : [];
	});
}
function pointersOfFolder(root) {
	return listFiles(root, () => {}).flatMap((path) => {
		const found = lookAt(join(root, path));
		if (found === null || found.size > 4096) return [];
		const bytes = readFileSync(join(root, path));
		return looksLikePointer(bytes) ? [{
			path,
			bytes
		}] : [];
	});
}
async function cachesOf(root) {
	const common = resolve(root, await git(["rev-parse", "--git-common-dir"], { cwd: root }));
	const { stdout } = await tryGit(["config", "lfs.storage"], { cwd: root });
	const caches = [{
		name: "its LFS cache",
		folder: resolve(common, stdout.trim() || "lfs", "objects")
	}];
	const remote = localPath(await lfsServerOf(root));
	for (const below of remote === null ? [] : ["lfs/objects", ".git/lfs/objects"]) caches.push({
		name: `its remote ${remote}`,
		folder: join(resolve(root, remote), below)
	});
	return caches;
}
function localPath(remote) {
	if (remote === null) return null;
	if (remote.startsWith("file:///")) return fileURLToPath(remote);
	return isAbsolute(remote) || remote.startsWith(".") ? remote : null;
}
async function askServer(root, files) {
	const server = await lfsServerOf(root);
	if (server === null || localPath(server) !== null) return new Map();
	return findOnServer(root, server, [...new Map(files.map(({ oid, size }) => [oid, {
		oid,
		size
	}])).values()]);
}
init_workspace();
const sources = [
	"dvc",
	"lfs",
	"folder",
	"urls",
	"croissant",
	"card"
];
const command = {
	name: "data import",
	summary: "bring datasets from DVC, Git LFS, a folder, a list of URLs or Croissant",
	positionals: "<dvc|lfs|folder|urls|croissant|card> [path]",
	options: {
		only: {
			type: "string",
			multiple: true
		},
		as: { type: "string" },
		whole: { type: "boolean" },
		force: { type: "boolean" },
		write: { type: "boolean" }
	},
	help: {
		only: "import just this path of the source, or what is below it; may be repeated",
		as: "folder under data/ that everything comes into; of a card, the dataset it is about",
		whole: "of a folder: one dataset, instead of one for each of its entries",
		force: "replace what lies in the same places under data/",
		write: "write what a source says of licence and description into lockstep.yaml (it is printed otherwise)"
	},
	async run(input) {
		const { workspace, values } = input;
		const offer = await offerOf(input);
		const { imported, read } = await bringIn(workspace, offer.planned, { force: values.force === true });
		const about = proposeAbout(workspace, offer.about, values.write === true);
		const { skipped, notTaken } = offer;
		const next = [
			...imported.length > 0 ? ["commit data.lock, and `lockstep data push` so that others can pull it"] : [],
			...about.lines !== "" && !about.written ? ["put the lines above into lockstep.yaml, or give --write"] : [],
			...notTaken.length > 0 ? ["see docs/moving-in.md for what is not taken"] : []
		];
		const place = (from) => isAbsolute(from) ? shown(workspace, from) : from;
		return {
			json: {
				imported,
				read,
				skipped,
				notTaken,
				about,
				next
			},
			text: [
				...imported.map(({ entry, before, from }) => {
					const verb = before?.digest === entry.digest ? "unchanged" : before ? "updated" : "locked";
					const within = entry.files === void 0 ? "" : `${files(entry.files)}, `;
					return `${verb} data/${entry.key} (${within}${amount(entry.size, "bytes")}) from ${place(from)}`;
				}),
				...Object.entries(read).map(([from, count]) => `${files(count)} from ${from}, verified`),
				...skipped.map(({ path, reason }) => `skipped ${path}: ${reason}`),
				...notTaken.map((part) => `not taken: ${part}`),
				...about.lines === "" ? [] : [aboutText(about)],
				...next.map((step) => `next: ${step}`)
			].join("\n")
		};
	}
};
const files = (count) => `${amount(count, "count")} ${count === 1 ? "file" : "files"}`;
const aboutText = ({ lines, written }) => `${written ? "written into" : "for"} lockstep.yaml:\n${lines.trimEnd()}`;
async function offerOf({ workspace, cwd, positionals, values }) {
	const [source, path] = positionals;
	const as = values.as;
	const only = values.only;
	const folder = resolve(cwd, path ?? ".");
	const file = () => {
		if (path !== void 0) return [folder, shown(workspace, folder)];
		throw new UsageError(`lockstep data import ${source} needs a file (lockstep data import --help)`);
	};
	switch (source) {
		case "dvc": return dvcOffer(workspace, folder, {
			only,
			as
		});
		case "lfs": return lfsOffer(folder, {
			only,
			as
		});
		case "folder":
			file();
			return folderOffer(folder, {
				only,
				as,
				whole: values.whole === true
			});
		case "urls": return urlListOffer(...file(), {
			only,
			as
		});
		case "croissant": return croissantOffer(...file(), {
			only,
			as
		});
		case "card": {
			const key = textOption(values, "as", "data import").replace(/^data\//, "");
			const said = readDatasetCard(...file());
			const known = findLock(workspace)?.entries.find((entry) => entry.key === `${key}/`)?.key ?? key;
			return {
				planned: [],
				skipped: [],
				notTaken: [],
				about: new Map([[known, said]])
			};
		}
		default: throw new UsageError(`"${String(source)}" is no source — one of ${sources.join(", ")} (lockstep data import --help)`);
	}
}
export { command };
