import { a as parseReference } from "./base.js";
import { c as readImage, n as pullImage } from "./image.js";
const command = {
	name: "image pull",
	summary: "fetch an image and its evidence from its registry into the layout, every byte checked",
	positionals: "<reference>",
	options: {},
	help: {},
	async run({ workspace, positionals }) {
		const { name } = parseReference(positionals[0]);
		const digest = await pullImage(workspace, positionals[0]);
		const image = `${name}@${digest}`;
		const { platform, layers } = readImage(workspace, image);
		return {
			json: {
				image,
				digest,
				platform
			},
			text: `${image}\n${platform}, ${layers.length} layers`
		};
	}
};
export { command };
