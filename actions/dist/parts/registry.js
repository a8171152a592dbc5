import { o as __toESM } from "./rolldown-runtime.js";
import { a as keys_default, i as record_default, n as statement_default, r as release_default } from "../vendor/schemas-records.js";
import { $ as nearest, Ct as LockstepError, Et as printable, L as readAtCommit, N as git, R as resolveCommit, St as writeAtomic, W as parseConfiguration, X as checkSchema, dt as canonicalJson, f as statePath, gt as hexOf, ht as digestOf, o as hideState, q as parseYaml, t as init_workspace, w as parseJson, xt as temporaryBeside, z as tryGit } from "./workspace.js";
import { n as require_inc, r as require_compare_build } from "../vendor/semver.js";
import { dirname } from "node:path";
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
init_workspace();
const origin = "origin";
const hasOrigin = async (cwd) => (await tryGit([
	"remote",
	"get-url",
	origin
], { cwd })).status === 0;
async function remoteRefs(cwd, patterns) {
	const text = await git([
		"ls-remote",
		"--refs",
		origin,
		...patterns
	], { cwd });
	return refMap(text, "	");
}
async function localRefs(cwd, patterns) {
	return refMap(await git([
		"for-each-ref",
		"--format=%(objectname) %(refname)",
		...patterns
	], { cwd }), " ");
}
const refMap = (text, separator) => new Map(text.split("\n").filter(Boolean).map((line) => [line.slice(line.indexOf(separator) + 1), line.slice(0, line.indexOf(separator))]));
async function fetchRefs(cwd, refspecs) {
	if (refspecs.length === 0) return;
	await git([
		"fetch",
		"--quiet",
		"--no-tags",
		"--no-write-fetch-head",
		"--no-auto-maintenance",
		"--recurse-submodules=no",
		"--stdin",
		origin
	], {
		cwd,
		input: `${refspecs.join("\n")}\n`
	});
}
async function pushAtomic(cwd, refs) {
	const refspecs = Object.entries(refs).map(([ref, object]) => `${object}:${ref}`);
	const result = await tryGit([
		"push",
		"--porcelain",
		"--atomic",
		"--no-verify",
		"--no-follow-tags",
		origin,
		...refspecs
	], { cwd });
	if (result.status === 0) return { kind: "pushed" };
	const reason = pushReason(result);
	return {
		kind: /non-fast-forward|fetch first|already exists|stale info|cannot lock ref|failed to update ref|reference already exists|incorrect old value|needs force/i.test(reason) ? "moved" : "refused",
		reason
	};
}
function pushReason({ stdout, stderr }) {
	const rejected = stdout.split("\n").filter((line) => line.startsWith("!")).map((line) => line.split("	")[2] ?? "").filter((summary) => !/atomic push fail|atomic transaction failed/.test(summary));
	const words = stderr.split("\n").filter((line) => /^(remote|error|fatal):/.test(line) && !/^error: failed to push/.test(line)).map((line) => line.replace(/^remote: (error: )?/, "").replace(/[\s.]+$/, ""));
	const said = [...new Set([...rejected, ...words])].filter((line) => line.trim() !== "");
	return printable(said.join("; ") || "git gave no reason", 500);
}
init_workspace();
const fetchedRef = "refs/lockstep/environments";
async function knownBranchCommit({ root, configuration }) {
	const { branch } = configuration.gitops;
	if (!await hasOrigin(root)) return resolveCommit(root, `refs/heads/${branch}`);
	return await resolveCommit(root, "refs/lockstep/environments") ?? await resolveCommit(root, `refs/remotes/origin/${branch}`);
}
init_workspace();
const branchKeysFile = "keys.yaml";
const empty = "v: 1\nkeys:\n";
const parseBranchKeys = (bytes) => checkSchema(parseYaml(bytes, branchKeysFile), keys_default).keys;
function withBranchKey(text, { key, by, time }) {
	const before = text ?? empty;
	const line = `  - {key: "${key}", by: ${JSON.stringify(by)}, time: "${time}"}\n`;
	return `${before.endsWith("\n") ? before : `${before}\n`}${line}`;
}
async function readBranchKeys(workspace) {
	const commit = await knownBranchCommit(workspace);
	const bytes = commit === null ? null : await readAtCommit(workspace.root, commit, branchKeysFile);
	return bytes === null ? [] : parseBranchKeys(bytes);
}
init_workspace();
const fileName = "ed25519.pem";
const variable = "LOCKSTEP_SIGNING_KEY";
function loadKey(workspace) {
	const path = statePath(workspace, "keys", fileName);
	const given = process.env[variable]?.trim();
	const key = given ? parseKey(given, `$${variable}`) : readKey(path) ?? makeKey(workspace, path);
	if (key.asymmetricKeyType !== "ed25519") throw notAKey(path, `a key of type ${key.asymmetricKeyType}`);
	const spki = createPublicKey(key).export({
		type: "spki",
		format: "der"
	});
	return {
		keyid: keyidOf(spki),
		privateKey: key,
		spki: spki.toString("base64")
	};
}
const keyidOf = (spki) => digestOf(spki);
function readKey(path) {
	let pem;
	try {
		pem = readFileSync(path, "utf8");
	} catch (error) {
		if (error.code === "ENOENT") return null;
		throw notAKey(path, `something that can't be read (${error.code})`);
	}
	return parseKey(pem, path);
}
function parseKey(pem, path) {
	try {
		return createPrivateKey(pem);
	} catch {
		throw notAKey(path, "no private key");
	}
}
function makeKey(workspace, path) {
	const { privateKey, publicKey } = generateKeyPairSync("ed25519");
	mkdirSync(dirname(path), {
		recursive: true,
		mode: 448
	});
	hideState(workspace);
	const temporary = temporaryBeside(path);
	writeFileSync(temporary, privateKey.export({
		type: "pkcs8",
		format: "pem"
	}), {
		mode: 384,
		flag: "wx"
	});
	try {
		linkSync(temporary, path);
		const spki = publicKey.export({
			type: "spki",
			format: "der"
		}).toString("base64");
		writeAtomic(path.replace(/\.pem$/, ".pub"), `${spki}\n`);
		return privateKey;
	} catch (error) {
		if (error.code !== "EEXIST") throw error;
		return readKey(path);
	} finally {
		rmSync(temporary, { force: true });
	}
}
const notAKey = (path, what) => new LockstepError("E_SIGNATURE", {
	what: `${what} where the maintainers' own signing key should be`,
	where: { file: path },
	allowed: "an Ed25519 private key in PKCS #8 PEM",
	fix: path.startsWith("$") ? "make one with `openssl genpkey -algorithm ed25519` and store all its lines as the secret" : "move the file away; a new key is made at the next use"
});
init_workspace();
const releasePredicate = "urn:lockstep:release:v1";
const promotionPredicate = "urn:lockstep:promotion:v1";
const payloadType = "application/vnd.in-toto+json";
const statementOf = (predicateType, predicate, subjects) => ({
	_type: "https://in-toto.io/Statement/v1",
	subject: Object.entries(subjects).map(([name, digest]) => ({
		name,
		digest: { sha256: hexOf(digest) }
	})),
	predicateType,
	predicate
});
function sign$1(statement, key) {
	const body = Buffer.from(canonicalJson(statement));
	const sig = sign(null, preAuthenticationEncoding(payloadType, body), key.privateKey);
	return {
		payloadType,
		payload: body.toString("base64"),
		signatures: [{
			keyid: key.keyid,
			sig: sig.toString("base64")
		}]
	};
}
const preAuthenticationEncoding = (type, body) => Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${body.byteLength} `), body]);
function verifyEnvelope(envelope, trust, context = {}) {
	const { where, environment } = context;
	if (envelope.payloadType !== payloadType) throw new LockstepError("E_RECORD_FORMAT", {
		what: `an envelope of type ${envelope.payloadType}`,
		where,
		allowed: payloadType
	});
	const body = fromBase64(envelope.payload, where);
	const encoded = preAuthenticationEncoding(payloadType, body);
	const known = envelope.signatures.flatMap(({ keyid, sig }) => trust.filter((signer) => signer.keyid === keyid).map((signer) => ({
		signer,
		sig
	})));
	if (known.length === 0) throw untrusted(envelope, trust, where);
	const valid = known.find(({ signer, sig }) => verify(null, encoded, signer.key, fromBase64(sig, where)));
	if (!valid) throw new LockstepError("E_SIGNATURE", {
		what: `the signature of ${known[0].signer.owner} does not fit what it stands under`,
		where,
		fix: "restore what was signed; it was changed afterwards"
	});
	const { signer } = valid;
	if (environment !== void 0 && signer.environments !== null && !signer.environments.includes(environment)) throw new LockstepError("E_SIGNATURE", {
		what: `${signer.owner} may not sign for ${environment}`,
		where,
		allowed: `signers trusted for ${environment} (${signer.owner}: ${signer.environments.join(", ") || "none"})`,
		fix: "let a signer sign whom lockstep.yaml trusts for this environment"
	});
	return {
		payload: parseJson(body, where?.file ?? "the signed statement"),
		signer
	};
}
function untrusted(envelope, trust, where) {
	const signers = envelope.signatures.map(({ keyid }) => keyid).join(", ") || "nobody";
	return new LockstepError("E_SIGNATURE", {
		what: `signed by ${signers}, whom nobody here trusts`,
		where,
		allowed: trust.map(({ owner, keyid }) => `${owner} (${keyid.slice(0, 19)}…)`).join(", ") || "no key is trusted yet",
		fix: "add the signer's public key (.lockstep/keys/ed25519.pub on their machine) to trust: in lockstep.yaml on the main branch"
	});
}
const trustedSigner = (spki, owner, environments, where) => {
	const der = Buffer.from(spki, "base64");
	try {
		const key = createPublicKey({
			key: der,
			format: "der",
			type: "spki"
		});
		if (key.asymmetricKeyType !== "ed25519") throw new TypeError(`${key.asymmetricKeyType}`);
		return {
			keyid: keyidOf(der),
			key,
			owner,
			environments
		};
	} catch (cause) {
		throw new LockstepError("E_SIGNATURE", {
			what: `the trusted key of ${owner} is no Ed25519 public key`,
			where,
			allowed: "SPKI in base64, as in .lockstep/keys/ed25519.pub",
			cause
		});
	}
};
function fromBase64(text, where) {
	const bytes = Buffer.from(text, "base64");
	if (bytes.toString("base64") === text) return bytes;
	throw new LockstepError("E_RECORD_FORMAT", {
		what: "base64 that is not canonical",
		where,
		allowed: "base64 with padding (RFC 4648, section 4)"
	});
}
init_workspace();
async function committer(cwd) {
	const { status, stdout } = await tryGit([
		"-c",
		"user.useConfigOnly=true",
		"var",
		"GIT_COMMITTER_IDENT"
	], { cwd });
	if (status === 0) return stdout.trim();
	throw new LockstepError("E_GIT_IDENTITY", {
		what: "git does not know who you are, and a release without a name is worth nothing",
		fix: "git config user.name \"Your Name\" && git config user.email you@example.com"
	});
}
const personOf = (ident) => ident.replace(/ \d+ [+-]\d{4}$/, "");
const writeTagObject = (cwd, { tag, commit, ident, message }) => git(["mktag"], {
	cwd,
	input: `object ${commit}\ntype commit\ntag ${tag}\ntagger ${ident}\n\n${message}\n`
});
async function tagMessage(cwd, object) {
	const content = await git([
		"cat-file",
		"tag",
		object
	], { cwd });
	return content.slice(content.indexOf("\n\n") + 2);
}
init_workspace();
const wordings = [
	["workflow-scope", /without `?workflows?`? (permission|scope)|refusing to allow .* to (create|update) workflow/i],
	["protected-branch", /GH006|protected branch/i],
	["ruleset", /GH013|rule violations|creations? being restricted|cannot create ref due to creations/i],
	["credentials", /could not read (username|password)|authentication failed|invalid (username|credentials)|401/i],
	["permission", /denied to|permission|not allowed to push|403|not authorized|read-only/i]
];
const refusalKind = (reason) => wordings.find(([, wording]) => wording.test(reason))?.[0] ?? "other";
const fixes = {
	"protected-branch": "let who pushes here past the branch protection (Settings → Branches, or a ruleset with this workflow's app as a bypass actor), or set `gitops: {branch: …}` to a branch it may push; `lockstep doctor` shows the rules",
	ruleset: "add who pushes here to the bypass list of the ruleset (Settings → Rules), for this ref alone; `lockstep doctor` shows the rules",
	"workflow-scope": "push that commit by hand: a workflow's token may not change workflow files",
	credentials: "the token or password is missing, wrong or expired: give the job a fresh one (`token`, or sign in with `git`), then run it again",
	permission: "give the job `permissions: contents: write`, or ask who owns the repository for the right to push",
	other: "ask who owns the repository for the right to push it, then run the command again"
};
const pushRefused = (what, reason) => new LockstepError("E_GIT_PUSH_REFUSED", {
	what: `origin refused ${what}: ${reason}`,
	fix: fixes[refusalKind(reason)]
});
init_workspace();
const envelopeSchema = { ...release_default.$defs.envelope };
const parseEnvelope = (text, where) => checked(parseJson(text, where.file), envelopeSchema, where);
function openStatement(envelope, trust, kind, context) {
	const { payload, signer } = verifyEnvelope(envelope, trust, context);
	const statement = checked(payload, statement_default, context.where);
	if (statement.predicateType !== kind.predicateType) throw new LockstepError("E_RECORD_FORMAT", {
		what: `a statement of type ${statement.predicateType}`,
		where: context.where,
		allowed: kind.predicateType
	});
	const at = context.where ?? { file: "statement" };
	checked({
		file: at.file,
		value: statement.predicate,
		locate: () => at
	}, kind.schema, at);
	return {
		statement,
		signer
	};
}
function openRecord(envelope, trust, context) {
	const { statement, signer } = openStatement(envelope, trust, {
		predicateType: releasePredicate,
		schema: record_default
	}, context);
	checkSubjects(statement, releaseSubjects(statement.predicate), context.where);
	return {
		record: statement.predicate,
		signer
	};
}
const releaseSubjects = ({ model, modelDigest, image }) => ({
	[`${model}/model.onnx`]: modelDigest,
	[image.name]: image.digest
});
function checkSubjects(statement, subjects, where) {
	const said = statement.subject.map(({ name, digest }) => `${name} ${digest.sha256}`);
	const wanted = Object.entries(subjects).map(([name, digest]) => `${name} ${hexOf(digest)}`);
	if (said.length === wanted.length && wanted.every((subject) => said.includes(subject))) return;
	throw new LockstepError("E_RECORD_FORMAT", {
		what: `the statement is about ${said.join(" and ")}`,
		where,
		allowed: `what its predicate names: ${wanted.join(" and ")}`
	});
}
function checked(parsed, schema, where) {
	try {
		return checkSchema(parsed, schema);
	} catch (error) {
		if (!(error instanceof LockstepError) || !error.code.startsWith("E_CONFIG_")) throw error;
		throw new LockstepError("E_RECORD_FORMAT", {
			what: error.what,
			where: where ?? error.where,
			allowed: error.allowed,
			cause: error
		});
	}
}
init_workspace();
const name = "[a-zA-Z0-9](?:[a-zA-Z0-9\\-/_]*[a-zA-Z0-9])?";
const artifact = `(?:[a-zA-Z0-9\\-_./]+=)?${name}`;
const number = "(?:0|[1-9]\\d*)";
const semver = `${number}\\.${number}\\.${number}(?:-(?:${number}|\\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\\.(?:${number}|\\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(?:\\+[0-9a-zA-Z-]+(?:\\.[0-9a-zA-Z-]+)*)?`;
const pattern = new RegExp(`^(?<model>${artifact})(?:(?:#(?<stage>${name})|@(?<version>v${semver}))(?<cancel>!?)|@(?<word>deprecated|created))(?:#(?<counter>\\d+))?$`);
const versionPattern = new RegExp(`^v${semver}$`);
const longest = 512;
function parseTag(tag) {
	const groups = tag.length > longest ? void 0 : pattern.exec(tag)?.groups;
	if (!groups) return null;
	const { model, stage, version, cancel, word } = groups;
	const counter = groups.counter === void 0 ? null : Number(groups.counter);
	if (!Number.isSafeInteger(counter ?? 0)) return null;
	const base = {
		model,
		counter
	};
	if (stage) return {
		...base,
		event: cancel ? "unassign" : "assign",
		environment: stage
	};
	if (version) return {
		...base,
		event: cancel ? "deregister" : "register",
		version
	};
	return {
		...base,
		event: word === "created" ? "create" : "deprecate"
	};
}
function formatTag(tag) {
	const counter = tag.counter === null ? "" : `#${tag.counter}`;
	switch (tag.event) {
		case "register":
		case "deregister": return `${tag.model}@${tag.version}${tag.event === "deregister" ? "!" : ""}${counter}`;
		case "assign":
		case "unassign": return `${tag.model}#${tag.environment}${tag.event === "unassign" ? "!" : ""}${counter}`;
		case "deprecate": return `${tag.model}@deprecated${counter}`;
		case "create": return `${tag.model}@created${counter}`;
	}
}
const versionTag = (model, version) => formatTag({
	event: "register",
	model,
	version: checkVersion(version),
	counter: null
});
function checkVersion(version) {
	if (version.length <= longest && versionPattern.test(version)) return version;
	throw new LockstepError("E_VERSION", {
		what: `the version "${version}"`,
		allowed: "v and SemVer 2.0, e.g. v1.2.0",
		...versionPattern.test(`v${version}`) ? { fix: `write v${version}` } : {}
	});
}
var import_compare_build = __toESM(require_compare_build(), 1);
var import_inc = __toESM(require_inc(), 1);
const compareVersions = (a, b) => (0, import_compare_build.default)(a.slice(1), b.slice(1));
function nextVersion(existing, bump) {
	const highest = existing.map(checkVersion).sort(compareVersions).at(-1);
	return highest === void 0 ? "v1.0.0" : `v${(0, import_inc.default)(highest.slice(1), bump)}`;
}
init_workspace();
async function listVersions(cwd, model) {
	return versionsOf(await readTags(cwd, [`refs/tags/${model}@*`]), model);
}
async function listPromotions(cwd, model) {
	const found = await readTags(cwd, [`refs/tags/${model}@*`, `refs/tags/${model}#*`]);
	const versionAt = new Map(versionsOf(found, model).map(({ commit, version }) => [commit, version]));
	return found.flatMap(({ name, ...entry }) => (name.event === "assign" || name.event === "unassign") && name.model === model ? [{
		...entry,
		model,
		environment: name.environment,
		event: name.event,
		counter: name.counter ?? 0,
		version: versionAt.get(entry.commit) ?? null
	}] : []).sort((a, b) => a.counter - b.counter || byTime(a, b));
}
async function listAllVersions(cwd) {
	const found = await readTags(cwd, ["refs/tags"]);
	const all = [...new Set(found.map(({ name }) => name.model))].sort().map((model) => [model, versionsOf(found, model)]);
	return new Map(all.filter(([, versions]) => versions.length > 0));
}
function nextCounter(tags, model) {
	return tags.map(parseTag).map((name) => name && name.model === model && (name.event === "assign" || name.event === "unassign") ? name.counter ?? 0 : 0).reduce((most, counter) => Math.max(most, counter), 0) + 1;
}
function versionsOf(found, model) {
	const latest = new Map();
	for (const event of [...found].sort(byTime)) {
		const { name } = event;
		if (name.model !== model || name.event !== "register" && name.event !== "deregister") continue;
		const before = latest.get(name.version);
		const registers = name.event === "register";
		latest.set(name.version, {
			entry: registers ? event : before?.entry ?? null,
			deregistered: !registers
		});
	}
	return [...latest].flatMap(([version, { entry, deregistered }]) => entry ? [withoutName(entry, {
		model,
		version,
		deregistered
	})] : []).sort((a, b) => compareVersions(a.version, b.version));
}
function withoutName({ name: _, ...entry }, more) {
	return {
		...entry,
		...more
	};
}
const byTime = (a, b) => compare(a.time, b.time) || compare(a.tag, b.tag);
const compare = (a, b) => a < b ? -1 : a > b ? 1 : 0;
const format = [
	"refname:strip=2",
	"objecttype",
	"objectname",
	"*objectname",
	"*objecttype",
	"taggername",
	"taggeremail:trim",
	"taggerdate:unix",
	"contents:subject"
].map((field) => `%(${field})`).join("%00");
async function readTags(cwd, patterns) {
	const args = [
		"for-each-ref",
		`--format=${format}`,
		...patterns
	];
	const { status, stdout, stderr } = await tryGit(args, { cwd });
	if (status !== 0 && stderr.includes("not a git repository")) return [];
	return (status === 0 ? stdout : await git(args, { cwd })).split("\n").flatMap((line) => {
		const [tag, type, object, commit, target, by, email, seconds, subject] = line.split("\0");
		const name = type === "tag" && target === "commit" ? parseTag(tag) : null;
		if (!name) return [];
		return [{
			name,
			tag,
			object,
			commit,
			by,
			email,
			time: new Date(Number(seconds) * 1e3).toISOString(),
			subject
		}];
	});
}
init_workspace();
async function trustedKeys(workspace, base, options) {
	const own = () => trustedSigner(loadKey(workspace).spki, "this machine", null);
	const listed = await trustEntries(workspace, base);
	if (listed.length === 0) return options.local ? [own()] : [];
	const signers = [];
	for (const entry of listed) if ("key" in entry) signers.push(trustedSigner(entry.key, entry.owner, entry.environments ?? null, { file: "lockstep.yaml" }));
	else signers.push(...await keysOfBranch(workspace), ...options.local ? [own()] : []);
	return signers;
}
const trustsBranch = async (workspace, base) => (await trustEntries(workspace, base)).some((entry) => "keys" in entry);
const trustEntries = async (workspace, base) => base === null ? workspace.configuration.trust : trustAt(workspace, base);
const keysOfBranch = async (workspace) => (await readBranchKeys(workspace)).map(({ key, by }) => trustedSigner(key, by, null, { file: branchKeysFile }));
async function trustAt(workspace, commit) {
	const bytes = await readAtCommit(workspace.root, commit, "lockstep.yaml");
	return bytes === null ? [] : parseConfiguration(parseYaml(bytes, "lockstep.yaml")).trust;
}
async function baseCommit(workspace) {
	const { root } = workspace;
	const head = await resolveCommit(root, "HEAD");
	if (head === null) return null;
	for (const branch of [
		"origin/HEAD",
		"origin/main",
		"origin/master"
	]) {
		const { status, stdout } = await tryGit([
			"merge-base",
			"HEAD",
			`refs/remotes/${branch}`
		], { cwd: root });
		if (status === 0) return stdout.trim();
	}
	if ((await localRefs(root, ["refs/remotes/pull/"])).size === 0) return head;
	throw new LockstepError("E_GIT", {
		what: "this clone holds a pull request and not the branch it is for, whose policy and trust hold",
		allowed: "a clone with origin/main (or origin/HEAD), and the history back to where the change began",
		fix: "check out with fetch-depth: 0"
	});
}
init_workspace();
async function readRelease(workspace, model, version, options = {}) {
	const { root } = workspace;
	const tag = versionTag(model, checkVersion(version));
	const object = await findTag(workspace, model, version, tag, options.askOrigin ?? true);
	const trust = options.trust ?? await trustedKeys(workspace, await baseCommit(workspace), { local: true });
	const envelope = await readEnvelope(root, object, tag);
	const { record } = openRecord(envelope, trust, { where: { file: `tag ${tag}` } });
	await checkBinding(root, record, model, version, tag);
	return {
		record,
		envelope,
		tag,
		commit: record.commit
	};
}
async function readEnvelope(root, object, tag) {
	const { stdout } = await tryGit([
		"cat-file",
		"-t",
		object
	], { cwd: root });
	if (stdout.trim() !== "tag") throw new LockstepError("E_TAG_LIGHTWEIGHT", {
		what: `${tag} is a lightweight tag, which holds no record`,
		allowed: "an annotated tag",
		fix: `git tag -d '${tag}', then register the version`
	});
	const message = await tagMessage(root, object);
	const body = message.slice(message.indexOf("\n\n") + 2).trim();
	if (message.includes("\n\n") && body.startsWith("{")) return parseEnvelope(body, { file: `tag ${tag}` });
	throw new LockstepError("E_RECORD_FORMAT", {
		what: "no release record in the message",
		where: { file: `tag ${tag}` },
		allowed: "one line, an empty line, the signed envelope",
		fix: "let `lockstep register` make the tag"
	});
}
async function findTag(workspace, model, version, tag, askOrigin) {
	const { root } = workspace;
	const ref = `refs/tags/${tag}`;
	let local = await tagObject(root, ref);
	if (askOrigin && await hasOrigin(root)) {
		const remote = (await remoteRefs(root, [ref])).get(ref);
		if (remote !== void 0 && local === null) {
			await fetchRefs(root, [`${ref}:${ref}`]);
			local = remote;
		}
		if (remote !== void 0 && local !== remote) throw tagMoved(tag, `${local} here`, `${remote} at origin`);
	}
	const versions = await listVersions(root, model);
	const known = versions.filter(({ deregistered }) => !deregistered).map((entry) => entry.version);
	const takenBack = versions.some((entry) => entry.version === version && entry.deregistered);
	if (local !== null && !takenBack) return local;
	const near = nearest(version, known);
	throw new LockstepError("E_VERSION_UNKNOWN", {
		what: takenBack ? `${model} ${version} was deregistered` : `${model} has no version ${version}`,
		allowed: known.slice(-10).reverse().join(", ") || "no version is registered yet",
		fix: near && near !== version ? `did you mean ${near}?` : `lockstep register ${model}`
	});
}
async function tagObject(root, ref) {
	const { status, stdout } = await tryGit([
		"rev-parse",
		"--verify",
		"--quiet",
		ref
	], { cwd: root });
	return status === 0 ? stdout.trim() : null;
}
async function checkBinding(root, record, model, version, tag) {
	if (record.model !== model || record.version !== version) throw new LockstepError("E_RECORD_FORMAT", {
		what: `the record is of ${record.model} ${record.version}`,
		where: { file: `tag ${tag}` },
		allowed: `the record of ${model} ${version}`
	});
	const commit = await resolveCommit(root, `refs/tags/${tag}`);
	if (commit !== record.commit) throw tagMoved(tag, `commit ${record.commit} in its record`, `commit ${commit ?? "none"} in Git`);
}
const tagMoved = (tag, old, found) => new LockstepError("E_TAG_MOVED", {
	what: `the tag ${tag} moved: ${old}, ${found}`,
	allowed: "a tag that stays where it was created",
	fix: "find out who moved it; register a new version instead of moving an old one"
});
init_workspace();
async function createVersionTag(workspace, { record, commit, push }) {
	const { root } = workspace;
	const ident = await committer(root);
	const tag = versionTag(record.model, record.version);
	await checkRecord(root, record, commit, tag);
	const ref = `refs/tags/${tag}`;
	const toOrigin = push && await hasOrigin(root);
	const result = {
		tag,
		version: record.version,
		pushed: toOrigin
	};
	const atOrigin = toOrigin ? await adoptRemote(root, ref) : null;
	const existing = atOrigin ?? await localTag(root, ref);
	if (existing !== null) {
		await checkSame(root, existing, tag, record);
		if (toOrigin && atOrigin === null) await pushTag(root, ref, existing);
		return {
			...result,
			created: false
		};
	}
	await checkOneVersion(root, record);
	const envelope = sign$1(statementOf(releasePredicate, record, releaseSubjects(record)), loadKey(workspace));
	const message = `${record.model} ${record.version}: model ${hexOf(record.modelDigest).slice(0, 12)}, image ${hexOf(record.image.digest).slice(0, 12)}\n\n${canonicalJson(envelope)}`;
	const object = await writeTagObject(root, {
		tag,
		commit,
		ident,
		message
	});
	if (toOrigin) await pushTag(root, ref, object);
	await createLocal(root, ref, object, tag);
	return {
		...result,
		created: true
	};
}
async function checkRecord(root, record, commit, tag) {
	const where = { file: `record of ${tag}` };
	checked({
		...where,
		value: record,
		locate: () => where
	}, record_default, where);
	if (record.commit !== commit || await resolveCommit(root, commit) !== commit) throw new LockstepError("E_RECORD_FORMAT", {
		what: `the record speaks of commit ${record.commit}, the tag would point at ${commit}`,
		where,
		allowed: "one existing commit, named in full"
	});
}
async function adoptRemote(root, ref) {
	const remote = (await remoteRefs(root, [ref])).get(ref) ?? null;
	if (remote !== null && await localTag(root, ref) === null) await fetchRefs(root, [`${ref}:${ref}`]);
	return remote;
}
async function localTag(root, ref) {
	const { status, stdout } = await tryGit([
		"rev-parse",
		"--verify",
		"--quiet",
		ref
	], { cwd: root });
	return status === 0 ? stdout.trim() : null;
}
async function checkSame(root, object, tag, record) {
	const envelope = await readEnvelope(root, object, tag);
	const { predicate } = JSON.parse(Buffer.from(envelope.payload, "base64").toString());
	const essence = ({ made: _, ...rest }) => canonicalJson(rest);
	if (essence(predicate) !== essence(record)) throw tagExists(tag);
}
const tagExists = (tag) => new LockstepError("E_TAG_EXISTS", {
	what: `the tag ${tag} exists already with another record`,
	allowed: "a version nobody has registered",
	fix: "register again: the next free version is chosen"
});
async function checkOneVersion(root, record) {
	const other = (await listVersions(root, record.model)).find(({ commit, version }) => commit === record.commit && version !== record.version);
	if (!other) return;
	throw new LockstepError("E_VERSION", {
		what: `commit ${record.commit.slice(0, 12)} is ${record.model} ${other.version} already`,
		allowed: "one version of a model per commit",
		fix: `promote ${other.version}, or commit a change and register that`
	});
}
async function pushTag(root, ref, object) {
	const outcome = await pushAtomic(root, { [ref]: object });
	if (outcome.kind === "pushed") return;
	const now = (await remoteRefs(root, [ref])).get(ref);
	if (now === object) return;
	const tag = ref.slice(10);
	throw now === void 0 ? pushRefused(`the tag ${tag}`, outcome.reason) : tagExists(tag);
}
async function createLocal(root, ref, object, tag) {
	const { status } = await tryGit([
		"update-ref",
		"--no-deref",
		ref,
		object,
		"0".repeat(object.length)
	], { cwd: root });
	if (status !== 0 && await localTag(root, ref) !== object) throw tagExists(tag);
}
export { withBranchKey as A, writeTagObject as C, loadKey as D, statementOf as E, localRefs as F, pushAtomic as I, remoteRefs as L, knownBranchCommit as M, fetchRefs as N, branchKeysFile as O, hasOrigin as P, personOf as S, sign$1 as T, openRecord as _, trustsBranch as a, pushRefused as b, listVersions as c, checkVersion as d, formatTag as f, checked as g, checkSubjects as h, trustedKeys as i, fetchedRef as j, parseBranchKeys as k, nextCounter as l, versionTag as m, readRelease as n, listAllVersions as o, parseTag as p, baseCommit as r, listPromotions as s, createVersionTag as t, nextVersion as u, openStatement as v, promotionPredicate as w, committer as x, parseEnvelope as y };
