import {
  imageName,
  isRegistryName,
  listImages,
  parseReference,
  pushImage,
  readImage,
} from '../image/index.ts';
import { amount, isName, LockstepError, type Workspace } from '../workspace/index.ts';
import type { Command } from './command.ts';

export const command: Command = {
  name: 'image push',
  summary: 'push a built image and its evidence to the registry that its name begins with',
  positionals: '<model-or-reference>',
  options: { tag: { type: 'string' } },
  help: { tag: 'the tag it gets there (default: the one it was built with)' },
  async run({ workspace, positionals, values }) {
    const image = readImage(workspace, meant(workspace, positionals[0]!));
    const { name, tag } = parseReference(image.reference ?? positionals[0]!);
    if (!isRegistryName(name)) throw nowhere(name);
    const chosen = typeof values.tag === 'string' ? values.tag : (tag ?? image.digest.replace(':', '-'));
    const pushed = await pushImage(workspace, { name, digest: image.digest, tag: chosen });
    const seen =
      pushed.public === null ? '' : pushed.public ? ', public' : ', private: a cluster needs a pull secret';
    return {
      json: { ...pushed, image: `${name}@${pushed.digest}`, tag: chosen },
      text: `${name}@${pushed.digest}\n${pushed.sent === 0 ? 'there already' : `${amount(pushed.sent, 'bytes')} sent`}${seen}`,
    };
  },
};

/** A model's name means its newest image. */
function meant(workspace: Workspace, text: string): string {
  if (!isName(text)) return text;
  const name = `${imageName(workspace, text)}:`;
  const versions = listImages(workspace)
    .filter(({ reference }) => reference.startsWith(name))
    .map(({ reference }) => reference.slice(name.length));
  const newest = versions.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
  return `${name}${newest ?? 'latest'}`;
}

const nowhere = (name: string): LockstepError =>
  new LockstepError('E_IMAGE_REF', {
    what: `"${name}" names no registry to push to`,
    where: { file: 'lockstep.yaml' },
    allowed: '`images:` with a host before the first slash, as in ghcr.io/acme/models',
    fix: 'set `images:`, then build or register the model again',
  });
