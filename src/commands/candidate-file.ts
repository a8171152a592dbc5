import type { FileRef } from '../pipeline/index.ts';
import type { Digest } from '../workspace/index.ts';

/** What a candidate's folder may hold beside candidate.json. */
export const handedNames = ['model.onnx', 'predictions.parquet', 'record.json'] as const;

export type HandedName = (typeof handedNames)[number];

/** `candidate.json`: `docs/schemas/candidate.json`. */
export interface CandidateFile {
  readonly v: 1;
  readonly model: string;
  readonly head: string | null;
  readonly base: string | null;
  readonly fingerprint: Digest;
  /** Made from a sample of the rows: it can refuse, never pass. */
  readonly quick?: true;
  readonly files: Readonly<Partial<Record<HandedName, FileRef>>>;
}
