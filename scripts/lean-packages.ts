import { dirname, join } from 'node:path';
import type { Plugin } from 'rolldown';

// The clients of GitHub's services bring two megabytes of which our actions reach a tenth. What stands for the rest in
// the bundles; whoever calls something that is left out gets an error that says so (test/lean-packages.test.ts).

const root = dirname(import.meta.dirname);
const installed = (path: string): string => join(root, 'node_modules', path);

interface StandIn {
  /** What an import says, and in which package's files. */
  readonly named: RegExp;
  readonly within?: RegExp;
  /** A file, a module of Node, the names that are left out (none: a class is), or code. */
  readonly file?: string;
  readonly node?: string;
  readonly without?: readonly string[];
  readonly code?: string;
}

const standIns: readonly StandIn[] = [
  // Six methods on signed URLs.
  { named: /^@azure\/storage-blob$/, file: join(root, 'actions/kit/blob-client.ts') },
  // Requests by way of a proxy.
  { named: /^undici$/, file: join(root, 'actions/kit/proxied-fetch.ts') },
  // Of the artifact client we call uploadArtifact alone: src/github/ lists and downloads.
  {
    named: /\/(download|delete)-artifact\.js$/,
    within: /@actions\/artifact/,
    without: [
      'downloadArtifactPublic',
      'downloadArtifactInternal',
      'deleteArtifactPublic',
      'deleteArtifactInternal',
    ],
  },
  {
    named: /\/(get|list)-artifacts?\.js$/,
    within: /@actions\/artifact/,
    without: ['getArtifactPublic', 'getArtifactInternal', 'listArtifactsPublic', 'listArtifactsInternal'],
  },
  // It makes a ZIP of files that it is given: no tar, no lists, no patterns; one queue of a library of seventy.
  { named: /\/plugins\/(tar|json)$/, within: /\/archiver\//, without: [] },
  { named: /^readdir-glob$/, within: /\/archiver\//, without: [] },
  { named: /^\.\/file\.js$/, within: /\/archiver-utils\//, without: [] },
  {
    named: /^async$/,
    within: /\/archiver\//,
    code: "exports.queue = require('async/queue.js');\n",
  },
  // What they copy for browsers and old versions of Node. `READABLE_STREAM=disable` makes the first do the same.
  { named: /^readable-stream$/, node: 'node:stream' },
  {
    named: /^readable-stream\/passthrough$/,
    code: "module.exports = require('node:stream').PassThrough;\n",
  },
  // We ask GitHub by routes (src/github/api.ts).
  {
    named: /^@octokit\/plugin-rest-endpoint-methods$/,
    code: 'export const restEndpointMethods = () => ({});\n',
  },
  { named: /^@octokit\/plugin-paginate-rest$/, code: 'export const paginateRest = () => ({});\n' },
  // The same as ES modules, of which what nobody imports falls away.
  { named: /^@protobuf-ts\/runtime$/, file: installed('@protobuf-ts/runtime/build/es2015/index.js') },
  { named: /^@protobuf-ts\/runtime-rpc$/, file: installed('@protobuf-ts/runtime-rpc/build/es2015/index.js') },
];

const prefix = '\0lean:';

export const leanPackages: Plugin = {
  name: 'lean-packages',
  resolveId: {
    filter: { id: standIns.map(({ named }) => named) },
    handler(id, importer = '') {
      const from = importer.replaceAll('\\', '/');
      const index = standIns.findIndex(
        ({ named, within }) => named.test(id) && (within === undefined || within.test(from)),
      );
      const standIn = standIns[index];
      if (standIn === undefined) return null;
      if (standIn.node !== undefined) return { id: standIn.node, external: true };
      return standIn.file ?? `${prefix}${index}:${id}`;
    },
  },
  load: {
    filter: { id: new RegExp(`^${prefix}`) },
    handler(id) {
      const [, index, name] = /(\d+):(.*)$/.exec(id)!;
      const { code, without = [] } = standIns[Number(index)]!;
      return { code: code ?? leftOut(name!, without), moduleType: 'js' };
    },
  },
};

/** Functions by these names that throw; or, as CommonJS, a class that does. */
function leftOut(name: string, functions: readonly string[]): string {
  const refuse = `throw new Error(${JSON.stringify(`${name} is not part of these bundles`)});`;
  if (functions.length === 0)
    return `module.exports = class {\n  constructor() { ${refuse} }\n  append() {}\n  finalize() {}\n};\n`;
  return functions.map((each) => `export function ${each}() { ${refuse} }\n`).join('');
}
