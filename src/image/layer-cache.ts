import { existsSync, readFileSync } from 'node:fs';
import { digestOf, digestOfJson, hexOf, statePath, type Workspace, writeAtomic } from '../workspace/index.ts';
import { type Layer, type LayerFile, layerFormat, makeLayer } from './layer.ts';

type CachedLayer = Omit<Layer, 'bytes'>;

/**
 * The layer of these files, packed once: the packed bytes are kept in `.lockstep/cache/layers` by the digest of
 * paths and contents, and are hashed again before they are believed.
 */
export async function cachedLayer(workspace: Workspace, files: readonly LayerFile[]): Promise<Layer> {
  const key = hexOf(
    digestOfJson({ format: layerFormat, files: files.map(({ path, bytes }) => [path, digestOf(bytes)]) }),
  );
  const pathOf = (ending: string) => statePath(workspace, 'cache', 'layers', `${key}${ending}`);
  const found = readCached(pathOf('.json'), pathOf('.tar.gz'));
  if (found) return found;
  const layer = await makeLayer(files);
  const { bytes, ...about } = layer;
  writeAtomic(pathOf('.tar.gz'), bytes);
  writeAtomic(pathOf('.json'), JSON.stringify(about satisfies CachedLayer));
  return layer;
}

function readCached(aboutPath: string, bytesPath: string): Layer | null {
  if (!existsSync(aboutPath) || !existsSync(bytesPath)) return null;
  const about = JSON.parse(readFileSync(aboutPath, 'utf8')) as CachedLayer;
  const bytes = readFileSync(bytesPath);
  return digestOf(bytes) === about.digest ? { ...about, bytes } : null;
}
