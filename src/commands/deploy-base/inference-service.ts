import { indented, modelContainer, podSettings, scraped } from './container.ts';
import type { Pods } from './surroundings.ts';

/**
 * For KServe 0.16 or newer in its standard mode. The predictor is our own container: what answers is then the very image
 * that was judged, golden requests included. (`predictor.model` with a `storageUri` would hand the file to a runtime of
 * the cluster's.) Its one port is called http1, which tells KServe that it speaks HTTP/1.1.
 */
export const inferenceService = ({ model, label }: Pods): string => `apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata:
  name: ${model}
  labels: {app.kubernetes.io/name: ${model}}
  annotations: {serving.kserve.io/deploymentMode: Standard}
spec:
  predictor:
    annotations: ${scraped}
    minReplicas: 1
    maxReplicas: 3
    scaleMetric: cpu
    scaleTarget: 75
    deploymentStrategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
${indented(4, podSettings(model, label))}    containers:
${indented(6, modelContainer('kserve-container', 'http1'))}`;
