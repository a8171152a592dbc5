import { canonicalJson, digestOf, type TrustedWorkflow } from '../workspace/index.ts';
import { checkCertificate } from './certificate-check.ts';
import type { WorkflowSigner } from './keyless-envelope.ts';
import { openInstance } from './trusted-root.ts';

/** `root`: the bytes of the entry's own trusted root, null for the public instance. Errors: E_KEYLESS. */
export function workflowSigner(entry: TrustedWorkflow, root: Uint8Array | null): WorkflowSigner {
  const instance = openInstance(root, entry.root ?? 'the public trusted root');
  return {
    keyid: digestOf(canonicalJson({ entry, root: root === null ? null : digestOf(root) })),
    entry,
    owner: entry.owner,
    environments: entry.environments ?? null,
    check: (envelope) => checkCertificate(envelope, instance),
  };
}
