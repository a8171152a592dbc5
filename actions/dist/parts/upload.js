import { Ct as LockstepError, t as init_workspace } from "./workspace.js";
import { o as say } from "./run.js";
import { join } from "node:path";
import { globSync, lstatSync } from "node:fs";
init_workspace();
const retentionDays = 7;
async function uploadFolder(name, folder, compressionLevel) {
	const { DefaultArtifactClient } = await import("./artifact.js");
	const files = globSync("**", { cwd: folder }).map((path) => join(folder, path)).filter((path) => lstatSync(path).isFile()).sort();
	try {
		const { size } = await new DefaultArtifactClient().uploadArtifact(name, files, folder, {
			compressionLevel,
			retentionDays
		});
		say(`${name}: ${files.length} files, ${size} bytes`);
	} catch (cause) {
		throw new LockstepError("E_HANDOVER_UPLOAD", {
			what: `the artifact ${name} was not taken: ${cause.message}`,
			allowed: "a run whose artifact service answers, and a name that this run has not used",
			fix: "run the job again",
			cause
		});
	}
}
export { uploadFolder as t };
