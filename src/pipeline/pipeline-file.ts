/** `pipelines/<model>/pipeline.yaml` as written: `docs/schemas/pipeline.json`. */
export interface PipelineFile {
  readonly enabled?: boolean;
  readonly 'runs-on'?: string | readonly string[];
  readonly params?: Readonly<Record<string, ParamValue>>;
  readonly stages: Readonly<Record<string, StageFile>>;
  readonly evaluate: EvaluateSection;
  readonly monitor?: MonitorSection;
  readonly quick?: { readonly rows?: string; readonly params?: Readonly<Record<string, ParamValue>> };
}

export type ParamValue =
  | string
  | number
  | boolean
  | null
  | readonly ParamValue[]
  | { readonly [key: string]: ParamValue };

export interface StageFile {
  /** A shell command in any language; or `uses`, never both. */
  readonly run?: string;
  /** A built-in: `trees`, `logistic`, `linear`, `split`. */
  readonly uses?: string;
  readonly environment?: { readonly python: string; readonly lock: string };
  /** `data:<key>`, an earlier stage's output, or a code file (relative to the pipeline folder; `/…` to the root). */
  readonly inputs?: readonly string[];
  /** Names of pipeline params this stage may read. */
  readonly params?: readonly string[];
  readonly outputs: readonly string[];
  /** Names of environment variables handed through. */
  readonly env?: readonly string[];
  /** For example 90s, 30m, 2h. */
  readonly timeout?: string;
  readonly gpu?: boolean;
}

export interface EvaluateSection {
  /** Output that is the ONNX model. */
  readonly model?: string;
  /** Output with row id, fold and score, where the model isn't ONNX or is judged by folds. */
  readonly predictions?: string;
  /** Output whose rows are judged: it holds the target column. */
  readonly data: string;
  readonly target: string;
  /** The positive class as text, for binary classification. */
  readonly positive?: string;
  /** Decision threshold on the score; 0.5 unless stated. */
  readonly threshold?: number;
  /** Column that names rows; without it the row's number (from 0) does. */
  readonly 'row-id'?: string;
  /** Columns whose values make slices. */
  readonly slices?: readonly string[];
  /** k-fold judging: the train stage writes out-of-fold `predictions`. */
  readonly folds?: number;
}

export interface MonitorSection {
  /** Output with the months after training: row id, date and target, prepared like the evaluation data. */
  readonly outcomes: string;
  /** Date column (ISO text) whose months group the figures. */
  readonly time: string;
}
