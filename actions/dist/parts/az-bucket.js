import { c as isSecure, i as send, t as init_http } from "./http.js";
import { t as eachLimited } from "./each-limited.js";
import { Ct as LockstepError, t as init_workspace } from "./workspace.js";
import { t as idToken } from "./id-token.js";
import { c as fieldsIn, d as noCredentials, f as probe, i as textOf, l as formPost, m as tokenIn, n as noBucket, o as askToken, r as prefixOf, u as keptToken } from "./cloud-objects.js";
import { a as rangeOf, n as downloadOf, s as refusalOf, t as answerInRange } from "./http-objects.js";
import { join } from "node:path";
import { createHash, createHmac } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { execFile } from "node:child_process";
import { homedir } from "node:os";
import { promisify } from "node:util";
init_workspace();
init_http();
const signedHeaders = [
	"content-encoding",
	"content-language",
	"content-length",
	"content-md5",
	"content-type",
	"date",
	"if-modified-since",
	"if-match",
	"if-none-match",
	"if-unmodified-since",
	"range"
];
function stringToSign({ method, url, body }, headers, account) {
	const length = body === void 0 ? 0 : Buffer.byteLength(body);
	const all = {
		...headers,
		"content-length": length === 0 ? "" : String(length)
	};
	const own = Object.keys(headers).filter((name) => name.startsWith("x-ms-")).sort().map((name) => `${name}:${headers[name]}`);
	const query = [...new Set(url.searchParams.keys())].sort().map((name) => `${name.toLowerCase()}:${url.searchParams.getAll(name).sort().join(",")}`);
	return [
		method,
		...signedHeaders.map((name) => all[name] ?? ""),
		...own,
		`/${account}${url.pathname}`,
		...query
	].join("\n");
}
function sharedKeyHeaders(request, account, key) {
	const date = { "x-ms-date": new Date().toUTCString() };
	const text = stringToSign(request, {
		...request.headers,
		...date
	}, account);
	const signature = createHmac("sha256", key).update(text).digest("base64");
	return {
		...date,
		authorization: `SharedKey ${account}:${signature}`
	};
}
const storage = "https://storage.azure.com/";
const findAzToken = async (env) => fromApplication(env) ?? fromService(env) ?? await fromMachine(env) ?? await fromCommandLine(env);
function fromApplication(env) {
	const { AZURE_CLIENT_ID: client, AZURE_TENANT_ID: tenant } = env;
	const proof = proofIn(env);
	if (!client || !tenant || proof === null) return null;
	const source = `the application ${client} of AZURE_CLIENT_ID (by ${proof.by})`;
	const url = `${(env.AZURE_AUTHORITY_HOST || "https://login.microsoftonline.com").replace(/\/$/, "")}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`;
	const ask = async () => {
		return askToken(source, formPost(url, {
			client_id: client,
			scope: `${storage}.default`,
			grant_type: "client_credentials",
			...await proof.form()
		}));
	};
	return {
		source,
		token: keptToken(ask)
	};
}
function proofIn(env) {
	const { AZURE_FEDERATED_TOKEN_FILE: file, AZURE_CLIENT_SECRET: secret } = env;
	if (file) return {
		by: "AZURE_FEDERATED_TOKEN_FILE",
		form: async () => assertion(readToken(file))
	};
	if (env.ACTIONS_ID_TOKEN_REQUEST_URL) return {
		by: "the job's OIDC token",
		form: async () => assertion(await idToken("api://AzureADTokenExchange", env))
	};
	return secret ? {
		by: "AZURE_CLIENT_SECRET",
		form: async () => ({ client_secret: secret })
	} : null;
}
function assertion(token) {
	if (!token) throw noCredentials("there is no federated token to log in to Azure with", "check AZURE_FEDERATED_TOKEN_FILE, or grant the job `id-token: write`");
	return {
		client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
		client_assertion: token
	};
}
function readToken(path) {
	try {
		return readFileSync(path, "utf8").trim();
	} catch {
		return null;
	}
}
function fromService(env) {
	const { IDENTITY_ENDPOINT: endpoint, IDENTITY_HEADER: secret } = env;
	if (!endpoint || !secret || !URL.canParse(endpoint)) return null;
	const url = identityUrl(endpoint, "2019-08-01", env);
	const source = "the service's managed identity";
	const request = {
		method: "GET",
		url,
		headers: { "x-identity-header": secret }
	};
	return {
		source,
		token: keptToken(() => askToken(source, request, true))
	};
}
async function fromMachine(env) {
	const url = identityUrl(`${(env.AZURE_POD_IDENTITY_AUTHORITY_HOST || "http://169.254.169.254").replace(/\/$/, "")}/metadata/identity/oauth2/token`, "2018-02-01", env);
	const headers = { metadata: "true" };
	const answer = await probe(url, headers);
	if (answer?.access_token === void 0) return null;
	const source = "the machine's managed identity";
	const ask = () => askToken(source, {
		method: "GET",
		url,
		headers
	}, true);
	return {
		source,
		token: keptToken(ask, tokenIn(answer, source))
	};
}
function identityUrl(endpoint, version, env) {
	const url = new URL(endpoint);
	url.searchParams.set("api-version", version);
	url.searchParams.set("resource", storage);
	if (env.AZURE_CLIENT_ID) url.searchParams.set("client_id", env.AZURE_CLIENT_ID);
	return url.href;
}
async function fromCommandLine(env) {
	const profile = join(env.AZURE_CONFIG_DIR || join(env.HOME ?? homedir(), ".azure"), "azureProfile.json");
	if (!existsSync(profile)) return null;
	const source = "the login of `az`";
	const ask = async () => {
		const words = [
			"account",
			"get-access-token",
			"--resource",
			storage,
			"--output",
			"json"
		];
		const options = {
			env,
			timeout: 6e4,
			shell: process.platform === "win32"
		};
		const { stdout } = await promisify(execFile)("az", words, options).catch(() => ({ stdout: "" }));
		return tokenIn(fieldsIn(stdout) ?? {}, source);
	};
	const first = await ask().catch(() => null);
	return first === null ? null : {
		source,
		token: keptToken(ask, first)
	};
}
async function findAzIdentity(account, env = process.env) {
	const connection = connectionIn(env.AZURE_STORAGE_CONNECTION_STRING ?? "", account);
	const endpoint = endpointOf(account, env, connection);
	const token = accessIn(account, env, connection) ?? await findAzToken(env);
	const access = token === null ? { kind: "nobody" } : "kind" in token ? token : {
		kind: "token",
		...token
	};
	if ((access.kind === "sas" || access.kind === "token") && !isSecure(new URL(endpoint))) throw noCredentials(`${endpoint} would get ${access.source} in the clear`, "use an https endpoint");
	return {
		endpoint,
		...identityOf(access, account)
	};
}
function identityOf(access, account) {
	const unsigned = {
		query: [],
		sign: async () => ({})
	};
	if (access.kind === "nobody") return {
		...unsigned,
		login: nobody(account)
	};
	const login = `give ${access.source} the role Storage Blob Data Contributor on the container`;
	if (access.kind === "token") return {
		query: [],
		sign: async () => ({ authorization: `Bearer ${await access.token()}` }),
		login
	};
	if (access.kind === "sas") {
		const query = new URLSearchParams(access.sas.replace(/^\?/, ""));
		return {
			...unsigned,
			query: [...query],
			login: sasLogin(access.source, query.get("se"))
		};
	}
	const key = Buffer.from(access.key, "base64");
	if (key.length < 16) throw noCredentials(`${access.source} holds no account key`, "copy it from the portal again");
	return {
		query: [],
		sign: async (request) => sharedKeyHeaders(request, account, key),
		login: `check that ${access.source} holds a key of ${account} that was not rotated since, and the clock of this machine`
	};
}
function accessIn(account, env, connection) {
	const source = "AZURE_STORAGE_CONNECTION_STRING";
	if (connection.AccountKey) return {
		kind: "key",
		source,
		key: connection.AccountKey
	};
	if (connection.SharedAccessSignature) return {
		kind: "sas",
		source,
		sas: connection.SharedAccessSignature
	};
	if (env.AZURE_STORAGE_ACCOUNT && env.AZURE_STORAGE_ACCOUNT !== account) return null;
	const { AZURE_STORAGE_KEY: key, AZURE_STORAGE_SAS_TOKEN: sas } = env;
	if (key) return {
		kind: "key",
		source: "AZURE_STORAGE_KEY",
		key
	};
	return sas ? {
		kind: "sas",
		source: "AZURE_STORAGE_SAS_TOKEN",
		sas
	} : null;
}
function connectionIn(text, account) {
	const pairs = text.split(";").map((pair) => {
		const equals = pair.indexOf("=");
		return [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()];
	});
	const connection = Object.fromEntries(pairs);
	return (connection.AccountName ?? account) === account ? connection : {};
}
function endpointOf(account, env, connection) {
	const { BlobEndpoint, DefaultEndpointsProtocol: protocol = "https", EndpointSuffix } = connection;
	const usual = `${protocol}://${account}.blob.${EndpointSuffix || "core.windows.net"}`;
	const text = env.AZURE_STORAGE_BLOB_ENDPOINT || BlobEndpoint || usual;
	const url = URL.canParse(text) ? new URL(text) : null;
	if (url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.search === "") return (url.origin + url.pathname).replace(/\/$/, "");
	throw new LockstepError("E_REMOTE_SCHEME", {
		what: "the blob endpoint of AZURE_STORAGE_BLOB_ENDPOINT or the connection string is no plain address",
		allowed: `for instance ${usual}, without credentials`,
		fix: "correct it"
	});
}
function sasLogin(source, end) {
	return end !== null && Date.parse(end) < Date.now() ? `make a new SAS: the one in ${source} ended at ${new Date(end).toISOString()}` : `make a SAS for ${source} that may read, create, write, delete and list (sp=rcwdl) in the container`;
}
const nobody = (account) => `log in (\`az login\`, or AZURE_CLIENT_ID and AZURE_TENANT_ID with \`id-token: write\` in a workflow); nothing for ${account} was found in AZURE_STORAGE_CONNECTION_STRING, AZURE_STORAGE_KEY, AZURE_STORAGE_SAS_TOKEN, AZURE_CLIENT_ID with a federated token or secret, the machine's identity and \`az\``;
init_http();
const version = { "x-ms-version": "2022-11-02" };
async function azBucket(address, env = process.env) {
	const account = address.hostname;
	const [, container = "", path = ""] = /^\/([^/]+)\/?(.*)$/.exec(address.pathname) ?? [];
	const prefix = prefixOf(path);
	const name = `az://${account}/${container}/${prefix}`;
	const identity = await findAzIdentity(account, env);
	const base = `${identity.endpoint}/${container}`;
	const pathOf = (key) => `/${(prefix + key).split("/").map(encodeURIComponent).join("/")}`;
	function ask(below, { query, headers, ...more } = {}) {
		const url = new URL(base + below);
		url.search = new URLSearchParams([...Object.entries(query ?? {}), ...identity.query]).toString();
		return send({
			method: "GET",
			url,
			follow: false,
			sign: identity.sign,
			headers: {
				...version,
				...headers
			},
			...more
		});
	}
	async function refused(answer, key, action) {
		const { status } = answer;
		const code = codeOf(answer);
		if (code === "ResourceNotFound" || code === "PublicAccessNotPermitted" || status === 401 || status === 403) {
			const what = `${name} answered ${status} ${code}`.trimEnd();
			return done(answer, noCredentials(`${what} to ${action} ${key}`, identity.login));
		}
		if (status === 404) return done(answer, noBucket(name));
		return refusalOf(answer, {
			place: name,
			key,
			action
		});
	}
	const isMissing = (answer) => answer.status === 404 && ["BlobNotFound", ""].includes(codeOf(answer));
	return {
		name,
		async stat(key) {
			const answer = await ask(pathOf(key), { method: "HEAD" });
			if (isMissing(answer)) return done(answer, null);
			if (answer.status !== 200) throw await refused(answer, key, "read");
			return done(answer, { size: Number(answer.headers["content-length"]) });
		},
		async get(key, range) {
			const part = (wanted) => {
				const only = wanted?.validator === void 0 ? {} : { "if-match": wanted.validator };
				return ask(pathOf(key), { headers: {
					...rangeOf(wanted),
					...only
				} });
			};
			const answer = await answerInRange(range, part);
			if (isMissing(answer)) return done(answer, null);
			if (answer.status !== 200 && answer.status !== 206) throw await refused(answer, key, "read");
			return downloadOf(answer, name);
		},
		async put(key, bytes) {
			const headers = {
				"x-ms-blob-type": "BlockBlob",
				"content-type": "application/octet-stream",
				"content-md5": createHash("md5").update(bytes).digest("base64")
			};
			const answer = await ask(pathOf(key), {
				method: "PUT",
				headers,
				body: bytes
			});
			if (answer.status !== 201) throw await refused(answer, key, "write");
			done(answer, null);
		},
		async *list(below) {
			let marker = "";
			do {
				const answer = await ask("", { query: {
					restype: "container",
					comp: "list",
					prefix: prefix + below,
					...marker && { marker }
				} });
				if (answer.status !== 200) throw await refused(answer, below, "list");
				const xml = await textOf(answer, address);
				yield* listedIn(xml, prefix);
				marker = wordIn(xml, "NextMarker");
			} while (marker !== "");
		},
		async remove(keys) {
			const drop = async (key) => {
				const answer = await ask(pathOf(key), {
					method: "DELETE",
					headers: { "x-ms-delete-snapshots": "include" }
				});
				if (answer.status !== 202 && !isMissing(answer)) throw await refused(answer, key, "remove");
				done(answer, null);
			};
			await eachLimited(keys, drop, 16);
		}
	};
}
const codeOf = ({ headers }) => /^\w{1,60}$/.exec(String(headers["x-ms-error-code"] ?? ""))?.[0] ?? "";
function done(answer, value) {
	answer.body.resume();
	return value;
}
function* listedIn(xml, prefix) {
	for (const [, entry] of xml.matchAll(/<Blob>(.*?)<\/Blob>/gs)) yield {
		key: wordIn(entry, "Name").slice(prefix.length),
		size: Number(wordIn(entry, "Content-Length")),
		modified: Date.parse(wordIn(entry, "Last-Modified"))
	};
}
const entities = {
	lt: "<",
	gt: ">",
	amp: "&",
	quot: "\"",
	apos: "'"
};
const wordIn = (xml, name) => (new RegExp(`<${name}>([^<]*)<`).exec(xml)?.[1] ?? "").replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (all, decimal, hex, word) => word === void 0 ? String.fromCodePoint(Number(decimal ?? `0x${hex}`)) : entities[word] ?? all);
export { azBucket };
