import { parseArgs } from 'node:util';
import { LockstepError } from '../workspace/errors.ts';

export interface ServeSettings {
  readonly kind: 'serve';
  /** Folder of the model. */
  readonly models: string;
  readonly port: number;
  readonly host: string;
  /** File of predictions. */
  readonly log: string | undefined;
}

export interface AskSettings {
  readonly kind: 'ask';
  readonly models: string;
  readonly url: string;
  /** Seconds until an answer that is not there counts as none. */
  readonly within: number;
}

const options = {
  models: { type: 'string' },
  port: { type: 'string' },
  host: { type: 'string' },
  log: { type: 'string' },
  ask: { type: 'string' },
  within: { type: 'string', default: '240' },
} as const;

/** What the server is started for (server.ts). Errors: E_USAGE. */
export function readSettings(args: string[], variables: NodeJS.ProcessEnv): ServeSettings | AskSettings {
  const { values } = parseArgs({ args, options });
  const folder = variables.LOCKSTEP_MODEL_DIR;
  const contained = values.models === undefined && folder !== undefined;
  const models = values.models ?? folder;
  const asked = values.port ?? (contained ? (variables.PORT ?? '8080') : '0');
  const port = Number(asked);
  const within = Number(values.within);
  if (models === undefined) throw refused('no folder of a model');
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw refused(`the port "${asked}"`);
  if (!(within >= 0)) throw refused(`${values.within} seconds`);
  if (values.ask !== undefined) {
    if (!/^https?:$/.test(URL.parse(values.ask)?.protocol ?? ''))
      throw refused(`the address "${values.ask}"`);
    return { kind: 'ask', models, url: values.ask, within };
  }
  return {
    kind: 'serve',
    models,
    port,
    host: values.host ?? (contained ? '0.0.0.0' : '127.0.0.1'),
    log: values.log ?? variables.LOCKSTEP_PREDICTION_LOG,
  };
}

const refused = (what: string): LockstepError =>
  new LockstepError('E_USAGE', {
    what,
    allowed:
      '--models <folder> --port <0 to 65535> [--host <address>] [--log <file>], or --models <folder> --ask <http address> [--within <seconds>]',
  });
