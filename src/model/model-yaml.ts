import schema from '../../docs/schemas/model.json' with { type: 'json' };
import {
  checkSchema,
  LockstepError,
  modelPath,
  type ParsedFile,
  parseYaml,
  readAtCommit,
  readYaml,
  shown,
  type Workspace,
} from '../workspace/index.ts';
import { checkDataSection } from './data-section.ts';
import type { InputColumn, ModelFile } from './model-file.ts';

/**
 * `models/<model>/model.yaml`, from the work tree or as it was at a commit.
 * Errors: E_CONFIG_MISSING, and what `parseModelFile` and the YAML reader refuse.
 */
export async function readModelFile(
  workspace: Workspace,
  model: string,
  { commit }: { readonly commit?: string } = {},
): Promise<ModelFile> {
  const path = modelPath(workspace, model, 'model.yaml');
  const name = shown(workspace, path);
  if (commit === undefined) return parseModelFile(readYaml(path, name));
  const bytes = await readAtCommit(workspace.root, commit, name);
  if (bytes) return parseModelFile(parseYaml(bytes, name));
  throw new LockstepError('E_CONFIG_MISSING', {
    what: `no ${name} at commit ${commit.slice(0, 12)}`,
    fix: 'name a commit that has the model',
  });
}

/** Errors: E_CONFIG_KEY, E_CONFIG_TYPE, E_CONFIG_VALUE, each with line and column. */
export function parseModelFile(parsed: ParsedFile): ModelFile {
  const file = checkSchema<ModelFile>(parsed, schema);
  const first = new Map<string, number>();
  for (const [index, input] of file.inputs.entries()) {
    const refuse = refusal(parsed, ['inputs', index]);
    if (first.has(input.name)) {
      throw refuse('name', `the input "${input.name}" a second time`, 'each column once');
    }
    first.set(input.name, index);
    if (input.name === file.output.name) {
      throw refuse(
        'name',
        `the output "${input.name}" among the inputs`,
        'inputs that are known before the answer',
      );
    }
    checkRange(input, refuse);
  }
  if (file.task === 'regression' && file.output.positive !== undefined) {
    const refuse = refusal(parsed, ['output']);
    throw refuse('positive', 'a positive class for a regression', 'output.positive with classification only');
  }
  checkDataSection(parsed, file.data);
  return file;
}

type Refuse = (key: string, what: string, allowed: string) => LockstepError;

const refusal =
  (parsed: ParsedFile, path: readonly (string | number)[]): Refuse =>
  (key, what, allowed) =>
    new LockstepError('E_CONFIG_VALUE', { what, where: parsed.locate([...path, key]), allowed });

function checkRange({ name, type, minimum, maximum }: InputColumn, refuse: Refuse): void {
  const bound = minimum === undefined ? 'maximum' : 'minimum';
  if ((minimum ?? maximum) === undefined) return;
  if (type !== 'number' && type !== 'integer') {
    throw refuse(
      bound,
      `a ${bound} for "${name}", which is a ${type}`,
      'a range for numbers and integers only',
    );
  }
  if (minimum !== undefined && maximum !== undefined && minimum > maximum) {
    throw refuse('minimum', `"${name}" from ${minimum} to ${maximum}`, 'a minimum not above the maximum');
  }
}
