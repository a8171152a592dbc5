// Unpacks one image in a process of its own: the agent, which runs for weeks, need not keep what unpacking took.
import { answerParent, openWorkspace } from '../../workspace/index.ts';
import { unpackHere } from '../unpack.ts';
import type { UnpackOrder } from '../unpack-process.ts';

await answerParent(({ root, digest }: UnpackOrder) => unpackHere(openWorkspace(root), digest));
