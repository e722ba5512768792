import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: "test/build.ts",
    include: ["test/**/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores are the least we expect: more workers only slow the timing-sensitive socket suites.
    maxWorkers: 2,
    // Other programs' timing (guests, DHCP clients, switches) is part of these tests: one that passes at once again is
    // told as retried, and does not stop a landing.
    retry: process.env.CI === "true" ? 1 : 0,
    passWithNoTests: false,
  },
});
