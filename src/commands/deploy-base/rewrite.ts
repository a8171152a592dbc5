import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readModelFile, type Serving } from '../../model/index.ts';
import { checkName, LockstepError, type Workspace, writeAtomic } from '../../workspace/index.ts';
import { deployBase } from './deploy-base.ts';

export interface RewrittenDeploy {
  readonly model: string;
  readonly serving: Serving;
  /** From the root. */
  readonly written: readonly string[];
  readonly removed: readonly string[];
}

const servings: readonly Serving[] = ['deployment', 'kserve'];

/**
 * Makes `models/<model>/deploy/` what model.yaml's `serving` asks for. Files that no base of ours has a name for stay;
 * what was edited is written over by force alone. Errors: E_NAME, E_CONFIG_MISSING, E_CONFIG_VALUE.
 */
export async function rewriteDeploy(
  workspace: Workspace,
  model: string,
  { force }: { readonly force: boolean },
): Promise<RewrittenDeploy> {
  checkName(model, 'model');
  const { serving = 'deployment' } = await readModelFile(workspace, model);
  const { environments } = workspace.configuration;
  const bases = servings.map((each) => deployBase(model, { serving: each, environments }));
  const wanted = bases[servings.indexOf(serving)]!;
  const found = new Map<string, string>();
  for (const name of new Set(bases.flatMap((base) => [...base.keys()]))) {
    const text = textAt(workspace, model, name);
    if (text !== null) found.set(name, text);
  }
  const changed = [...found].filter(([name, text]) => wanted.get(name) !== text);
  const edited = changed.filter(([name, text]) => !bases.some((base) => base.get(name) === text));
  if (edited.length > 0 && !force) throw refused(model, edited[0]![0]);
  const removed = changed.map(([name]) => name).filter((name) => !wanted.has(name));
  const written = [...wanted].filter(([name, text]) => found.get(name) !== text);
  for (const [name, text] of written) writeAtomic(pathOf(workspace, model, name), text);
  for (const name of removed) rmSync(pathOf(workspace, model, name));
  const shown = (name: string) => `models/${model}/deploy/${name}`;
  return { model, serving, written: written.map(([name]) => shown(name)), removed: removed.map(shown) };
}

const pathOf = ({ root }: Workspace, model: string, name: string): string =>
  join(root, 'models', model, 'deploy', name);

function textAt(workspace: Workspace, model: string, name: string): string | null {
  const path = pathOf(workspace, model, name);
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

const refused = (model: string, name: string): LockstepError =>
  new LockstepError('E_CONFIG_VALUE', {
    what: 'a file that was edited',
    where: { file: `models/${model}/deploy/${name}` },
    allowed: 'what `lockstep init` wrote, to be written over',
    fix: 'commit it, and add --force: `git diff` shows then what to bring back',
  });
