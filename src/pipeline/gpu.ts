import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { LockstepError, type Place } from '../workspace/index.ts';

/** What can be seen of a GPU without a framework. */
export interface GpuSighting {
  readonly present: boolean;
  /** `NVIDIA H200`, one for each device, between `, `; null where there is none. */
  readonly name: string | null;
  /** In words, for the error or the log. */
  readonly seen: string;
}

const deviceList = 'nvidia-smi'; // Comes with NVIDIA's driver.

/** Looks for an NVIDIA or AMD device that a stage could use. */
export function lookForGpu(env: NodeJS.ProcessEnv = process.env): GpuSighting {
  for (const name of ['CUDA_VISIBLE_DEVICES', 'NVIDIA_VISIBLE_DEVICES', 'HIP_VISIBLE_DEVICES'] as const) {
    const value = env[name];
    if (value !== undefined && ['', '-1', 'none'].includes(value)) {
      return { present: false, name: null, seen: `${name} is "${value}", which hides every device` };
    }
  }
  const listed = spawnSync(deviceList, ['-L'], { env, timeout: 10_000, encoding: 'utf8' });
  const devices = (listed.stdout ?? '').split('\n').filter((line) => line.startsWith('GPU '));
  if (listed.status === 0 && devices.length > 0)
    return { present: true, name: devices.map(nameOf).join(', '), seen: devices[0]! };
  if (existsSync('/dev/kfd')) return { present: true, name: 'AMD', seen: 'an AMD device, /dev/kfd' };
  const driver = listed.error
    ? 'no nvidia-smi'
    : `nvidia-smi ended with ${listed.status} and lists no device`;
  return {
    present: false,
    name: null,
    seen: `${driver}, no ${existsSync('/dev/nvidia0') ? 'usable ' : ''}/dev/nvidia0, no /dev/kfd`,
  };
}

/** Of `GPU 0: NVIDIA H200 (UUID: GPU-885a…)`. */
const nameOf = (line: string): string => line.replace(/^GPU \d+: | \(UUID.*$/g, '');

/** Errors: E_TRAIN_NO_GPU. */
export function checkGpu(stage: string, runsOn: string | readonly string[] | undefined, where: Place): void {
  const { present, seen } = lookForGpu();
  if (present) return;
  const label = runsOn === undefined ? 'not set' : [runsOn].flat().join(', ');
  throw new LockstepError('E_TRAIN_NO_GPU', {
    what: `stage ${stage} asks for a GPU and there is none: ${seen}; runs-on is ${label}`,
    where,
    allowed: 'a machine with a GPU and its driver',
    fix: 'run it on one, or set gpu: false',
  });
}
