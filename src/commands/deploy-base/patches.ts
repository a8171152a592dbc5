import type { Serving } from '../../model/index.ts';

interface Scale {
  readonly least: number;
  readonly most: number;
  /** Whether the local agent asks a new server what was asked before; a note on the workload. */
  readonly replay: boolean;
}

const first: Scale = { least: 1, most: 1, replay: false };
const between: Scale = { least: 1, most: 2, replay: false };
const last: Scale = { least: 2, most: 10, replay: true };

/**
 * One patch an environment, in the order of promotion: the first is small; the last, and every one called production
 * (one a region, say), is what users meet.
 */
export function patches(
  model: string,
  serving: Serving,
  environments: readonly string[],
): (readonly [string, string])[] {
  const print = serving === 'kserve' ? kservePatch : deploymentPatch;
  return environments.map((environment, index) => {
    const isLast = index === environments.length - 1 || environment.startsWith('production');
    const scale = isLast ? last : index === 0 ? first : between;
    return [`${environment}.yaml`, print(model, scale)] as const;
  });
}

const replayed = `  annotations:
    # The local agent asks a new server the last 200 requests answered here before it switches.
    lockstep/replay: "200"
`;

const deploymentPatch = (model: string, { least, most, replay }: Scale): string =>
  `${replay ? `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${model}\n${replayed}---\n` : ''}apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: ${model}
spec:
  minReplicas: ${least}
  maxReplicas: ${most}
`;

const kservePatch = (
  model: string,
  { least, most, replay }: Scale,
): string => `apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata:
  name: ${model}
${replay ? replayed : ''}spec:
  predictor:
    minReplicas: ${least}
    maxReplicas: ${most}
`;
