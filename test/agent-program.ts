import { type AskGolden, startAgent } from '../src/gitops/index.ts';
import { askGolden } from '../src/serving/index.ts';
import { openWorkspace } from '../src/workspace/index.ts';
import { readWanted } from './agent-world.ts';

/* The agent of test/agent-world.ts, a program of its own: node agent-program.ts <root of the clone> */
const agent = await startAgent(openWorkspace(process.argv[2]!), {
  remote: 'origin',
  branch: 'environments',
  pollMs: 100,
  readWanted,
  askGolden: askGolden as AskGolden,
  report: (event) =>
    process.stdout.write(`${JSON.stringify({ ...event, time: new Date().toISOString() })}\n`),
});
process.on('SIGTERM', () => void agent.stop().then(() => process.exit(0)));
