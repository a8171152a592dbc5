import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  parseAllDocuments,
  visit,
} from 'yaml';
import { readPlainYaml } from '../../workspace/index.ts';
import { imageNames } from './environment-folder.ts';

/** What matters in a Kubernetes manifest: which images it names, where, and what the agent is told. */
export interface Manifest {
  readonly images: readonly {
    readonly value: string;
    readonly line: number;
    readonly kind: 'model' | 'pinned' | 'unpinned';
  }[];
  /** JSON patch operations that reach an image by path. */
  readonly patchedPaths: readonly { readonly value: string; readonly line: number }[];
  /** Annotations of Deployments and InferenceServices. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly problem: { readonly what: string; readonly line: number } | null;
}

/** Environments of a model mostly share their manifests, and one folder's are asked for twice. */
const recent = new Map<string, Manifest>();
const mostRecent = 64;

/** Manifests may hold several documents, so they are read more freely than our own files. */
export function readManifest(text: string): Manifest {
  const manifest = recent.get(text) ?? parseManifest(text);
  recent.delete(text);
  recent.set(text, manifest);
  if (recent.size > mostRecent) recent.delete(recent.keys().next().value!);
  return manifest;
}

function parseManifest(text: string): Manifest {
  return plainManifest(text) ?? wholeManifest(text);
}

/** Null for what only the whole parser can say. */
function plainManifest(text: string): Manifest | null {
  const documents = readPlainYaml(text);
  if (documents === null) return null;
  const found = new Finds();
  for (const { value, pairs } of documents) {
    for (const { key, value: said, line } of pairs) found.pair(key, said, line);
    const { kind, metadata } = value as { kind?: unknown; metadata?: { annotations?: unknown } | null };
    const annotations = metadata?.annotations;
    if (!isAnnotated(kind) || !isMembers(annotations)) continue;
    if (Object.values(annotations).some((each) => typeof each === 'object' && each !== null)) return null;
    for (const [name, said] of Object.entries(annotations)) found.annotations[name] = String(said);
  }
  return { ...found, problem: null };
}

function wholeManifest(text: string): Manifest {
  const lines = new LineCounter();
  const lineOf = (node: Node | null | undefined) => lines.linePos(node?.range?.[0] ?? 0).line;
  const documents = parseAllDocuments(text, { lineCounter: lines, logLevel: 'silent' });
  const found = new Finds();
  if (!Array.isArray(documents)) return { ...found, problem: null };
  const failed = documents.flatMap(({ errors }) => errors)[0];
  const problem = failed
    ? { what: failed.message.split('\n')[0]!, line: failed.linePos?.[0].line ?? 1 }
    : null;
  for (const document of documents) {
    visit(document, {
      Pair: (_index, pair) => {
        if (!isPair(pair)) return;
        const [key, value] = [scalarOf(pair.key, document), scalarOf(pair.value, document)];
        if (typeof value === 'string') found.pair(key, value, lineOf(pair.key as Node));
      },
    });
    const root = document.contents;
    if (isMap(root) && isAnnotated(String(root.get('kind'))))
      Object.assign(found.annotations, annotationsOf(root.getIn(['metadata', 'annotations'])));
  }
  return { ...found, problem };
}

class Finds {
  readonly images: Manifest['images'][number][] = [];
  readonly patchedPaths: Manifest['patchedPaths'][number][] = [];
  readonly annotations: Record<string, string> = {};

  pair(key: unknown, value: unknown, line: number): void {
    if (typeof value !== 'string') return;
    if (key === 'image' || key === 'storageUri') this.images.push({ value, line, kind: kindOf(value) });
    if (key === 'path' && /\/(image|storageUri)$/.test(value)) this.patchedPaths.push({ value, line });
  }
}

const isAnnotated = (kind: unknown): boolean => kind === 'Deployment' || kind === 'InferenceService';

const isMembers = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Kustomize follows anchors, so what an alias stands for is what counts. */
function scalarOf(node: unknown, document: Document): unknown {
  const found = isAlias(node) ? node.resolve(document) : node;
  return isScalar(found) ? found.value : undefined;
}

const kindOf = (image: string) =>
  imageNames.includes(image) ? 'model' : /@sha256:[0-9a-f]{64}$/.test(image) ? 'pinned' : 'unpinned';

const annotationsOf = (node: unknown): Record<string, string> =>
  isMap(node)
    ? Object.fromEntries(
        node.items.map(({ key, value }) => [
          String(key),
          isScalar(value) ? String(value.value) : String(value),
        ]),
      )
    : {};
