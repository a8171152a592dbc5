import { a as cellText, o as column } from "./data.js";
import { Ct as LockstepError, lt as spawnOwn, ot as exitOf, t as init_workspace, y as ownProgram } from "./workspace.js";
import { setTimeout } from "node:timers/promises";
import { Agent, request } from "node:http";
import { Agent as Agent$1, request as request$1 } from "node:https";
import { createInterface } from "node:readline";
function openHttpClient(url, options = {}) {
	const { connections = 8, headers = {}, timeoutMs = 3e4 } = options;
	const base = new URL(url);
	const isPlain = base.protocol === "http:";
	const agent = new (isPlain ? Agent : Agent$1)({
		keepAlive: true,
		maxSockets: connections
	});
	const start = isPlain ? request : request$1;
	const prefix = base.pathname.replace(/\/$/, "");
	const once = (method, path, body) => new Promise((resolve, reject) => {
		const sent = body === void 0 ? {} : { "content-type": "application/json" };
		const length = body === void 0 ? {} : { "content-length": Buffer.byteLength(body) };
		const request = start({
			agent,
			method,
			hostname: base.hostname,
			port: base.port,
			path: prefix + path,
			headers: {
				...headers,
				...sent,
				...length
			}
		}, (response) => readAnswer(response).then(resolve, reject));
		request.setTimeout(timeoutMs, () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)));
		request.on("error", (error) => {
			if (request.reusedSocket && (error.code === "ECONNRESET" || error.code === "EPIPE")) once(method, path, body).then(resolve, reject);
			else reject(error);
		});
		request.end(body);
	});
	return {
		get: (path) => once("GET", path, void 0),
		post: (path, body) => once("POST", path, JSON.stringify(body)),
		close: () => agent.destroy()
	};
}
async function readAnswer(response) {
	const chunks = [];
	for await (const chunk of response) chunks.push(chunk);
	return {
		status: response.statusCode ?? 0,
		body: parsed(Buffer.concat(chunks).toString())
	};
}
function parsed(text) {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}
const errorOf = ({ status, body }) => {
	const told = body?.error;
	return typeof told === "string" ? told : `status ${status}`;
};
async function predictRows(url, rows, options = {}) {
	const { ids, concurrency = 4, batch = 64, log = true, onProgress } = options;
	const client = openHttpClient(url, {
		connections: concurrency,
		headers: log ? {} : { "x-lockstep-log": "off" }
	});
	const predictions = new Array(rows.length).fill(null);
	const errors = [];
	let next = 0;
	let done = 0;
	const ask = async (from, to) => {
		const answer = await askRows(client, rows.slice(from, to), ids?.slice(from, to));
		if (answer.status === 200) answer.body.predictions.forEach((prediction, index) => {
			predictions[from + index] = prediction;
		});
		else if (to - from > 1 && answer.status >= 400 && answer.status < 500) for (let row = from; row < to; row++) await ask(row, row + 1);
		else {
			const message = errorOf(answer);
			for (let row = from; row < to; row++) errors.push({
				row,
				id: ids?.[row],
				status: answer.status,
				message
			});
		}
	};
	const work = async () => {
		while (next < rows.length) {
			const from = next;
			next = Math.min(rows.length, from + batch);
			const to = next;
			await ask(from, to);
			done += to - from;
			onProgress?.(done, rows.length);
		}
	};
	try {
		await Promise.all(Array.from({ length: concurrency }, work));
	} finally {
		client.close();
	}
	return {
		predictions,
		errors: errors.sort((a, b) => a.row - b.row)
	};
}
async function askRows(client, rows, ids) {
	try {
		return await client.post("/predict", ids ? {
			rows,
			ids
		} : { rows });
	} catch (error) {
		const { code, message } = error;
		return {
			status: 0,
			body: { error: code ? `no answer (${code})` : message }
		};
	}
}
init_workspace();
async function readServedBy(url) {
	const refuse = (what, cause) => new LockstepError("E_PREDICT", {
		what: `${url} ${what}`,
		allowed: "the address of a model server, such as http://127.0.0.1:8080",
		fix: "`lockstep status` lists the addresses of the environments",
		cause
	});
	if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw refuse("is no http address");
	const client = openHttpClient(url);
	try {
		const answer = await client.get("/metadata").catch((error) => {
			throw refuse(`does not answer (${error.code ?? error.message})`, error);
		});
		const served = answer.body;
		if (answer.status !== 200) throw refuse(`answers ${answer.status}: ${errorOf(answer)}`);
		if (!Array.isArray(served?.inputs)) throw refuse("is no model server of Lockstep");
		return served;
	} finally {
		client.close();
	}
}
function requestRows(table, inputs) {
	const columns = inputs.map((input) => ({
		input,
		source: column(table, input.name)
	}));
	return Array.from({ length: table.rows }, (_, row) => Object.fromEntries(columns.map(({ input, source }) => [input.name, requestValue(input, source, row)])));
}
function requestValue({ type }, source, row) {
	if (type === "category" || type === "date") return cellText(source, row);
	const value = source.values[row] ?? null;
	if (value === null || Number.isNaN(value)) return null;
	return type === "boolean" && typeof value === "number" ? value !== 0 : value;
}
init_workspace();
async function predictTables(url, tables, options = {}) {
	const { model, version, inputs } = await readServedBy(url);
	if (options.model !== void 0 && options.model !== model) throw new LockstepError("E_PREDICT", {
		what: `${url} serves ${model}, not ${options.model}`,
		fix: "`lockstep status` lists the addresses of the environments"
	});
	const asked = tables.flatMap(({ name, table }) => named(requestRows(table, inputs), idsOf(name, table, options.idColumn)));
	const { from = "first", rows: most = asked.length } = options.take ?? {};
	const taken = from === "first" ? asked.slice(0, most) : asked.slice(Math.max(0, asked.length - most));
	const ids = taken.map(({ id }) => id);
	const started = performance.now();
	const { predictions, errors } = await predictRows(url, taken.map(({ row }) => row), {
		ids,
		...options.onProgress ? { onProgress: options.onProgress } : {}
	});
	const scores = predictions.flatMap((prediction) => prediction ? [prediction.score] : []);
	return {
		server: {
			model,
			version
		},
		rows: taken.length,
		answered: scores.length,
		errors,
		meanScore: scores.length === 0 ? null : scores.reduce((sum, score) => sum + score, 0) / scores.length,
		seconds: (performance.now() - started) / 1e3,
		ids,
		predictions
	};
}
const named = (rows, ids) => rows.map((row, index) => ({
	row,
	id: ids[index]
}));
function idsOf(name, table, idColumn) {
	const source = idColumn === void 0 ? void 0 : column(table, idColumn);
	const numbered = (row) => `${name}:${row}`;
	return Array.from({ length: table.rows }, (_, row) => source ? cellText(source, row) ?? numbered(row) : numbered(row));
}
init_workspace();
const program = ownProgram(import.meta.url, "./server.ts", "server.mjs");
const patienceMs = 3e4;
async function startServer(folder, port, log) {
	const child = spawnOwn(program, [
		"--models",
		folder,
		"--port",
		String(port),
		...log === void 0 ? [] : ["--log", log]
	], {
		stdout: "pipe",
		stderr: "pipe"
	});
	let said = "";
	child.stderr.on("data", (chunk) => {
		said = (said + String(chunk)).slice(-4e3);
	});
	const exit = exitOf(child);
	const line = await Promise.race([new Promise((resolve) => createInterface({ input: child.stdout }).once("line", resolve)), exit.then(() => null)]);
	if (line === null) throw failed(said.trim(), folder);
	const url = `http://127.0.0.1:${JSON.parse(line).listening}`;
	const unready = await waitReady(url);
	if (unready !== null) {
		child.kill("SIGTERM");
		throw failed(unready, folder);
	}
	return {
		url,
		exit,
		stop: () => child.kill("SIGTERM")
	};
}
async function waitReady(url) {
	const client = openHttpClient(url);
	try {
		for (const until = Date.now() + patienceMs;; await setTimeout(25)) {
			const answer = await client.get("/v2/health/ready");
			if (answer.status === 200) return null;
			if (errorOf(answer) !== "warming up" || Date.now() > until) return errorOf(answer);
		}
	} finally {
		client.close();
	}
}
const failed = (words, folder) => new LockstepError("E_SERVE_START", { what: `the model server does not start from ${folder}: ${words.replace(/^E_\w+: /, "") || "it ended without a word"}` });
export { openHttpClient as i, predictTables as n, errorOf as r, startServer as t };
