import { defineConfig } from 'vitest/config'

// `import` and `default` always hold; given here, they would reach `require` inside dependencies too.
const conditions = ['zkserve-source', 'node']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    pool: 'forks',
    // Many tests wait for others' processes: no core is left out.
    maxWorkers: '100%',
    reporters: ['default', 'json'],
    outputFile: { json: '.zkserve/test-results.json' },
  },
})
