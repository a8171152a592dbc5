/** Where the model server listens in its image. */
const port = 8080;

/**
 * The container that answers, as lines of a list under `containers:` with its dash at column 0. Ready means that the
 * golden requests were answered as when the model was judged; the server answers `live` as soon as it listens.
 */
export const modelContainer = (name: string, portName: string): string => `- name: ${name}
  image: model # kustomization.yaml of each environment puts the digest here
  imagePullPolicy: IfNotPresent
  ports: [{name: ${portName}, containerPort: ${port}, protocol: TCP}]
  startupProbe: # two minutes to load the model
    httpGet: {path: /v2/health/live, port: ${port}}
    periodSeconds: 1
    failureThreshold: 120
  readinessProbe: # real predictions: the golden requests, as they were judged
    httpGet: {path: /v2/health/ready, port: ${port}}
    periodSeconds: 5
    timeoutSeconds: 2
    failureThreshold: 2
  livenessProbe:
    httpGet: {path: /v2/health/live, port: ${port}}
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
`;

/** The pod around it, as lines with their keys at column 0. */
export const podSettings = (model: string, label: string): string => `serviceAccountName: ${model}
automountServiceAccountToken: false
enableServiceLinks: false
terminationGracePeriodSeconds: 30 # 5 before the signal, then at most 15 for answers under way
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  seccompProfile: {type: RuntimeDefault}
topologySpreadConstraints: # over zones and nodes, where there are several
${['topology.kubernetes.io/zone', 'kubernetes.io/hostname']
  .map(
    (key) => `  - topologyKey: ${key}
    maxSkew: 1
    whenUnsatisfiable: ScheduleAnyway
    labelSelector: {matchLabels: {${label}}}
`,
  )
  .join('')}`;

/** For the annotations of pods: where Prometheus finds the server's figures. */
export const scraped = `{prometheus.io/scrape: "true", prometheus.io/port: "${port}"}`;

export const indented = (columns: number, text: string): string =>
  text.replaceAll(/^(?=.)/gm, ' '.repeat(columns));
