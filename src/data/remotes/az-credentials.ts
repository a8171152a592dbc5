import { type HttpRequest, isSecure } from '../../http/index.ts';
import { LockstepError } from '../../workspace/index.ts';
import { sharedKeyHeaders } from './az-signature.ts';
import { type AzToken, findAzToken } from './az-tokens.ts';
import { noCredentials } from './token.ts';

export interface AzIdentity {
  /** Of the Blob service, without a slash at its end. */
  readonly endpoint: string;
  /** What every URL carries: a shared access signature, or nothing. Never shown. */
  readonly query: [string, string][];
  readonly sign: (request: HttpRequest) => Promise<Record<string, string>>;
  /** What mends a refusal. */
  readonly login: string;
}

type Env = NodeJS.ProcessEnv;
type Access =
  | { readonly kind: 'key'; readonly source: string; readonly key: string }
  | { readonly kind: 'sas'; readonly source: string; readonly sas: string }
  | ({ readonly kind: 'token' } & AzToken)
  | { readonly kind: 'nobody' };

/**
 * Who we are to Azure Blob Storage: what the variables of Azure's command line say of this very account (connection
 * string, key, SAS), else Microsoft Entra: a federated token, the machine's identity, `az login`.
 * Errors: E_REMOTE_CREDENTIALS, E_REMOTE_SCHEME for an endpoint that is none.
 */
export async function findAzIdentity(account: string, env: Env = process.env): Promise<AzIdentity> {
  const connection = connectionIn(env.AZURE_STORAGE_CONNECTION_STRING ?? '', account);
  const endpoint = endpointOf(account, env, connection);
  const token = accessIn(account, env, connection) ?? (await findAzToken(env));
  const access: Access =
    token === null ? { kind: 'nobody' } : 'kind' in token ? token : { kind: 'token', ...token };
  if ((access.kind === 'sas' || access.kind === 'token') && !isSecure(new URL(endpoint)))
    throw noCredentials(`${endpoint} would get ${access.source} in the clear`, 'use an https endpoint');
  return { endpoint, ...identityOf(access, account) };
}

function identityOf(access: Access, account: string): Omit<AzIdentity, 'endpoint'> {
  const unsigned = { query: [], sign: async () => ({}) };
  if (access.kind === 'nobody') return { ...unsigned, login: nobody(account) };
  const login = `give ${access.source} the role Storage Blob Data Contributor on the container`;
  if (access.kind === 'token')
    return { query: [], sign: async () => ({ authorization: `Bearer ${await access.token()}` }), login };
  if (access.kind === 'sas') {
    const query = new URLSearchParams(access.sas.replace(/^\?/, ''));
    return { ...unsigned, query: [...query], login: sasLogin(access.source, query.get('se')) };
  }
  const key = Buffer.from(access.key, 'base64');
  if (key.length < 16)
    throw noCredentials(`${access.source} holds no account key`, 'copy it from the portal again');
  return {
    query: [],
    sign: async (request) => sharedKeyHeaders(request, account, key),
    login: `check that ${access.source} holds a key of ${account} that was not rotated since, and the clock of this machine`,
  };
}

function accessIn(account: string, env: Env, connection: Connection): Access | null {
  const source = 'AZURE_STORAGE_CONNECTION_STRING';
  if (connection.AccountKey) return { kind: 'key', source, key: connection.AccountKey };
  if (connection.SharedAccessSignature) return { kind: 'sas', source, sas: connection.SharedAccessSignature };
  if (env.AZURE_STORAGE_ACCOUNT && env.AZURE_STORAGE_ACCOUNT !== account) return null;
  const { AZURE_STORAGE_KEY: key, AZURE_STORAGE_SAS_TOKEN: sas } = env;
  if (key) return { kind: 'key', source: 'AZURE_STORAGE_KEY', key };
  return sas ? { kind: 'sas', source: 'AZURE_STORAGE_SAS_TOKEN', sas } : null;
}

type Connection = Readonly<Record<string, string | undefined>>;

/** `AccountName=…;AccountKey=…;…` of this account; that of another says nothing here. */
function connectionIn(text: string, account: string): Connection {
  const pairs = text.split(';').map((pair) => {
    const equals = pair.indexOf('=');
    return [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()] as const;
  });
  const connection: Connection = Object.fromEntries(pairs);
  return (connection.AccountName ?? account) === account ? connection : {};
}

function endpointOf(account: string, env: Env, connection: Connection): string {
  const { BlobEndpoint, DefaultEndpointsProtocol: protocol = 'https', EndpointSuffix } = connection;
  const usual = `${protocol}://${account}.blob.${EndpointSuffix || 'core.windows.net'}`;
  const text = env.AZURE_STORAGE_BLOB_ENDPOINT || BlobEndpoint || usual;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.search === '')
    return (url.origin + url.pathname).replace(/\/$/, '');
  throw new LockstepError('E_REMOTE_SCHEME', {
    what: 'the blob endpoint of AZURE_STORAGE_BLOB_ENDPOINT or the connection string is no plain address',
    allowed: `for instance ${usual}, without credentials`,
    fix: 'correct it',
  });
}

function sasLogin(source: string, end: string | null): string {
  const ended = end !== null && Date.parse(end) < Date.now();
  return ended
    ? `make a new SAS: the one in ${source} ended at ${new Date(end).toISOString()}`
    : `make a SAS for ${source} that may read, create, write, delete and list (sp=rcwdl) in the container`;
}

const nobody = (account: string): string =>
  `log in (\`az login\`, or AZURE_CLIENT_ID and AZURE_TENANT_ID with \`id-token: write\` in a workflow); nothing for ${account} was found in AZURE_STORAGE_CONNECTION_STRING, AZURE_STORAGE_KEY, AZURE_STORAGE_SAS_TOKEN, AZURE_CLIENT_ID with a federated token or secret, the machine's identity and \`az\``;
