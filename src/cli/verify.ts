import { verifyEnvironments } from '../gitops/index.ts';
import { LockstepError } from '../workspace/index.ts';
import type { Command } from './command.ts';

export const command: Command = {
  name: 'verify',
  summary: 'check every environment on the branch against its evidence',
  positionals: '',
  options: {},
  help: {},
  async run({ workspace }) {
    const { tip, source, folders, verified, findings } = await verifyEnvironments(workspace);
    const [first, ...more] = findings;
    if (first) {
      // One error ends the command; whoever mends things wants to see the others too.
      for (const finding of more) process.stderr.write(`${finding.message}\n`);
      const { code, what, where, allowed, fix } = first;
      throw more.length === 0
        ? first
        : new LockstepError(code, {
            what: `${what} (first of ${findings.length} findings)`,
            where,
            allowed,
            fix,
          });
    }
    const lines = verified.map(
      ({ model, environment, version, image }) => `  ${model} ${environment}: ${version}, ${image}`,
    );
    const asked = source === 'last fetched' ? ' (as last fetched: origin could not be asked)' : '';
    const text =
      tip === null
        ? 'nothing has been promoted yet'
        : [
            `${folders === 1 ? 'the one environment agrees with its' : `all ${folders} environments agree with their`} evidence${asked}`,
            ...lines,
          ].join('\n');
    const environments = verified.map(({ model, environment, version, image, record }) => ({
      model,
      environment,
      version,
      image,
      modelDigest: record.modelDigest,
      evaluation: record.evaluation,
    }));
    return { json: { tip, source, folders, environments, findings: [] }, text };
  },
};
