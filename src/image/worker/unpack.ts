// Unpacks one image in a process of its own: the agent, which runs for weeks, need not keep what unpacking took.
import { isLockstepError, openWorkspace, watchParent } from '../../workspace/index.ts';
import { unpackHere } from '../unpack.ts';
import type { UnpackAnswer, UnpackOrder } from '../unpack-process.ts';

watchParent();
const { root, digest } = JSON.parse(process.argv[2]!) as UnpackOrder;
process.stdout.write(JSON.stringify(await answer()));

async function answer(): Promise<UnpackAnswer> {
  try {
    return { rootfs: await unpackHere(openWorkspace(root), digest) };
  } catch (error) {
    if (!isLockstepError(error)) throw error;
    const { code, what, where, allowed, fix } = error;
    return { error: { code, parts: { what, where, allowed, fix } } };
  }
}
