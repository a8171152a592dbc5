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
  const lines = new LineCounter();
  const lineOf = (node: Node | null | undefined) => lines.linePos(node?.range?.[0] ?? 0).line;
  const documents = parseAllDocuments(text, { lineCounter: lines, logLevel: 'silent' });
  const images: Manifest['images'][number][] = [];
  const patchedPaths: Manifest['patchedPaths'][number][] = [];
  const annotations: Record<string, string> = {};
  if (!Array.isArray(documents)) return { images, patchedPaths, annotations, problem: null };
  const failed = documents.flatMap(({ errors }) => errors)[0];
  const problem = failed
    ? { what: failed.message.split('\n')[0]!, line: failed.linePos?.[0].line ?? 1 }
    : null;
  for (const document of documents) {
    visit(document, {
      Pair: (_index, pair) => {
        if (!isPair(pair)) return;
        const [key, value] = [scalarOf(pair.key, document), scalarOf(pair.value, document)];
        if (typeof value !== 'string') return;
        const line = lineOf(pair.key as Node);
        if (key === 'image' || key === 'storageUri') images.push({ value, line, kind: kindOf(value) });
        if (key === 'path' && /\/(image|storageUri)$/.test(value)) patchedPaths.push({ value, line });
      },
    });
    const root = document.contents;
    if (isMap(root) && ['Deployment', 'InferenceService'].includes(String(root.get('kind')))) {
      Object.assign(annotations, annotationsOf(root.getIn(['metadata', 'annotations'])));
    }
  }
  return { images, patchedPaths, annotations, problem };
}

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
