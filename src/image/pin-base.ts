import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isScalar, parseDocument } from 'yaml';
import {
  LockstepError,
  parseConfiguration,
  parseYaml,
  type Workspace,
  writeAtomic,
} from '../workspace/index.ts';
import { findBase } from './base-source.ts';
import { openImages } from './layout.ts';
import { defaultPlatform, parsePlatform } from './platform.ts';
import { parseReference } from './reference.ts';

/** Node 24 on glibc with a user of its own: what onnxruntime-node is built for, and small. */
export const defaultBase = 'docker.io/library/node:24-bookworm-slim';

export interface PinnedBase {
  readonly reference: string;
  readonly written: boolean;
}

/**
 * Looks up which bytes the base's tag names now and writes their digest into lockstep.yaml, at the value's own place:
 * every other byte stays. A base with a digest stays as it is. Errors: those of `findBase`.
 */
export async function pinBase(workspace: Workspace): Promise<PinnedBase> {
  const configured = workspace.configuration.image.base ?? defaultBase;
  const asked: Workspace = {
    ...workspace,
    configuration: { ...workspace.configuration, image: { base: configured } },
  };
  const base = await findBase(asked, openImages(workspace), parsePlatform(defaultPlatform), true);
  const { name, tag, digest } = parseReference(base!.reference);
  const { tag: kept } = parseReference(configured);
  const reference = `${name}${(kept ?? tag) ? `:${kept ?? tag}` : ''}@${digest}`;
  if (base!.pinned && configured.includes('@')) return { reference: configured, written: false };
  const path = join(workspace.root, 'lockstep.yaml');
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  writeAtomic(path, checked(splice(text, reference)));
  return { reference, written: true };
}

/** Pure: the file's text with the base's value replaced, or with the section added at the end. */
export function splice(text: string, reference: string): string {
  const node = parseDocument(text).getIn(['image', 'base'], true);
  if (isScalar(node) && node.range)
    return text.slice(0, node.range[0]) + reference + text.slice(node.range[1]);
  const before = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  return `${before}image: {base: "${reference}"}\n`;
}

function checked(text: string): string {
  const { image } = parseConfiguration(parseYaml(Buffer.from(text), 'lockstep.yaml'));
  if (image.base?.includes('@sha256:')) return text;
  throw new LockstepError('E_CONFIG_VALUE', {
    what: 'image.base could not be written',
    where: { file: 'lockstep.yaml' },
    fix: 'write it by hand',
  });
}
