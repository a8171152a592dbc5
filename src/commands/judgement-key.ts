import { existsSync, readFileSync } from 'node:fs';
import type { RunResult } from '../pipeline/index.ts';
import { type Digest, digestOfJson, modelPath, readAtCommit, type Workspace } from '../workspace/index.ts';
import type { Champions } from './baseline.ts';

/** A model's policy as the base commit has it, which judges, and as the change would have it; null where there is none. */
export interface PolicyTexts {
  readonly base: string | null;
  readonly proposed: string | null;
}

export async function policyTexts(
  workspace: Workspace,
  model: string,
  base: string | null,
): Promise<PolicyTexts> {
  const committed =
    base === null ? null : await readAtCommit(workspace.root, base, `models/${model}/policy.yaml`);
  const path = modelPath(workspace, model, 'policy.yaml');
  return {
    base: committed?.toString() ?? null,
    proposed: existsSync(path) ? readFileSync(path, 'utf8') : null,
  };
}

/** What a reader of the report must know of the policy: that the change does not judge itself. */
export function policyNotes({ base, proposed }: PolicyTexts): string[] {
  if (base === null || base === proposed) return [];
  return [
    proposed === null
      ? 'policy.yaml is removed by this change; it is judged by the policy of the base commit'
      : 'policy.yaml is changed by this change; it is judged by the policy of the base commit',
  ];
}

/** Everything a judgement and its report depend on: when it is the same, so are they. */
export async function judgementKey(
  workspace: Workspace,
  { record, pipeline }: RunResult,
  base: string | null,
  { baseline, tip }: Champions,
): Promise<Digest> {
  const policy = await policyTexts(workspace, pipeline.model, base);
  const judging = policy.base ?? policy.proposed ?? '';
  return digestOfJson({
    v: 1,
    run: record.fingerprint,
    base,
    // Waivers end on a day.
    policy: { ...policy, day: judging.includes('waivers') ? new Date().toISOString().slice(0, 10) : null },
    model: readFileSync(modelPath(workspace, pipeline.model, 'model.yaml'), 'utf8'),
    baseline:
      baseline.kind === 'version'
        ? {
            version: baseline.record.version,
            model: baseline.record.modelDigest,
            environment: baseline.environment,
          }
        : baseline.kind,
    tip,
    environments: workspace.configuration.environments,
  });
}
