import { cpSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pushBase } from '../../act/base-image.ts';
import type { Tools } from '../../suite.ts';

/** By name and digest, in a registry: what models are built upon, and what holds a pod's network and does nothing else. */
export interface Bases {
  readonly base: string;
  readonly pause: string;
}

/**
 * Pushes an operating system of this machine's Node 24 and the libraries that it and ONNX Runtime load: no registry with
 * a real one can be reached from everywhere.
 */
export async function pushNodeBase({ folder, programs }: Tools, host: string): Promise<Bases> {
  const rootfs = join(folder, 'rootfs');
  copy(process.execPath, join(rootfs, 'usr/local/bin/node'));
  const runtime = join(
    import.meta.dirname,
    '../../../../node_modules/onnxruntime-node/bin/napi-v6/linux/x64',
  );
  const loaded = [
    process.execPath,
    join(runtime, 'onnxruntime_binding.node'),
    join(runtime, 'libonnxruntime.so.1'),
  ];
  for (const file of loaded) {
    const { out } = await programs.tryRun('ldd', [file]);
    for (const [, path] of out.matchAll(/(?:=> |^\s*)(\/\S+) \(0x/gm))
      if (!path!.startsWith(runtime)) copy(path!, join(rootfs, path!));
  }
  for (const name of ['tmp', 'proc', 'sys', 'dev', 'etc']) mkdirSync(join(rootfs, name), { recursive: true });
  const archive = join(folder, 'base.tar');
  await programs.run('tar', [
    '--create',
    '--file',
    archive,
    '--owner=0',
    '--group=0',
    '--directory',
    rootfs,
    '.',
  ]);
  const tar = readFileSync(archive);
  const sleeps = ['/usr/local/bin/node', '-e', 'setInterval(() => {}, 2 ** 30)'];
  const { name: pause } = await pushBase(host, {}, { tar, entrypoint: sleeps });
  const { name: base } = await pushBase(host, {}, { tar });
  return { base, pause };
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(realpathSync(from), to);
}
