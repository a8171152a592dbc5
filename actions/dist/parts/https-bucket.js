import { i as send, l as withoutQuery, t as init_http } from "./http.js";
import { Ct as LockstepError, t as init_workspace } from "./workspace.js";
import { i as rangeHeaders, n as downloadOf, o as readOnlyFix, r as hasOtherTag, s as refusalOf, t as answerInRange } from "./http-objects.js";
init_http();
init_workspace();
function httpsBucket(base) {
	const name = withoutQuery(base);
	const ask = (method, key, more = {}) => send({
		method,
		url: new URL(key, base),
		...more
	});
	const refused = (answer, key, action) => refusalOf(answer, {
		place: name,
		key,
		action
	});
	return {
		name,
		async stat(key) {
			const answer = await ask("HEAD", key);
			answer.body.resume();
			if (isAbsent(answer)) return null;
			if (answer.status !== 200) throw await refused(answer, key, "read");
			return { size: Number(answer.headers["content-length"] ?? NaN) };
		},
		async get(key, range) {
			const part = (wanted) => ask("GET", key, { headers: rangeHeaders(wanted) });
			const answer = await answerInRange(range, part, hasOtherTag(range));
			if (answer.status === 200 || answer.status === 206) return downloadOf(answer, name);
			if (!isAbsent(answer)) throw await refused(answer, key, "read");
			answer.body.resume();
			return null;
		},
		async put(key, bytes) {
			const answer = await ask("PUT", key, {
				body: bytes,
				headers: { "content-type": "application/octet-stream" }
			});
			if (answer.status >= 300) throw await refused(answer, key, "write");
			answer.body.resume();
		},
		async *list() {
			throw new LockstepError("E_REMOTE_READ_ONLY", {
				what: `${name} cannot be listed`,
				allowed: "a remote that can be",
				fix: readOnlyFix
			});
		},
		async remove(keys) {
			for (const key of keys) {
				const answer = await ask("DELETE", key);
				if (answer.status >= 300 && !isAbsent(answer)) throw await refused(answer, key, "remove");
				answer.body.resume();
			}
		}
	};
}
const isAbsent = ({ status }) => status === 404 || status === 410;
export { httpsBucket };
