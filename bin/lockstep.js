#!/usr/bin/env node
// What `npx lockstep` starts: any Node >= 20 hands over to Node 24. Installs nothing.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { handOver } from '../scripts/hand-over.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.exitCode = await handOver(root, [join(root, 'src/cli/main.ts'), ...process.argv.slice(2)], {
  ours: true,
});
