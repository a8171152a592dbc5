import { g as cleanRemote, v as gcLocal } from "./data.js";
import { t as findRoots } from "./gc-roots.js";
import { p as amount, t as init_workspace } from "./workspace.js";
import { t as UsageError } from "./invocation.js";
async function collectGarbage(workspace, request) {
	const { remote, history, runs, ...options } = request;
	const roots = await findRoots(workspace, {
		history,
		runs,
		complete: remote,
		now: Date.now()
	});
	if (!remote) return { local: await gcLocal(workspace, roots, options) };
	return { remote: await cleanRemote(workspace, roots, options) };
}
init_workspace();
const command = {
	name: "data gc",
	summary: "show what nobody needs in the local store or the remote, and remove it with --apply",
	positionals: "",
	options: {
		remote: { type: "boolean" },
		apply: { type: "boolean" },
		now: { type: "boolean" },
		history: { type: "string" },
		"runs-older-than": { type: "string" }
	},
	help: {
		remote: "the remote instead of the local store; in two steps, an hour apart",
		apply: "remove (default: show the plan)",
		now: "with --remote: remove at once, when nobody pushes meanwhile",
		history: "also keep so many days of the default branch's history, or all of every branch's (default: 90)",
		"runs-older-than": "let go what only older runs name (default: 30d)"
	},
	async run({ workspace, values }) {
		const report = await collectGarbage(workspace, {
			remote: values.remote === true,
			apply: values.apply === true,
			immediately: values.now === true,
			history: values.history === "all" ? "all" : days(values.history, "history", 90),
			runs: days(values["runs-older-than"], "runs-older-than", 30)
		});
		return {
			json: report,
			text: textOf(report)
		};
	}
};
function days(value, name, otherwise) {
	if (value === void 0) return otherwise;
	const match = /^(\d{1,5})d?$/.exec(String(value));
	if (match) return Number(match[1]);
	throw new UsageError(`--${name} takes a number of days, not "${String(value)}" (lockstep data gc --help)`);
}
const textOf = (report) => "local" in report ? localText(report.local) : remoteText(report.remote);
const kept = (tally) => Object.entries(tally).map(([why, { objects, bytes }]) => `  keeps ${shown({
	objects,
	bytes
})}: ${why}`);
const shown = ({ objects, bytes }) => `${objects === 1 ? "1 object" : `${amount(objects, "count")} objects`} (${amount(bytes, "bytes")})`;
function localText({ applied, kept: tally, removed, packs }) {
	const { dropped, rewritten } = packs;
	const of = dropped + rewritten > 0 ? `; ${dropped} packs go, ${rewritten} are written anew` : "";
	return [
		`the local store: ${shown(removed)} ${applied ? "removed" : "that nobody needs"}${of}`,
		...kept(tally),
		...applied || removed.objects === 0 ? [] : ["nothing is removed yet: add --apply"]
	].join("\n");
}
function remoteText({ remote, applied, kept: tally, unneeded, removed, doomed, unknown }) {
	const waits = doomed && `${shown(doomed)} can go from ${doomed.due} on, by the same command`;
	return [
		`${remote}: nobody needs ${shown(unneeded)}`,
		...kept(tally),
		...unknown.length > 0 ? [`  not all there: ${unknown.slice(0, 5).join(", ")}${unknown.length > 5 ? ` and ${unknown.length - 5} more` : ""}`] : [],
		...removed.objects > 0 ? [`${shown(removed)} ${applied ? "removed" : "would be removed with --apply"}`] : [],
		...waits ? [applied ? waits : `with --apply, ${waits}`] : []
	].join("\n");
}
export { command };
