import { Ct as LockstepError, St as writeAtomic, _ as bundleFolder, et as checkName, f as statePath, ft as digestOfJson, gt as hexOf, ht as digestOf, t as init_workspace } from "./workspace.js";
import { n as describe } from "./oci.js";
import { c as mediaTypes, i as imageName, o as openImages, r as checkTag, s as annotation, t as readBase } from "./base.js";
import { i as findBase, n as parsePlatform, r as asksForBase } from "./platform.js";
import { t as gzipSync } from "../vendor/fflate.js";
import { n as resolveNative } from "./natives.js";
import { t as packTar } from "../vendor/modern-tar.js";
import "./model.js";
import { createRequire } from "node:module";
import { dirname, isAbsolute, join, relative, sep } from "node:path";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
init_workspace();
const layerFormat = "ustar, fflate 0.8.3 level 3";
const level = 3;
async function makeLayer(files) {
	const sorted = [...files].sort((a, b) => a.path < b.path ? -1 : 1);
	const owned = {
		uid: 0,
		gid: 0,
		uname: "",
		gname: "",
		mtime: new Date(0)
	};
	const tar = await packTar([...foldersOf(sorted).map((name) => ({ header: {
		...owned,
		name: `${name}/`,
		type: "directory",
		mode: 493,
		size: 0
	} })), ...sorted.map(({ path, bytes }) => ({
		header: {
			...owned,
			name: path,
			type: "file",
			mode: 420,
			size: bytes.byteLength
		},
		body: bytes
	}))]);
	const bytes = gzipSync(tar, {
		level,
		mtime: 0
	});
	return {
		bytes,
		digest: digestOf(bytes),
		size: bytes.byteLength,
		diffId: digestOf(tar)
	};
}
function foldersOf(files) {
	const folders = new Set();
	for (const { path } of files) {
		const steps = path.split("/").slice(0, -1);
		for (let depth = 1; depth <= steps.length; depth++) folders.add(steps.slice(0, depth).join("/"));
	}
	return [...folders].sort();
}
init_workspace();
async function cachedLayer(workspace, files) {
	const key = hexOf(digestOfJson({
		format: layerFormat,
		files: files.map(({ path, bytes }) => [path, digestOf(bytes)])
	}));
	const pathOf = (ending) => statePath(workspace, "cache", "layers", `${key}${ending}`);
	const found = readCached$1(pathOf(".json"), pathOf(".tar.gz"));
	if (found) return found;
	const layer = await makeLayer(files);
	const { bytes, ...about } = layer;
	writeAtomic(pathOf(".tar.gz"), bytes);
	writeAtomic(pathOf(".json"), JSON.stringify(about));
	return layer;
}
function readCached$1(aboutPath, bytesPath) {
	if (!existsSync(aboutPath) || !existsSync(bytesPath)) return null;
	const about = JSON.parse(readFileSync(aboutPath, "utf8"));
	const bytes = readFileSync(bytesPath);
	return digestOf(bytes) === about.digest ? {
		...about,
		bytes
	} : null;
}
const labelsOf = ({ model, version, revision, source }) => ({
	[annotation.title]: model,
	[annotation.version]: version,
	...revision === void 0 ? {} : { [annotation.revision]: revision },
	...source === void 0 ? {} : { [annotation.source]: source }
});
function composeConfig(naming, platform, base, layers) {
	const inherited = base?.config.config ?? {};
	return {
		architecture: platform.architecture,
		os: platform.os,
		config: {
			User: "65532",
			ExposedPorts: { "8080/tcp": {} },
			Env: [...inherited.Env ?? [], `LOCKSTEP_MODEL_DIR=/models/${naming.model}`],
			Entrypoint: ["node", "/app/server.mjs"],
			WorkingDir: "/app",
			Labels: labelsOf(naming)
		},
		rootfs: {
			type: "layers",
			diff_ids: [...base?.config.rootfs.diff_ids ?? [], ...layers.map(([, layer]) => layer.diffId)]
		}
	};
}
function composeManifest(naming, base, config, layers) {
	const ours = layers.map(([part, { digest, size }]) => ({
		mediaType: mediaTypes.layer,
		digest,
		size,
		annotations: { [annotation.layer]: part }
	}));
	return {
		schemaVersion: 2,
		mediaType: mediaTypes.manifest,
		config,
		layers: [...base?.layers ?? [], ...ours],
		annotations: {
			...labelsOf(naming),
			...base ? {
				[annotation.base]: base.name,
				[annotation.baseDigest]: base.digest
			} : { [annotation.runs]: "local only: no base image, run by the local agent on its own Node" }
		}
	};
}
function runtimeFiles({ folder }) {
	const { node, common } = runtimeFolders();
	const native = `bin/napi-v6/${folder}`;
	return [
		...taken("onnxruntime-node", node, ".", ["package.json"]),
		...taken("onnxruntime-node", node, "dist", endingWith(node, "dist", ".js")),
		...taken("onnxruntime-node", node, native, readdirSync(join(node, native)).sort()),
		...taken("onnxruntime-common", common, ".", ["package.json"]),
		...["dist/cjs", "dist/esm"].flatMap((part) => [...taken("onnxruntime-common", common, part, ["package.json", ...endingWith(common, part, ".js")])])
	];
}
function runtimeFolders() {
	const manifest = resolveNative("onnxruntime-node/package.json", null);
	const entry = createRequire(manifest).resolve("onnxruntime-common");
	return {
		node: dirname(manifest),
		common: dirname(dirname(dirname(entry)))
	};
}
const endingWith = (packageFolder, folder, ending) => readdirSync(join(packageFolder, folder)).filter((name) => name.endsWith(ending)).sort();
const taken = (name, packageFolder, folder, files) => files.map((file) => ({
	path: [
		"app/node_modules",
		name,
		...folder === "." ? [] : [folder],
		file
	].join("/"),
	bytes: readFileSync(join(packageFolder, folder, file))
}));
init_workspace();
const home = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const minify = {
	compress: true,
	mangle: { keepNames: true },
	codegen: true
};
async function bundleServer(workspace, entry = "src/serving/server.ts") {
	if (bundleFolder !== null) return readFileSync(join(bundleFolder, "server.mjs"));
	const path = (name) => statePath(workspace, "cache", "server", name);
	const bundler = bundlerVersion();
	const known = readCached(path("server.json"), path("server.mjs"), bundler, entry);
	if (known) return known;
	const { code, modules } = await bundle(entry);
	const bytes = Buffer.from(code);
	const cached = {
		bundler,
		modules: digests(modules),
		digest: digestOf(bytes)
	};
	writeAtomic(path("server.mjs"), bytes);
	writeAtomic(path("server.json"), JSON.stringify(cached));
	return bytes;
}
async function bundle(entry) {
	const { rolldown } = await import("rolldown");
	const build = await rolldown({
		input: join(home, entry),
		cwd: home,
		platform: "node",
		external: ["onnxruntime-node"],
		logLevel: "silent",
		experimental: { attachDebugInfo: "none" }
	});
	try {
		const { output } = await build.generate({
			format: "esm",
			codeSplitting: false,
			minify,
			comments: {
				legal: true,
				annotation: false,
				jsdoc: false
			}
		});
		const [chunk] = output;
		const modules = (await build.watchFiles).filter((path) => isAbsolute(path));
		return {
			code: chunk.code,
			modules
		};
	} finally {
		await build.close();
	}
}
const digests = (modules) => Object.fromEntries(modules.map((path) => [relative(home, path).split(sep).join("/"), digestOf(readFileSync(path))]).sort(([a], [b]) => a < b ? -1 : 1));
function readCached(aboutPath, codePath, bundler, entry) {
	if (!existsSync(aboutPath) || !existsSync(codePath)) return null;
	const about = JSON.parse(readFileSync(aboutPath, "utf8"));
	const code = readFileSync(codePath);
	return about.bundler === bundler && about.modules[entry] !== void 0 && about.digest === digestOf(code) && Object.entries(about.modules).every(([path, digest]) => {
		const file = join(home, path);
		return existsSync(file) && digestOf(readFileSync(file)) === digest;
	}) ? code : null;
}
const bundlerVersion = () => {
	const { version } = createRequire(import.meta.url)("rolldown/package.json");
	return `${version} ${JSON.stringify(minify)}`;
};
init_workspace();
const modelFiles = [
	"golden.json",
	"metadata.json",
	"model.onnx",
	"model.yaml"
];
async function buildImage(workspace, input) {
	const name = imageName(workspace, checkName(input.model, "model"));
	const reference = `${name}:${checkTag(input.version)}`;
	const platform = parsePlatform(input.platform ?? "linux/amd64");
	const layout = openImages(workspace);
	const source = await findBase(workspace, layout, platform, input.askBase ?? asksForBase());
	const base = source && readBase(source.reference, layout, platform);
	const server = input.server ?? await bundleServer(workspace);
	const layers = [
		["runtime", await cachedLayer(workspace, runtimeFiles(platform))],
		["server", await cachedLayer(workspace, [{
			path: "app/server.mjs",
			bytes: server
		}])],
		["model", await makeLayer(filesOf(input))]
	];
	for (const [, layer] of layers) layout.writeBlob(layer.bytes);
	const config = describe(mediaTypes.config, composeConfig(input, platform, base, layers));
	layout.writeBlob(config.bytes);
	const document = composeManifest(input, base, config.descriptor, layers);
	const manifest = describe(mediaTypes.manifest, document);
	layout.writeBlob(manifest.bytes);
	const { os, architecture } = platform;
	const descriptor = {
		...manifest.descriptor,
		platform: {
			os,
			architecture
		}
	};
	await layout.tag(reference, descriptor);
	return {
		name,
		digest: descriptor.digest,
		platform: `${os}/${architecture}`,
		portable: base !== null,
		base: source,
		size: document.layers.reduce((sum, { size }) => sum + size, 0)
	};
}
function filesOf({ model, files }) {
	const other = Object.keys(files).find((name) => !modelFiles.includes(name));
	if (other !== void 0) throw new LockstepError("E_CONTEXT_SECRET", {
		what: `the file "${other}" for the image of ${model}`,
		allowed: `${modelFiles.join(", ")} and nothing else`,
		fix: "leave it out: an image holds no file that is not on the list"
	});
	return Object.entries(files).map(([name, content]) => ({
		path: `models/${model}/${name}`,
		bytes: typeof content === "string" ? readFileSync(content) : content
	}));
}
export { buildImage };
