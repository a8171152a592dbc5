import { type Effects, promote, realEffects } from '../src/gitops/index.ts';
import { createVersionTag, type ReleaseRecord } from '../src/registry/index.ts';
import { digestOf, git, type Workspace } from '../src/workspace/index.ts';
import { commitFiles, type GitSandbox, makeRecord } from './git-sandbox.ts';

/** A small but complete base: what people review. */
export const deployFiles: Readonly<Record<string, string>> = {
  'models/churn/deploy/kustomization.yaml':
    '# The base of every environment.\napiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n  - deployment.yaml # what runs\n  - service.yaml\n',
  'models/churn/deploy/deployment.yaml':
    'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: churn\nspec:\n  template:\n    spec:\n      containers:\n        - name: model\n          image: model\n',
  'models/churn/deploy/service.yaml':
    'apiVersion: v1\nkind: Service\nmetadata:\n  name: churn\nspec:\n  ports:\n    - port: 8080\n',
  'models/churn/deploy/production.yaml':
    'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: churn\n  annotations:\n    lockstep/replay: "200"\nspec:\n  replicas: 3\n',
};

export const policyText = 'checks:\n  - {metric: roc_auc, at-least: 0.6}\n';

/** A clone with the base committed and pushed. */
export async function makeProject(
  sandbox: GitSandbox,
  name = 'ada',
  extra: Record<string, string> = {},
): Promise<Workspace> {
  const workspace = await sandbox.clone(name);
  await commitFiles(workspace, { ...deployFiles, 'models/churn/policy.yaml': policyText, ...extra });
  await git(['push', '--quiet', 'origin', 'HEAD:refs/heads/main'], { cwd: workspace.root });
  return workspace;
}

/** Commits something and registers it as a version, signed by this clone's key. */
export async function registerVersion(
  workspace: Workspace,
  version: string,
  over: Partial<ReleaseRecord> = {},
  files: Record<string, string> = {},
): Promise<ReleaseRecord> {
  const commit = await commitFiles(workspace, { 'model.txt': version, ...files }, `feat: ${version}`);
  const policy = files['models/churn/policy.yaml'] ?? policyText;
  const record = makeRecord({ version, commit, policy: { digest: digestOf(policy), commit }, ...over });
  await createVersionTag(workspace, { record, commit, push: true });
  return record;
}

/** What somebody else does just before an effect of ours happens for the first time. */
export function before(effect: Parameters<Effects['perform']>[0], happens: () => Promise<unknown>): Effects {
  let happened = false;
  return {
    ...realEffects,
    async perform(name, work) {
      if (name === effect && !happened) {
        happened = true;
        await happens();
      }
      return work();
    },
  };
}

/** A project with these files in `models/churn/deploy/`, whose v1.0.0 was promoted to these environments, in order. */
export async function promotedWith(
  sandbox: GitSandbox,
  deploy: ReadonlyMap<string, string>,
  environments: readonly string[],
): Promise<Workspace> {
  const workspace = await sandbox.clone('ada');
  const copies = [...deploy].map(([name, text]) => [`models/churn/deploy/${name}`, text]);
  await commitFiles(workspace, { ...Object.fromEntries(copies), 'models/churn/policy.yaml': policyText });
  await git(['push', '--quiet', 'origin', 'HEAD:refs/heads/main'], { cwd: workspace.root });
  await registerVersion(workspace, 'v1.0.0');
  for (const environment of environments)
    await promote(workspace, { model: 'churn', version: 'v1.0.0', environment });
  return workspace;
}
