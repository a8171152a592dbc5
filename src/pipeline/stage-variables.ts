import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

/** What tells programs which devices are theirs. */
const deviceVariables = [
  'CUDA_VISIBLE_DEVICES',
  'CUDA_DEVICE_ORDER',
  'NVIDIA_VISIBLE_DEVICES',
  'HIP_VISIBLE_DEVICES',
  'ROCR_VISIBLE_DEVICES',
  'ZE_AFFINITY_MASK',
];
/** Where CI put native packages, for the built-in trainers that check what they export. */
const moduleVariables = ['LOCKSTEP_MODULES'];
/** Without these no program starts on Windows. */
const windowsVariables = ['SystemRoot', 'ComSpec', 'PATHEXT', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA'];

export interface StageFolders {
  readonly params: string;
  readonly inputs: string;
  readonly outputs: string;
  readonly metrics: string;
  readonly checkpoints: string;
}

export interface VariableOptions {
  readonly folders: StageFolders;
  /** Root of the prepared Python environment. */
  readonly environment: string | null;
  /** Names that the stage declares. */
  readonly declared: readonly string[];
  readonly host: NodeJS.ProcessEnv;
}

/** The whole environment of a stage. */
export const stageVariables = ({ folders, ...rest }: VariableOptions): Record<string, string> => ({
  ...cleanVariables(rest),
  LOCKSTEP_PARAMS: folders.params,
  LOCKSTEP_INPUTS: folders.inputs,
  LOCKSTEP_OUTPUTS: folders.outputs,
  LOCKSTEP_METRICS: folders.metrics,
  LOCKSTEP_CHECKPOINTS: folders.checkpoints,
});

/**
 * What a command of the repository sees of the host: little, so that what decides a result is declared. `node` is
 * the Node that we run on.
 */
export function cleanVariables({
  environment,
  declared,
  host,
}: Omit<VariableOptions, 'folders'>): Record<string, string> {
  const path = [
    ...(environment === null ? [] : [environmentPrograms(environment)]),
    dirname(process.execPath),
    host.PATH ?? host.Path ?? '/usr/local/bin:/usr/bin:/bin',
  ].join(delimiter);
  const passed = [
    ...deviceVariables,
    ...moduleVariables,
    ...(process.platform === 'win32' ? windowsVariables : []),
    ...declared,
  ];
  return {
    ...Object.fromEntries(
      passed.flatMap((name) => (host[name] === undefined ? [] : [[name, host[name]] as const])),
    ),
    PATH: path,
    HOME: host.HOME ?? tmpdir(),
    TMPDIR: tmpdir(),
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    // Python orders sets of texts anew at each start, and exporters write model files in that order.
    PYTHONHASHSEED: '0',
    // ONNX Runtime reports each session to its makers otherwise, and leaves a device's name in HOME.
    ORT_DISABLE_TELEMETRY: '1',
    ...(environment === null ? {} : { VIRTUAL_ENV: environment }),
  };
}

export const environmentPrograms = (environment: string): string =>
  join(environment, process.platform === 'win32' ? 'Scripts' : 'bin');
