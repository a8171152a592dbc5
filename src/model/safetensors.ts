import { LockstepError } from '../workspace/errors.ts';

/**
 * The safetensors layout: a u64 (little-endian) header length, that many bytes of JSON
 * `{name: {dtype, shape, data_offsets: [begin, end]}, __metadata__?}`, then the data, without hole or overlap.
 * Source: the format section of the README of github.com/huggingface/safetensors.
 */
export const looksLikeSafetensors = (bytes: Uint8Array): boolean =>
  bytes.length >= 10 && bytes[8] === 0x7b && [0x22, 0x7d, 0x20, 0x0a].includes(bytes[9]!);

const mostHeaderBytes = 100_000_000;

/** Errors: E_MODEL_HEADER (length or JSON), E_MODEL_LAYOUT (overlap, hole, duplicate name, size). */
export function checkSafetensors(bytes: Uint8Array, file: string): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  if (length > mostHeaderBytes || Number(length) > bytes.length - 8) {
    throw refuse(
      'E_MODEL_HEADER',
      `a safetensors header of ${length} bytes in a file of ${bytes.length}`,
      file,
    );
  }
  const text = Buffer.from(bytes.subarray(8, 8 + Number(length))).toString('utf8');
  checkLayout(tensorsOf(text, file), bytes.length - 8 - Number(length), file);
}

interface Extent {
  readonly name: string;
  readonly begin: number;
  readonly end: number;
}

function tensorsOf(text: string, file: string): Extent[] {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    throw refuse('E_MODEL_HEADER', 'a safetensors header that is not JSON', file);
  }
  if (header === null || typeof header !== 'object' || Array.isArray(header)) {
    throw refuse('E_MODEL_HEADER', 'a safetensors header that is no JSON object', file);
  }
  const twice = duplicateName(text);
  if (twice !== null) throw refuse('E_MODEL_LAYOUT', `the tensor ${twice} twice`, file);
  return Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, tensor]) => {
      const offsets = (tensor as { data_offsets?: unknown } | null)?.data_offsets;
      const [begin, end] = Array.isArray(offsets) ? (offsets as unknown[]) : [];
      if (!Number.isSafeInteger(begin) || !Number.isSafeInteger(end)) {
        throw refuse('E_MODEL_HEADER', `no data_offsets for the tensor "${name}"`, file);
      }
      return { name, begin: begin as number, end: end as number };
    });
}

function checkLayout(tensors: readonly Extent[], size: number, file: string): void {
  let at = 0;
  for (const { name, begin, end } of tensors.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin < at) throw refuse('E_MODEL_LAYOUT', `the tensor "${name}" overlaps the one before it`, file);
    if (begin > at) throw refuse('E_MODEL_LAYOUT', `a hole of ${begin - at} bytes before "${name}"`, file);
    if (end < begin) throw refuse('E_MODEL_LAYOUT', `the tensor "${name}" ends before it begins`, file);
    at = end;
  }
  if (at !== size) throw refuse('E_MODEL_LAYOUT', `tensors of ${at} bytes with ${size} bytes of data`, file);
}

/** JSON.parse keeps the last of two equal names silently; two readers may not agree on which counts. */
function duplicateName(json: string): string | null {
  const seen = new Set<string>();
  let depth = 0;
  let last = '';
  for (const [found] of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:]/gs)) {
    if (found === '{' || found === '[') depth++;
    else if (found === '}' || found === ']') depth--;
    else if (found !== ':') last = found;
    else if (depth === 1) {
      const name = JSON.parse(last) as string;
      if (seen.has(name)) return last;
      seen.add(name);
    }
  }
  return null;
}

const refuse = (code: 'E_MODEL_HEADER' | 'E_MODEL_LAYOUT', what: string, file: string): LockstepError =>
  new LockstepError(code, {
    what,
    where: { file },
    allowed: 'safetensors as their writer lays them out',
    fix: 'write the file again',
  });
