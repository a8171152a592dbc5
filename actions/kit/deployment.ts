import { recordDeployment, runUrl } from '../../src/github/index.ts';
import { listVersions } from '../../src/registry/index.ts';
import { say } from './foreign-output.ts';
import type { ForgeJob } from './forge.ts';

/** What an environment names now; `image` with its digest. */
export interface Deployed {
  readonly model: string;
  readonly environment: string;
  readonly version: string;
  readonly image: string;
}

/** Shows it on GitHub's page of deployments. */
export async function showDeployment(
  { workspace, github, context }: ForgeJob,
  { model, environment, version, image }: Deployed,
  description: string,
): Promise<void> {
  const versions = await listVersions(workspace.root, model);
  const commit = versions.find((tag) => tag.version === version)?.commit ?? context.sha;
  const deployment = { model, environment, version, image, commit, description };
  const done = await recordDeployment(github, { ...deployment, state: 'success', url: runUrl(context) });
  say(`deployment of ${model} in ${environment}: ${done}`);
}
