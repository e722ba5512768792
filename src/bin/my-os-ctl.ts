#!/usr/bin/env node
import { runCtl } from "../ctl/run.js";

// Whoever reads the output may stop reading it: `my-os-ctl … | head`.
process.stdout.on("error", () => process.exit(0));
process.exitCode = await runCtl(process.argv.slice(2));
