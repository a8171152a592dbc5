import { parseReference, pullImage, readImage } from '../image/index.ts';
import type { Command } from './command.ts';

export const command: Command = {
  name: 'image pull',
  summary: 'fetch an image and its evidence from its registry into the layout, every byte checked',
  positionals: '<reference>',
  options: {},
  help: {},
  async run({ workspace, positionals }) {
    const { name } = parseReference(positionals[0]!);
    const digest = await pullImage(workspace, positionals[0]!);
    const image = `${name}@${digest}`;
    const { platform, layers } = readImage(workspace, image);
    return { json: { image, digest, platform }, text: `${image}\n${platform}, ${layers.length} layers` };
  },
};
