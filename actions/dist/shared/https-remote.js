import { $ as LockstepError } from "./workspace.js";
import { a as objectPath, i as withoutQuery, m as receive, n as httpGet, p as objectMissing } from "./http-request.js";
function httpsRemote(base) {
	const name = withoutQuery(base);
	const urlOf = (object) => new URL(objectPath(object.digest), base);
	const readOnly = () => {
		throw new LockstepError("E_REMOTE_READ_ONLY", {
			what: `${name} takes no uploads from Lockstep`,
			allowed: "a file: remote",
			fix: "push to a file: remote and publish that folder at this address"
		});
	};
	return {
		name,
		async fetch(object, temporary, onBytes) {
			const response = await httpGet(urlOf(object));
			if (response.status === 404 || response.status === 410) throw objectMissing(object, name);
			if (response.status !== 200 || !response.body) throw failed(object, name, response.status);
			await receiveBody(response, object, temporary, name, onBytes);
		},
		plan: async () => readOnly(),
		push: async () => readOnly()
	};
}
async function receiveBody(response, object, temporary, name, onBytes) {
	let first = Buffer.alloc(0);
	const body = response.body;
	const watched = (async function* () {
		for await (const chunk of body) {
			if (first.length < 64) first = Buffer.concat([first, chunk]).subarray(0, 64);
			yield chunk;
		}
	})();
	try {
		await receive(watched, object, temporary, name, onBytes);
	} catch (error) {
		throw explain(error, response, first, object, name);
	}
}
function explain(error, response, first, object, name) {
	const type = response.headers.get("content-type") ?? "no content type";
	if (!(error instanceof LockstepError)) return brokenStream(error, object, name);
	if (!(/html/i.test(type) || /^\s*<(?:!doctype|html)/i.test(first.toString("latin1"))) || error.code !== "E_SIZE_MISMATCH" && error.code !== "E_DIGEST_MISMATCH") return error;
	return new LockstepError("E_REMOTE_NOT_DATA", {
		what: `${name} answered "${object.key}" with a page (${type}) that begins ${JSON.stringify(first.toString("latin1", 0, 32))}`,
		allowed: `the bytes of ${object.digest}`,
		fix: "check that the address needs no login and is the folder that holds sha256/",
		cause: error
	});
}
function brokenStream(error, object, name) {
	const cause = error.cause;
	return cause?.code?.startsWith("Z_") || cause?.code?.startsWith("ERR_ZLIB") || cause?.code?.startsWith("ERR_BROTLI") ? new LockstepError("E_DIGEST_MISMATCH", {
		what: `"${object.key}" from ${name} does not decode as the Content-Encoding it is sent with (${cause?.code})`,
		allowed: `expected ${object.digest}`,
		fix: "serve objects as they are, without Content-Encoding",
		cause: error
	}) : new LockstepError("E_REMOTE_FAILED", {
		what: `the transfer of "${object.key}" from ${name} broke off (${cause?.code ?? cause?.message ?? error.message})`,
		fix: "run the command again",
		cause: error
	});
}
const failed = (object, name, status) => new LockstepError("E_REMOTE_FAILED", {
	what: `${name} answered ${status} for "${object.key}" (${object.digest})`,
	allowed: "200 with the bytes, or 404",
	fix: status === 401 || status === 403 ? "make the objects readable for this machine" : "try again later"
});
export { httpsRemote };
