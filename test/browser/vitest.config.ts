import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    dir: import.meta.dirname,
    include: ['**/*.test.ts'],
    env: { TZ: 'UTC' },
    setupFiles: [`${import.meta.dirname}/../setup.ts`],
    // A browser on a machine of any speed.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
  ssr: { resolve: { conditions: ['selfsame-source'] } },
});
