import { t as startServer } from "./serving.js";
import { Ct as LockstepError, t as init_workspace } from "./workspace.js";
import { t as UsageError } from "./invocation.js";
import { resolve } from "node:path";
init_workspace();
const command = {
	name: "serve",
	summary: "serve the newest run's model, or a folder's, until Ctrl-C",
	positionals: "[model]",
	options: {
		port: { type: "string" },
		models: { type: "string" },
		log: { type: "string" }
	},
	help: {
		port: "port on 127.0.0.1 (default: a free one)",
		models: "a folder with model.onnx, model.yaml, metadata.json and golden.json",
		log: "append answered predictions to this file, as JSON lines"
	},
	async run({ workspace, cwd, positionals: [model], values, json }) {
		const port = Number(values.port ?? 0);
		if (!Number.isInteger(port) || port < 0 || port > 65535) throw new UsageError(`--port ${String(values.port)}: a number from 0 to 65535 is wanted`);
		if (model === void 0 === (typeof values.models !== "string")) throw new UsageError("serve needs a model, or --models <folder>");
		const folder = model === void 0 ? resolve(cwd, String(values.models)) : await newestRunOf(workspace, model);
		const log = typeof values.log === "string" ? resolve(cwd, values.log) : void 0;
		const asked = askedToStop();
		const server = await startServer(folder, port, log);
		process.stdout.write(json ? `${JSON.stringify({
			url: server.url,
			folder
		})}\n` : served(server.url));
		const early = await Promise.race([asked.then(() => null), server.exit]);
		server.stop();
		const { code, signal } = early ?? await server.exit;
		if (code !== 0) throw ended(signal ?? `exit code ${code}`);
		return {
			json: {
				url: server.url,
				ended: true
			},
			text: "stopped; every request was answered"
		};
	}
};
async function newestRunOf(workspace, model) {
	const { layOutNewestRun } = await import("./served-run.js");
	return (await layOutNewestRun(workspace, model)).folder;
}
const served = (url) => `${url}  try it in a browser; POST ${url}/predict; open inference protocol at ${url}/v2\nCtrl-C stops it\n`;
const askedToStop = () => new Promise((done) => {
	for (const signal of [
		"SIGINT",
		"SIGTERM",
		"SIGHUP"
	]) process.on(signal, () => done());
});
const ended = (how) => new LockstepError("E_SERVE_START", { what: `the model server ended by itself (${how})` });
export { command };
