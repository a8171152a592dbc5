import { i as send, l as withoutQuery, r as readBody, t as init_http } from "./http.js";
import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { addAbortSignal } from "node:stream";
import { readFile, stat } from "node:fs/promises";
init_http();
async function inParallel(items, width, work) {
	const worker = async () => {
		for await (const item of items) await work(item);
	};
	await Promise.all(Array.from({ length: Math.max(1, width) }, worker));
}
async function* blocksOf(stream, size) {
	let [parts, held, index] = [
		[],
		0,
		0
	];
	for await (let chunk of stream) {
		while (held + chunk.length >= size) {
			parts.push(chunk.subarray(0, size - held));
			chunk = chunk.subarray(size - held);
			yield {
				index: index++,
				bytes: Buffer.concat(parts)
			};
			[parts, held] = [[], 0];
		}
		parts.push(chunk);
		held += chunk.length;
	}
	if (held > 0) yield {
		index,
		bytes: Buffer.concat(parts)
	};
}
const mebi = 1 << 20;
const blockSize = 8 * mebi;
const rangeSize = 4 * mebi;
const rangeTries = 4;
const version = { "x-ms-version": "2022-11-02" };
var BlobClient = class {
	accountName;
	containerName;
	name;
	#url;
	#tryTimeout;
	constructor(url, _credential, options = {}) {
		only(options, ["retryOptions"]);
		only(options.retryOptions ?? {}, ["tryTimeoutInMs"]);
		const { hostname, pathname } = new URL(url);
		const [, container = "", ...name] = pathname.split("/");
		this.accountName = hostname.split(".")[0];
		this.containerName = container;
		this.name = decodeURIComponent(name.join("/"));
		this.#url = url;
		this.#tryTimeout = options.retryOptions?.tryTimeoutInMs;
	}
	getBlockBlobClient() {
		return this;
	}
	async uploadFile(path, options = {}) {
		only(options, [
			"blockSize",
			"maxSingleShotSize",
			"concurrency",
			"onProgress"
		]);
		const { size } = await stat(path);
		const { concurrency = 5, onProgress } = options;
		const most = Math.min(blockSize, options.blockSize ?? blockSize);
		if (size > Math.min(most, options.maxSingleShotSize ?? most)) {
			const stream = createReadStream(path, { highWaterMark: mebi });
			return this.uploadStream(stream, most, concurrency, { onProgress });
		}
		const uploaded = await this.#put("", await readFile(path), {
			"x-ms-blob-type": "BlockBlob",
			"content-type": "application/octet-stream"
		});
		onProgress?.({ loadedBytes: size });
		return uploaded;
	}
	async uploadStream(stream, size, width, options = {}) {
		only(options, [
			"blobHTTPHeaders",
			"onProgress",
			"abortSignal"
		]);
		only(options.blobHTTPHeaders ?? {}, ["blobContentType"]);
		const prefix = randomUUID();
		const idOf = (index) => Buffer.from(prefix + String(index).padStart(6, "0")).toString("base64");
		let [loadedBytes, count] = [0, 0];
		await inParallel(blocksOf(stream, size), width, async (block) => {
			options.abortSignal?.throwIfAborted();
			await this.#put(`comp=block&blockid=${encodeURIComponent(idOf(block.index))}`, block.bytes);
			loadedBytes += block.bytes.length;
			count++;
			options.onProgress?.({ loadedBytes });
		});
		options.abortSignal?.throwIfAborted();
		const list = `<?xml version="1.0" encoding="utf-8"?><BlockList>${Array.from({ length: count }, (_, index) => `<Latest>${idOf(index)}</Latest>`).join("")}</BlockList>`;
		const headers = {
			"content-type": "application/xml",
			"x-ms-blob-content-type": options.blobHTTPHeaders?.blobContentType ?? "application/octet-stream"
		};
		return this.#put("comp=blocklist", list, headers);
	}
	async getProperties() {
		const answer = await this.#ask({ method: "HEAD" });
		answer.body.resume();
		if (answer.status !== 200) throw this.#refusal(answer);
		const length = answer.headers["content-length"];
		return { contentLength: length === void 0 ? void 0 : Number(length) };
	}
	async downloadToBuffer(offset, count, options = {}) {
		only(options, [
			"abortSignal",
			"concurrency",
			"onProgress"
		]);
		const whole = Buffer.allocUnsafe(count);
		let loadedBytes = 0;
		await inParallel(startsOf(count), options.concurrency ?? 5, async (start) => {
			const length = Math.min(rangeSize, count - start);
			(await this.#range(offset + start, length, options.abortSignal)).copy(whole, start);
			loadedBytes += length;
			options.onProgress?.({ loadedBytes });
		});
		return whole;
	}
	async #range(from, length, stop) {
		for (let attempt = 1;; attempt++) {
			stop?.throwIfAborted();
			const late = this.#tryTimeout === void 0 ? [] : [AbortSignal.timeout(this.#tryTimeout)];
			const answer = await this.#ask({ headers: { range: `bytes=${from}-${from + length - 1}` } });
			if (answer.status !== 206) {
				answer.body.resume();
				throw this.#refusal(answer);
			}
			addAbortSignal(AbortSignal.any([...late, ...stop ? [stop] : []]), answer.body);
			const part = await readBody(answer, length, new URL(this.#url)).catch((error) => error);
			if (Buffer.isBuffer(part) && part.length === length) return part;
			if (attempt < rangeTries) continue;
			throw part instanceof Error ? part : this.#refusal(answer);
		}
	}
	async #put(query, body, headers = {}) {
		const answer = await this.#ask({
			method: "PUT",
			body,
			headers
		}, query);
		answer.body.resume();
		if (answer.status !== 201) throw this.#refusal(answer);
		return { _response: { status: answer.status } };
	}
	#ask(request, query = "") {
		const join = query === "" ? "" : this.#url.includes("?") ? "&" : "?";
		const url = new URL(this.#url + join + query);
		const headers = {
			...version,
			...request.headers
		};
		return send({
			method: "GET",
			follow: false,
			...request,
			url,
			headers
		});
	}
	#refusal({ status, headers }) {
		const code = /^\w{1,60}$/.exec(String(headers["x-ms-error-code"] ?? ""))?.[0] ?? "";
		const message = `${withoutQuery(new URL(this.#url))} answered ${status} ${code}`.trimEnd();
		return Object.assign(new Error(message), {
			name: "BlobError",
			code,
			statusCode: status
		});
	}
};
function only(options, known) {
	const unknown = Object.keys(options).filter((key) => !known.includes(key));
	if (unknown.length > 0) throw new TypeError(`the blob client of these bundles does not know ${unknown.join(", ")}`);
}
async function* startsOf(count) {
	for (let start = 0; start < count; start += rangeSize) yield start;
}
export { BlobClient as t };
