import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { LockstepError, parseYaml } from '../../workspace/index.ts';
import { type ImageChange, imageNames, patchFile } from './environment-folder.ts';

/**
 * An environment's kustomization: the base's text with its patch and image added. People's lines stay byte for byte:
 * text is spliced in at source ranges, never printed anew. Errors: E_YAML_*, E_DEPLOY_FILE.
 */
export function renderKustomization(
  base: string,
  image: ImageChange,
  { patch, file }: { readonly patch: boolean; readonly file: string },
): string {
  parseYaml(base, file);
  const patched = patch ? appendItem(base, 'patches', [`path: ${patchFile}`], file) : base;
  if (imageItems(patched).length > 0) {
    throw new LockstepError('E_DEPLOY_FILE', {
      what: 'an image called model under images:',
      where: { file },
      allowed: 'other images; which model runs is written by `lockstep promote` alone',
      fix: 'remove the entry',
    });
  }
  return appendItem(
    patched,
    'images',
    [`name: ${image.name}`, `newName: ${image.newName}`, `digest: ${image.digest}`],
    file,
  );
}

/** The same text with this image; only lines whose value differs change. Null when there isn't exactly one to change. */
export function spliceImage(text: string, image: ImageChange): string | null {
  const [item, second] = imageItems(text);
  if (!item || second || !['name', 'newName', 'digest'].every((key) => isScalar(item.get(key, true))))
    return null;
  const changes = (['name', 'newName', 'digest'] as const)
    .map((key) => ({ node: item.get(key, true) as unknown as Node & { value: unknown }, value: image[key] }))
    .filter(({ node, value }) => node.value !== value)
    .sort((a, b) => b.node.range![0] - a.node.range![0]);
  return changes.reduce((spliced, { node, value }) => {
    const [from, to] = node.range!;
    const quote = /^["']/.exec(spliced.slice(from, to))?.[0] ?? '';
    return `${spliced.slice(0, from)}${quote}${value}${quote}${spliced.slice(to)}`;
  }, text);
}

function imageItems(text: string): YAMLMap[] {
  const document = parseDocument(text, { logLevel: 'silent' });
  const images = isMap(document.contents) ? document.contents.get('images', true) : undefined;
  if (!isSeq(images)) return [];
  return images.items.filter(
    (item): item is YAMLMap => isMap(item) && imageNames.includes(String(item.get('name'))),
  );
}

/** Adds `- a: b` lines to the block list under a top-level key, which is made at the end when it isn't there. */
function appendItem(text: string, key: string, lines: readonly string[], file: string): string {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const ended = text.endsWith('\n') ? text : `${text}${newline}`;
  const item = (indent: string) =>
    lines.map((line, index) => `${indent}${index === 0 ? '- ' : '  '}${line}${newline}`).join('');
  const list = listUnder(parseDocument(ended), key, file);
  if (list === null) return `${ended}${key}:${newline}${item('  ')}`;
  const start = list.range![0];
  const indent = ' '.repeat(start - (ended.lastIndexOf('\n', start - 1) + 1));
  const lastEnd = (list.items.at(-1) as Node).range![1];
  // A node's range may already include its line end.
  const lineEnd = ended[lastEnd - 1] === '\n' ? lastEnd : ended.indexOf('\n', lastEnd) + 1;
  return ended.slice(0, lineEnd) + item(indent) + ended.slice(lineEnd);
}

function listUnder(document: Document, key: string, file: string): YAMLSeq | null {
  const map = document.contents;
  if (isMap(map) && !map.flow) {
    if (!map.has(key)) return null;
    const list = map.get(key, true);
    if (isSeq(list) && !list.flow && list.items.length > 0) return list;
  }
  throw new LockstepError('E_DEPLOY_FILE', {
    what: isMap(map) && !map.flow ? `${key}: that is no block list` : 'no block mapping at the top level',
    where: { file },
    allowed: `a mapping in block style; ${key} either left out or a list with one "- " line an item`,
    fix: 'write the list in block style',
  });
}
