import { pinBase } from '../image/index.ts';
import type { Command } from './command.ts';

export const command: Command = {
  name: 'image pin-base',
  summary: 'write into lockstep.yaml which bytes the base image is now, so that it stays those',
  positionals: '',
  options: {},
  help: {},
  async run({ workspace }) {
    const pinned = await pinBase(workspace);
    const text = pinned.written
      ? `image.base is ${pinned.reference}\nCommit lockstep.yaml.`
      : `${pinned.reference} is pinned already`;
    return { json: pinned, text };
  },
};
