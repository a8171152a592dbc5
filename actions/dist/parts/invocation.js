import { $ as nearest, Tt as isLockstepError, et as checkName, t as init_workspace } from "./workspace.js";
import { parseArgs } from "node:util";
init_workspace();
var UsageError = class extends Error {
	name = "UsageError";
};
const commonOptions = {
	json: { type: "boolean" },
	help: {
		type: "boolean",
		short: "h"
	},
	directory: {
		type: "string",
		short: "C"
	}
};
function findCommand(args, names) {
	const places = wordPlaces(args);
	const words = places.map((place) => args[place]);
	if (words[0] === "help") return findCommand([...args.filter((word) => word !== "help"), "--help"], names);
	for (const count of [2, 1]) {
		const name = words.slice(0, count).join(" ");
		if (words.length < count || !names.includes(name)) continue;
		const own = places.slice(0, count);
		return {
			name,
			rest: args.filter((_, place) => !own.includes(place))
		};
	}
	if (words[0] === void 0) return withoutCommand(args);
	const family = names.filter((name) => name.startsWith(`${words[0]} `));
	if (family.length > 0) throw new UsageError(`${words[1] === void 0 ? `lockstep ${words[0]} needs a second word` : `"${words.join(" ")}" is no command`} — one of ${family.join(", ")}${hint(words.join(" "), family)}`);
	throw new UsageError(`"${words[0]}" is no command${suggest(words[0], names)} (lockstep --help lists them)`);
}
function wordPlaces(args) {
	const takesNext = (word) => word === "-C" || word === "--directory";
	return args.flatMap((word, place) => word.startsWith("-") || takesNext(args[place - 1]) ? [] : [place]).slice(0, 2);
}
function withoutCommand(args) {
	const known = [
		"--help",
		"-h",
		"--json",
		"--version",
		"-v"
	];
	const unknown = args.find((word) => !known.includes(word));
	if (unknown !== void 0) throw new UsageError(`lockstep without a command takes no "${unknown}"${suggest(unknown, known)} (lockstep --help)`);
	return {
		name: args.includes("--version") || args.includes("-v") ? "version" : "help",
		rest: []
	};
}
const suggest = (word, known) => {
	const found = hint(word, known);
	return found === "" ? "" : ` —${found.slice(1)}`;
};
const hint = (word, known) => {
	const near = nearest(word, known);
	return near ? `; did you mean "${near}"?` : "";
};
function parseInvocation(command, rest) {
	try {
		const options = {
			...command.options,
			...commonOptions
		};
		const { positionals, values } = parseArgs({
			args: [...rest],
			options,
			allowPositionals: true,
			strict: true
		});
		if (!values.help) checkPositionals(command, positionals);
		return {
			positionals,
			values
		};
	} catch (error) {
		if (error instanceof UsageError || isLockstepError(error)) throw error;
		const unknown = /Unknown option '--?([^']+)'/.exec(error.message)?.[1];
		if (unknown === void 0) throw new UsageError(`${firstSentence(error)} (lockstep ${command.name} --help)`);
		const near = nearest(unknown, [...Object.keys(command.options), ...Object.keys(commonOptions)]);
		throw new UsageError(`lockstep ${command.name} has no option --${unknown}${near ? ` — did you mean --${near}?` : ""} (lockstep ${command.name} --help)`);
	}
}
const firstSentence = ({ message }) => message.split("\n")[0].replace(/\.$/, "");
function checkPositionals(command, given) {
	const declared = command.positionals.split(" ").filter(Boolean);
	const required = declared.filter((word) => word.startsWith("<"));
	const several = declared.some((word) => word.includes("…"));
	for (const [place, word] of declared.entries()) if (/^[<[]model[>\]]$/.test(word) && given[place] !== void 0) checkName(given[place], "model");
	if (given.length < required.length) throw new UsageError(`lockstep ${command.name} needs ${required[given.length]} — usage: lockstep ${command.name} ${command.positionals}`);
	if (!several && given.length > declared.length) throw new UsageError(`lockstep ${command.name} takes no "${given[declared.length]}" — usage: lockstep ${command.name} ${command.positionals}`);
}
export { findCommand as n, parseInvocation as r, UsageError as t };
