import { LockstepError, nearest, type ParsedFile } from '../workspace/index.ts';
import { checkCommandPaths, codePath } from './code-path.ts';
import { durationMs } from './duration.ts';
import type { PipelineFile, StageFile } from './pipeline-file.ts';

/** Where an input of a stage comes from; `name` is what the pipeline calls it. */
export type StageInput =
  | { readonly kind: 'data'; readonly name: string; readonly key: string }
  | { readonly kind: 'output'; readonly name: string; readonly stage: string }
  /** `path` is relative to the repository root. */
  | { readonly kind: 'code'; readonly name: string; readonly path: string };

export interface Stage {
  readonly name: string;
  readonly file: StageFile;
  readonly inputs: readonly StageInput[];
  readonly outputs: readonly string[];
  /** The environment's lock, relative to the repository root. */
  readonly environmentLock: string | null;
  readonly timeoutMs: number | null;
}

/**
 * The stages in an order in which each finds its inputs made; among those that are ready, the file's order.
 * Errors: E_PIPELINE_CYCLE, E_PIPELINE_STAGE, E_PIPELINE_INPUT, E_PATH_*.
 */
export function stageGraph(model: string, file: PipelineFile, parsed: ParsedFile): readonly Stage[] {
  const makers = makersOf(file, parsed);
  const stages = Object.entries(file.stages).map(([name, stage]): Stage => {
    checkParams(file, name, stage, parsed);
    if (stage.run !== undefined) checkCommandPaths(model, stage.run, parsed.locate(['stages', name, 'run']));
    return {
      name,
      file: stage,
      inputs: (stage.inputs ?? []).map((input, index) =>
        linkInput(model, makers, input, parsed, ['stages', name, 'inputs', index]),
      ),
      outputs: stage.outputs,
      environmentLock: stage.environment
        ? codePath(model, stage.environment.lock, parsed.locate(['stages', name, 'environment', 'lock']))
        : null,
      timeoutMs: stage.timeout === undefined ? null : durationMs(stage.timeout),
    };
  });
  checkSections(file, makers, parsed);
  return inOrder(stages, parsed);
}

/** The stage and all that it needs, in order. Errors: E_PIPELINE_STAGE. */
export function stagesUntil(
  stages: readonly Stage[],
  until: string | undefined,
  file: string,
): readonly Stage[] {
  if (until === undefined) return stages;
  const byName = new Map(stages.map((stage) => [stage.name, stage]));
  if (!byName.has(until)) {
    const near = nearest(until, [...byName.keys()]);
    throw new LockstepError('E_PIPELINE_STAGE', {
      what: `no stage "${until}"`,
      where: { file },
      allowed: [...byName.keys()].join(', '),
      fix: near ? `did you mean "${near}"?` : 'name one of them',
    });
  }
  const needed = new Set<string>();
  const need = (name: string): void => {
    needed.add(name);
    for (const input of byName.get(name)!.inputs) if (input.kind === 'output') need(input.stage);
  };
  need(until);
  return stages.filter(({ name }) => needed.has(name));
}

/** Which stage makes each output. */
function makersOf(file: PipelineFile, parsed: ParsedFile): ReadonlyMap<string, string> {
  const makers = new Map<string, string>();
  for (const [stage, { outputs }] of Object.entries(file.stages)) {
    for (const [index, output] of outputs.entries()) {
      const other = makers.get(output);
      if (other !== undefined) {
        throw new LockstepError('E_PIPELINE_STAGE', {
          what: `the output "${output}" of both ${other} and ${stage}`,
          where: parsed.locate(['stages', stage, 'outputs', index]),
          allowed: 'each output made by one stage',
          fix: 'rename one of them',
        });
      }
      makers.set(output, stage);
    }
  }
  return makers;
}

