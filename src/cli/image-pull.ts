import { isRegistryName, parseReference, pullImage, readImage } from '../image/index.ts';
import { LockstepError } from '../workspace/index.ts';
import type { Command } from './command.ts';

export const command: Command = {
  name: 'image pull',
  summary: 'fetch an image and its evidence from its registry into the layout, every byte checked',
  positionals: '<reference>',
  options: {},
  help: {},
  async run({ workspace, positionals }) {
    const { name } = parseReference(positionals[0]!);
    if (!isRegistryName(name)) throw ofThisMachine(name);
    const digest = await pullImage(workspace, positionals[0]!);
    const image = `${name}@${digest}`;
    const { platform, layers } = readImage(workspace, image);
    return { json: { image, digest, platform }, text: `${image}\n${platform}, ${layers.length} layers` };
  },
};

const ofThisMachine = (name: string): LockstepError =>
  new LockstepError('E_IMAGE_REF', {
    what: `"${name}" names no registry`,
    allowed: 'what a registry holds, as in ghcr.io/acme/models/churn:v1.0.0',
    fix: '`lockstep image inspect` shows what this machine holds',
  });
