import { LockstepError } from '../workspace/errors.ts';
import { checkSafetensors, looksLikeSafetensors } from './safetensors.ts';

/** What the first bytes of a file that is not ONNX give away, as a phrase; null for anything else. */
export function foreignFormat(bytes: Uint8Array): string | null {
  if (bytes[0] === 0x80 && bytes[1]! >= 2 && bytes[1]! <= 5) return `pickle protocol ${bytes[1]} header`;
  const found = signatures.find(({ at = 0, magic }) => matches(bytes, magic, at));
  if (found) return found.name;
  const start = Buffer.from(bytes.subarray(0, 64)).toString('latin1');
  return /^\s*[{[<#][\t\n\r -~]*$/.test(start) ? 'a text file' : null;
}

const signatures: readonly { readonly name: string; readonly magic: string; readonly at?: number }[] = [
  { name: 'a 7z archive', magic: '7z\xbc\xaf\x27\x1c' },
  { name: 'a zip archive (a PyTorch checkpoint is one)', magic: 'PK\x03\x04' },
  { name: 'an empty zip archive', magic: 'PK\x05\x06' },
  { name: 'a gzip file', magic: '\x1f\x8b' },
  { name: 'an xz file', magic: '\xfd7zXZ\0' },
  { name: 'a zstd file', magic: '\x28\xb5\x2f\xfd' },
  { name: 'a RAR archive', magic: 'Rar!' },
  { name: 'a tar archive', magic: 'ustar', at: 257 },
  { name: 'an HDF5 file (Keras writes them)', magic: '\x89HDF' },
  { name: 'a NumPy array', magic: '\x93NUMPY' },
  { name: 'a GGUF file', magic: 'GGUF' },
  { name: 'a TensorFlow Lite file', magic: 'TFL3', at: 4 },
  { name: 'an ORT-format model', magic: 'ORTM', at: 4 },
  { name: 'a Parquet file', magic: 'PAR1' },
  { name: 'an ELF program', magic: '\x7fELF' },
];

const matches = (bytes: Uint8Array, magic: string, at: number): boolean =>
  bytes.length >= at + magic.length &&
  Array.from(magic).every((character, index) => bytes[at + index] === character.charCodeAt(0));

/** Errors: E_MODEL_FORMAT, and E_MODEL_HEADER or E_MODEL_LAYOUT for broken safetensors. */
export function refuseForeignFormat(bytes: Uint8Array, file: string): void {
  if (looksLikeSafetensors(bytes)) {
    checkSafetensors(bytes, file);
    throw notOnnx('safetensors, which hold weights and no graph', file);
  }
  const format = foreignFormat(bytes);
  if (format !== null) throw notOnnx(format, file);
}

export const notOnnx = (what: string, file: string): LockstepError =>
  new LockstepError('E_MODEL_FORMAT', {
    what,
    where: { file },
    allowed: 'an ONNX model',
    fix: 'export the model to ONNX, or hand over predictions.parquet instead',
  });
