import { createHash, randomFillSync } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { restoreApart, saveFrom } from '../../../actions/kit/cache.ts';
import { uploadFolder } from '../../../actions/kit/upload.ts';

// Run as a job: keeps so many mebibytes that do not compress as a cache entry and as an artifact, takes the entry back,
// and prints what it found.

const folder = process.argv[2]!;
const bytes = randomFillSync(Buffer.alloc(Number(process.argv[3]) << 20));
const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex');
mkdirSync(join(folder, 'data'));
writeFileSync(join(folder, 'data/bytes'), bytes);
const saved = await saveFrom(folder, ['data'], 'round-trip');
const restored = await restoreApart(['data'], { key: 'round-trip' });
await uploadFolder('round-trip', join(folder, 'data'), 0);
const back = restored && sha256(readFileSync(join(restored.folder, 'data/bytes')));
process.stdout.write(`\nround-trip ${JSON.stringify({ saved, same: back === sha256(bytes) })}\n`);
