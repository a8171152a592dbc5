import { Ct as LockstepError, t as init_workspace } from "./workspace.js";
import { c as isSecure, i as send, l as withoutQuery, r as readBody, t as init_http } from "./http.js";
init_http();
init_workspace();
const early = 24e4;
function keptToken(ask, first = null) {
	let kept = first;
	let asking = null;
	return async () => {
		if (kept !== null && Date.now() < kept.until - early) return kept.value;
		asking ??= ask().finally(() => {
			asking = null;
		});
		kept = await asking;
		return kept.value;
	};
}
const formPost = (url, form) => ({
	method: "POST",
	url,
	headers: { "content-type": "application/x-www-form-urlencoded" },
	body: new URLSearchParams(form).toString()
});
async function askText(who, request, local = false) {
	const url = URL.canParse(request.url) ? new URL(request.url) : null;
	if (url === null || !(local || isSecure(url))) throw noCredentials(`${who} names no https address to log in at`, "write the file again with the tool that made it");
	const answer = await send({
		...request,
		url,
		follow: false
	});
	const text = (await readBody(answer, 1 << 20, url)).toString();
	if (answer.status === 200) return text;
	const what = `${withoutQuery(url)} answers ${answer.status}${reasonIn(fieldsIn(text) ?? {})} to ${who}`;
	if (answer.status < 500) throw noCredentials(what, "log in again, or correct what the answer names");
	throw new LockstepError("E_REMOTE_FAILED", {
		what,
		fix: "try again later"
	});
}
const askToken = async (who, request, local = false) => tokenIn(fieldsIn(await askText(who, request, local)) ?? {}, who);
function tokenIn(fields, who) {
	const value = fields.access_token ?? fields.accessToken;
	if (typeof value !== "string" || !/^[\x21-\x7e]+$/.test(value)) throw noCredentials(`the answer to ${who} holds no token`, "log in again");
	const { expires_in: left, expires_on: end, expireTime: time } = fields;
	const until = time !== void 0 ? Date.parse(String(time)) : left !== void 0 ? Date.now() + Number(left) * 1e3 : Number(end) * 1e3;
	return {
		value,
		until: Number.isFinite(until) ? until : Date.now() + early + 6e4
	};
}
function fieldsIn(text) {
	try {
		const value = JSON.parse(text);
		return typeof value === "object" && value !== null ? value : null;
	} catch {
		return null;
	}
}
function field(file, name, who) {
	const value = file[name];
	if (typeof value === "string" && value !== "") return value;
	throw noCredentials(`${who} has no ${name}`, "write the file again with the tool that made it");
}
function reasonIn({ error, error_description: description }) {
	const { status, message } = (typeof error === "object" ? error : null) ?? {
		status: error,
		message: description
	};
	const words = [status, message].filter((word) => typeof word === "string").join(": ");
	return words === "" ? "" : ` (${words.slice(0, 300).replace(/[\w+/=.-]{40,}/g, "…")})`;
}
const noCredentials = (what, fix) => new LockstepError("E_REMOTE_CREDENTIALS", {
	what,
	fix
});
const probe = (url, headers) => fetch(url, {
	headers,
	redirect: "error",
	signal: AbortSignal.timeout(1e3)
}).then(async (answer) => answer.ok ? fieldsIn(await answer.text()) : null).catch(() => null);
init_http();
init_workspace();
function prefixOf(path) {
	const text = decodeURIComponent(path).replace(/^\/+|\/+$/g, "");
	return text === "" ? "" : `${text}/`;
}
const failed = (what, fix) => new LockstepError("E_REMOTE_FAILED", {
	what,
	fix
});
const noBucket = (name) => failed(`there is no bucket or container for ${name}`, "make it, or correct `remote:` in lockstep.yaml");
const textOf = async (answer, url) => (await readBody(answer, 16 << 20, url)).toString();
export { askText as a, fieldsIn as c, noCredentials as d, probe as f, textOf as i, formPost as l, tokenIn as m, noBucket as n, askToken as o, reasonIn as p, prefixOf as r, field as s, failed as t, keptToken as u };
