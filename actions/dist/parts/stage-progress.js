import { t as noteIn } from "./pipeline.js";
import { g as startProgress, h as isWatched, t as init_workspace } from "./workspace.js";
init_workspace();
function drawStages() {
	const bar = isWatched(process.stderr);
	let progress = startProgress("");
	return (event) => {
		if (event.kind === "stage-started") {
			if (bar) progress = startProgress(event.stage);
			process.stderr.write(`${event.stage}: ${event.why.join(", ")}\n`);
		}
		if (event.kind === "log" && noteIn(event.line) !== null) {
			process.stderr.write(`${bar ? "\r\x1B[2K" : ""}${event.stage}: ${event.line}\n`);
			return;
		}
		if (event.kind === "notice") process.stderr.write(`${event.stage}: ${event.text}\n`);
		if (event.kind === "log" && bar) process.stderr.write(`\r\u001b[2K  ${event.line.slice(0, 100)}`);
		if (event.kind === "stage-finished") {
			progress.end();
			process.stderr.write(`${event.stage}: done in ${event.seconds.toFixed(1)} s\n`);
		}
	};
}
export { drawStages as t };
