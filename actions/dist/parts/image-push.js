import { c as readImage, r as pushImage, s as listImages } from "./image.js";
import { a as checkRegistryName } from "./oci.js";
import { a as parseReference, i as imageName } from "./base.js";
import { nt as isName, p as amount, t as init_workspace } from "./workspace.js";
init_workspace();
const command = {
	name: "image push",
	summary: "push a built image and its evidence to the registry that its name begins with",
	positionals: "<model-or-reference>",
	options: { tag: { type: "string" } },
	help: { tag: "the tag it gets there (default: the one it was built with)" },
	async run({ workspace, positionals, values }) {
		const image = readImage(workspace, meant(workspace, positionals[0]));
		const { name, tag } = parseReference(image.reference ?? positionals[0]);
		checkRegistryName(name);
		const chosen = typeof values.tag === "string" ? values.tag : tag ?? image.digest.replace(":", "-");
		const pushed = await pushImage(workspace, {
			name,
			digest: image.digest,
			tag: chosen
		});
		const seen = pushed.public === null ? "" : pushed.public ? ", public" : ", private: a cluster needs a pull secret";
		return {
			json: {
				...pushed,
				image: `${name}@${pushed.digest}`,
				tag: chosen
			},
			text: `${name}@${pushed.digest}\n${pushed.sent === 0 ? "there already" : `${amount(pushed.sent, "bytes")} sent`}${seen}`
		};
	}
};
function meant(workspace, text) {
	if (!isName(text)) return text;
	const name = `${imageName(workspace, text)}:`;
	return `${name}${listImages(workspace).filter(({ reference }) => reference.startsWith(name)).map(({ reference }) => reference.slice(name.length)).sort((a, b) => a.localeCompare(b, "en", { numeric: true })).at(-1) ?? "latest"}`;
}
export { command };
