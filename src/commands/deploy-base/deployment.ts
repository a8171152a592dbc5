import { indented, modelContainer, podSettings, scraped } from './container.ts';
import type { Pods } from './surroundings.ts';

export const workload = ({ model, label }: Pods): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${model}
  labels: {${label}}
spec: # no replicas: the autoscaler sets them
  revisionHistoryLimit: 3
  progressDeadlineSeconds: 300
  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
  selector:
    matchLabels: {${label}}
  template:
    metadata:
      labels: {${label}}
      annotations: ${scraped}
    spec:
${indented(6, podSettings(model, label))}      containers:
${indented(8, modelContainer('model', 'http'))}`;
