import type { Readable } from 'node:stream';

/** Several of them work on what one generator gives, as they get to it; the first that fails ends it. */
export async function inParallel<T>(
  items: AsyncGenerator<T>,
  width: number,
  work: (item: T) => Promise<void>,
) {
  const worker = async () => {
    for await (const item of items) await work(item);
  };
  await Promise.all(Array.from({ length: Math.max(1, width) }, worker));
}

/** What a stream gives in blocks of so many bytes and a last one with the rest; nothing of an empty stream. */
export async function* blocksOf(stream: Readable, size: number) {
  let [parts, held, index]: [Buffer[], number, number] = [[], 0, 0];
  for await (let chunk of stream as AsyncIterable<Buffer>) {
    while (held + chunk.length >= size) {
      parts.push(chunk.subarray(0, size - held));
      chunk = chunk.subarray(size - held);
      yield { index: index++, bytes: Buffer.concat(parts) };
      [parts, held] = [[], 0];
    }
    parts.push(chunk);
    held += chunk.length;
  }
  if (held > 0) yield { index, bytes: Buffer.concat(parts) };
}
