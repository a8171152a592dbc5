// Registries that speak OCI's distribution protocol, whatever they keep: logins, blobs, manifests, tags.
export {
  checkRegistryName,
  isLoopback,
  isRegistryName,
  registryAddress,
} from './address.ts';
export { type Credentials, credentialsFor } from './credentials.ts';
export { type Descriptor, describe, type Index, type Manifest, ociTypes } from './documents.ts';
export { openRegistry, type Registry, type RegistryOptions, type RemoteManifest } from './registry.ts';
