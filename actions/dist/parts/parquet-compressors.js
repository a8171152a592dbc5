import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
const parquetCompressors = {
	GZIP: bounded(gunzipSync),
	BROTLI: bounded(brotliDecompressSync),
	ZSTD: bounded(zstdDecompressSync),
	LZ4_RAW: (input, size) => lz4(input, size, (output) => unpackBlock(input, output, 0)),
	LZ4: (input, size) => lz4(input, size, (output) => unpackHadoop(input, output) ?? unpackBlock(input, output, 0))
};
function bounded(unpack) {
	return (input, size) => {
		if (size === 0) return new Uint8Array();
		try {
			return unpack(input, {
				maxOutputLength: size,
				chunkSize: Math.min(Math.max(size, 64), 1 << 20)
			});
		} catch (error) {
			if (error.code !== "ERR_BUFFER_TOO_LARGE") throw error;
			throw new Error(`a page holds more than the ${size} bytes it declares`);
		}
	};
}
function lz4(input, size, unpack) {
	if (size > input.length * 255) throw new Error(`${input.length} bytes of LZ4 never hold ${size}`);
	const output = new Uint8Array(size);
	if (size > 0 && unpack(output) !== size) throw new Error(`LZ4 that does not unpack to the ${size} bytes it declares`);
	return output;
}
function unpackHadoop(input, output) {
	const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
	let at = 0;
	let end = 0;
	while (at < input.length) {
		if (at + 4 > input.length) return null;
		const frameEnd = end + view.getUint32(at);
		at += 4;
		if (frameEnd > output.length) return null;
		while (end < frameEnd) {
			if (at + 4 > input.length) return null;
			const blockEnd = at + 4 + view.getUint32(at);
			if (blockEnd > input.length) return null;
			const written = unpackBlock(input.subarray(at + 4, blockEnd), output, end);
			if (written === null || written === end) return null;
			end = written;
			at = blockEnd;
		}
		if (end > frameEnd) return null;
	}
	return end;
}
function unpackBlock(input, output, start) {
	let at = 0;
	let end = start;
	const lengthFrom = (nibble) => {
		let length = nibble;
		for (let byte = nibble === 15 ? 255 : 0; byte === 255; length += byte) byte = input[at++] ?? 0;
		return length;
	};
	while (at < input.length) {
		const token = input[at++];
		const literals = lengthFrom(token >> 4);
		if (at + literals > input.length || end + literals > output.length) return null;
		output.set(input.subarray(at, at + literals), end);
		at += literals;
		end += literals;
		if (at === input.length) return end;
		if (at + 2 > input.length) return null;
		const back = input[at++] | input[at++] << 8;
		const length = 4 + lengthFrom(token & 15);
		if (back === 0 || back > end - start || end + length > output.length) return null;
		if (back >= length) output.copyWithin(end, end - back, end - back + length);
		else for (let index = end; index < end + length; index++) output[index] = output[index - back];
		end += length;
	}
	return null;
}
export { parquetCompressors as t };
