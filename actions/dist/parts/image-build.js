import { n as buildUnreleased } from "./model-image.js";
import { p as amount, t as init_workspace } from "./workspace.js";
init_workspace();
const command = {
	name: "image build",
	summary: "build the image of what the work tree holds, to look at before it gets a version",
	positionals: "<model>",
	options: { platform: { type: "string" } },
	help: { platform: "platform of the image (default linux/amd64)" },
	async run({ workspace, positionals, values }) {
		const { platform } = values;
		const built = await buildUnreleased(workspace, positionals[0], typeof platform === "string" ? platform : void 0);
		const image = `${built.name}@${built.digest}`;
		const note = built.portable ? "" : "\nwithout a base: the local agent can run it, a cluster cannot";
		return {
			json: {
				...built,
				image
			},
			text: `${image}\n${built.platform}, ${amount(built.size, "bytes")}${note}\nLook inside: lockstep image inspect ${image}`
		};
	}
};
export { command };
