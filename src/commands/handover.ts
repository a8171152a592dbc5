import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import candidateSchema from '../../docs/schemas/candidate.json' with { type: 'json' };
import runSchema from '../../docs/schemas/run.json' with { type: 'json' };
import { openStore } from '../data/index.ts';
import { checkOnnx } from '../model/index.ts';
import type { FileRef, RunRecord } from '../pipeline/index.ts';
import {
  checkSchema,
  type Digest,
  digestFile,
  digestOf,
  LockstepError,
  parseJson,
  type Workspace,
} from '../workspace/index.ts';
import { type CandidateFile, type HandedName, handedNames } from './candidate-file.ts';

/** A folder that keeps its own word: every file as candidate.json names it, and nothing else. Not yet judged. */
export interface Handover {
  readonly file: CandidateFile;
  /** Of candidate.json's bytes, and so of everything handed over. */
  readonly digest: Digest;
  readonly record: RunRecord;
  /** Verified and in the store. */
  readonly model: FileRef | null;
  readonly predictions: FileRef | null;
}

/** What a folder must be of; who knows says it. */
export interface Expected {
  readonly model: string;
  /** Full commit id. */
  readonly head: string;
}

const manifest = 'candidate.json';
const mostBytes: Readonly<Record<typeof manifest | 'record.json', number>> = {
  [manifest]: 256 * 1024,
  'record.json': 16 * 1024 * 1024,
};
const mostTogether = 1024 ** 3;

/**
 * Reads a folder that anybody may have written. Nothing is opened before its kind and size are known, nothing is
 * used before its bytes were hashed, and every claim that can be checked is.
 * Errors: E_HANDOVER_SHAPE, E_HANDOVER_TOO_LARGE, E_HANDOVER_RECORD, E_SIZE_MISMATCH, E_DIGEST_MISMATCH, E_MODEL_*,
 * and those of JSON that breaks its schema.
 */
export async function readHandover(
  workspace: Workspace,
  folder: string,
  expected?: Expected,
): Promise<Handover> {
  const sizes = sizesIn(folder);
  if (!sizes.has(manifest)) throw shape(`no ${manifest} in ${folder}`);
  for (const [name, most] of Object.entries(mostBytes)) checkSize(name, sizes.get(name) ?? 0, most);
  checkSize(
    'the folder',
    [...sizes.values()].reduce((sum, size) => sum + size, 0),
    mostTogether,
  );
  const bytes = readFileSync(join(folder, manifest));
  const file = checkSchema<CandidateFile>(parseJson(bytes, manifest), candidateSchema);
  if (expected !== undefined) checkExpected(file, expected);
  checkNames(file, sizes);
  for (const name of handedNames) await checkFile(folder, name, file.files[name], sizes.get(name));
  const record = await readRecord(workspace, folder, file);
  const [model, predictions] = [
    await keep(workspace, folder, 'model.onnx', file),
    await keep(workspace, folder, 'predictions.parquet', file),
  ];
  if (model !== null) await checkOnnx(await openStore(workspace).read(model.digest), 'model.onnx');
  return { file, digest: digestOf(bytes), record, model, predictions };
}

/** Bytes of each file by name; links, folders and pipes are refused unread. */
function sizesIn(folder: string): Map<string, number> {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (!found?.isDirectory()) throw shape(`${folder} is ${found ? 'no folder' : 'not there'}`);
  const sizes = new Map<string, number>();
  for (const name of readdirSync(folder).sort()) {
    const entry = lstatSync(join(folder, name));
    if (!entry.isFile()) {
      const kind = entry.isSymbolicLink() ? 'a link' : entry.isDirectory() ? 'a folder' : 'no plain file';
      throw shape(`${name} is ${kind}`);
    }
    sizes.set(name, entry.size);
  }
  return sizes;
}

function checkSize(name: string, size: number, most: number): void {
  if (size <= most) return;
  throw new LockstepError('E_HANDOVER_TOO_LARGE', {
    what: `${name} has ${size.toLocaleString('en-US')} bytes`,
    allowed: `at most ${most.toLocaleString('en-US')}`,
    fix: 'hand over what `lockstep run --candidate` writes',
  });
}