function linkInput(
  model: string,
  makers: ReadonlyMap<string, string>,
  name: string,
  parsed: ParsedFile,
  path: readonly (string | number)[],
): StageInput {
  if (name.startsWith('data:')) return { kind: 'data', name, key: name.slice('data:'.length) };
  const stage = makers.get(name);
  if (stage !== undefined) return { kind: 'output', name, stage };
  return { kind: 'code', name, path: codePath(model, name, parsed.locate(path)) };
}

function checkParams(file: PipelineFile, name: string, stage: StageFile, parsed: ParsedFile): void {
  const known = Object.keys(file.params ?? {});
  for (const [index, param] of (stage.params ?? []).entries()) {
    if (Object.hasOwn(file.params ?? {}, param)) continue;
    const near = nearest(param, known);
    throw new LockstepError('E_PIPELINE_STAGE', {
      what: `stage ${name} names the param "${param}", which has no value`,
      where: parsed.locate(['stages', name, 'params', index]),
      allowed: known.length === 0 ? 'a param with a value under params' : known.join(', '),
      fix: near ? `did you mean "${near}"?` : `add ${param} under params`,
    });
  }
}

/** `evaluate` and `monitor` speak of outputs that some stage makes. */
function checkSections(file: PipelineFile, makers: ReadonlyMap<string, string>, parsed: ParsedFile): void {
  const { model, predictions, data } = file.evaluate;
  const named: [string[], string | undefined][] = [
    [['evaluate', 'model'], model],
    [['evaluate', 'predictions'], predictions],
    [['evaluate', 'data'], data],
    [['monitor', 'outcomes'], file.monitor?.outcomes],
  ];
  for (const [path, output] of named) {
    if (output === undefined || makers.has(output)) continue;
    const near = nearest(output, [...makers.keys()]);
    throw new LockstepError('E_PIPELINE_INPUT', {
      what: `${path.join('.')} names "${output}", which no stage makes`,
      where: parsed.locate(path),
      allowed: [...makers.keys()].join(', '),
      fix: near
        ? `did you mean "${near}"?`
        : output.startsWith('data:')
          ? 'let a stage write these rows as an output, and name that'
          : 'name an output of a stage',
    });
  }
  if (model === undefined && predictions === undefined) {
    throw new LockstepError('E_CONFIG_KEY', {
      what: 'neither "model" nor "predictions" at evaluate',
      where: parsed.locate(['evaluate']),
      allowed: 'model: an ONNX output, or predictions: a table of row_id, fold and score',
      fix: 'add model: model.onnx',
    });
  }
}

function inOrder(stages: readonly Stage[], parsed: ParsedFile): readonly Stage[] {
  const ordered: Stage[] = [];
  const done = new Set<string>();
  const needs = ({ inputs }: Stage) =>
    inputs.flatMap((input) => (input.kind === 'output' ? [input.stage] : []));
  while (ordered.length < stages.length) {
    const ready = stages.find(
      (stage) => !done.has(stage.name) && needs(stage).every((name) => done.has(name)),
    );
    if (!ready)
      throw cycleError(
        stages.filter(({ name }) => !done.has(name)),
        needs,
        parsed,
      );
    done.add(ready.name);
    ordered.push(ready);
  }
  return ordered;
}

/** Walks backwards from any stage that is stuck until one comes again. */
function cycleError(
  stuck: readonly Stage[],
  needs: (stage: Stage) => string[],
  parsed: ParsedFile,
): LockstepError {
  const byName = new Map(stuck.map((stage) => [stage.name, stage]));
  const walked: string[] = [];
  let name = stuck[0]!.name;
  while (!walked.includes(name)) {
    walked.push(name);
    name = needs(byName.get(name)!).find((need) => byName.has(need))!;
  }
  const ring = [...walked.slice(walked.indexOf(name)), name].reverse();
  return new LockstepError('E_PIPELINE_CYCLE', {
    what: `stages that wait for each other: ${ring.join(' → ')}`,
    where: parsed.locate(['stages', ring[0]!, 'inputs']),
    allowed: 'stages whose inputs come from earlier ones',
    fix: 'take the output of one of them out of the inputs of the next',
  });
}
