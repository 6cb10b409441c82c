import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    dir: import.meta.dirname,
    include: ['**/*.test.ts'],
    env: { TZ: 'UTC' },
    globalSetup: [`${import.meta.dirname}/setup.ts`],
    setupFiles: [`${import.meta.dirname}/../setup.ts`],
    // One file stops the API server for a while.
    fileParallelism: false,
    // The program is started some twenty times, on machines of any speed.
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
  ssr: { resolve: { conditions: ['selfsame-source'] } },
});