function checkExpected(file: CandidateFile, expected: Expected): void {
  for (const what of ['model', 'head'] as const) {
    if (file[what] === expected[what]) continue;
    throw new LockstepError('E_HANDOVER_SHAPE', {
      what: `a candidate of the ${what} ${file[what]}`,
      where: { file: manifest },
      allowed: expected[what],
      fix: 'hand over what the action `train` uploads',
    });
  }
}

function checkNames({ files }: CandidateFile, sizes: ReadonlyMap<string, number>): void {
  for (const name of sizes.keys()) {
    if (name !== manifest && !Object.hasOwn(files, name))
      throw shape(`${name}, which ${manifest} does not name`);
  }
  for (const name of Object.keys(files)) {
    if (!sizes.has(name)) throw shape(`${name} is missing, which ${manifest} names`);
  }
}

async function checkFile(
  folder: string,
  name: HandedName,
  named: FileRef | undefined,
  size: number | undefined,
): Promise<void> {
  if (named === undefined) return;
  if (named.size !== size) {
    throw new LockstepError('E_SIZE_MISMATCH', {
      what: `${name} has ${size} bytes`,
      where: { file: manifest },
      allowed: `${named.size}, as ${manifest} says`,
      fix: 'hand the folder over again',
    });
  }
  const { digest } = await digestFile(join(folder, name));
  if (digest !== named.digest) throw otherBytes(name, named.digest, digest);
}

const otherBytes = (name: string, wanted: Digest, got: Digest): LockstepError =>
  new LockstepError('E_DIGEST_MISMATCH', {
    what: `${name} holds other bytes (${got})`,
    where: { file: manifest },
    allowed: `${wanted}, as ${manifest} says`,
    fix: 'hand the folder over again',
  });

async function keep(
  workspace: Workspace,
  folder: string,
  name: HandedName,
  { files }: CandidateFile,
): Promise<FileRef | null> {
  const named = files[name];
  if (named === undefined) return null;
  // What counts is the copy: the folder may change while it is read.
  const ref = await openStore(workspace).putFile(join(folder, name));
  if (ref.digest !== named.digest) throw otherBytes(name, named.digest, ref.digest);
  return ref;
}

async function readRecord(workspace: Workspace, folder: string, file: CandidateFile): Promise<RunRecord> {
  const { digest } = (await keep(workspace, folder, 'record.json', file))!;
  const bytes = await openStore(workspace).read(digest);
  const record = checkSchema<RunRecord>(parseJson(bytes, 'record.json'), runSchema);
  checkRecord(record, file);
  return record;
}

/** A record proves nothing, but one that contradicts what lies beside it is of another run. */
function checkRecord(record: RunRecord, file: CandidateFile): void {
  const claims = [
    ['model', record.model, file.model],
    ['run', record.fingerprint, file.fingerprint],
    ['commit', record.commit, file.head],
  ] as const;
  for (const [what, recorded, claimed] of claims) {
    if (recorded !== claimed) throw otherRun(`the ${what} ${recorded}`, `${claimed}, as ${manifest} says`);
  }
  const made = new Set(
    record.stages.flatMap(({ outputs }) => Object.values(outputs).map(({ digest }) => digest)),
  );
  const model = file.files['model.onnx'];
  if (model && !made.has(model.digest)) {
    throw otherRun(`no stage that made ${model.digest}`, 'the record of the run that made model.onnx');
  }
}

const otherRun = (what: string, allowed: string): LockstepError =>
  new LockstepError('E_HANDOVER_RECORD', {
    what,
    where: { file: 'record.json' },
    allowed,
    fix: 'hand over what `lockstep run --candidate` writes',
  });

const shape = (what: string): LockstepError =>
  new LockstepError('E_HANDOVER_SHAPE', {
    what,
    allowed: `a folder of ${manifest} and exactly the files it names, of ${handedNames.join(', ')}`,
    fix: 'hand over what `lockstep run --candidate` writes',
  });
