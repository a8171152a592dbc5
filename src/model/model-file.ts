import type { DataSection } from './data-section.ts';

/** `models/<model>/model.yaml`: what the model is. `docs/schemas/model.json` */
export interface ModelFile {
  readonly task: Task;
  readonly description?: string;
  readonly owner?: string;
  readonly license?: string;
  readonly risk?: 'minimal' | 'limited' | 'high';
  readonly inputs: readonly InputColumn[];
  readonly output: { readonly name: string; readonly positive?: string; readonly unit?: string };
  /** How the next version is chosen when a model changes: `patch` unless stated. */
  readonly version?: 'patch' | 'minor' | 'major';
  /** Whether environments take what main trained (`promote` unless stated), or train its commit on data of their own. */
  readonly pattern?: 'promote' | 'retrain';
  /** Which manifests `models/<model>/deploy/` holds: `deployment` unless stated. */
  readonly serving?: Serving;
  /** What its datasets have to be: `docs/formats/quality.md`. */
  readonly data?: DataSection;
}

/** A Deployment with its Service and autoscaler, or KServe's InferenceService. */
export type Serving = 'deployment' | 'kserve';

export type Task = 'binary-classification' | 'regression';

export interface InputColumn {
  readonly name: string;
  /** `date` is ISO 8601 text; `category` and `date` travel as strings, the others as numbers. */
  readonly type: 'number' | 'integer' | 'boolean' | 'category' | 'date';
  readonly minimum?: number;
  readonly maximum?: number;
  /** Whether a request may leave it out or send null; true unless stated. */
  readonly missing?: boolean;
  readonly description?: string;
  /** Values of this column may appear in comments and reports. */
  readonly public?: boolean;
}
