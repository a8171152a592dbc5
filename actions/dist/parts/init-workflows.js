import { i as startersFolder, r as starterPlace } from "./github.js";
import { Ct as LockstepError, St as writeAtomic, _ as bundleFolder, t as init_workspace, z as tryGit } from "./workspace.js";
import { t as originRepository } from "./origin-repository.js";
import { dirname, join } from "node:path";
import { existsSync, readFileSync, readdirSync } from "node:fs";
init_workspace();
const home = bundleFolder === null ? dirname(dirname(import.meta.dirname)) : join(bundleFolder, "../..");
async function actionsPlace(given, checkout = home) {
	if (given !== void 0) {
		const [, repository, commit] = /^([\w.-]+\/[\w.-]+)@([0-9a-f]{40})$/.exec(given) ?? [];
		if (repository === void 0 || commit === void 0 || commit === starterPlace.commit) throw badPlace(`--actions is "${given}"`);
		return {
			repository,
			commit,
			version: null
		};
	}
	const name = await originRepository({ root: checkout }, {});
	const release = await releaseAt(checkout);
	if (name === null || release === null) throw badPlace("this Lockstep is no checkout of a release on GitHub");
	return {
		repository: `${name.owner}/${name.name}`,
		...release
	};
}
async function releaseAt(folder) {
	const say = async (...args) => (await tryGit(args, { cwd: folder })).stdout.trim();
	if (await say("rev-parse", "--show-prefix") !== "") return null;
	const version = (await say("tag", "--points-at", "HEAD")).split("\n").find((tag) => /^v\d+\.\d+\.\d+$/.test(tag));
	return version === void 0 ? null : {
		commit: await say("rev-parse", "HEAD"),
		version
	};
}
function planStarters({ root }, place) {
	const folder = join(home, startersFolder);
	if (!existsSync(folder)) throw new LockstepError("E_INSTALL", {
		what: "the workflows to begin with are not beside this Lockstep",
		where: { file: folder },
		fix: "use a whole checkout of Lockstep"
	});
	return readdirSync(folder).filter((name) => name.endsWith(".yml")).sort().map((name) => {
		const path = `.github/workflows/${name}`;
		const starter = readFileSync(join(folder, name), "utf8");
		const text = filledIn(starter, place);
		return {
			path,
			text,
			kind: kindOf(existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : null, text, starter)
		};
	});
}
function kindOf(there, text, starter) {
	if (there === null) return "new";
	if (there === text) return "same";
	return placeless(there) === starter ? "moved" : "other";
}
const placeless = (text) => text.replaceAll(/[\w.-]+\/[\w.-]+(\/actions\/[a-z-]+)@[0-9a-f]{40}(?: # v\S+)?/g, `${starterPlace.repository}$1@${starterPlace.commit} # ${starterPlace.version}`);
function filledIn(text, { repository, commit, version }) {
	const { repository: owner, commit: zeros, version: none } = starterPlace;
	const behind = version === null ? "" : ` # ${version}`;
	return text.replaceAll(new RegExp(`${owner}(/actions/[a-z-]+)@${zeros} # ${none}`, "g"), `${repository}$1@${commit}${behind}`);
}
function writeStarters({ root }, files, { force }) {
	const edited = files.filter(({ kind }) => kind === "other").map(({ path }) => path);
	if (edited.length > 0 && !force) throw new LockstepError("E_CONFIG_VALUE", {
		what: `${edited.join(", ")} would be replaced`,
		allowed: "files that are not there, or are as Lockstep writes them",
		fix: "look at what differs, and replace them with --force: Git has what they were"
	});
	const written = files.filter(({ kind }) => kind !== "same");
	for (const { path, text } of written) writeAtomic(join(root, path), text);
	return written.map(({ path }) => path);
}
const badPlace = (what) => new LockstepError("E_USAGE", {
	what,
	allowed: "<owner>/<repository>@<40 hex digits>, a commit with the actions",
	fix: "add --actions acme/lockstep@<commit>"
});
async function initWorkflows(workspace, { actions, force }) {
	const place = await actionsPlace(typeof actions === "string" ? actions : void 0);
	const files = planStarters(workspace, place);
	const written = writeStarters(workspace, files, { force: force === true });
	const from = `${place.repository}@${place.version ?? place.commit.slice(0, 12)}`;
	return {
		json: {
			actions: place,
			files: files.map(({ path }) => path),
			written
		},
		text: written.length === 0 ? `${files.length} workflows are there already, with the actions of ${from}` : [
			`${written.length} workflows with the actions of ${from}`,
			...written.map((path) => `  ${path}`),
			"",
			"Next: commit them, then `lockstep doctor` says which settings of the repository they count on"
		].join("\n")
	};
}
export { initWorkflows };
