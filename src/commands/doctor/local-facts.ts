import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasWorkflowSources, staleWorkflows } from '../../github/index.ts';
import { listPipelines, readPipeline } from '../../pipeline/index.ts';
import { isLockstepError, openWorkspace, type Workspace } from '../../workspace/index.ts';
import type { LocalFacts } from './facts.ts';

/** Reads the checkout. `outdated` is known where the workflows' sources are. */
export async function readLocalFacts(workspace: Workspace): Promise<LocalFacts> {
  const { root, configuration } = workspace;
  const { base } = configuration.image;
  return {
    environments: configuration.environments,
    gitops: configuration.gitops,
    workflows: workflowsIn(root),
    outdated: hasWorkflowSources(root) ? outdatedIn(root) : null,
    codeOwners:
      ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS']
        .map((path) => textOf(join(root, path)))
        .find((text) => text !== null) ?? null,
    trust:
      configuration.trust.length === 0
        ? 'none'
        : configuration.trust.some((entry) => 'keys' in entry)
          ? 'environments'
          : 'keys',
    base: base === undefined ? null : { reference: base, pinned: base.includes('@sha256:') },
    gpuPipelines: await gpuPipelines(workspace),
    configuration: problemOf(root),
  };
}

/** Workflows that are not what their sources make; what is wrong with a source, where one can't be read. */
function outdatedIn(root: string): string[] {
  try {
    return staleWorkflows(root).filter((path) => path.startsWith('.github/'));
  } catch (error) {
    if (isLockstepError(error)) return [error.message];
    throw error;
  }
}

function workflowsIn(root: string): Map<string, string> {
  const folder = join(root, '.github/workflows');
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /\.ya?ml$/.test(name)) : [];
  return new Map(
    names.sort().map((name) => [`.github/workflows/${name}`, readFileSync(join(folder, name), 'utf8')]),
  );
}

const textOf = (path: string): string | null => (existsSync(path) ? readFileSync(path, 'utf8') : null);

async function gpuPipelines(workspace: Workspace): Promise<string[]> {
  const found: string[] = [];
  for (const model of listPipelines(workspace)) {
    try {
      const { file } = await readPipeline(workspace, model);
      if (Object.values(file.stages).some(({ gpu }) => gpu)) found.push(model);
    } catch (error) {
      if (!isLockstepError(error)) throw error; // Its own run tells what is wrong with it.
    }
  }
  return found;
}

function problemOf(root: string): string | null {
  try {
    openWorkspace(root);
    return null;
  } catch (error) {
    if (isLockstepError(error)) return error.message;
    throw error;
  }
}
