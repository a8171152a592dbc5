import { i as pinBase } from "./image.js";
const command = {
	name: "image pin-base",
	summary: "write into lockstep.yaml which bytes the base image is now, so that it stays those",
	positionals: "",
	options: {},
	help: {},
	async run({ workspace }) {
		const pinned = await pinBase(workspace);
		return {
			json: pinned,
			text: pinned.written ? `image.base is ${pinned.reference}\nCommit lockstep.yaml.` : `${pinned.reference} is pinned already`
		};
	}
};
export { command };
