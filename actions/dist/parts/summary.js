import { b as summary } from "../vendor/actions-core.js";
import { existsSync, statSync } from "node:fs";
const mostBytes = 1048576;
async function addSummary(markdown) {
	const file = process.env.GITHUB_STEP_SUMMARY;
	if (!file) return;
	const used = existsSync(file) ? statSync(file).size : 0;
	await summary.addRaw(trimmed(`${markdown.trimEnd()}\n`, mostBytes - used)).write();
}
function trimmed(markdown, most) {
	const size = Buffer.byteLength(markdown);
	if (size <= most) return markdown;
	const notice = `\n\n*Cut here: ${size} bytes are more than a summary may hold. The job's log and artifacts have the rest.*\n`;
	for (let room = most - Buffer.byteLength(notice); room > 0;) {
		const lines = wholeLines(markdown, room);
		const text = lines + closing(lines) + notice;
		const over = Buffer.byteLength(text) - most;
		if (over <= 0) return text;
		room = Math.min(room, Buffer.byteLength(lines)) - over;
	}
	return "";
}
function wholeLines(text, most) {
	const bytes = Buffer.from(text).subarray(0, most);
	return bytes.subarray(0, bytes.lastIndexOf(10) + 1).toString("utf8");
}
function closing(text) {
	const fence = (text.match(/^\s*```/gm)?.length ?? 0) % 2 === 1 ? "```\n" : "";
	const open = (text.match(/<details\b/g)?.length ?? 0) - (text.match(/<\/details>/g)?.length ?? 0);
	return fence + "\n</details>".repeat(Math.max(0, open));
}
function fenced(text) {
	const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
	const fence = "`".repeat(longest + 1);
	return `${fence}text\n${text}\n${fence}`;
}
export { fenced as n, addSummary as t };
