// Loaded into measured Node processes: each leaves its highest resident memory, in KB, as one line.
import { appendFileSync } from 'node:fs';

process.on('exit', () => {
  appendFileSync(process.env.LOCKSTEP_BENCH_PEAKS, `${process.resourceUsage().maxRSS}\n`);
});
