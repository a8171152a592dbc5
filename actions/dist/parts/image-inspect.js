import { c as readImage, s as listImages } from "./image.js";
import { p as amount, t as init_workspace } from "./workspace.js";
init_workspace();
const command = {
	name: "image inspect",
	summary: "show what an image holds: platform, labels, layers",
	positionals: "[reference]",
	options: {},
	help: {},
	async run({ workspace, positionals: [reference] }) {
		if (reference === void 0) {
			const images = listImages(workspace);
			const text = images.map((image) => `${image.reference}  ${image.digest}`).join("\n");
			return {
				json: { images },
				text: text || "No image was built yet."
			};
		}
		const image = readImage(workspace, reference);
		return {
			json: image,
			text: describe(image)
		};
	}
};
const describe = (image) => [
	`${image.reference ?? "an image without a name"}`,
	`  digest    ${image.digest}`,
	`  platform  ${image.platform}${image.portable ? "" : " (local only: no base image)"}`,
	...Object.entries(image.labels).map(([name, value]) => `  ${name.split(".").at(-1).padEnd(9)} ${value}`),
	...image.layers.map(({ part, digest, size }) => `  ${part.padEnd(9)} ${digest}  ${amount(size, "bytes")}`)
].join("\n");
export { command };
