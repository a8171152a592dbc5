import { Ct as LockstepError, G as sourceKinds, St as writeAtomic, Tt as isLockstepError, X as checkSchema, dt as canonicalJson, ft as digestOfJson, ht as digestOf, mt as digestFile, t as init_workspace, w as parseJson, yt as diskFull } from "./workspace.js";
import { H as kindOf, U as listFiles, W as refuseOdd, X as remoteAddress, Y as openBucket, at as comparePaths, i as readTable, it as checkPath, nt as totalSize, ot as keyFaultOf, tt as printManifest } from "./data.js";
import { t as eachLimited } from "./each-limited.js";
import { r as makeFolderOf, t as lookAt } from "./folder.js";
import { c as isSecure, i as send, l as withoutQuery, t as init_http } from "./http.js";
import { t as data_sources_default } from "../vendor/schemas-others.js";
import { extname, join } from "node:path";
import { existsSync, readFileSync } from "node:fs";
import { open } from "node:fs/promises";
init_workspace();
async function writeArriving(path, { name, contentType, body, most }) {
	makeFolderOf(path);
	const handle = await open(path, "w", 420);
	let size = 0;
	try {
		for await (const chunk of body) {
			if (size === 0) checkNoPage(path, name, contentType, chunk);
			size += chunk.byteLength;
			if (size > most) throw tooLarge(name, most);
			await handle.writeFile(chunk);
		}
		await handle.sync();
	} catch (error) {
		throw error instanceof LockstepError ? error : broken(name, size, diskFull(error, path));
	} finally {
		await handle.close();
	}
	return size;
}
function checkNoPage(path, name, contentType, first) {
	const start = Buffer.from(first.subarray(0, 64)).toString("latin1").replace("ï»¿", "");
	if (!(/html/i.test(contentType ?? "") || /^\s*<(?:!doctype|html)/i.test(start)) || /\.x?html?$/i.test(path)) return;
	throw new LockstepError("E_REMOTE_NOT_DATA", {
		what: `${name} answered with a page (${contentType ?? "no content type"}) that begins ${JSON.stringify(start.slice(0, 32))}`,
		allowed: "the bytes of a dataset",
		fix: "check that the address needs no login, or name a token by `bearer:`"
	});
}
const tooLarge = (name, most) => new LockstepError("E_REMOTE_TOO_LARGE", {
	what: `${name} sends more than ${most} bytes`,
	allowed: `at most ${most} bytes for a file`,
	fix: "check the address, or add the file by `lockstep data add`"
});
function broken(name, size, error) {
	if (error instanceof LockstepError) return error;
	const { code, message } = error;
	return new LockstepError("E_REMOTE_FAILED", {
		what: `the transfer from ${name} broke off after ${size} bytes (${code ?? message})`,
		allowed: "all bytes, as many as the server announced",
		fix: "run the command again",
		cause: error
	});
}
init_http();
init_workspace();
const mostFetched = 64 * 2 ** 30;
const tries = 3;
async function fetchUrl({ asked, declared: { bearer } }, target, { etag, most = mostFetched }) {
	const url = secureUrl(asked);
	const sign = bearer === void 0 ? {} : { sign: async () => ({ authorization: `Bearer ${tokenOf(bearer)}` }) };
	for (let attempt = 1;; attempt++) {
		const answer = await send({
			method: "GET",
			url,
			headers: etag === null ? {} : { "if-none-match": etag },
			...sign
		});
		if (answer.status !== 200) {
			answer.body.resume();
			if (answer.status === 304 && etag !== null) return { kind: "unchanged" };
			throw refused(answer, withoutQuery(url));
		}
		try {
			const contentType = answer.headers["content-type"] ?? null;
			await writeArriving(target, {
				name: withoutQuery(url),
				contentType,
				body: answer.body,
				most
			});
			return {
				kind: "fetched",
				etag: answer.headers.etag ?? null
			};
		} catch (error) {
			answer.body.destroy();
			if (attempt === tries || !isLockstepError(error, "E_REMOTE_FAILED")) throw error;
		}
	}
}
function secureUrl(text) {
	const url = URL.canParse(text) ? new URL(text) : null;
	if (url && isSecure(url)) return url;
	throw new LockstepError("E_REMOTE_SCHEME", {
		what: `the source ${url ? withoutQuery(url) : text}`,
		where: { file: "lockstep.yaml" },
		allowed: "an https address",
		fix: "use https://"
	});
}
function tokenOf(variable) {
	const token = process.env[variable];
	if (token) return token;
	throw new LockstepError("E_REMOTE_CREDENTIALS", {
		what: `$${variable} is not set`,
		allowed: "the token that `bearer:` names",
		fix: `set ${variable}`
	});
}
function refused({ status }, name) {
	const [code, fix] = status === 401 || status === 403 ? ["E_REMOTE_CREDENTIALS", "name the environment variable of a token by `bearer:`"] : status === 404 || status === 410 ? ["E_OBJECT_MISSING", "correct the address, or name another day by --date"] : ["E_REMOTE_FAILED", "try again later"];
	return new LockstepError(code, {
		what: `${name} answered ${status}`,
		allowed: "200 with the bytes",
		fix
	});
}
init_workspace();
const mostFiles = 1e6;
async function fetchBucket({ key, asked }, target, root) {
	const { base, prefix } = splitAddress(asked);
	const bucket = await openBucket(remoteAddress(base, root));
	const found = [];
	for await (const item of bucket.list(prefix)) {
		if (item.key.endsWith("/")) continue;
		if (prefix !== "" && item.key !== prefix) continue;
		if (found.push(item) > mostFiles) throw wrongCount(asked, `over ${mostFiles}`, key);
	}
	if (found.length === 0) throw nothing(asked);
	if (!key.endsWith("/")) {
		if (found.length > 1) throw wrongCount(asked, String(found.length), key);
		await bring(bucket, found[0], target);
		return {
			kind: "fetched",
			etag: null
		};
	}
	for (const item of found) checkPath(item.key);
	await eachLimited(found, (item) => bring(bucket, item, join(target, item.key)));
	return {
		kind: "fetched",
		etag: null
	};
}
function splitAddress(asked) {
	const [, path, query] = /^([^?]*)(.*)$/s.exec(asked.replace(/^file:(?=[^/]*$)/, "file:./"));
	const cut = path.lastIndexOf("/") + 1;
	return {
		base: `${path.slice(0, cut)}${query}`,
		prefix: path.slice(cut)
	};
}
async function bring(bucket, { key, size }, target) {
	const name = `${bucket.name} ${key}`;
	const download = await bucket.get(key);
	if (download === null) throw nothing(name);
	const { contentType, body } = download;
	try {
		const got = await writeArriving(target, {
			name,
			contentType,
			body,
			most: mostFetched
		});
		if (got !== size) throw cut(name, got, size);
	} finally {
		body.destroy();
	}
}
const cut = (name, got, size) => new LockstepError("E_REMOTE_FAILED", {
	what: `${name} brought ${got} bytes and was listed with ${size}`,
	allowed: "an object that stays as it is meanwhile",
	fix: "run the command again"
});
const nothing = (place) => new LockstepError("E_OBJECT_MISSING", {
	what: `nothing lies at ${place}`,
	allowed: "an object, or some below an address that ends in /",
	fix: "correct the address, or name another day by --date"
});
const wrongCount = (place, count, key) => new LockstepError("E_DATA_KIND", {
	what: `${count} objects lie below ${place}`,
	allowed: key.endsWith("/") ? `at most ${mostFiles}` : `one for the file ${key}`,
	fix: key.endsWith("/") ? "name a narrower address" : `name the object, or call the dataset ${key}/`
});
init_workspace();
const file = "lockstep.yaml";
function dateSource(key, declared, { day, now = new Date() }) {
	checkPath(key, { file }, keyFaultOf);
	const kind = sourceKinds.find((name) => declared[name] !== void 0);
	const template = declared[kind];
	checkFits(key, kind);
	const date = kind === "command" || `${template}${declared.from ?? ""}`.includes("{date}") ? dayOf(day ?? declared.date ?? "today", now) : null;
	const { from = null, env = [] } = declared;
	return {
		key,
		kind,
		asked: date === null ? template : template.replaceAll("{date}", date),
		date,
		digest: digestOfJson({
			kind,
			template,
			from,
			env
		}),
		declared
	};
}
function checkFits(key, kind) {
	const folder = key.endsWith("/");
	if (kind === "sql" ? key.endsWith(".parquet") : !folder || kind !== "url") return;
	throw new LockstepError("E_CONFIG_VALUE", {
		what: `the source of "${key}" is ${kind === "sql" ? "a query" : "one file"}`,
		where: { file },
		allowed: kind === "sql" ? "a key that ends in .parquet" : "a key that does not end in /",
		fix: "rename the dataset"
	});
}
const oneDay = 864e5;
function dayOf(text, now) {
	if (text === "today") return now.toISOString().slice(0, 10);
	if (text === "yesterday") return new Date(now.getTime() - oneDay).toISOString().slice(0, 10);
	const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
	if (Number.isFinite(time) && new Date(time).toISOString().startsWith(text)) return text;
	throw new LockstepError("E_CONFIG_VALUE", {
		what: `the date "${text}"`,
		allowed: "today, yesterday or a day as YYYY-MM-DD",
		fix: "name a day of the calendar"
	});
}
function isDue({ schedule = "daily" }, now) {
	if (schedule === "weekly") return now.getUTCDay() === 1;
	if (schedule === "monthly") return now.getUTCDate() === 1;
	return schedule === "daily";
}
init_workspace();
const lineageFile = "data.sources.json";
function readLineage({ root }) {
	const path = join(root, lineageFile);
	return existsSync(path) ? parseLineage(readFileSync(path)) : {};
}
const parseLineage = (content) => checkSchema(parseJson(content, lineageFile), data_sources_default).datasets;
const writeLineage = ({ root }, datasets) => writeAtomic(join(root, lineageFile), printLineage(datasets));
function printLineage(datasets) {
	return `{"v": 1, "datasets": {\n${Object.keys(datasets).sort(comparePaths).map((key) => `${JSON.stringify(key)}: ${canonicalJson(datasets[key])}`).join(",\n")}\n}}\n`;
}
init_workspace();
const mostLooked = 512 * 2 ** 20;
async function measure(path, key) {
	const found = lookAt(path);
	if (found && !found.isFile() && !found.isDirectory()) refuseOdd(key, kindOf(found));
	const entry = found?.isDirectory() ? await measureFolder(path, key) : {
		key,
		...found ? await digestFile(path) : {
			digest: digestOf(""),
			size: 0
		}
	};
	if (entry.size > 0 && key.endsWith("/") !== (entry.files === void 0)) return entry;
	if (entry.size > 0) refuseOdd(key, entry.files === void 0 ? "a file" : "a folder");
	throw new LockstepError("E_TABLE_EMPTY", {
		what: `the source of "${key}" gave no bytes`,
		allowed: "a dataset that is not empty",
		fix: "look at what the source says; what is locked stays as it is"
	});
}
async function measureFolder(path, key) {
	const files = [];
	for (const file of listFiles(path)) files.push({
		path: file,
		...await digestFile(join(path, file))
	});
	return {
		key,
		digest: digestOf(printManifest(files)),
		size: totalSize(files),
		files: files.length
	};
}
async function shapeOf(path, { key, size }) {
	if (![
		".csv",
		".tsv",
		".parquet"
	].includes(extname(key).toLowerCase()) || size > mostLooked) return {};
	const { rows, columns } = await readTable(path, `data/${key}`);
	return {
		rows,
		columns: columns.map(({ name, type }) => [name, type])
	};
}
function shapeChanges(before, after) {
	if (before.columns === void 0 || after.columns === void 0) return [];
	const [old, now] = [new Map(before.columns), new Map(after.columns)];
	const lost = [...old.keys()].filter((name) => !now.has(name));
	const made = [...now.keys()].filter((name) => !old.has(name));
	const turned = [...now].filter(([name, type]) => old.has(name) && old.get(name) !== type);
	return [
		...before.rows === after.rows ? [] : [`${before.rows} rows, now ${after.rows}`],
		...lost.length > 0 ? [`columns gone: ${lost.join(", ")}`] : [],
		...made.length > 0 ? [`columns new: ${made.join(", ")}`] : [],
		...turned.map(([name, type]) => `column ${name} is ${type} now`)
	];
}
export { parseLineage as a, dateSource as c, fetchBucket as d, fetchUrl as f, lineageFile as i, dayOf as l, shapeChanges as n, readLineage as o, shapeOf as r, writeLineage as s, measure as t, isDue as u };
