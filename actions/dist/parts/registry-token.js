function giveRegistryToken(token, env = process.env) {
	if (token !== null) env.LOCKSTEP_REGISTRY_TOKEN ||= token;
}
export { giveRegistryToken as t };
