const e=8080,t=(t,n)=>`- name: ${t}
  image: model # kustomization.yaml of each environment puts the digest here
  imagePullPolicy: IfNotPresent
  ports: [{name: ${n}, containerPort: ${e}, protocol: TCP}]
  startupProbe: # two minutes to load the model
    httpGet: {path: /v2/health/live, port: ${e}}
    periodSeconds: 1
    failureThreshold: 120
  readinessProbe: # real predictions: the golden requests, as they were judged
    httpGet: {path: /v2/health/ready, port: ${e}}
    periodSeconds: 5
    timeoutSeconds: 2
    failureThreshold: 2
  livenessProbe:
    httpGet: {path: /v2/health/live, port: ${e}}
    periodSeconds: 10
    timeoutSeconds: 5
  lifecycle: {preStop: {sleep: {seconds: 5}}} # until no node sends here any more
  resources:
    requests: {cpu: 250m, memory: 128Mi}
    limits: {memory: 512Mi}
  securityContext:
    allowPrivilegeEscalation: false
    readOnlyRootFilesystem: true
    capabilities: {drop: [ALL]}
`,n=(e,t)=>`serviceAccountName: ${e}
automountServiceAccountToken: false
enableServiceLinks: false
terminationGracePeriodSeconds: 30 # 5 before the signal, then at most 15 for answers under way
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  seccompProfile: {type: RuntimeDefault}
topologySpreadConstraints: # over zones and nodes, where there are several
${[`topology.kubernetes.io/zone`,`kubernetes.io/hostname`].map(e=>`  - topologyKey: ${e}
    maxSkew: 1
    whenUnsatisfiable: ScheduleAnyway
    labelSelector: {matchLabels: {${t}}}
`).join(``)}`,r=`{prometheus.io/scrape: "true", prometheus.io/port: "${e}"}`,i=(e,t)=>t.replaceAll(/^(?=.)/gm,` `.repeat(e)),a=({model:e,label:a})=>`apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${e}
  labels: {${a}}
spec: # no replicas: the autoscaler sets them
  revisionHistoryLimit: 3
  progressDeadlineSeconds: 300
  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
  selector:
    matchLabels: {${a}}
  template:
    metadata:
      labels: {${a}}
      annotations: ${r}
    spec:
${i(6,n(e,a))}      containers:
${i(8,t(`model`,`http`))}`,o=({model:e,label:a})=>`apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata:
  name: ${e}
  labels: {app.kubernetes.io/name: ${e}}
  annotations: {serving.kserve.io/deploymentMode: Standard}
spec:
  predictor:
    annotations: ${r}
    minReplicas: 1
    maxReplicas: 3
    scaleMetric: cpu
    scaleTarget: 75
    deploymentStrategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
${i(4,n(e,a))}    containers:
${i(6,t(`kserve-container`,`http1`))}`,s={least:1,most:1,replay:!1},c={least:1,most:2,replay:!1},l={least:2,most:10,replay:!0};function u(e,t,n){let r=t===`kserve`?p:f;return n.map((t,i)=>{let a=i===n.length-1||t.startsWith(`production`)?l:i===0?s:c;return[`${t}.yaml`,r(e,a)]})}const d=`  annotations:
    # The local agent asks a new server the last 200 requests answered here before it switches.
    lockstep/replay: "200"
`,f=(e,{least:t,most:n,replay:r})=>`${r?`apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${e}\n${d}---\n`:``}apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: ${e}
spec:
  minReplicas: ${t}
  maxReplicas: ${n}
`,p=(e,{least:t,most:n,replay:r})=>`apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata:
  name: ${e}
${r?d:``}spec:
  predictor:
    minReplicas: ${t}
    maxReplicas: ${n}
`,m=({model:e})=>`apiVersion: v1
kind: ServiceAccount
metadata:
  name: ${e}
automountServiceAccountToken: false
# For a private registry: docs/cluster/pull-secret.yaml. Without that secret, images are pulled as a stranger.
imagePullSecrets: [{name: registry}]
`,h=({model:e,label:t})=>`apiVersion: v1
kind: Service
metadata:
  name: ${e}
spec:
  selector: {${t}}
  ports: [{name: http, port: 80, targetPort: http, protocol: TCP}]
`,g=({model:e})=>`apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: ${e}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: ${e}}
  minReplicas: 1
  maxReplicas: 3
  metrics:
    - type: Resource
      resource: {name: cpu, target: {type: Utilization, averageUtilization: 75}}
`,_=({model:e,label:t})=>`apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: ${e}
spec:
  maxUnavailable: 1
  selector:
    matchLabels: {${t}}
`,v=({model:e,label:t})=>`apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: ${e}
spec:
  podSelector:
    matchLabels: {${t}}
  policyTypes: [Ingress, Egress]
  ingress: [{ports: [{port: 8080, protocol: TCP}]}]
  egress: [] # a model server calls nobody
`;function y(e,{serving:t,environments:n}){let r=t===`kserve`?x(e):b(e);return new Map([[`kustomization.yaml`,S(Object.keys(r))],...Object.entries(r),...u(e,t,n)])}function b(e){let t={model:e,label:`app.kubernetes.io/name: ${e}`};return{"serviceaccount.yaml":m(t),"deployment.yaml":a(t),"service.yaml":h(t),"autoscaler.yaml":g(t),"disruption.yaml":_(t),"network.yaml":v(t)}}function x(e){let t={model:e,label:`serving.kserve.io/inferenceservice: ${e}`};return{"serviceaccount.yaml":m(t),"inferenceservice.yaml":o(t),"disruption.yaml":_(t),"network.yaml":v(t)}}const S=e=>`apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
${e.map(e=>`  - ${e}\n`).join(``)}`;export{y as t};