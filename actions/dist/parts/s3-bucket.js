import { t as AwsV4Signer } from "../vendor/other.js";
import { c as isSecure, i as send, l as withoutQuery, r as readBody, t as init_http } from "./http.js";
import { Ct as LockstepError, gt as hexOf, ht as digestOf, t as init_workspace } from "./workspace.js";
import { d as noCredentials, n as noBucket, r as prefixOf } from "./cloud-objects.js";
import { i as rangeHeaders, n as downloadOf, r as hasOtherTag, s as refusalOf, t as answerInRange } from "./http-objects.js";
import { t as idToken } from "./id-token.js";
import { join } from "node:path";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { homedir } from "node:os";
init_workspace();
init_http();
const mostAnswer = 65536;
async function findS3Identity(env = process.env) {
	const profile = readProfile(env);
	const region = env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? profile.region;
	return {
		credentials: fromEnvironment(env) ?? await fromWebIdentity(env, region) ?? fromProfile(profile, env) ?? await fromContainer(env) ?? await fromMachine(env),
		region,
		looked: "AWS_ACCESS_KEY_ID, AWS_ROLE_ARN with an OIDC token, ~/.aws, the container’s and the machine’s role"
	};
}
function fromEnvironment(env) {
	const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = env;
	return id && secret ? {
		accessKeyId: id,
		secretAccessKey: secret,
		sessionToken: token || void 0
	} : null;
}
async function fromWebIdentity(env, region = "us-east-1") {
	if (!env.AWS_ROLE_ARN) return null;
	const token = env.AWS_WEB_IDENTITY_TOKEN_FILE ? readToken(env.AWS_WEB_IDENTITY_TOKEN_FILE) : await idToken("sts.amazonaws.com", env);
	if (token === null) return null;
	const url = new URL(env.AWS_ENDPOINT_URL_STS ?? `https://sts.${region}.amazonaws.com/`);
	const body = new URLSearchParams({
		Action: "AssumeRoleWithWebIdentity",
		Version: "2011-06-15",
		RoleArn: env.AWS_ROLE_ARN,
		RoleSessionName: env.AWS_ROLE_SESSION_NAME ?? "lockstep",
		WebIdentityToken: token
	}).toString();
	const answer = await send({
		method: "POST",
		url,
		headers: {
			"content-type": "application/x-www-form-urlencoded",
			accept: "application/xml"
		},
		body
	});
	const xml = (await readBody(answer, mostAnswer, url)).toString();
	const word = (name) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
	const [id, secret] = [word("AccessKeyId"), word("SecretAccessKey")];
	if (answer.status !== 200 || !id || !secret) throw noCredentials(`${withoutQuery(url)} answered ${answer.status} ${word("Code") ?? ""} to AWS_ROLE_ARN`, "let the role's trust policy name this repository, pod or account");
	const expires = Date.parse(word("Expiration") ?? "") || void 0;
	return {
		accessKeyId: id,
		secretAccessKey: secret,
		sessionToken: word("SessionToken"),
		expires
	};
}
function readToken(path) {
	try {
		return readFileSync(path, "utf8").trim();
	} catch (error) {
		const { code } = error;
		throw noCredentials(`the token file ${path} cannot be read (${code})`, "correct the variable that names it");
	}
}
function readProfile(env) {
	const folder = join(env.HOME ?? homedir(), ".aws");
	const name = env.AWS_PROFILE ?? "default";
	const config = readIni(env.AWS_CONFIG_FILE ?? join(folder, "config"));
	const credentials = readIni(env.AWS_SHARED_CREDENTIALS_FILE ?? join(folder, "credentials"));
	return {
		...config[`profile ${name}`] ?? config[name],
		...credentials[name]
	};
}
function readIni(path) {
	const sections = {};
	if (!existsSync(path)) return sections;
	let section = {};
	for (const line of readFileSync(path, "utf8").split(/\r?\n/)) {
		const [, name] = /^\s*\[\s*([^\]]+?)\s*\]/.exec(line) ?? [];
		if (name !== void 0) section = sections[name] ??= {};
		const equals = line.indexOf("=");
		if (name === void 0 && equals > 0 && !/^\s*[#;]/.test(line)) section[line.slice(0, equals).trim()] = line.slice(equals + 1).trim();
	}
	return sections;
}
function fromProfile(profile, env) {
	const { aws_access_key_id: id, aws_secret_access_key: secret, aws_session_token: token } = profile;
	if (id && secret) return {
		accessKeyId: id,
		secretAccessKey: secret,
		sessionToken: token
	};
	if (profile.credential_process) return fromProcess(profile.credential_process, [], env, true);
	if (!profile.sso_session && !profile.sso_start_url && !profile.role_arn) return null;
	return fromProcess("aws", [
		"configure",
		"export-credentials",
		"--format",
		"process"
	], env, false);
}
function fromProcess(command, args, env, shell) {
	const { stdout } = spawnSync(command, args, {
		env,
		shell,
		encoding: "utf8",
		timeout: 6e4
	});
	return parseCredentials(stdout ?? "");
}
async function fromContainer(env) {
	const { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: path, AWS_CONTAINER_CREDENTIALS_FULL_URI: full } = env;
	if (!path && !full) return null;
	const file = env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE;
	const token = file ? readToken(file) : env.AWS_CONTAINER_AUTHORIZATION_TOKEN;
	const url = path ? `http://169.254.170.2${path}` : full;
	return parseCredentials(await ask(url, "GET", token ? { authorization: token } : {}));
}
async function fromMachine(env) {
	if (env.AWS_EC2_METADATA_DISABLED === "true") return null;
	const base = `${env.AWS_EC2_METADATA_SERVICE_ENDPOINT ?? "http://169.254.169.254"}/latest`;
	const token = await ask(`${base}/api/token`, "PUT", { "x-aws-ec2-metadata-token-ttl-seconds": "300" });
	if (!token) return null;
	const headers = { "x-aws-ec2-metadata-token": token };
	const roles = `${base}/meta-data/iam/security-credentials/`;
	const role = (await ask(roles, "GET", headers)).split("\n")[0];
	return role ? parseCredentials(await ask(roles + role, "GET", headers)) : null;
}
const ask = (url, method, headers) => fetch(url, {
	method,
	headers,
	redirect: "error",
	signal: AbortSignal.timeout(1e3)
}).then((answer) => answer.ok ? answer.text() : "", () => "");
function parseCredentials(text) {
	try {
		const { AccessKeyId: id, SecretAccessKey: secret, SessionToken, Token, Expiration } = JSON.parse(text);
		if (!id || !secret) return null;
		return {
			accessKeyId: id,
			secretAccessKey: secret,
			sessionToken: SessionToken ?? Token,
			expires: Date.parse(Expiration ?? "") || void 0
		};
	} catch {
		return null;
	}
}
init_http();
const mostListing = 8 << 20;
const removedAtOnce = 1e3;
const early = 12e4;
async function s3Bucket(url, env = process.env) {
	const bucket = url.hostname;
	const prefix = prefixOf(url.pathname);
	const name = `s3://${bucket}/${prefix}`;
	const endpoint = endpointOf(url, env);
	let identity = await findS3Identity(env);
	let region = url.searchParams.get("region") ?? identity.region ?? "us-east-1";
	const base = () => baseUrl(bucket, region, endpoint);
	async function sign({ method, url: asked, headers, body }) {
		const expires = identity.credentials?.expires;
		if (expires !== void 0 && expires - early < Date.now()) identity = await findS3Identity(env);
		const { credentials } = identity;
		if (credentials === null) return {};
		const { accessKeyId, secretAccessKey, sessionToken } = credentials;
		const hashed = headers?.["x-amz-content-sha256"] ?? hexOf(digestOf(body ?? ""));
		const signed = await new AwsV4Signer({
			method,
			url: asked.href,
			headers: {
				...headers,
				"x-amz-content-sha256": hashed
			},
			accessKeyId,
			secretAccessKey,
			...sessionToken === void 0 ? {} : { sessionToken },
			service: "s3",
			region
		}).sign();
		return Object.fromEntries(signed.headers.entries());
	}
	async function ask(method, path, more = {}) {
		const once = () => send({
			method,
			url: new URL(base() + path),
			sign,
			follow: false,
			...more
		});
		const answer = await once();
		const elsewhere = answer.headers["x-amz-bucket-region"];
		if (typeof elsewhere !== "string" || elsewhere === region || ![
			301,
			307,
			400
		].includes(answer.status)) return answer;
		answer.body.resume();
		region = elsewhere;
		return once();
	}
	const refused = (answer, key, action) => refusalOf(answer, {
		place: name,
		key,
		action,
		login: loginFix(identity)
	});
	const pathOf = (key) => encodePath(prefix + key);
	return {
		name,
		async stat(key) {
			const answer = await ask("HEAD", pathOf(key));
			answer.body.resume();
			if (answer.status === 404) return null;
			if (answer.status !== 200) throw await refused(answer, key, "read");
			return { size: Number(answer.headers["content-length"]) };
		},
		async get(key, range) {
			const part = (wanted) => ask("GET", pathOf(key), { headers: rangeHeaders(wanted) });
			const answer = await answerInRange(range, part, hasOtherTag(range));
			if (answer.status === 200 || answer.status === 206) return downloadOf(answer, name);
			const missing = answer.status === 404 ? await readBody(answer, 65536, url) : null;
			if (missing !== null && !missing.includes("NoSuchBucket")) return null;
			throw missing === null ? await refused(answer, key, "read") : noBucket(name);
		},
		async put(key, bytes, sha256) {
			const headers = { "x-amz-content-sha256": sha256 };
			const answer = await ask("PUT", pathOf(key), {
				headers,
				body: bytes
			});
			if (answer.status === 404) throw noBucket(name);
			if (answer.status !== 200) throw await refused(answer, key, "write");
			answer.body.resume();
		},
		async *list(below) {
			let token;
			do {
				const query = new URLSearchParams({
					"list-type": "2",
					prefix: prefix + below
				});
				if (token !== void 0) query.set("continuation-token", token);
				const answer = await ask("GET", `?${query}`);
				if (answer.status !== 200) throw await refused(answer, below, "list");
				const xml = (await readBody(answer, mostListing, url)).toString();
				yield* listedIn(xml, prefix);
				token = decodeXml(/<NextContinuationToken>([^<]*)</.exec(xml)?.[1]);
			} while (token !== void 0);
		},
		async remove(keys) {
			for (let at = 0; at < keys.length; at += removedAtOnce) {
				const body = `<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Quiet>true</Quiet>${keys.slice(at, at + removedAtOnce).map((key) => `<Object><Key>${encodeXml(prefix + key)}</Key></Object>`).join("")}</Delete>`;
				const answer = await ask("POST", "?delete=", {
					headers: { "content-md5": createHash("md5").update(body).digest("base64") },
					body
				});
				if (answer.status !== 200) throw await refused(answer, keys[at], "remove");
				const said = (await readBody(answer, mostListing, url)).toString();
				const [, code, key] = /<Error>(?=.*?<Code>([^<]*)<)(?=.*?<Key>([^<]*)<)/s.exec(said) ?? [];
				if (code !== void 0) throw notRemoved(name, `${key} (${code})`);
			}
		}
	};
}
function endpointOf(url, env) {
	const text = url.searchParams.get("endpoint") ?? env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL;
	if (!text) return null;
	const endpoint = URL.canParse(text) ? new URL(text) : null;
	if (endpoint !== null && isSecure(endpoint) && endpoint.username === "") return endpoint;
	throw new LockstepError("E_REMOTE_SCHEME", {
		what: `the S3 endpoint ${JSON.stringify(text.replace(/\/\/[^/@]*@/, "//***@"))}`,
		allowed: "https://<host>, without credentials",
		fix: "correct AWS_ENDPOINT_URL_S3, or `endpoint=` of the remote"
	});
}
function baseUrl(bucket, region, endpoint) {
	if (endpoint !== null) return `${endpoint.origin}${endpoint.pathname.replace(/\/$/, "")}/${bucket}/`;
	const host = `s3.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
	return bucket.includes(".") ? `https://${host}/${bucket}/` : `https://${bucket}.${host}/`;
}
const encodePath = (path) => path.split("/").map(encodeURIComponent).join("/").replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
function* listedIn(xml, prefix) {
	for (const [, entry] of xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
		const word = (name) => decodeXml(new RegExp(`<${name}>([^<]*)<`).exec(entry)?.[1]) ?? "";
		yield {
			key: word("Key").slice(prefix.length),
			size: Number(word("Size")),
			modified: Date.parse(word("LastModified"))
		};
	}
}
const entities = {
	lt: "<",
	gt: ">",
	amp: "&",
	quot: "\"",
	apos: "'"
};
const decodeXml = (text) => text?.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (all, decimal, hex, name) => name === void 0 ? String.fromCodePoint(Number(decimal ?? `0x${hex}`)) : entities[name] ?? all);
const encodeXml = (text) => text.replace(/[<>&]/g, (sign) => `&${sign === "<" ? "lt" : sign === ">" ? "gt" : "amp"};`);
const loginFix = ({ credentials, looked }) => credentials === null ? `log in; no credentials were found in ${looked}` : "let this identity (`aws sts get-caller-identity`) read, write and list the bucket";
const notRemoved = (name, what) => new LockstepError("E_REMOTE_READ_ONLY", {
	what: `${name} did not remove ${what}`,
	allowed: "an identity that may remove objects",
	fix: "give it s3:DeleteObject"
});
export { s3Bucket };
