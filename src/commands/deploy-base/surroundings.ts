/** Whose pods a manifest is about: the model, and the label that finds its pods. */
export interface Pods {
  readonly model: string;
  /** `key: value` */
  readonly label: string;
}

export const serviceAccount = ({ model }: Pods): string => `apiVersion: v1
kind: ServiceAccount
metadata:
  name: ${model}
automountServiceAccountToken: false
# For a private registry: docs/cluster/pull-secret.yaml. Without that secret, images are pulled as a stranger.
imagePullSecrets: [{name: registry}]
`;

export const service = ({ model, label }: Pods): string => `apiVersion: v1
kind: Service
metadata:
  name: ${model}
spec:
  selector: {${label}}
  ports: [{name: http, port: 80, targetPort: http, protocol: TCP}]
`;

export const autoscaler = ({ model }: Pods): string => `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: ${model}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: ${model}}
  minReplicas: 1
  maxReplicas: 3
  metrics:
    - type: Resource
      resource: {name: cpu, target: {type: Utilization, averageUtilization: 75}}
`;

/** `maxUnavailable`, as `minAvailable: 1` would keep a node with the only replica from ever being drained. */
export const disruptionBudget = ({ model, label }: Pods): string => `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: ${model}
spec:
  maxUnavailable: 1
  selector:
    matchLabels: {${label}}
`;

export const networkPolicy = ({ model, label }: Pods): string => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: ${model}
spec:
  podSelector:
    matchLabels: {${label}}
  policyTypes: [Ingress, Egress]
  ingress: [{ports: [{port: 8080, protocol: TCP}]}]
  egress: [] # a model server calls nobody
`;
