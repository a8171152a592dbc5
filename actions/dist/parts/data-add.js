import { C as addData } from "./data.js";
import { Ct as LockstepError, p as amount, t as init_workspace } from "./workspace.js";
import { resolve } from "node:path";
init_workspace();
const command = {
	name: "data add",
	summary: "lock a file or folder by its sha256 in data.lock",
	positionals: "<file-or-folder>",
	options: {
		as: { type: "string" },
		push: { type: "boolean" },
		force: { type: "boolean" }
	},
	help: {
		as: "path under data/ for a file that lies elsewhere (default: its own name)",
		push: "send the bytes to the remote before data.lock names them",
		force: "replace what lies at that path under data/"
	},
	async run({ workspace, cwd, positionals, values }) {
		const [path] = positionals;
		if (path === void 0 || positionals.length > 1) throw new LockstepError("E_USAGE", {
			what: `${positionals.length} paths`,
			allowed: "one file or folder",
			fix: "lockstep data add <file-or-folder>"
		});
		const as = values.as;
		const push = values.push === true;
		const result = await addData(workspace, resolve(cwd, path), {
			as,
			push,
			force: values.force === true
		});
		const { entry, before, copied } = result;
		const files = entry.files === void 0 ? "" : `${amount(entry.files, "count")} files, `;
		return {
			json: result,
			text: [
				`${before?.digest === entry.digest ? "unchanged" : before ? "updated" : "locked"} data/${entry.key} (${files}${amount(entry.size, "bytes")}) ${entry.digest}`,
				...copied ? [`copied to data/${entry.key}`] : [],
				`next: commit data.lock${push ? "" : ", and `lockstep data push` so that others can pull it"}`
			].join("\n")
		};
	}
};
export { command };
