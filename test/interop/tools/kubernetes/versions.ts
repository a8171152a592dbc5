/** What the cluster is made of: pinned here and nowhere else. */
export const kubernetesVersion = 'v1.36.3';
export const etcdVersion = 'v3.6.16';
/** Kubernetes 1.36 takes containerd 2 alone. */
export const containerdVersion = 'v2.4.2';
export const corednsVersion = 'v1.14.7';
export const fluxVersions = { 'source-controller': 'v1.9.6', 'kustomize-controller': 'v1.9.6' } as const;
/** The newest of Flux 2.9 that the module proxy here hands out. */
export const notificationVersion = 'v1.9.3';

/**
 * What Flux's own modules replace, which counts in a main module only; and a patch release of pkg/artifact that its
 * source-controller asks for and the module proxy here does not hand out.
 */
export const fluxReplacements = [
  'github.com/fluxcd/pkg/artifact => github.com/fluxcd/pkg/artifact v0.18.0',
  'github.com/opencontainers/go-digest => github.com/opencontainers/go-digest v1.0.1-0.20220411205349-bde1400a84be',
  'gopkg.in/yaml.v3 => gopkg.in/yaml.v3 v3.0.1',
  'sigs.k8s.io/kustomize/api => sigs.k8s.io/kustomize/api v0.21.1',
  'sigs.k8s.io/kustomize/kyaml => sigs.k8s.io/kustomize/kyaml v0.21.1',
] as const;
