import { b as findSource, p as readWanted, y as startAgent } from "./gitops.js";
import { i as openHttpClient, r as errorOf } from "./serving.js";
import { t as UsageError } from "./invocation.js";
function eventText(event) {
	switch (event.event) {
		case "started": return `Watching ${event.branch}${event.remote === null ? "" : ` of ${event.remote}`}. Ctrl-C stops every server.`;
		case "ready": {
			const count = Object.keys(event.environments).length;
			return count === 0 ? "No environment runs anything yet: the first promotion will." : `${count} environment${count === 1 ? "" : "s"} dealt with.`;
		}
		case "switched": {
			const replayed = event.replayed === null ? "" : `, ${event.replayed} answered requests replayed`;
			const from = event.from === null ? "" : ` (before: ${event.from})`;
			return `${place(event)} runs ${event.version}${from} at ${event.url}, golden ${event.golden.equal} of ${event.golden.asked}${replayed}`;
		}
		case "refused": {
			const what = event.version === null ? "refuses its folder" : `refuses ${event.version}`;
			const kept = event.kept === null ? "nothing answers" : `${event.kept} goes on answering`;
			return [`${place(event)} ${what}; ${kept}:`, ...event.reasons.map((reason) => `  ${reason}`)].join("\n");
		}
		case "adopted": return `${place(event)} still runs ${event.version} at ${event.url}`;
		case "died": return `${place(event)}: the server of ${event.version} died; starting it again`;
		case "restarted": return `${place(event)} runs ${event.version} again`;
		case "kept": return `${place(event)}: the folder asks for ${event.version} again, which runs`;
		case "removed": return `${place(event)} was removed; its server is stopped`;
		case "unreachable": return `What runs goes on, but the branch can't be followed: ${event.message}`;
		case "stopped": return "Every server is stopped.";
	}
}
const place = ({ model, environment }) => `${model} ${environment}`;
function agentTable({ environments }, now) {
	const table = [[
		"model",
		"environment",
		"version",
		"url",
		"golden",
		"for",
		""
	], ...Object.values(environments).map((entry) => [
		entry.model,
		entry.environment,
		entry.version ?? "–",
		entry.version === null ? "–" : entry.url,
		entry.golden === null ? "–" : `${entry.golden.equal}/${entry.golden.asked}`,
		entry.since === null ? "–" : duration(now.getTime() - Date.parse(entry.since)),
		remark(entry)
	])];
	const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
	return table.map((row) => row.map((cell, column) => cell.padEnd(widths[column])).join("  ").trimEnd()).join("\n");
}
const remark = ({ refused }) => refused === null ? "" : `refused ${refused.version ?? "its folder"}: ${refused.reasons[0] ?? ""}`.slice(0, 80);
function duration(milliseconds) {
	const seconds = Math.max(0, Math.floor(milliseconds / 1e3));
	if (seconds < 60) return `${seconds} s`;
	if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
	return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds % 3600 / 60)} min`;
}
const isEqualScore = (found, expected) => Math.abs(found - expected) <= 1e-5 * Math.max(1, Math.abs(expected));
async function askGolden(url, golden) {
	const client = openHttpClient(url, { headers: { "x-lockstep-log": "off" } });
	try {
		const datatypes = await datatypesOf(client, golden.model);
		const found = (await Promise.all(golden.requests.map(async (request, index) => {
			const difference = await differenceOf(() => askPredict(client, request), request) ?? await differenceOf(() => askInfer(client, golden.model, request, datatypes), request);
			return difference === null ? null : `golden request ${index}: ${difference}`;
		}))).filter((difference) => difference !== null);
		const asked = golden.requests.length;
		return {
			asked,
			equal: asked - found.length,
			...found[0] === void 0 ? {} : { firstDifference: found[0] }
		};
	} catch (error) {
		return {
			asked: golden.requests.length,
			equal: 0,
			firstDifference: error.message
		};
	} finally {
		client.close();
	}
}
async function differenceOf(ask, { score }) {
	try {
		const found = await ask();
		return isEqualScore(found, score) ? null : `answered ${found}, not ${score}`;
	} catch (error) {
		return error.message;
	}
}
async function askPredict(client, { inputs }) {
	const { predictions } = taken(await client.post("/predict", inputs));
	return predictions[0].score;
}
async function datatypesOf(client, model) {
	const { inputs } = taken(await client.get(`/v2/models/${model}`));
	return new Map(inputs.map(({ name, datatype }) => [name, datatype]));
}
async function askInfer(client, model, { inputs }, datatypes) {
	const tensors = Object.entries(inputs).map(([name, value]) => {
		const datatype = datatypes.get(name) ?? "FP32";
		return {
			name,
			datatype,
			shape: [1, 1],
			data: [typeof value === "boolean" ? Number(value) : value ?? (datatype === "BYTES" ? "" : null)]
		};
	});
	return taken(await client.post(`/v2/models/${model}/infer`, { inputs: tensors })).outputs[0].data[0];
}
function taken(answer) {
	if (answer.status === 200) return answer.body;
	throw new Error(`${answer.status}: ${errorOf(answer)}`);
}
function openLiveTable(stream, table) {
	let height = 0;
	const erase = () => height === 0 ? "" : `\u001b[${height}A\u001b[0J`;
	const foot = () => {
		const lines = table().split("\n").map((text) => text.slice(0, Math.max(20, stream.columns - 1)));
		height = lines.length + 1;
		return `\n${lines.join("\n")}\n`;
	};
	if (!stream.isTTY) return {
		line: (text) => void stream.write(`${text}\n`),
		draw: () => {},
		end: () => {}
	};
	return {
		line: (text) => void stream.write(`${erase()}${text}\n${foot()}`),
		draw: () => void stream.write(`${erase()}${foot()}`),
		end: () => {
			height = 0;
		}
	};
}
const command = {
	name: "up",
	summary: "keep model servers matching the branch of environments, until Ctrl-C",
	positionals: "",
	options: {
		remote: { type: "string" },
		branch: { type: "string" },
		"port-base": { type: "string" },
		poll: { type: "string" }
	},
	help: {
		remote: "Git remote to read the branch from (default: origin, or this repository when it has no remote)",
		branch: "branch of environments (default: as in lockstep.yaml)",
		"port-base": "first of the environments' ports (default: free ones, kept from then on)",
		poll: "seconds between two looks at the branch (default 1)"
	},
	async run({ workspace, values, json }) {
		const source = await findSource(workspace, {
			remote: text(values.remote),
			branch: text(values.branch)
		});
		const portBase = number("port-base", text(values["port-base"]), 1, 65e3);
		const seconds = number("poll", text(values.poll), .1, 3600) ?? 1;
		let state = () => null;
		const table = openLiveTable(process.stdout, () => {
			const now = state();
			return now === null ? "" : agentTable(now, new Date());
		});
		const report = (event) => {
			if (event.event === "stopped") return;
			if (json) process.stdout.write(`${JSON.stringify({
				...event,
				time: new Date().toISOString()
			})}\n`);
			else table.line(eventText(event));
		};
		const asked = askedToStop();
		const agent = await startAgent(workspace, {
			...source,
			readWanted,
			askGolden,
			report,
			pollMs: seconds * 1e3,
			...portBase === void 0 ? {} : { portBase }
		});
		state = agent.state;
		const drawing = setInterval(() => json || table.draw(), 1e3);
		await asked;
		clearInterval(drawing);
		table.end();
		await agent.stop();
		return {
			json: {
				event: "stopped",
				time: new Date().toISOString()
			},
			text: eventText({ event: "stopped" })
		};
	}
};
const askedToStop = () => new Promise((resolve) => {
	for (const signal of [
		"SIGINT",
		"SIGTERM",
		"SIGHUP"
	]) process.on(signal, () => resolve());
});
const text = (value) => typeof value === "string" ? value : void 0;
function number(name, value, least, most) {
	if (value === void 0) return void 0;
	const found = Number(value);
	if (value.trim() !== "" && found >= least && found <= most) return found;
	throw new UsageError(`--${name} ${value} — a number from ${least} to ${most} is allowed`);
}
export { command };
