const e=8080,modelContainer=(t,n)=>`- name: ${t}
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
`,podSettings=(e,t)=>`serviceAccountName: ${e}
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
`).join(``)}`,t=`{prometheus.io/scrape: "true", prometheus.io/port: "${e}"}`,indented=(e,t)=>t.replaceAll(/^(?=.)/gm,` `.repeat(e)),workload=({model:e,label:n})=>`apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${e}
  labels: {${n}}
spec: # no replicas: the autoscaler sets them
  revisionHistoryLimit: 3
  progressDeadlineSeconds: 300
  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
  selector:
    matchLabels: {${n}}
  template:
    metadata:
      labels: {${n}}
      annotations: ${t}
    spec:
${indented(6,podSettings(e,n))}      containers:
${indented(8,modelContainer(`model`,`http`))}`,inferenceService=({model:e,label:n})=>`apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata:
  name: ${e}
  labels: {app.kubernetes.io/name: ${e}}
  annotations: {serving.kserve.io/deploymentMode: Standard}
spec:
  predictor:
    annotations: ${t}
    minReplicas: 1
    maxReplicas: 3
    scaleMetric: cpu
    scaleTarget: 75
    deploymentStrategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
${indented(4,podSettings(e,n))}    containers:
${indented(6,modelContainer(`kserve-container`,`http1`))}`,n={least:1,most:1,replay:!1},r={least:1,most:2,replay:!1},i={least:2,most:10,replay:!0};function patches(e,t,a){let o=t===`kserve`?kservePatch:deploymentPatch;return a.map((t,s)=>{let c=s===a.length-1||t.startsWith(`production`)?i:s===0?n:r;return[`${t}.yaml`,o(e,c)]})}const a=`  annotations:
    # The local agent asks a new server the last 200 requests answered here before it switches.
    lockstep/replay: "200"
`,deploymentPatch=(e,{least:t,most:n,replay:r})=>`${r?`apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${e}\n${a}---\n`:``}apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: ${e}
spec:
  minReplicas: ${t}
  maxReplicas: ${n}
`,kservePatch=(e,{least:t,most:n,replay:r})=>`apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata:
  name: ${e}
${r?a:``}spec:
  predictor:
    minReplicas: ${t}
    maxReplicas: ${n}
`,serviceAccount=({model:e})=>`apiVersion: v1
kind: ServiceAccount
metadata:
  name: ${e}
automountServiceAccountToken: false
# For a private registry: docs/cluster/pull-secret.yaml. Without that secret, images are pulled as a stranger.
imagePullSecrets: [{name: registry}]
`,service=({model:e,label:t})=>`apiVersion: v1
kind: Service
metadata:
  name: ${e}
spec:
  selector: {${t}}
  ports: [{name: http, port: 80, targetPort: http, protocol: TCP}]
`,autoscaler=({model:e})=>`apiVersion: autoscaling/v2
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
`,disruptionBudget=({model:e,label:t})=>`apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: ${e}
spec:
  maxUnavailable: 1
  selector:
    matchLabels: {${t}}
`,networkPolicy=({model:e,label:t})=>`apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: ${e}
spec:
  podSelector:
    matchLabels: {${t}}
  policyTypes: [Ingress, Egress]
  ingress: [{ports: [{port: 8080, protocol: TCP}]}]
  egress: [] # a model server calls nobody
`;function deployBase(e,{serving:t,environments:n}){let r=t===`kserve`?kserveManifests(e):deploymentManifests(e);return new Map([[`kustomization.yaml`,kustomization(Object.keys(r))],...Object.entries(r),...patches(e,t,n)])}function deploymentManifests(e){let t={model:e,label:`app.kubernetes.io/name: ${e}`};return{"serviceaccount.yaml":serviceAccount(t),"deployment.yaml":workload(t),"service.yaml":service(t),"autoscaler.yaml":autoscaler(t),"disruption.yaml":disruptionBudget(t),"network.yaml":networkPolicy(t)}}function kserveManifests(e){let t={model:e,label:`serving.kserve.io/inferenceservice: ${e}`};return{"serviceaccount.yaml":serviceAccount(t),"inferenceservice.yaml":inferenceService(t),"disruption.yaml":disruptionBudget(t),"network.yaml":networkPolicy(t)}}const kustomization=e=>`apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
${e.map(e=>`  - ${e}\n`).join(``)}`;export{deployBase as t};