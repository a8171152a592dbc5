import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** What a workflow may give an action and take from it. */
export interface ActionFile {
  readonly inputs: Readonly<Record<string, { readonly required?: boolean; readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

export function readAction(root: string, name: string): ActionFile {
  const file = parse(readFileSync(join(root, 'actions', name, 'action.yml'), 'utf8')) as Partial<ActionFile>;
  return { inputs: file.inputs ?? {}, outputs: file.outputs ?? {} };
}
