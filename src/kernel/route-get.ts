import { run, ToolMissing } from "./exec.js";

/** Where the kernel would send packets for an address: the interface's name; undefined where nowhere, or to itself. */
export async function interfaceTowards(address: string): Promise<string | undefined> {
  try {
    const { stdout, exitCode } = await run("ip", ["-j", "route", "get", address], { okCodes: [0, 1, 2] });
    if (exitCode !== 0) return undefined;
    const [route]: readonly { dev?: string; type?: string }[] = JSON.parse(stdout);
    return route?.type === "local" ? undefined : route?.dev;
  } catch (error) {
    if (error instanceof ToolMissing || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
