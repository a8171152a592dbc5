import { cpSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { resolveNative } from '../../model/index.ts';
import { LockstepError } from '../../workspace/index.ts';

/**
 * An image carries onnxruntime's library for its own platform. On a laptop of another one (macOS, Windows) the agent
 * puts this machine's library of the same version, from our own installation, beside it.
 */
export function provideHostRuntime(rootfs: string): void {
  const packageFolder = join(rootfs, 'app', 'node_modules', 'onnxruntime-node');
  const native = join('bin', 'napi-v6', process.platform, process.arch);
  if (!existsSync(packageFolder) || existsSync(join(packageFolder, native))) return;
  const own = resolveNative('onnxruntime-node/package.json', null);
  const library = join(dirname(own), native);
  if (!existsSync(library)) {
    throw new LockstepError('E_IMAGE_PLATFORM', {
      what: `onnxruntime has no library for ${process.platform}/${process.arch}`,
      fix: 'run the agent on Linux, macOS or Windows with an x64 or arm64 processor',
    });
  }
  cpSync(library, join(packageFolder, native), { recursive: true });
}
