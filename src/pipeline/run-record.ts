import type { Digest } from '../workspace/index.ts';

/** Bytes by digest; `size` in bytes. */
export interface FileRef {
  readonly digest: Digest;
  readonly size: number;
}

/** What one stage did, kept by its fingerprint in the run cache. `docs/schemas/run.json` */
export interface StageRecord {
  readonly name: string;
  readonly fingerprint: Digest;
  readonly inputs: Readonly<Record<string, Digest>>;
  readonly params: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, FileRef>>;
  readonly seconds: number;
  /** The last value of each metric that the stage wrote to LOCKSTEP_METRICS. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** One execution of a pipeline: what went in, what came out, how long, where. `docs/schemas/run.json` */
export interface RunRecord {
  readonly v: 1;
  readonly model: string;
  /** sha256 over the stages' fingerprints and the `evaluate` section: names the run. */
  readonly fingerprint: Digest;
  /** Full commit id, or null outside Git or before the first commit. */
  readonly commit: string | null;
  /** True when tracked files differed from the commit. */
  readonly dirty: boolean;
  /** sha256 of data.lock, or null when there is none. */
  readonly lock: Digest | null;
  readonly stages: readonly StageRecord[];
  readonly started: string;
  readonly seconds: number;
  readonly host: {
    readonly os: string;
    readonly arch: string;
    readonly node: string;
    readonly cpu: string;
    /** Of a run with a stage that asks for one. */
    readonly gpu?: string;
  };
}
