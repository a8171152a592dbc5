import { r as readBody, t as init_http } from "./http.js";
import { Ct as LockstepError, t as init_workspace } from "./workspace.js";
init_http();
init_workspace();
const rangeOf = (range) => range === void 0 || range.from === 0 && range.to === void 0 ? {} : { range: `bytes=${range.from}-${range.to === void 0 ? "" : range.to - 1}` };
async function answerInRange(range, ask, isOther = () => false) {
	const answer = await ask(range);
	const other = range?.validator !== void 0 && isOther(answer);
	if (range === void 0 || !(answer.status === 412 || answer.status === 416 || other)) return answer;
	answer.body.destroy();
	return ask(void 0);
}
const rangeHeaders = (range) => range?.validator === void 0 ? rangeOf(range) : {
	...rangeOf(range),
	"if-range": range.validator
};
const hasOtherTag = (range) => ({ status, headers }) => status === 206 && headers.etag !== range?.validator;
function downloadOf({ status, headers, body }, place) {
	const etag = headers.etag;
	return {
		from: status === 206 ? startOf(headers, place) : 0,
		validator: etag !== void 0 && !etag.startsWith("W/") ? etag : null,
		contentType: headers["content-type"] ?? null,
		body
	};
}
function startOf(headers, place) {
	const [, from] = /^bytes (\d+)-\d+\//.exec(headers["content-range"] ?? "") ?? [];
	if (from !== void 0) return Number(from);
	throw new LockstepError("E_REMOTE_FAILED", {
		what: `${place} answers a part without saying which`,
		allowed: "a Content-Range with every 206",
		fix: "ask who runs the server"
	});
}
async function refusalOf(answer, { place, key, action, login }) {
	const text = (await readBody(answer, 65536, new URL("http://127.0.0.1/")).catch(() => "")).toString();
	const named = /<Code>([\w.]{1,60})<\/Code>|"code":\s*"([\w.]{1,60})"/.exec(text);
	const code = named?.[1] ?? named?.[2];
	const what = `${place} answered ${`${answer.status}${code === void 0 ? "" : ` ${code}`}`} to ${action} ${key}`;
	const { status } = answer;
	if ((status === 401 || status === 403) && login !== void 0) return fault("E_REMOTE_CREDENTIALS", what, `an identity that may ${action} there`, login);
	if (action !== "read" && [
		401,
		403,
		404,
		405,
		501
	].includes(status)) return fault("E_REMOTE_READ_ONLY", what, `a place where one may ${action}`, readOnlyFix);
	if (status === 413 || status === 507) return fault("E_REMOTE_TOO_LARGE", what, "what the server has room for", "make room there");
	return fault("E_REMOTE_FAILED", what, "200 with the bytes, or 404", status === 401 || status === 403 ? "make the objects readable for this machine" : "try again later");
}
const readOnlyFix = "push to a remote that takes uploads (file:, s3:, gs:, az:, oci:) and publish it at this address";
const fault = (code, what, allowed, fix) => new LockstepError(code, {
	what,
	allowed,
	fix
});
export { rangeOf as a, rangeHeaders as i, downloadOf as n, readOnlyFix as o, hasOtherTag as r, refusalOf as s, answerInRange as t };
