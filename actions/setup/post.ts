import { run } from '../kit/run.ts';
import { saveTarballs } from './tarballs.ts';

await run(saveTarballs);
