/**
 * Node's HTTP, for whoever comes to send or answer something. To import it costs each of our commands a quarter of its
 * start: an import reads every export, and one of them, `WebSocket`, loads a whole client for that. So nobody imports it
 * but for its types (test/architecture.test.ts).
 */
export const nodeHttp = () => process.getBuiltinModule('node:http');
export const nodeHttps = () => process.getBuiltinModule('node:https');
