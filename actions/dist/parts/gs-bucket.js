import { i as send, t as init_http } from "./http.js";
import { t as eachLimited } from "./each-limited.js";
import { a as askText, c as fieldsIn, d as noCredentials, f as probe, i as textOf, l as formPost, m as tokenIn, n as noBucket, o as askToken, p as reasonIn, r as prefixOf, s as field, t as failed, u as keptToken } from "./cloud-objects.js";
import { a as rangeOf, n as downloadOf, s as refusalOf, t as answerInRange } from "./http-objects.js";
import { join } from "node:path";
import { createHash, createSign, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
init_http();
async function subjectToken(source = {}, who) {
	const text = await textFrom(source, who);
	const { type, subject_token_field_name: name } = source.format ?? {};
	const token = type === "json" ? field(fieldsIn(text) ?? {}, String(name), `what ${who} reads`) : text.trim();
	if (token !== "") return token;
	throw noCredentials(`${who} found an empty token`, "run the step that logs in again");
}
async function textFrom(source, who) {
	if (typeof source.file === "string") try {
		return readFileSync(source.file, "utf8");
	} catch {
		throw noCredentials(`${who} reads ${source.file}, which is not there`, "run the step that logs in again");
	}
	if (typeof source.url !== "string" || source.environment_id !== void 0) throw noCredentials(`${who} has a credential_source of another kind`, "use one with `file` or `url`");
	const headers = source.headers ?? {};
	return askText(who, {
		method: "GET",
		url: source.url,
		headers
	}, true);
}
const scopes = {
	storage: "https://www.googleapis.com/auth/devstorage.read_write",
	cloud: "https://www.googleapis.com/auth/cloud-platform"
};
const kindOfFile = (file) => Object.hasOwn(kinds, String(file.type)) ? kinds[String(file.type)] : null;
const kinds = {
	async service_account(file, who, scope = scopes.storage) {
		const url = field(file, "token_uri", who);
		return askToken(who, formPost(url, {
			grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
			assertion: jwt(file, who, scope, url)
		}));
	},
	async authorized_user(file, who) {
		const secrets = {
			client_id: field(file, "client_id", who),
			client_secret: field(file, "client_secret", who),
			refresh_token: field(file, "refresh_token", who)
		};
		const url = typeof file.token_uri === "string" ? file.token_uri : "https://oauth2.googleapis.com/token";
		return askToken(who, formPost(url, {
			grant_type: "refresh_token",
			...secrets
		}));
	},
	async external_account(file, who, scope = scopes.storage) {
		const impersonated = file.service_account_impersonation_url !== void 0;
		const form = {
			grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
			requested_token_type: "urn:ietf:params:oauth:token-type:access_token",
			audience: field(file, "audience", who),
			subject_token_type: field(file, "subject_token_type", who),
			subject_token: await subjectToken(file.credential_source, who),
			scope: impersonated ? scopes.cloud : scope
		};
		const token = await askToken(who, formPost(field(file, "token_url", who), form));
		return impersonated ? impersonate(file, token, who, scope) : token;
	},
	async impersonated_service_account(file, who, scope = scopes.storage) {
		const source = file.source_credentials ?? {};
		const kind = kindOfFile(source);
		if (kind === null) throw noCredentials(`${who} has no source_credentials of a known type`, "log in again");
		return impersonate(file, await kind(source, who, scopes.cloud), who, scope);
	}
};
async function impersonate(file, token, who, scope) {
	const options = file.service_account_impersonation;
	const lifetime = `${Number(options?.token_lifetime_seconds ?? 3600)}s`;
	return askToken(who, {
		method: "POST",
		url: field(file, "service_account_impersonation_url", who),
		headers: {
			authorization: `Bearer ${token.value}`,
			"content-type": "application/json"
		},
		body: JSON.stringify({
			scope: [scope],
			lifetime,
			delegates: file.delegates
		})
	});
}
function jwt(file, who, scope, aud) {
	const now = Math.floor(Date.now() / 1e3);
	const claims = {
		iss: field(file, "client_email", who),
		scope,
		aud,
		iat: now,
		exp: now + 3600
	};
	const header = {
		alg: "RS256",
		typ: "JWT",
		...file.private_key_id ? { kid: file.private_key_id } : {}
	};
	const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
	const signed = `${part(header)}.${part(claims)}`;
	try {
		return `${signed}.${createSign("RSA-SHA256").update(signed).sign(field(file, "private_key", who), "base64url")}`;
	} catch {
		throw noCredentials(`${who} has a private_key that is none`, "download the key file again");
	}
}
const kindsOfFile = Object.keys(kinds);
async function findGsIdentity(env = process.env) {
	if (env === null) return {
		token: null,
		login: "check STORAGE_EMULATOR_HOST"
	};
	const named = env.GOOGLE_APPLICATION_CREDENTIALS;
	if (named) return fromFile(named, "GOOGLE_APPLICATION_CREDENTIALS", readFile(named));
	const usual = join(gcloudFolder(env), "application_default_credentials.json");
	const text = readFile(usual);
	if (text !== null) return fromFile(usual, "gcloud's login", text);
	return await fromMachine(env) ?? {
		token: null,
		login: `log in (google-github-actions/auth in a workflow, \`gcloud auth application-default login\` on your machine); nothing was found in GOOGLE_APPLICATION_CREDENTIALS (not set), ${usual} (no file) and the machine's metadata service (no answer)`
	};
}
function gcloudFolder(env) {
	if (env.CLOUDSDK_CONFIG) return env.CLOUDSDK_CONFIG;
	return env.APPDATA ? join(env.APPDATA, "gcloud") : join(env.HOME ?? homedir(), ".config/gcloud");
}
function fromFile(path, source, text) {
	const file = text === null ? null : fieldsIn(text);
	const who = `the credentials file of ${source} (${path})`;
	const kind = file === null ? null : kindOfFile(file);
	if (file === null || kind === null) {
		const found = file === null ? "is no JSON" : `is of type ${JSON.stringify(file.type)}`;
		throw noCredentials(`${who} ${text === null ? "is not there" : found}`, `name a file of type ${kindsOfFile.join(", ")}`);
	}
	const account = file.client_email ?? serviceAccountIn(file.service_account_impersonation_url) ?? "this identity";
	return {
		token: keptToken(() => kind(file, who)),
		login: `give ${account} of ${source} the role Storage Object User (roles/storage.objectUser) on the bucket`
	};
}
async function fromMachine(env) {
	const url = `http://${env.GCE_METADATA_HOST || "169.254.169.254"}/computeMetadata/v1/instance/service-accounts/default/token`;
	const headers = { "metadata-flavor": "Google" };
	const answer = await probe(url, headers);
	if (answer?.access_token === void 0) return null;
	const who = "the machine's service account";
	return {
		token: keptToken(() => askToken(who, {
			method: "GET",
			url,
			headers
		}, true), tokenIn(answer, who)),
		login: `give ${who} the role Storage Object User (roles/storage.objectUser) on the bucket, and the machine the scope devstorage.read_write`
	};
}
const serviceAccountIn = (url) => /\/serviceAccounts\/([^/:]+):/.exec(String(url))?.[1];
function readFile(path) {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return null;
	}
}
async function gsBucket(address, env = process.env) {
	const prefix = prefixOf(address.pathname);
	const name = `gs://${address.hostname}/${prefix}`;
	const base = env.STORAGE_EMULATOR_HOST?.replace(/^(?!https?:)/, "http://").replace(/\/$/, "");
	const identity = await findGsIdentity(base === void 0 ? env : null);
	const sign = async () => identity.token === null ? {} : { authorization: `Bearer ${await identity.token()}` };
	const bucket = `storage/v1/b/${address.hostname}/o`;
	const objectAt = (key) => `${bucket}/${encodeURIComponent(prefix + key)}`;
	function ask(path, { query, ...more } = {}) {
		const url = new URL(`${base ?? "https://storage.googleapis.com"}/${path}?${new URLSearchParams(query)}`);
		return send({
			method: "GET",
			url,
			follow: false,
			sign,
			...more
		});
	}
	async function refused(answer, key, action) {
		const { status } = answer;
		if (status !== 401 && status !== 403) return refusalOf(answer, {
			place: name,
			key,
			action
		});
		const text = await textOf(answer, address);
		const reason = reasonIn(fieldsIn(text) ?? { error: text });
		return noCredentials(`${name} answered ${status}${reason} to ${action} ${key}`, identity.login);
	}
	async function missing(answer) {
		if ((await textOf(answer, address)).includes("bucket does not exist")) throw noBucket(name);
		return null;
	}
	const generationOf = ({ headers }) => String(headers["x-goog-generation"] ?? "") || null;
	return {
		name,
		async stat(key) {
			const answer = await ask(objectAt(key), { query: { fields: "size" } });
			if (answer.status === 404) return missing(answer);
			if (answer.status !== 200) throw await refused(answer, key, "read");
			return { size: Number(JSON.parse(await textOf(answer, address)).size) };
		},
		async get(key, range) {
			const part = (wanted) => {
				const only = wanted?.validator === void 0 ? {} : { ifGenerationMatch: wanted.validator };
				return ask(objectAt(key), {
					query: {
						alt: "media",
						...only
					},
					headers: rangeOf(wanted)
				});
			};
			const isOther = (answer) => answer.status === 206 && generationOf(answer) !== range?.validator;
			const answer = await answerInRange(range, part, isOther);
			if (answer.status === 404) return missing(answer);
			if (answer.status !== 200 && answer.status !== 206) throw await refused(answer, key, "read");
			return {
				...downloadOf(answer, name),
				validator: generationOf(answer)
			};
		},
		async put(key, bytes) {
			const md5 = createHash("md5").update(bytes).digest("base64");
			const answer = await ask(`upload/${bucket}`, {
				method: "POST",
				query: {
					uploadType: "multipart",
					fields: "md5Hash,size"
				},
				...multipart({
					name: prefix + key,
					md5Hash: md5
				}, bytes)
			});
			if (answer.status === 404) throw noBucket(name);
			if (answer.status !== 200) throw await refused(answer, key, "write");
			const put = JSON.parse(await textOf(answer, address));
			if (put.md5Hash !== md5 || Number(put.size) !== bytes.length) throw failed(`${name} took other bytes for ${key} than were sent`, "run the command again");
		},
		async *list(below) {
			let pageToken;
			do {
				const query = {
					prefix: prefix + below,
					fields: "items(name,size,timeCreated),nextPageToken",
					...pageToken === void 0 ? {} : { pageToken }
				};
				const answer = await ask(bucket, { query });
				if (answer.status === 404) throw noBucket(name);
				if (answer.status !== 200) throw await refused(answer, below, "list");
				const page = JSON.parse(await textOf(answer, address));
				for (const item of page.items ?? []) yield listedOf(item, prefix);
				pageToken = page.nextPageToken || void 0;
			} while (pageToken !== void 0);
		},
		async remove(keys) {
			const drop = async (key) => {
				const answer = await ask(objectAt(key), { method: "DELETE" });
				if (answer.status === 404) await missing(answer);
				else if (answer.status > 204) throw await refused(answer, key, "remove");
				else answer.body.resume();
			};
			await eachLimited(keys, drop, 16);
		}
	};
}
const listedOf = ({ name, size, timeCreated }, prefix) => ({
	key: name.slice(prefix.length),
	size: Number(size),
	modified: Date.parse(timeCreated)
});
function multipart(metadata, bytes) {
	const boundary = randomUUID();
	const part = (type) => `--${boundary}\r\nContent-Type: ${type}\r\n\r\n`;
	const head = `${part("application/json; charset=UTF-8")}${JSON.stringify(metadata)}\r\n${part("application/octet-stream")}`;
	return {
		headers: { "content-type": `multipart/related; boundary=${boundary}` },
		body: Buffer.concat([
			Buffer.from(head),
			bytes,
			Buffer.from(`\r\n--${boundary}--\r\n`)
		])
	};
}
export { gsBucket };
