export async function serverBench() {}
