import { n as __esmMin } from "./rolldown-runtime.js";
import { a as init_canonicalize, i as canonicalize } from "../vendor/small.js";
import { i as lockstep_default, r as init_lockstep } from "../vendor/schemas.js";
import { t as require_dist } from "../vendor/yaml.js";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { createHash, randomBytes } from "node:crypto";
import { closeSync, constants, copyFileSync, createReadStream, existsSync, fstatSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { spawn, spawnSync } from "node:child_process";
import { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { hostname } from "node:os";
import { setTimeout as setTimeout$1 } from "node:timers/promises";
import { stderr } from "node:process";
function composeMessage(code, { what, where, allowed, fix }) {
	const place = where ? ` in ${printable(formatPlace(where))}` : "";
	const rule = allowed === void 0 ? "" : ` — ${printable(allowed, 600)}`;
	const action = fix === void 0 ? "" : `. Fix: ${printable(fix, 600)}`;
	const sentence = `${code}: ${printable(what, 600)}${place}${rule}${action}`;
	return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
var LockstepError, isLockstepError, printable, formatPlace;
var init_errors = __esmMin((() => {
	LockstepError = class extends Error {
		name = "LockstepError";
		code;
		what;
		where;
		allowed;
		fix;
		constructor(code, parts) {
			super(composeMessage(code, parts), { cause: parts.cause });
			this.code = code;
			this.what = parts.what;
			this.where = parts.where;
			this.allowed = parts.allowed;
			this.fix = parts.fix;
		}
		toJSON() {
			return {
				code: this.code,
				message: this.message,
				...this.where ? { file: this.where.file } : {},
				...this.where?.line === void 0 ? {} : { line: this.where.line },
				...this.fix === void 0 ? {} : { fix: this.fix }
			};
		}
	};
	isLockstepError = (error, code) => error instanceof LockstepError && (code === void 0 || error.code === code);
	printable = (text, most = 200) => {
		return (text.length > most ? `${text.slice(0, most)}…` : text).replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
	};
	formatPlace = ({ file, line, column }) => file + (line === void 0 ? "" : `:${line}${column === void 0 ? "" : `:${column}`}`);
}));
function writeAtomic(path, content, mode = 420) {
	mkdirSync(dirname(path), { recursive: true });
	const temporary = temporaryBeside(path);
	try {
		const handle = openSync(temporary, "wx", mode);
		try {
			writeFileSync(handle, content);
			fsyncSync(handle);
		} finally {
			closeSync(handle);
		}
		renameSync(temporary, path);
	} catch (error) {
		rmSync(temporary, { force: true });
		throw diskFull(error, path);
	}
}
function diskFull(error, path) {
	const code = error.code;
	if (code !== "ENOSPC" && code !== "EDQUOT") return error;
	return new LockstepError("E_DISK_FULL", {
		what: "no space left to write",
		where: { file: path },
		fix: "free some space (.lockstep/ holds caches that can be made again) and run the command again",
		cause: error
	});
}
var temporaryBeside;
var init_atomic_file = __esmMin((() => {
	init_errors();
	temporaryBeside = (path) => `${path}.tmp-${process.pid}-${randomBytes(4).toString("hex")}`;
}));
async function digestFile(path) {
	const hash = createHash("sha256");
	let size = 0;
	for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
		hash.update(chunk);
		size += chunk.byteLength;
	}
	return {
		digest: `sha256:${hash.digest("hex")}`,
		size
	};
}
var pattern$1, isDigest, hexOf, digestOf;
var init_digest = __esmMin((() => {
	pattern$1 = /^sha256:[0-9a-f]{64}$/;
	isDigest = (text) => typeof text === "string" && pattern$1.test(text);
	hexOf = (digest) => digest.slice(7);
	digestOf = (bytes) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}));
function canonicalJson(value) {
	const text = canonicalize(value);
	if (text === void 0) throw new TypeError("value has no canonical JSON form");
	return text;
}
var digestOfJson;
var init_canonical_json = __esmMin((() => {
	init_canonicalize();
	init_digest();
	digestOfJson = (value) => digestOf(canonicalJson(value));
}));
function spawnOwn(file, args, options = {}) {
	const { stdin = "ignore", stdout = "inherit", stderr = "inherit", env = process.env, prefix = [], ...rest } = options;
	const [program = process.execPath, ...before] = prefix.length > 0 ? [...prefix, process.execPath] : [];
	return spawn(program, [
		...before,
		file,
		...args
	], {
		...rest,
		env: {
			...env,
			[lifelineVariable]: "3"
		},
		stdio: [
			stdin,
			stdout,
			stderr,
			"pipe"
		]
	});
}
function watchParent(onEnd = () => process.exit(1)) {
	const descriptor = Number(process.env[lifelineVariable] ?? NaN);
	delete process.env[lifelineVariable];
	if (!Number.isInteger(descriptor)) return;
	try {
		fstatSync(descriptor);
	} catch {
		return;
	}
	const lifeline = new Socket({
		fd: descriptor,
		readable: true,
		writable: false
	});
	lifeline.on("close", onEnd).on("error", onEnd);
	lifeline.resume().unref();
}
function isAlive(pid) {
	try {
		process.kill(pid, 0);
	} catch (error) {
		return error.code === "EPERM";
	}
	if (process.platform !== "linux") return true;
	try {
		return !/\) [ZX] [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
	} catch {
		return false;
	}
}
var lifelineVariable, exitOf;
var init_process = __esmMin((() => {
	lifelineVariable = "LOCKSTEP_LIFELINE";
	exitOf = (child) => new Promise((resolve, reject) => {
		child.once("error", reject);
		child.once("exit", (code, signal) => resolve({
			code,
			signal
		}));
	});
}));
async function askChild(program, order, { cwd, env = process.env, prefix = [], timeoutMs, died }) {
	const child = spawnOwn(program, [JSON.stringify(order)], {
		cwd,
		env,
		prefix,
		stdout: "pipe",
		stderr: "pipe"
	});
	const timer = timeoutMs === void 0 ? void 0 : setTimeout(() => child.kill("SIGKILL"), timeoutMs);
	try {
		const [exit, out, err] = await Promise.all([
			exitOf(child),
			textOf(child.stdout),
			textOf(child.stderr)
		]);
		if (exit.code !== 0) throw died(`${exit.signal ?? `exit code ${exit.code}`}${lastWords(err)}`);
		const answer = JSON.parse(out);
		if ("ok" in answer) return answer.ok;
		throw new LockstepError(answer.error.code, answer.error.parts);
	} finally {
		clearTimeout(timer);
	}
}
async function answerParent(work) {
	watchParent();
	const answer = await work(JSON.parse(process.argv[2])).then((ok) => ({ ok }), (error) => {
		if (!isLockstepError(error)) throw error;
		const { code, what, where, allowed, fix } = error;
		return { error: {
			code,
			parts: {
				what,
				where,
				allowed,
				fix
			}
		} };
	});
	process.stdout.write(JSON.stringify(answer));
}
async function textOf(stream) {
	let text = "";
	for await (const chunk of stream) if (text.length < mostText) text += String(chunk);
	return text;
}
var mostText, lastWords;
var init_child_answer = __esmMin((() => {
	init_errors();
	init_process();
	mostText = 1 << 20;
	lastWords = (stderr) => {
		const line = /^\w*Error: .*$/m.exec(stderr)?.[0];
		return line ? ` (${line})` : "";
	};
}));
function checkName(text, kind, where) {
	if (isName(text)) return text;
	throw new LockstepError("E_NAME", {
		what: `the ${kind} name "${text}"`,
		where,
		allowed: "1 to 40 lower-case letters, digits and hyphens, beginning with a letter, not ending with a hyphen"
	});
}
var pattern, isName;
var init_names = __esmMin((() => {
	init_errors();
	pattern = /^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/;
	isName = (text) => pattern.test(text);
}));
var Ajv2020;
var init__without_ajv = __esmMin((() => {
	Ajv2020 = class {
		constructor() {
			throw new Error("a schema that was not compiled ahead");
		}
	};
}));
function nearest(word, known) {
	const best = known.map((candidate) => ({
		candidate,
		far: distance(word.toLowerCase(), candidate.toLowerCase())
	})).sort((a, b) => a.far - b.far)[0];
	return best && best.far <= Math.max(2, Math.floor(word.length / 3)) ? best.candidate : void 0;
}
function distance(a, b) {
	let row = Array.from({ length: b.length + 1 }, (_, index) => index);
	for (let i = 1; i <= a.length; i++) {
		const next = [i];
		for (let j = 1; j <= b.length; j++) next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
		row = next;
	}
	return row[b.length];
}
var init_suggestion = __esmMin((() => {}));
function checkSchema(parsed, schema) {
	const validate = compiledFor(schema);
	if (validate(parsed.value)) return parsed.value;
	throw schemaError(parsed, mostTelling(validate.errors ?? []));
}
function compiledFor(schema) {
	const ahead = schema[compiledAhead];
	if (ahead) return ahead;
	let validate = compiled.get(schema);
	if (!validate) {
		ajv ??= openAjv({ optimize: false });
		validate = ajv.compile(schema);
		compiled.set(schema, validate);
	}
	return validate;
}
function mostTelling(errors) {
	const weight = (error) => error.instancePath.split("/").length * 4 + (error.keyword === "additionalProperties" ? 2 : error.keyword === "anyOf" || error.keyword === "oneOf" || error.keyword === "if" ? -2 : 1);
	return [...errors].sort((a, b) => weight(b) - weight(a))[0];
}
function schemaError(parsed, error) {
	const path = error.instancePath.split("/").slice(1).map(unescapePointer);
	const at = path.join(".") || "the top level";
	const parent = error.parentSchema;
	const code = parent["x-code"]?.[error.keyword];
	const allowed = parent["x-allowed"];
	const params = error.params;
	const where = parsed.locate(path.map((step) => /^\d+$/.test(step) ? Number(step) : step));
	switch (error.keyword) {
		case "additionalProperties":
		case "unevaluatedProperties": {
			const key = String(params.additionalProperty ?? params.unevaluatedProperty);
			const known = Object.keys(parent.properties ?? {});
			const near = nearest(key, known);
			return new LockstepError(code ?? "E_CONFIG_KEY", {
				what: `unknown key "${key}" at ${at}`,
				where: parsed.locate([...path, key]),
				allowed: allowed ?? known.join(", "),
				fix: near ? `did you mean "${near}"?` : "remove the key"
			});
		}
		case "required": return new LockstepError(code ?? "E_CONFIG_KEY", {
			what: `no "${String(params.missingProperty)}" at ${at}`,
			where,
			allowed: allowed ?? "the key is required",
			fix: `add ${String(params.missingProperty)}`
		});
		case "type": return new LockstepError(code ?? "E_CONFIG_TYPE", {
			what: `${at} is ${describe(error.data)}`,
			where,
			allowed: allowed ?? [params.type].flat().map(typeWord).join(" or ")
		});
		default: return new LockstepError(code ?? "E_CONFIG_VALUE", {
			what: `${at} is ${describe(error.data)}`,
			where,
			allowed: allowed ?? ruleOf(error)
		});
	}
}
function ruleOf(error) {
	const params = error.params;
	if (Array.isArray(params.allowedValues)) return `one of ${params.allowedValues.map(String).join(", ")}`;
	const { limit } = params;
	switch (error.keyword) {
		case "minItems": return `at least ${limit} ${limit === 1 ? "entry" : "entries"}`;
		case "minProperties": return `at least ${limit} ${limit === 1 ? "key" : "keys"}`;
		case "minLength": return limit === 1 ? "a text that is not empty" : `at least ${limit} characters`;
		case "maxLength": return `at most ${limit} characters`;
		case "minimum": return `${limit} or more`;
		case "exclusiveMinimum": return `more than ${limit}`;
		case "maximum": return `${limit} or less`;
		case "exclusiveMaximum": return `less than ${limit}`;
		case "uniqueItems": return "each entry once";
		case "pattern": return `a text that matches ${params.pattern}`;
		default: return error.message ?? error.keyword;
	}
}
function describe(value) {
	if (Array.isArray(value)) return `a list of ${value.length}`;
	if (value !== null && typeof value === "object") return `a mapping of ${Object.keys(value).join(", ") || "nothing"}`;
	return typeof value === "string" ? `the text "${value}"` : `${typeof value === "object" ? "" : `the ${typeof value} `}${String(value)}`;
}
var compiled, ajv, compiledAhead, openAjv, typeWord, unescapePointer;
var init_schema = __esmMin((() => {
	init__without_ajv();
	init_errors();
	init_suggestion();
	compiled = new Map();
	compiledAhead = Symbol.for("lockstep.compiled");
	openAjv = (code) => new Ajv2020({
		allErrors: true,
		verbose: true,
		strict: true,
		strictRequired: false,
		allowUnionTypes: true,
		validateFormats: false,
		validateSchema: false,
		code
	}).addVocabulary(["x-code", "x-allowed"]);
	typeWord = (type) => ({
		object: "a mapping",
		array: "a list",
		string: "a text",
		number: "a number",
		integer: "a whole number",
		boolean: "true or false"
	})[String(type)] ?? String(type);
	unescapePointer = (step) => step.replaceAll("~1", "/").replaceAll("~0", "~");
}));
function parseYaml(content, file, most = mostBytes$1) {
	const text = decodeText(content, file, most);
	const lines = new import_dist.LineCounter();
	const document = parseOne(text, file, lines);
	const place = (offset) => {
		if (offset === void 0) return { file };
		const { line, col } = lines.linePos(offset);
		return {
			file,
			line,
			column: col
		};
	};
	checkNodes(document, place);
	return {
		file,
		value: document.toJS({ maxAliasCount: 0 }),
		locate: (path) => place(offsetAt(document, path))
	};
}
function readConfiguration(path, shownAs = path) {
	try {
		return readFileSync(path);
	} catch (error) {
		throw new LockstepError("E_CONFIG_MISSING", {
			what: `cannot read ${shownAs} (${error.code ?? "error"})`,
			fix: "create the file, or correct its path",
			cause: error
		});
	}
}
function decodeText(content, file, most = mostBytes$1) {
	const bytes = typeof content === "string" ? Buffer.from(content) : content;
	if (bytes.byteLength > most) throw new LockstepError("E_CONFIG_TOO_LARGE", {
		what: `${bytes.byteLength} bytes`,
		where: { file },
		allowed: `at most ${most} bytes`
	});
	const refuse = (what) => {
		throw new LockstepError("E_CONFIG_ENCODING", {
			what,
			where: { file },
			allowed: "UTF-8 without a byte order mark"
		});
	};
	if (bytes[0] === 239 && bytes[1] === 187 && bytes[2] === 191) refuse("a byte order mark");
	try {
		return new TextDecoder("utf-8", {
			fatal: true,
			ignoreBOM: true
		}).decode(bytes);
	} catch {
		return refuse("bytes that are not UTF-8");
	}
}
function parseOne(text, file, lineCounter) {
	try {
		const documents = (0, import_dist.parseAllDocuments)(text, {
			lineCounter,
			version: "1.2",
			schema: "core",
			uniqueKeys: true,
			strict: true,
			logLevel: "silent"
		});
		if (!Array.isArray(documents) || documents.length === 0) throw new LockstepError("E_YAML_SYNTAX", {
			what: "an empty file",
			where: { file },
			allowed: "one YAML document"
		});
		const [document, second] = documents;
		const problem = document.errors[0];
		if (problem?.message.includes("call stack")) throw tooDeep({ file });
		if (problem) {
			const [from] = problem.linePos ?? [];
			throw new LockstepError(syntaxCode(problem.code), {
				...wordsFor(problem, text),
				where: {
					file,
					line: from?.line,
					column: from?.col
				},
				cause: problem
			});
		}
		if (second) {
			const { line, col } = lineCounter.linePos(second.range[0]);
			throw new LockstepError("E_YAML_MULTIDOC", {
				what: "a second document",
				where: {
					file,
					line,
					column: col
				},
				allowed: "one YAML document"
			});
		}
		return document;
	} catch (error) {
		if (error instanceof RangeError) throw tooDeep({ file });
		throw error;
	}
}
function wordsFor({ code, message, pos }, text) {
	if (/^(<<<<<<<|=======|>>>>>>>)/m.test(text)) return {
		what: "a conflict that Git left behind",
		fix: "resolve the conflict"
	};
	if (code === "DUPLICATE_KEY") {
		const [key] = /^[^:\n]*/.exec(text.slice(pos[0]));
		return {
			what: `the key ${key.trim()} a second time`,
			allowed: "each key once",
			fix: "remove one of them"
		};
	}
	if (code === "TAB_AS_INDENT") return {
		what: "a tab as indentation",
		allowed: "spaces",
		fix: "replace tabs by two spaces each"
	};
	return { what: message.split("\n")[0].replace(/ at line \d+, column \d+:?$/, "") };
}
function checkNodes(document, place) {
	(0, import_dist.visit)(document, (_key, node, path) => {
		const where = place(node?.range?.[0]);
		if (path.filter((parent) => (0, import_dist.isCollection)(parent)).length > deepest$1) throw tooDeep(where);
		if ((0, import_dist.isAlias)(node) || ((0, import_dist.isScalar)(node) || (0, import_dist.isCollection)(node)) && node.anchor) throw new LockstepError("E_YAML_ALIAS", {
			what: "an anchor or alias",
			where,
			allowed: "every value written out"
		});
		if (((0, import_dist.isScalar)(node) || (0, import_dist.isCollection)(node)) && node.tag !== void 0) throw new LockstepError("E_YAML_TAG", {
			what: `the tag ${node.tag}`,
			where,
			allowed: "plain values only"
		});
		if ((0, import_dist.isScalar)(node)) checkScalar(node.value, node.type === "PLAIN", String(node.source ?? ""), where);
	});
}
function checkScalar(value, plain, source, where) {
	if (typeof value === "number" && !Number.isFinite(value)) throw new LockstepError("E_NUMBER_NOT_FINITE", {
		what: `the number ${source}`,
		where,
		allowed: "a finite number"
	});
	if (plain && /^(yes|no|on|off)$/i.test(source)) throw new LockstepError("E_CONFIG_TYPE", {
		what: `the bare word ${source}, a boolean to some readers and a string to others`,
		where,
		allowed: `"${source}" in quotes, or true or false`,
		fix: `write "${source}" if you mean the text`
	});
}
function offsetAt(document, path) {
	let offset = document.contents?.range?.[0];
	let node = document.contents;
	for (const step of path) {
		if (!(0, import_dist.isCollection)(node)) break;
		const pair = (0, import_dist.isMap)(node) ? node.items.find((item) => (0, import_dist.isScalar)(item.key) && item.key.value === step) : void 0;
		const child = node.get(step, true);
		const found = (pair?.key)?.range?.[0] ?? child?.range?.[0];
		if (found === void 0) break;
		offset = found;
		node = child;
	}
	return offset;
}
var import_dist, mostBytes$1, deepest$1, readYaml, syntaxCode, tooDeep;
var init_yaml_file = __esmMin((() => {
	import_dist = require_dist();
	init_errors();
	mostBytes$1 = 262144;
	deepest$1 = 64;
	readYaml = (path, shownAs = path) => parseYaml(readConfiguration(path, shownAs), shownAs);
	syntaxCode = (code) => code === "DUPLICATE_KEY" ? "E_YAML_DUPLICATE" : code === "TAG_RESOLVE_FAILED" ? "E_YAML_TAG" : "E_YAML_SYNTAX";
	tooDeep = (where) => new LockstepError("E_YAML_DEPTH", {
		what: "values nested too deeply",
		where,
		allowed: `at most ${deepest$1} levels`
	});
}));
function readConfigurationFile(root) {
	const path = join(root, "lockstep.yaml");
	return existsSync(path) ? parseConfiguration(readYaml(path, "lockstep.yaml")) : parseConfiguration(null);
}
function parseConfiguration(parsed) {
	const file = parsed ? checkSchema(parsed, lockstep_default) : {};
	const environments = (file.environments ?? [
		"dev",
		"staging",
		"production"
	]).map((entry) => typeof entry === "string" ? { name: entry } : entry);
	for (const [index, { name }] of environments.entries()) {
		const where = parsed?.locate(["environments", index]);
		checkName(name, "environment", where);
		if (environments.findIndex((other) => other.name === name) === index) continue;
		throw new LockstepError("E_CONFIG_VALUE", {
			what: `the environment "${name}" a second time`,
			where,
			allowed: "each environment once, in the order of promotion",
			fix: "remove one of them"
		});
	}
	for (const [key, source] of Object.entries(file.sources ?? {})) {
		const kinds = sourceKinds.filter((kind) => source[kind] !== void 0);
		if (kinds.length === 1) continue;
		throw new LockstepError("E_CONFIG_VALUE", {
			what: `sources.${key} has ${kinds.join(" and ") || "no source"}`,
			where: parsed?.locate(["sources", key]),
			allowed: `exactly one of ${sourceKinds.join(", ")}`
		});
	}
	return {
		remote: file.remote ?? "file:.data",
		images: file.images ?? null,
		image: file.image ?? {},
		environments: environments.map(({ name }) => name),
		urls: Object.fromEntries(environments.flatMap(({ name, url }) => url ? [[name, url]] : [])),
		gitops: {
			branch: file.gitops?.branch ?? "environments",
			mode: "push"
		},
		trust: file.trust ?? [],
		datasets: file.datasets ?? {},
		upgrade: file.upgrade ?? {},
		sources: file.sources ?? {}
	};
}
function checkEnvironment(configuration, name) {
	if (configuration.environments.includes(name)) return name;
	const near = nearest(name, configuration.environments);
	throw new LockstepError("E_ENV_UNKNOWN", {
		what: `no environment "${name}"`,
		allowed: configuration.environments.join(", "),
		fix: near ? `did you mean "${near}"?` : "name one of them, or add it to lockstep.yaml"
	});
}
var sourceKinds;
var init_configuration = __esmMin((() => {
	init_lockstep();
	init_errors();
	init_names();
	init_schema();
	init_suggestion();
	init_yaml_file();
	sourceKinds = [
		"url",
		"bucket",
		"sql",
		"command"
	];
}));
var errorCodes;
var init_error_codes = __esmMin((() => {
	errorCodes = [
		"E_USAGE",
		"E_INTERNAL",
		"E_NAME",
		"E_WORKSPACE_MISSING",
		"E_BUSY",
		"E_DISK_FULL",
		"E_FILE_PERMISSION",
		"E_FILE_KIND",
		"E_FILE_LIMIT",
		"E_INTERRUPTED",
		"E_ACTION_INPUT",
		"E_INSTALL",
		"E_GIT",
		"E_GIT_IDENTITY",
		"E_GIT_PUSH_REFUSED",
		"E_GIT_DIRTY",
		"E_YAML_ALIAS",
		"E_YAML_TAG",
		"E_YAML_MULTIDOC",
		"E_YAML_DUPLICATE",
		"E_YAML_DEPTH",
		"E_YAML_SYNTAX",
		"E_JSON_SYNTAX",
		"E_JSON_DUPLICATE",
		"E_JSON_DEPTH",
		"E_CONFIG_MISSING",
		"E_CONFIG_TOO_LARGE",
		"E_CONFIG_ENCODING",
		"E_CONFIG_TYPE",
		"E_CONFIG_KEY",
		"E_CONFIG_VALUE",
		"E_NUMBER_NOT_FINITE",
		"E_PATH_TRAVERSAL",
		"E_PATH_ABSOLUTE",
		"E_PATH_RESERVED",
		"E_PATH_CONTROL",
		"E_PATH_LENGTH",
		"E_DIGEST_FORMAT",
		"E_DIGEST_MISMATCH",
		"E_SIZE_MISMATCH",
		"E_LOCK_MISSING",
		"E_LOCK_EMPTY",
		"E_LOCK_ENCODING",
		"E_LOCK_NONCANONICAL",
		"E_LOCK_DUPLICATE",
		"E_LOCK_CASE_COLLISION",
		"E_LOCK_UNICODE_COLLISION",
		"E_LOCK_TOO_LARGE",
		"E_DATA_KIND",
		"E_DATA_MISSING",
		"E_DATA_CHANGED",
		"E_SOURCE_FAILED",
		"E_DATA_QUALITY",
		"E_OBJECT_MISSING",
		"E_DATA_FORGOTTEN",
		"E_REMOTE_NOT_DATA",
		"E_REMOTE_RATE_LIMIT",
		"E_REMOTE_REDIRECT",
		"E_REMOTE_CREDENTIALS",
		"E_REMOTE_SCHEME",
		"E_REMOTE_READ_ONLY",
		"E_REMOTE_FAILED",
		"E_REMOTE_TOO_LARGE",
		"E_TABLE_FORMAT",
		"E_TABLE_EMPTY",
		"E_TABLE_COLUMN",
		"E_TABLE_VALUE",
		"E_PIPELINE_MISSING",
		"E_PIPELINE_CYCLE",
		"E_PIPELINE_INPUT",
		"E_PIPELINE_STAGE",
		"E_QUICK_INPUT",
		"E_ENVIRONMENT_PREPARE",
		"E_TRAIN_COMMAND",
		"E_TRAIN_FAILED",
		"E_TRAIN_KILLED",
		"E_TRAIN_NO_OUTPUT",
		"E_TRAIN_OUTPUT_KIND",
		"E_TRAIN_TIMEOUT",
		"E_TRAIN_NO_GPU",
		"E_TRAIN_DATA",
		"E_TRAIN_PARITY",
		"E_TRAIN_REQUEST",
		"E_MODEL_FORMAT",
		"E_MODEL_HEADER",
		"E_MODEL_LAYOUT",
		"E_MODEL_EMPTY",
		"E_MODEL_EXTERNAL_DATA",
		"E_MODEL_CUSTOM_OP",
		"E_MODEL_INPUT",
		"E_MODEL_RUN",
		"E_NATIVE_MISSING",
		"E_EVALUATE_ROWS",
		"E_EVALUATE_TARGET",
		"E_BASELINE_DATA",
		"E_BASELINE_MISSING",
		"E_HANDOVER_SHAPE",
		"E_HANDOVER_TOO_LARGE",
		"E_HANDOVER_RECORD",
		"E_HANDOVER_UPLOAD",
		"E_HANDOVER_PR",
		"E_HANDOVER_REPO",
		"E_METRICS_MISSING",
		"E_METRICS_TYPE",
		"E_METRICS_TOO_MANY",
		"E_METRICS_NAME",
		"E_METRICS_TAMPERED",
		"E_GATE_OPERATOR",
		"E_GATE_EMPTY",
		"E_GATE_REFUSED",
		"E_RUN_MISSING",
		"E_VERSION",
		"E_VERSION_UNKNOWN",
		"E_TAG_LIGHTWEIGHT",
		"E_TAG_MOVED",
		"E_TAG_EXISTS",
		"E_TAG_REQUEST",
		"E_RECORD_FORMAT",
		"E_SIGNATURE",
		"E_VERDICT_MISSING",
		"E_VERDICT_FAILED",
		"E_VERDICT_INCONCLUSIVE",
		"E_VERDICT_ENVIRONMENT",
		"E_VERDICT_POLICY",
		"E_VERDICT_EXPIRED",
		"E_VERDICT_BINDING",
		"E_ENV_UNKNOWN",
		"E_PROMOTE_ORDER",
		"E_PROMOTE_SOAK",
		"E_PROMOTE_HELD",
		"E_PROMOTE_RACE",
		"E_PROMOTE_NOT_OBSERVED",
		"E_PROMOTE_REFUSED_BY_AGENT",
		"E_ROLLBACK_NONE",
		"E_ENV_FILE_IMAGE",
		"E_ENV_FILE_TAG",
		"E_ENV_FILE_REMOTE_BASE",
		"E_ENV_FILE_LINK",
		"E_ENV_FILE_MISSING",
		"E_ENV_FILE_TAMPERED",
		"E_DEPLOY_MISSING",
		"E_DEPLOY_FILE",
		"E_IMAGE_REF",
		"E_IMAGE_TAG",
		"E_IMAGE_MISSING",
		"E_IMAGE_LAYOUT",
		"E_IMAGE_PLATFORM",
		"E_BASE_MISSING",
		"E_BASE_UNPINNED",
		"E_REGISTRY_AUTH",
		"E_REGISTRY_DIGEST",
		"E_REGISTRY_RATE_LIMIT",
		"E_REGISTRY_FAILED",
		"E_CONTEXT_SECRET",
		"E_ARCHIVE_FORMAT",
		"E_ARCHIVE_BOMB",
		"E_ARCHIVE_ABSOLUTE",
		"E_ARCHIVE_TRAVERSAL",
		"E_ARCHIVE_LINK",
		"E_ARCHIVE_DEVICE",
		"E_ARCHIVE_DUPLICATE",
		"E_ARCHIVE_CASE",
		"E_GITHUB_CONTEXT",
		"E_GITHUB_AUTH",
		"E_GITHUB_PERMISSION",
		"E_GITHUB_MISSING",
		"E_GITHUB_RATE_LIMIT",
		"E_GITHUB_FAILED",
		"E_COMMENT_PERMISSION",
		"E_COMMENT_TOO_LONG",
		"E_UPGRADE_SOURCE",
		"E_UPGRADE_BASE",
		"E_UPGRADE_BRANCH",
		"E_SERVE_PORT",
		"E_SERVE_START",
		"E_PREDICT",
		"E_MONITOR_DATA",
		"E_NOT_RUNNING"
	];
}));
async function git(args, options) {
	const result = await tryGit(args, options);
	if (result.status === 0) return result.stdout.replace(/\n$/, "");
	throw gitError(args, result, options.cwd);
}
async function tryGit(args, options) {
	const { status, stdout, stderr } = await runGit(args, options);
	return {
		status,
		stdout: stdout.toString(),
		stderr
	};
}
async function gitBytes(args, options) {
	const { status, stdout, stderr } = await runGit(args, options);
	if (status === 0) return stdout;
	throw gitError(args, {
		status,
		stdout: "",
		stderr
	}, options.cwd);
}
async function gitBlobs(ids, options) {
	if (ids.length === 0) return [];
	const args = ["cat-file", "--batch"];
	const all = await gitBytes(args, {
		...options,
		input: `${ids.join("\n")}\n`
	});
	let at = 0;
	return ids.map((id) => {
		const lineEnd = all.indexOf("\n", at);
		const header = all.toString("utf8", at, lineEnd < 0 ? void 0 : lineEnd);
		const size = /^[0-9a-f]+ blob (\d+)$/.exec(header)?.[1];
		if (size === void 0) throw gitError(args, {
			status: 0,
			stdout: "",
			stderr: `${id}: ${header}`
		}, options.cwd);
		const start = lineEnd + 1;
		at = start + Number(size) + 1;
		return all.subarray(start, start + Number(size));
	});
}
function runGit(args, options) {
	return new Promise((resolve, reject) => {
		const child = spawn("git", gitArguments(args), {
			cwd: options.cwd,
			env: {
				...gitEnvironment(),
				...options.env
			},
			stdio: [
				"pipe",
				"pipe",
				"pipe"
			]
		});
		const out = [];
		const err = [];
		child.stdout.on("data", (chunk) => out.push(chunk));
		child.stderr.on("data", (chunk) => err.push(chunk));
		child.on("error", (error) => reject(new LockstepError("E_GIT", {
			what: `git could not start (${error.message})`,
			fix: "install Git",
			cause: error
		})));
		child.on("close", (code) => resolve({
			status: code ?? 1,
			stdout: Buffer.concat(out),
			stderr: Buffer.concat(err).toString()
		}));
		child.stdin.on("error", () => {});
		child.stdin.end(options.input ?? "");
	});
}
function gitEnvironment() {
	const pointing = [
		"GIT_DIR",
		"GIT_WORK_TREE",
		"GIT_INDEX_FILE",
		"GIT_OBJECT_DIRECTORY",
		"GIT_ALTERNATE_OBJECT_DIRECTORIES",
		"GIT_COMMON_DIR",
		"GIT_NAMESPACE",
		"GIT_PREFIX"
	];
	const kept = Object.entries(process.env).filter(([name, value]) => value !== void 0 && !pointing.includes(name));
	return {
		...Object.fromEntries(kept),
		GIT_TERMINAL_PROMPT: "0",
		LC_ALL: "C"
	};
}
function gitError(args, { status, stderr }, cwd) {
	const words = stderr.trim().split("\n").filter(Boolean);
	return /Please tell me who you are|empty ident name|unable to auto-detect email/.test(stderr) ? new LockstepError("E_GIT_IDENTITY", {
		what: "git does not know who you are",
		fix: "git config user.name \"Your Name\" && git config user.email you@example.com"
	}) : new LockstepError("E_GIT", {
		what: `git ${args.slice(0, 3).join(" ")} ended with ${status} in ${cwd}: ${words.find((line) => /^(fatal|error)/.test(line)) ?? words.at(-1) ?? "no message"}`,
		...[
			"fetch",
			"ls-remote",
			"push"
		].includes(args[0] ?? "") ? { fix: "see that the remote can be reached (git remote -v, git fetch), then run the command again" } : {}
	});
}
async function resolveCommit(cwd, revision) {
	const result = await tryGit([
		"rev-parse",
		"--verify",
		"--quiet",
		"--end-of-options",
		`${revision}^{commit}`
	], { cwd });
	return result.status === 0 ? result.stdout.trim() : null;
}
async function readAtCommit(cwd, commit, path) {
	const { status, stdout } = await runGit([
		"cat-file",
		"blob",
		`${commit}:${path}`
	], { cwd });
	return status === 0 ? stdout : null;
}
var gitArguments;
var init_git = __esmMin((() => {
	init_errors();
	gitArguments = (args) => [
		"-c",
		"safe.directory=*",
		"-c",
		"core.quotePath=false",
		...args
	];
}));
function openObjects(root) {
	const child = spawn("git", gitArguments(["cat-file", "--batch"]), {
		cwd: root,
		env: gitEnvironment(),
		stdio: [
			"pipe",
			"pipe",
			"ignore"
		]
	});
	for (const emitter of [
		child,
		child.stdin,
		child.stdout
	]) emitter.on("error", () => {});
	const closed = new Promise((resolve) => child.once("close", resolve));
	const chunks = child.stdout[Symbol.asyncIterator]();
	let waiting = Buffer.alloc(0);
	async function fill(least) {
		const parts = [waiting];
		for (let length = waiting.length; length < least;) {
			const { value, done } = await chunks.next();
			if (done) throw unreadable("git cat-file ended too early");
			parts.push(value);
			length += value.length;
		}
		waiting = Buffer.concat(parts);
	}
	async function answer(oid, wanted) {
		child.stdin.write(`${oid}\n`);
		while (!waiting.includes(10)) await fill(waiting.length + 1);
		const start = waiting.indexOf(10) + 1;
		const header = waiting.toString("utf8", 0, start - 1);
		const [, type, size] = /^[0-9a-f]+ (\w+) (\d+)$/.exec(header) ?? [];
		const end = size === void 0 ? start - 1 : start + Number(size);
		await fill(end + 1);
		const bytes = waiting.subarray(start, end);
		waiting = waiting.subarray(end + 1);
		if (type !== wanted) throw unreadable(`${oid} is no ${wanted} here: ${header}`);
		return bytes;
	}
	let last = Promise.resolve();
	return {
		read(oid, type = "blob") {
			const bytes = last.then(() => answer(oid, type));
			last = bytes.catch(() => {});
			return bytes;
		},
		async [Symbol.asyncDispose]() {
			child.stdin.end();
			child.stdout.destroy();
			await closed;
		}
	};
}
var unreadable;
var init_git_objects = __esmMin((() => {
	init_errors();
	init_git();
	unreadable = (what) => new LockstepError("E_GIT", {
		what,
		fix: "fetch the whole history, then run the command again"
	});
}));
async function readTree(root, treeish, folder = "") {
	return (await git([
		"ls-tree",
		"-r",
		"-z",
		"--full-tree",
		treeish,
		...folder === "" ? [] : ["--", `${folder}/`]
	], { cwd: root })).split("\0").filter(Boolean).map((line) => {
		const [mode, , oid] = line.slice(0, line.indexOf("	")).split(" ");
		return {
			mode,
			oid,
			path: line.slice(line.indexOf("	") + 1)
		};
	});
}
async function readBlobs(root, oids) {
	const wanted = [...new Set(oids)];
	const blobs = new Map();
	if (wanted.length === 0) return blobs;
	const output = await gitBytes(["cat-file", "--batch"], {
		cwd: root,
		input: `${wanted.join("\n")}\n`
	});
	for (let at = 0; at < output.length;) {
		const end = output.indexOf(10, at);
		const [oid, type, size] = output.subarray(at, end).toString().split(" ");
		at = end + 1;
		if (type === "missing") continue;
		blobs.set(oid, output.subarray(at, at + Number(size)));
		at += Number(size) + 1;
	}
	return blobs;
}
var init_git_tree = __esmMin((() => {
	init_git();
}));
function findIsolation() {
	const own = process.getuid?.() ?? 0;
	const raise = own === 0 ? [] : ["sudo", "-n"];
	const lower = (id) => [...asUser(id), ...own === 0 ? [] : afterSudo()];
	return [
		{
			prefix: [
				...raise,
				"unshare",
				"-n",
				...lower(nobody)
			],
			user: true,
			network: true
		},
		{
			prefix: [
				...raise,
				"unshare",
				"-n",
				...lower(own)
			],
			user: false,
			network: true
		},
		{
			prefix: ["unshare", "-rn"],
			user: false,
			network: true
		},
		{
			prefix: [...raise, ...lower(nobody)],
			user: true,
			network: false
		}
	].find(({ prefix }) => works(prefix)) ?? {
		prefix: [],
		user: false,
		network: false
	};
}
function afterSudo() {
	const modules = process.env.LOCKSTEP_MODULES;
	return [
		"timeout",
		"--signal=KILL",
		"1200",
		"env",
		...modules === void 0 ? [] : [`LOCKSTEP_MODULES=${modules}`]
	];
}
function works([program, ...args]) {
	const modules = process.env.LOCKSTEP_MODULES;
	const places = [fileURLToPath(import.meta.url), ...modules === void 0 ? [] : [modules]];
	const look = "for (const place of process.argv.slice(1)) require('node:fs').accessSync(place)";
	const { status } = spawnSync(program, [
		...args,
		process.execPath,
		"-e",
		look,
		...places
	], {
		stdio: "ignore",
		timeout: 1e4
	});
	return status === 0;
}
var nobody, asUser;
var init_isolation = __esmMin((() => {
	nobody = 65534;
	asUser = (id) => [
		"setpriv",
		`--reuid=${id}`,
		`--regid=${id}`,
		"--clear-groups",
		"--no-new-privs"
	];
}));
function parseJson(content, file, most = mostBytes) {
	const text = decodeText(content, file, most);
	checkDepth(text, file);
	const value = parse(text, file);
	checkDuplicates(text, file);
	return {
		file,
		value,
		locate: () => ({ file })
	};
}
function parse(text, file) {
	try {
		return JSON.parse(text, (_name, value) => {
			if (typeof value !== "number" || Number.isFinite(value)) return value;
			throw new LockstepError("E_NUMBER_NOT_FINITE", {
				what: "a number too large for JSON",
				where: { file },
				allowed: "a finite number"
			});
		});
	} catch (error) {
		if (error instanceof LockstepError) throw error;
		const message = error.message;
		const offset = Number(/position (\d+)/.exec(message)?.[1] ?? (message.includes("end of JSON") ? text.length : 0));
		throw new LockstepError("E_JSON_SYNTAX", {
			what: message.replace(/,? ?(\.\.\.)?".*" is not valid JSON$/s, "").replace(/ in JSON at position.*$/s, ""),
			where: placeOf(text, offset, file),
			allowed: "JSON without comments or trailing commas",
			cause: error
		});
	}
}
function checkDepth(text, file) {
	let depth = 0;
	for (const match of text.matchAll(token)) {
		if (match[0] === "{" || match[0] === "[") depth++;
		if (match[0] === "}" || match[0] === "]") depth--;
		if (depth > deepest) throw new LockstepError("E_JSON_DEPTH", {
			what: "values nested too deeply",
			where: placeOf(text, match.index, file),
			allowed: `at most ${deepest} levels`
		});
	}
}
function checkDuplicates(text, file) {
	const open = [];
	let last;
	for (const match of text.matchAll(token)) {
		const [found] = match;
		if (found === "{" || found === "[") open.push(new Set());
		else if (found === "}" || found === "]") open.pop();
		else if (found === ":") {
			const name = JSON.parse(last.text);
			const names = open.at(-1);
			if (names.has(name)) throw new LockstepError("E_JSON_DUPLICATE", {
				what: `the name "${name}" twice in one object`,
				where: placeOf(text, last.index, file),
				allowed: "each name once"
			});
			names.add(name);
		} else if (found !== ",") last = {
			text: found,
			index: match.index
		};
	}
}
function placeOf(text, offset, file) {
	const before = text.slice(0, offset);
	return {
		file,
		line: before.split("\n").length,
		column: offset - before.lastIndexOf("\n")
	};
}
var deepest, mostBytes, readJson, token;
var init_json_file = __esmMin((() => {
	init_errors();
	init_yaml_file();
	deepest = 64;
	mostBytes = 16777216;
	readJson = (path, shownAs = path, most = mostBytes) => parseJson(readConfiguration(path, shownAs), shownAs, most);
	token = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/gs;
}));
async function withLock(path, options, work) {
	const release = await acquireLock(path, options);
	try {
		return await work();
	} finally {
		release();
	}
}
async function acquireLock(path, { what, waitMs = 0, onWait }) {
	mkdirSync(dirname(path), { recursive: true });
	const until = Date.now() + waitMs;
	for (let told = false;;) {
		const held = tryAcquire(path, what);
		if (held !== null) return () => release(path, held);
		const found = readText(path);
		if (found === null) continue;
		const holder = parseHolder(found);
		if (holder === null || holder.host === hostname() && !isAlive(holder.pid)) {
			takeOver(path, found);
			continue;
		}
		const name = `process ${holder.pid} on ${holder.host} (${holder.what}, since ${holder.started})`;
		if (Date.now() >= until) throw new LockstepError("E_BUSY", {
			what: `${what} waits for ${name}`,
			where: { file: path },
			fix: "let it finish, or stop it"
		});
		if (!told) onWait?.(name);
		told = true;
		await setTimeout$1(100);
	}
}
function tryAcquire(path, what) {
	const holder = {
		pid: process.pid,
		host: hostname(),
		started: new Date().toISOString(),
		what
	};
	const temporary = temporaryBeside(path);
	const text = JSON.stringify(holder);
	writeFileSync(temporary, text);
	try {
		return placeNew(temporary, path) ? text : null;
	} finally {
		rmSync(temporary, { force: true });
	}
}
function placeNew(from, path) {
	try {
		linkSync(from, path);
		return true;
	} catch (error) {
		if (error.code === "EEXIST") return false;
	}
	try {
		copyFileSync(from, path, constants.COPYFILE_EXCL);
		return true;
	} catch (error) {
		if (error.code === "EEXIST") return false;
		throw error;
	}
}
function takeOver(path, abandoned) {
	const aside = temporaryBeside(path);
	try {
		renameSync(path, aside);
	} catch {
		return;
	}
	if (readText(aside) !== abandoned) placeNew(aside, path);
	rmSync(aside, { force: true });
}
function release(path, held) {
	if (readText(path) === held) rmSync(path, { force: true });
}
function readText(path) {
	try {
		return readFileSync(path, "utf8");
	} catch (error) {
		if (error.code === "ENOENT") return null;
		throw error;
	}
}
function parseHolder(text) {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}
var init_lock_file = __esmMin((() => {
	init_atomic_file();
	init_errors();
	init_process();
}));
function ownProgram(from, source, bundle = join("worker", basename(source).replace(/\.ts$/, ".js"))) {
	return bundleFolder === null ? fileURLToPath(new URL(source, from)) : join(bundleFolder, bundle);
}
var bundleFolder;
var init_own_program = __esmMin((() => {
	bundleFolder = import.meta.url.endsWith(".ts") ? null : dirname(dirname(fileURLToPath(import.meta.url)));
}));
function startProgress(label, unit = "count", stream = stderr) {
	if (!isWatched(stream)) return {
		update: () => {},
		end: () => {}
	};
	const started = performance.now();
	let drawn = 0;
	return {
		update(done, of) {
			const now = performance.now();
			if (now - drawn < 100) return;
			drawn = now;
			const rate = done / Math.max(.001, (now - started) / 1e3);
			const left = of && rate > 0 ? `, ${Math.ceil((of - done) / rate)} s left` : "";
			const share = of ? ` ${String(Math.floor(100 * done / of)).padStart(3)} %` : "";
			stream.write(`\r\u001b[2K${label}${share} ${amount(done, unit)}${of ? ` of ${amount(of, unit)}` : ""}, ${amount(rate, unit)}/s${left}`);
		},
		end(text) {
			stream.write(`\r\u001b[2K${text === void 0 ? "" : `${text}\n`}`);
		}
	};
}
function amount(value, unit) {
	if (unit === "count") return String(Math.round(value)).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
	const units = [
		"B",
		"KB",
		"MB",
		"GB",
		"TB"
	];
	const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
	return `${(value / 1e3 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
var isWatched;
var init_progress = __esmMin((() => {
	isWatched = (stream, env = process.env, platform = process.platform) => {
		const terminal = platform === "win32" ? env.TERM ?? "windows" : env.TERM ?? "dumb";
		return stream.isTTY === true && !env.CI && terminal !== "dumb";
	};
}));
function hideState(workspace) {
	const path = statePath(workspace, ".gitignore");
	if (!existsSync(dirname(path)) || existsSync(path)) return;
	try {
		writeFileSync(path, "*\n");
	} catch {}
}
function openWorkspace(from = process.cwd()) {
	for (let folder = resolve(from);; folder = dirname(folder)) {
		if ([
			".git",
			"lockstep.yaml",
			"data.lock",
			"pipelines"
		].some((mark) => existsSync(join(folder, mark)))) return {
			root: folder,
			configuration: readConfigurationFile(folder)
		};
		if (dirname(folder) === folder) break;
	}
	throw new LockstepError("E_WORKSPACE_MISSING", {
		what: `no repository at ${from} or above it`,
		allowed: "a folder with .git, lockstep.yaml, data.lock or pipelines/",
		fix: "change into your repository, or run `git init` there"
	});
}
var statePath, pipelinePath, modelPath, shown;
var init_workspace$1 = __esmMin((() => {
	init_configuration();
	init_errors();
	statePath = (workspace, ...parts) => join(workspace.root, ".lockstep", ...parts);
	pipelinePath = (workspace, model, ...parts) => join(workspace.root, "pipelines", model, ...parts);
	modelPath = (workspace, model, ...parts) => join(workspace.root, "models", model, ...parts);
	shown = (workspace, path) => {
		const inside = relative(workspace.root, path);
		return inside.startsWith("..") ? path : inside.split(sep).join("/") || ".";
	};
}));
function scratchPath(workspace, name, ending = "") {
	const folder = statePath(workspace, "work");
	mkdirSync(folder, { recursive: true });
	return `${folder}/${name}-${process.pid}-${randomBytes(4).toString("hex")}${ending}`;
}
var init_scratch_path = __esmMin((() => {
	init_workspace$1();
}));
function systemError(error) {
	if (!(error instanceof Error) || !("code" in error)) return null;
	const { code, path, dest, syscall } = error;
	const file = dest ?? path;
	const where = file === void 0 ? void 0 : { file };
	switch (code) {
		case "EACCES":
		case "EPERM":
		case "EROFS": return new LockstepError("E_FILE_PERMISSION", {
			what: `this user may not ${syscall ?? "do that"} (${code})`,
			where,
			allowed: "a checkout whose files this user may read and write",
			fix: "take the files over (chown), or work in a clone of your own",
			cause: error
		});
		case "EISDIR":
		case "ENOTDIR":
		case "EEXIST":
		case "ELOOP":
		case "ENAMETOOLONG": return new LockstepError("E_FILE_KIND", {
			what: `${inTheWay[code]} (${syscall ?? code})`,
			where,
			fix: "move what is in the way, and run the command again",
			cause: error
		});
		case "EMFILE":
		case "ENFILE": return new LockstepError("E_FILE_LIMIT", {
			what: "too many open files",
			where,
			fix: "raise the limit (ulimit -n 4096) and run the command again",
			cause: error
		});
		default: {
			const full = diskFull(error, file ?? "the disk");
			return full instanceof LockstepError ? full : null;
		}
	}
}
var inTheWay;
var init_system_error = __esmMin((() => {
	init_atomic_file();
	init_errors();
	inTheWay = {
		EISDIR: "a folder where a file belongs",
		ENOTDIR: "a file where a folder belongs",
		EEXIST: "something else is there already",
		ELOOP: "links that lead in a circle",
		ENAMETOOLONG: "a name longer than the file system takes"
	};
}));
var init_workspace = __esmMin((() => {
	init_atomic_file();
	init_canonical_json();
	init_child_answer();
	init_configuration();
	init_digest();
	init_error_codes();
	init_errors();
	init_git();
	init_git_objects();
	init_git_tree();
	init_isolation();
	init_json_file();
	init_lock_file();
	init_names();
	init_own_program();
	init_process();
	init_progress();
	init_schema();
	init_scratch_path();
	init_suggestion();
	init_system_error();
	init_workspace$1();
	init_yaml_file();
}));
export { nearest as $, readTree as A, errorCodes as B, init_json_file as C, LockstepError as Ct, init_isolation as D, findIsolation as E, printable as Et, gitBytes as F, sourceKinds as G, checkEnvironment as H, init_git as I, readConfiguration as J, init_yaml_file as K, readAtCommit as L, openObjects as M, git as N, init_git_tree as O, gitBlobs as P, init_suggestion as Q, resolveCommit as R, withLock as S, writeAtomic as St, readJson as T, isLockstepError as Tt, init_configuration as U, init_error_codes as V, parseConfiguration as W, checkSchema as X, readYaml as Y, init_schema as Z, bundleFolder as _, init_digest as _t, scratchPath as a, init_child_answer as at, acquireLock as b, init_atomic_file as bt, modelPath as c, isAlive as ct, shown as d, canonicalJson as dt, checkName as et, statePath as f, digestOfJson as ft, startProgress as g, hexOf as gt, isWatched as h, digestOf as ht, init_scratch_path as i, askChild as it, init_git_objects as j, readBlobs as k, openWorkspace as l, spawnOwn as lt, init_progress as m, digestFile as mt, init_system_error as n, isName as nt, hideState as o, exitOf as ot, amount as p, init_canonical_json as pt, parseYaml as q, systemError as r, answerParent as rt, init_workspace$1 as s, init_process as st, init_workspace as t, init_names as tt, pipelinePath as u, watchParent as ut, init_own_program as v, isDigest as vt, parseJson as w, init_errors as wt, init_lock_file as x, temporaryBeside as xt, ownProgram as y, diskFull as yt, tryGit as z };
