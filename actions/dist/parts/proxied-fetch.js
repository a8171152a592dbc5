import { n as __esmMin, r as __exportAll } from "./rolldown-runtime.js";
import { a as checkedRedirect, t as init_http } from "./http.js";
import { Agent, request } from "node:http";
import { Agent as Agent$1, request as request$1 } from "node:https";
import { Readable, pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
var proxied_fetch_exports = __exportAll({
	ProxyAgent: () => ProxyAgent,
	fetch: () => fetch
});
async function fetch(target, init = {}) {
	let [url, asked] = [new URL(target), init];
	for (let hop = 0;; hop++) {
		const answer = await once(url, asked);
		const status = answer.statusCode;
		const { location } = answer.headers;
		if (!([
			301,
			302,
			303,
			307,
			308
		].includes(status) && location !== void 0) || init.redirect === "manual") return responseOf(answer, asked.method);
		answer.resume();
		if (init.redirect === "error" || hop === 5) throw new TypeError(`unexpected redirect of ${url.host}`);
		const next = await checkedRedirect(url, location);
		asked = {
			...asked,
			headers: withoutToken(asked.headers ?? {}, next.host !== url.host)
		};
		if (status === 303 || status < 303 && asked.method === "POST") asked = {
			...asked,
			method: "GET",
			body: void 0
		};
		url = next;
	}
}
function once(url, { method = "GET", headers, body, signal }) {
	agents ??= {
		http: new Agent(options),
		https: new Agent$1(options)
	};
	const secure = url.protocol === "https:";
	return new Promise((resolve, reject) => {
		signal?.throwIfAborted();
		const request$2 = (secure ? request$1 : request)(url, {
			method,
			agent: secure ? agents.https : agents.http,
			headers: {
				"accept-encoding": "gzip",
				...headers
			},
			...signal ? { signal } : {}
		});
		request$2.on("error", (error) => reject(signal?.aborted ? signal.reason : error));
		request$2.on("response", resolve);
		request$2.end(body);
	});
}
function responseOf(answer, method) {
	const headers = new Headers();
	for (const [name, values] of Object.entries(answer.headersDistinct)) for (const value of values ?? []) headers.append(name, value);
	const init = {
		status: answer.statusCode,
		statusText: answer.statusMessage ?? "",
		headers
	};
	if (method === "HEAD" || [
		204,
		205,
		304
	].includes(init.status)) {
		answer.resume();
		return new Response(null, init);
	}
	if (answer.headers["content-encoding"] !== "gzip") return new Response(asBody(answer), init);
	return new Response(asBody(pipeline(answer, createGunzip(), () => {})), init);
}
var ProxyAgent, options, agents, asBody, withoutToken;
var init_proxied_fetch = __esmMin((() => {
	init_http();
	ProxyAgent = class {};
	options = {
		keepAlive: true,
		proxyEnv: process.env
	};
	asBody = (stream) => Readable.toWeb(stream);
	withoutToken = (headers, elsewhere) => Object.fromEntries(Object.entries(headers).filter(([name]) => !elsewhere || name.toLowerCase() !== "authorization"));
}));
export { proxied_fetch_exports as i, fetch as n, init_proxied_fetch as r, ProxyAgent as t };
