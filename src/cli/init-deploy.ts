import { rewriteDeploy } from '../commands/deploy-base/rewrite.ts';
import type { Workspace } from '../workspace/index.ts';
import { UsageError } from './invocation.ts';

/** `lockstep init <model> --deploy`. Errors: E_NAME, E_CONFIG_MISSING, E_CONFIG_VALUE. */
export async function initDeploy(
  workspace: Workspace,
  model: string,
  { force, serving }: Readonly<Record<string, unknown>>,
) {
  if (serving !== undefined)
    throw new UsageError('--deploy takes what model.yaml says: write the line serving: there');
  const result = await rewriteDeploy(workspace, model, { force: force === true });
  const { written, removed } = result;
  return {
    json: result,
    text:
      written.length + removed.length === 0
        ? `models/${model}/deploy is as it should be (serving: ${result.serving})`
        : [
            ...written.map((path) => `write   ${path}`),
            ...removed.map((path) => `remove  ${path}`),
            '',
            'Nothing is committed; a version registered after the commit takes it along.',
          ].join('\n'),
  };
}
