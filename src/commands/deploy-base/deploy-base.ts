import type { Serving } from '../../model/index.ts';
import { workload } from './deployment.ts';
import { inferenceService } from './inference-service.ts';
import { patches } from './patches.ts';
import {
  autoscaler,
  disruptionBudget,
  networkPolicy,
  type Pods,
  service,
  serviceAccount,
} from './surroundings.ts';

/**
 * Every file of `models/<model>/deploy/` by its name: a kustomize base, and a patch for each environment. The one
 * source of what `init` writes and of what the examples ship.
 */
export function deployBase(
  model: string,
  { serving, environments }: { readonly serving: Serving; readonly environments: readonly string[] },
): Map<string, string> {
  const manifests = serving === 'kserve' ? kserveManifests(model) : deploymentManifests(model);
  return new Map([
    ['kustomization.yaml', kustomization(Object.keys(manifests))],
    ...Object.entries(manifests),
    ...patches(model, serving, environments),
  ]);
}

function deploymentManifests(model: string): Record<string, string> {
  const pods: Pods = { model, label: `app.kubernetes.io/name: ${model}` };
  return {
    'serviceaccount.yaml': serviceAccount(pods),
    'deployment.yaml': workload(pods),
    'service.yaml': service(pods),
    'autoscaler.yaml': autoscaler(pods),
    'disruption.yaml': disruptionBudget(pods),
    'network.yaml': networkPolicy(pods),
  };
}

/** KServe makes Deployment, Service and autoscaler from the InferenceService itself, and labels the pods its own way. */
function kserveManifests(model: string): Record<string, string> {
  const pods: Pods = { model, label: `serving.kserve.io/inferenceservice: ${model}` };
  return {
    'serviceaccount.yaml': serviceAccount(pods),
    'inferenceservice.yaml': inferenceService(pods),
    'disruption.yaml': disruptionBudget(pods),
    'network.yaml': networkPolicy(pods),
  };
}

const kustomization = (resources: readonly string[]): string => `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
${resources.map((name) => `  - ${name}\n`).join('')}`;
