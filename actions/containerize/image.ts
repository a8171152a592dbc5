import { buildUnreleased } from '../../src/commands/model-image.ts';
import { pushImage } from '../../src/image/index.ts';
import { amount, hexOf, type Workspace } from '../../src/workspace/index.ts';
import { say } from '../kit/foreign-output.ts';

/** Builds a model's image, and pushes it under a tag that says which bytes it is. Returns `name@sha256:…`. */
export async function buildAndPush(workspace: Workspace, model: string, push: boolean): Promise<string> {
  const { name, digest, platform, size } = await buildUnreleased(workspace, model);
  const image = `${name}@${digest}`;
  say(`${image}: ${platform}, ${amount(size, 'bytes')}`);
  if (!push) return image;
  const pushed = await pushImage(workspace, { name, digest, tag: `build-${hexOf(digest).slice(0, 12)}` });
  say(`pushed: ${amount(pushed.sent, 'bytes')} that the registry did not have`);
  return image;
}
