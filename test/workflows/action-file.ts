import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** What a workflow may give an action and take from it. */
export interface ActionFile {
  readonly inputs: Readonly<Record<string, { readonly required?: boolean; readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** Null when there is no such action. */
export function readAction(root: string, name: string): ActionFile | null {
  const path = join(root, 'actions', name, 'action.yml');
  if (!existsSync(path)) return null;
  const file = parse(readFileSync(path, 'utf8')) as Partial<ActionFile>;
  return { inputs: file.inputs ?? {}, outputs: file.outputs ?? {} };
}
