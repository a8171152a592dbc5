import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import schema from '../../docs/schemas/pipeline.json' with { type: 'json' };
import {
  checkName,
  checkSchema,
  LockstepError,
  nearest,
  type ParsedFile,
  parseYaml,
  pipelinePath,
  readAtCommit,
  readYaml,
  type Workspace,
} from '../workspace/index.ts';
import type { EvaluateSection, PipelineFile } from './pipeline-file.ts';
import { type Stage, stageGraph } from './stage-graph.ts';

/** A pipeline that was read and whose parts fit together. */
export interface Pipeline {
  readonly model: string;
  readonly file: PipelineFile;
  /** The file as parsed: knows on which line each value stands. */
  readonly parsed: ParsedFile;
  /** In an order in which each stage finds its inputs made. */
  readonly stages: readonly Stage[];
  /** The commit it was read at, or null for the work tree. */
  readonly commit: string | null;
}

/**
 * Reads `pipelines/<model>/pipeline.yaml` from the work tree, or as it was at a commit.
 * Errors: E_NAME, E_PIPELINE_*, E_CONFIG_*, E_YAML_*, E_PATH_*, E_TRAIN_COMMAND.
 */
export async function readPipeline(
  workspace: Workspace,
  model: string,
  { commit = null }: { readonly commit?: string | null } = {},
): Promise<Pipeline> {
  checkName(model, 'model');
  const file = pipelineFileOf(model);
  if (commit !== null) {
    const bytes = await readAtCommit(workspace.root, commit, `./${file}`);
    if (bytes === null) throw missing(workspace, model, ` at ${commit.slice(0, 12)}`);
    return parsePipeline(model, parseYaml(bytes, file), commit);
  }
  const path = pipelinePath(workspace, model, 'pipeline.yaml');
  if (!existsSync(path)) throw missing(workspace, model, '');
  return parsePipeline(model, readYaml(path, file), null);
}

export function parsePipeline(model: string, parsed: ParsedFile, commit: string | null = null): Pipeline {
  const file = withFoldPredictions(checkSchema<PipelineFile>(parsed, schema));
  return { model, file, parsed, stages: stageGraph(model, file, parsed), commit };
}

/** Models with a pipeline in the work tree, enabled and not, sorted. */
export function listPipelines(workspace: Workspace): string[] {
  const folder = join(workspace.root, 'pipelines');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'pipeline.yaml')))
    .sort();
}

export const pipelineFileOf = (model: string): string => `pipelines/${model}/pipeline.yaml`;

/** Judging by folds works from predictions; the name that the built-in trainers give them need not be said. */
function withFoldPredictions(file: PipelineFile): PipelineFile {
  const { folds, predictions } = file.evaluate;
  if (folds === undefined || predictions !== undefined) return file;
  const evaluate: EvaluateSection = { ...file.evaluate, predictions: 'predictions.parquet' };
  return { ...file, evaluate };
}

function missing(workspace: Workspace, model: string, when: string): LockstepError {
  const known = listPipelines(workspace);
  const near = nearest(model, known);
  return new LockstepError('E_PIPELINE_MISSING', {
    what: `no ${pipelineFileOf(model)}${when}`,
    allowed: known.length === 0 ? 'a model with a pipeline' : known.join(', '),
    fix: near
      ? `did you mean "${near}"?`
      : `\`lockstep init ${model} --data <table> --target <column>\` makes one`,
  });
}
