import { defineConfig } from 'vitest/config'
import config from './vitest.config.js'

/** The tests that mutants of the queue, of idempotency and of tenancy are to fail: quick ones, without proofs. */
export default defineConfig({
  ...config,
  // For the global set-up, which runs outside the tests.
  environments: { __vitest__: { resolve: config.resolve! } },
  test: {
    ...config.test,
    include: [
      'test/service/jobs/job-*.test.ts',
      'test/service/http/request-key.test.ts',
      'test/service/tenants/{keys,usage}.test.ts',
    ],
    globalSetup: 'test/support/mutation-postgres.ts',
    reporters: ['default'],
    testTimeout: 10_000,
  },
})
