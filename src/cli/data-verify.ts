import { checkVerified, verifyData } from '../data/index.ts';
import type { Command } from './command.ts';
import { environmentOption } from './option-values.ts';

export const command: Command = {
  name: 'data verify',
  summary: 'hash every byte of the datasets again',
  positionals: '[dataset…]',
  options: { remote: { type: 'boolean' }, for: { type: 'string' } },
  help: {
    remote: 'read the remote too (everything is downloaded once)',
    for: 'what data.<environment>.lock names, in the store and the remote',
  },
  async run({ workspace, positionals, values }) {
    const environment = environmentOption(workspace, values);
    const options = { only: positionals, remote: values.remote === true, for: environment };
    const datasets = await verifyData(workspace, options);
    checkVerified(datasets, environment);
    const lines = datasets.map(
      ({ key, data, store, remote }) => `  ${key}: data/ ${data}, store ${store}, remote ${remote}`,
    );
    return {
      json: { datasets },
      text: [`${datasets.length} datasets verified`, ...lines].join('\n'),
    };
  },
};
