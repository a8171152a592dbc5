import { $ as nearest, Ct as LockstepError, et as checkName, t as init_workspace } from "./workspace.js";
import { f as setOutput, o as getInput, p as setSecret } from "../vendor/actions-core.js";
import { s as runnerFolders } from "./run.js";
import { dirname, join, relative, resolve, sep } from "node:path";
import { existsSync, realpathSync } from "node:fs";
init_workspace();
function readInputs(spec) {
	const names = Object.keys(spec);
	for (const given of givenInputs()) if (!names.includes(given)) throw unknownInput(given, names);
	const values = names.map((name) => [name, spec[name].read(getInput(name), name)]);
	return Object.freeze(Object.fromEntries(values));
}
const givenInputs = () => Object.keys(process.env).filter((name) => name.startsWith("INPUT_")).map((name) => name.slice(6).toLowerCase());
function unknownInput(given, names) {
	const near = nearest(given, names);
	return new LockstepError("E_ACTION_INPUT", {
		what: `this action has no input "${given}"`,
		allowed: names.join(", "),
		fix: near === void 0 ? "remove it" : `did you mean "${near}"?`
	});
}
const wrong = (name, text, allowed) => new LockstepError("E_ACTION_INPUT", {
	what: text === "" ? `the input "${name}" is empty` : `the input "${name}" is "${text}"`,
	allowed,
	fix: `set \`${name}:\` under \`with:\` in the workflow`
});
const text = {
	type: "text",
	read(given, name) {
		if (given === "") throw wrong(name, given, "a text");
		return given;
	}
};
const count = {
	type: "number",
	read(given, name) {
		if (/^[1-9]\d{0,8}$/.test(given)) return Number(given);
		throw wrong(name, given, "a whole number from 1");
	}
};
const flag = {
	type: "`true` or `false`",
	read(given, name) {
		if (/^(true|True|TRUE)$/.test(given)) return true;
		if (/^(false|False|FALSE)$/.test(given)) return false;
		throw wrong(name, given, "true or false");
	}
};
function oneOf(...choices) {
	return {
		type: choices.map((choice) => `\`${choice}\``).join(", "),
		read(given, name) {
			const found = choices.find((choice) => choice === given);
			if (found !== void 0) return found;
			const near = nearest(given, choices);
			const allowed = `one of ${choices.join(", ")}${near ? `; did you mean ${near}?` : ""}`;
			throw wrong(name, given, allowed);
		}
	};
}
const model = {
	type: "model",
	read: (given, name) => checkName(text.read(given, name), "model")
};
const models = {
	type: "models",
	read: (given) => [...new Set(words(given))].map((name) => checkName(name, "model"))
};
const list = {
	type: "list",
	read: (given) => [...new Set(words(given))]
};
const words = (given) => given.split(/[\s,]+/).filter(Boolean);
function optional(reader) {
	return {
		type: `${reader.type}, optional`,
		read: (given, name) => given === "" ? null : reader.read(given, name)
	};
}
function wanted(name, value) {
	if (value !== null) return value;
	throw wrong(name, "", "a value, in this mode");
}
const token = {
	type: "token",
	read(given, name) {
		if (given !== "") setSecret(given);
		return text.read(given, name);
	}
};
const path = {
	type: "path",
	read(given, name) {
		const { workspace, temp } = runnerFolders();
		const found = resolve(workspace, text.read(given, name));
		const real = realPath(found);
		if ([workspace, temp].some((folder) => isInside(folder, found) && isInside(realPath(folder), real))) return found;
		throw new LockstepError("E_PATH_TRAVERSAL", {
			what: `the input "${name}" leads out of the workspace: ${given}`,
			allowed: "a path inside the workspace or the runner's temporary folder"
		});
	}
};
const isInside = (folder, path) => {
	const steps = relative(folder, path);
	return steps === "" || steps !== ".." && !steps.startsWith(`..${sep}`) && resolve(folder, steps) === path;
};
function realPath(path) {
	return existsSync(path) ? realpathSync(path) : join(realPath(dirname(path)), path.slice(dirname(path).length));
}
function setOutputs(values) {
	for (const [name, value] of Object.entries(values)) setOutput(name, value);
}
export { model as a, optional as c, text as d, token as f, list as i, path as l, count as n, models as o, wanted as p, flag as r, oneOf as s, setOutputs as t, readInputs as u };
