import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { ModelFile } from '../model/index.ts';
import type { EvaluateSection } from '../pipeline/index.ts';
import { isLockstepError, LockstepError, watchParent } from '../workspace/index.ts';
import { type ParamRules, type Params, readParams } from './params.ts';

/** What a built-in finds in its environment: the contract of any stage (`LOCKSTEP_*`). */
export interface Stage {
  readonly params: Params;
  readonly evaluate: EvaluateSection;
  readonly model: Pick<ModelFile, 'task' | 'inputs' | 'output'>;
  /** Absolute path of the table to read. */
  readonly table: string;
  readonly output: (name: string) => string;
  readonly metric: (values: Record<string, number>) => void;
  readonly say: (line: string) => void;
}

const tableName = /\.(?:csv|tsv|parquet)$/i;

/** Runs a built-in as a process: a person's mistake is one line on stderr and exit 1. */
export async function runStage(builtin: string, rules: ParamRules, work: (stage: Stage) => Promise<void>) {
  watchParent();
  try {
    await work(openStage(builtin, rules, process.env));
  } catch (error) {
    if (!isLockstepError(error)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

function openStage(builtin: string, rules: ParamRules, environment: NodeJS.ProcessEnv): Stage {
  const inputs = variable(environment, 'LOCKSTEP_INPUTS');
  const outputs = variable(environment, 'LOCKSTEP_OUTPUTS');
  const metrics = environment.LOCKSTEP_METRICS;
  const { evaluate, model, ...params } = JSON.parse(
    readFileSync(variable(environment, 'LOCKSTEP_PARAMS'), 'utf8'),
  ) as { evaluate: EvaluateSection; model: Stage['model'] } & Record<string, unknown>;
  return {
    params: readParams(params, rules, builtin),
    evaluate,
    model,
    table: findTable(inputs),
    output: (name) => join(outputs, name),
    metric: (values) => {
      if (metrics) appendFileSync(metrics, `${JSON.stringify(values)}\n`);
    },
    say: (line) => {
      process.stdout.write(`${line}\n`);
    },
  };
}

function variable(environment: NodeJS.ProcessEnv, name: string): string {
  const value = environment[name];
  if (value) return value;
  throw new LockstepError('E_USAGE', {
    what: `${name} is not set`,
    allowed: 'a built-in runs as a stage of a pipeline',
    fix: 'start it with `lockstep run`',
  });
}

/** `train.parquet`, or the only table among the inputs. */
function findTable(folder: string): string {
  const preferred = join(folder, 'train.parquet');
  if (existsSync(preferred)) return preferred;
  const tables = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && tableName.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  if (tables.length === 1) return tables[0]!;
  const names = tables.map((path) => relative(folder, path).split(sep).join('/')).join(', ');
  throw new LockstepError('E_TRAIN_DATA', {
    what:
      tables.length === 0
        ? 'no table among the inputs of the stage'
        : `${tables.length} tables among the inputs of the stage: ${names}`,
    allowed: 'one .csv, .tsv or .parquet file, or one called train.parquet',
    fix: 'name one table under `inputs` of the stage in pipeline.yaml',
  });
}
