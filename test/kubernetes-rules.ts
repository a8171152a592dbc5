import { parseAllDocuments } from 'yaml';

// For tests: what must hold between manifests, as no API server is asked here.

// biome-ignore lint/suspicious/noExplicitAny: manifests are looked at by path, and a missing one is what is looked for.
export type Manifest = any;

/** Throws for what is no YAML. */
export function manifestsIn(text: string): Manifest[] {
  const documents = parseAllDocuments(text, { strict: true, uniqueKeys: true });
  if (!Array.isArray(documents)) return [];
  return documents.map((document) => {
    if (document.errors.length > 0) throw document.errors[0]!;
    return document.toJS() as Manifest;
  });
}

/** Maps are merged and everything else is replaced: enough of kustomize for patches that hold no lists. */
export function merged(base: Manifest, patch: Manifest): Manifest {
  if (!isMap(base) || !isMap(patch)) return patch;
  const keys = new Set([...Object.keys(base), ...Object.keys(patch)]);
  return Object.fromEntries(
    [...keys].map((key) => [key, key in patch ? merged(base[key], patch[key]) : base[key]]),
  );
}

const isMap = (value: Manifest): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const called = ({ kind, metadata }: Manifest): string => `${kind}/${metadata?.name}`;

interface Pod {
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: Manifest;
}

/** What is wrong among manifests that are applied together, one sentence each. */
export function faultsIn(manifests: readonly Manifest[]): string[] {
  const pods = manifests.flatMap(podOf);
  const names = manifests.map(called);
  return [
    ...names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${name} twice`),
    ...(pods.length === 1 ? [] : [`${pods.length} kinds of pods`]),
    ...manifests.flatMap((manifest) =>
      pods.flatMap((pod) => faultsOf(manifest, pod, names).map((fault) => `${called(manifest)}: ${fault}`)),
    ),
    ...pods.flatMap((pod) => podFaults(pod, names)),
  ];
}

/** A workload's pods; KServe labels them with the InferenceService's name. */
function podOf({ kind, metadata, spec }: Manifest): Pod[] {
  if (kind === 'InferenceService') {
    const labels = { ...metadata.labels, 'serving.kserve.io/inferenceservice': metadata.name };
    return [{ labels, spec: spec.predictor }];
  }
  return spec?.template?.spec
    ? [{ labels: spec.template.metadata?.labels ?? {}, spec: spec.template.spec }]
    : [];
}

const selects = (selector: Readonly<Record<string, string>> | undefined, { labels }: Pod): boolean =>
  Object.keys(selector ?? {}).length > 0 &&
  Object.entries(selector!).every(([key, value]) => labels[key] === value);

const portsOf = ({ spec }: Pod): Manifest[] => spec.containers.flatMap((each: Manifest) => each.ports ?? []);
const hasPort = (pod: Pod, wanted: string | number): boolean =>
  portsOf(pod).some(({ name, containerPort }) => name === wanted || containerPort === wanted);

function faultsOf({ kind, spec }: Manifest, pod: Pod, names: readonly string[]): string[] {
  const selector = { Service: spec?.selector, NetworkPolicy: spec?.podSelector?.matchLabels }[kind as string];
  const labels = selector ?? spec?.selector?.matchLabels;
  const faults = labels && !selects(labels, pod) ? ['selects no pod'] : [];
  const wantedPorts: (string | number)[] =
    kind === 'Service'
      ? spec.ports.map(({ port, targetPort }: Manifest) => targetPort ?? port)
      : kind === 'NetworkPolicy'
        ? (spec.ingress ?? []).flatMap(({ ports }: Manifest) => ports.map(({ port }: Manifest) => port))
        : [];
  faults.push(
    ...wantedPorts.filter((port) => !hasPort(pod, port)).map((port) => `no container has port ${port}`),
  );
  const target = spec?.scaleTargetRef ?? spec?.workloadRef;
  if (target && !names.includes(`${target.kind}/${target.name}`))
    faults.push(`no ${target.kind}/${target.name}`);
  const [least, most] = [spec?.minReplicas ?? 1, spec?.maxReplicas ?? 1];
  if (kind === 'HorizontalPodAutoscaler' && !(least >= 1 && least <= most))
    faults.push(`${least} to ${most}`);
  return faults;
}

/** The rules of Kubernetes' "restricted" standard, and what a model server needs beside them. */
function podFaults(pod: Pod, names: readonly string[]): string[] {
  const { spec } = pod;
  const faults = spec.containers.flatMap((container: Manifest) => containerFaults(container, pod));
  const account = spec.serviceAccountName;
  if (!names.includes(`ServiceAccount/${account}`)) faults.push(`no ServiceAccount/${account}`);
  if (spec.automountServiceAccountToken !== false) faults.push('the pod holds a token');
  const safe = spec.securityContext ?? {};
  if (safe.runAsNonRoot !== true || safe.seccompProfile?.type !== 'RuntimeDefault')
    faults.push('not restricted');
  for (const spread of spec.topologySpreadConstraints ?? []) {
    if (!selects(spread.labelSelector?.matchLabels, pod)) faults.push('a spread that selects no pod');
  }
  return faults;
}

export const probesOf = (container: Manifest): Manifest[] =>
  [container.startupProbe, container.readinessProbe, container.livenessProbe].filter(Boolean);

function containerFaults(container: Manifest, pod: Pod): string[] {
  const faults: string[] = [];
  const safe = container.securityContext ?? {};
  if (
    safe.allowPrivilegeEscalation !== false ||
    safe.readOnlyRootFilesystem !== true ||
    !safe.capabilities?.drop?.includes('ALL')
  )
    faults.push('a container that is not restricted');
  if (probesOf(container).length < 3) faults.push('a probe is missing');
  for (const { httpGet } of probesOf(container)) {
    if (!hasPort(pod, httpGet.port)) faults.push(`no container has the probe's port ${httpGet.port}`);
  }
  if (!container.resources?.requests?.cpu || !container.resources?.limits?.memory)
    faults.push('no resources');
  if (container.imagePullPolicy !== 'IfNotPresent') faults.push('no pull policy');
  return faults;
}
