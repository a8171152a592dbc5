import { type ReleaseRecord, retrainedOf } from '../../registry/index.ts';
import { LockstepError, parseYaml, readAtCommit, type Workspace } from '../../workspace/index.ts';

/** Whether each environment trains this model for itself, as model.yaml says at the version's commit. */
export async function isRetrained(
  { root }: Workspace,
  { model, commit }: Pick<ReleaseRecord, 'model' | 'commit'>,
): Promise<boolean> {
  const path = `models/${model}/model.yaml`;
  const bytes = await readAtCommit(root, commit, `./${path}`);
  return bytes !== null && (parseYaml(bytes, path).value as { pattern?: unknown }).pattern === 'retrain';
}

/**
 * The first environment runs what main trained, or its own training of it; every other one its own alone.
 * Errors: E_PROMOTE_RETRAIN.
 */
export function checkTrainedFor(
  { configuration: { environments } }: Workspace,
  { model, version }: Pick<ReleaseRecord, 'model' | 'version'>,
  environment: string,
): void {
  const trained = retrainedOf(version, environments);
  if (trained?.environment === environment) return;
  if (trained === null && environment === environments[0]) return;
  const base = trained?.base ?? version;
  throw new LockstepError('E_PROMOTE_RETRAIN', {
    what: `${model} ${version} was trained ${trained ? `for ${trained.environment}` : 'by main'}, and ${environment} trains its own`,
    where: { file: `models/${model}/model.yaml` },
    allowed: `${base}-${environment}.<n>, trained on data.${environment}.lock`,
    fix: `lockstep retrain ${model} ${base} --in ${environment}, and promote what it registers`,
  });
}
