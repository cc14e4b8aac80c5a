import { expect, test } from 'vitest'
import { ServiceMetrics } from '#service/metrics/service-metrics.js'

const timings = { queue: 0, load: 1, inference: 1, witness: 2, prove: 300, verify: 12, whole: 320 }
const pool = {
  running: 1,
  loadedKeys: () => ({ count: 2, bytes: 1234 }),
}
const queue = { status: async () => ({ queued: 3, running: 1, concurrency: 1 }) }

test('proofs are counted by model and outcome, their steps in seconds', async () => {
  const metrics = new ServiceMetrics(['digits'], pool, queue)
  metrics.proofMade('digits', { ...timings, stages: { rows: 4, h: 150 } })
  metrics.proofFailed('digits', 'TIMEOUT')
  const text = await metrics.text()
  expect(text).toContain('zkserve_proofs_total{model="digits",outcome="ok"} 1')
  expect(text).toContain('zkserve_proofs_total{model="digits",outcome="TIMEOUT"} 1')
  expect(text).toContain('zkserve_proof_seconds_sum{stage="prove"} 0.3')
  expect(text).toContain('zkserve_proof_seconds_bucket{le="0.25",stage="prove"} 0')
  expect(text).toContain('zkserve_proof_seconds_bucket{le="0.5",stage="prove"} 1')
  expect(text).toContain('zkserve_proof_seconds_count{stage="whole"} 1')
  expect(text).toContain('zkserve_prover_cpu_seconds_sum{stage="h"} 0.15')
})

test('gauges are read when asked for', async () => {
  const text = await new ServiceMetrics([], pool, queue).text()
  expect(text).toContain('zkserve_queue_depth 3')
  expect(text).toContain('zkserve_proofs_running 1')
  expect(text).toContain('zkserve_loaded_keys 2')
  expect(text).toContain('zkserve_loaded_key_bytes 1234')
  expect(Number(/^process_resident_memory_bytes (\d+)$/m.exec(text)?.[1])).toBeGreaterThan(1e6)
  expect(text).toMatch(/^# TYPE process_cpu_seconds_total counter$/m)
})

test('models without proofs stand at 0; names cannot break the text', async () => {
  const text = await new ServiceMetrics(['a"b\nc'], pool, queue).text()
  expect(text).toContain(String.raw`zkserve_proofs_total{model="a\"b\nc",outcome="ok"} 0`)
})

test('two services in a process count apart', async () => {
  const [one, other] = [new ServiceMetrics(['m'], pool, queue), new ServiceMetrics(['m'], pool, queue)]
  one.proofMade('m', timings)
  expect(await other.text()).toContain('zkserve_proofs_total{model="m",outcome="ok"} 0')
})

test('models that tenants uploaded have one label together', async () => {
  const metrics = new ServiceMetrics(['m'], pool, queue)
  metrics.proofMade('theirs', timings)
  metrics.proofFailed('secret name', 'TIMEOUT')
  const text = await metrics.text()
  expect(text).toContain('zkserve_proofs_total{model="uploaded",outcome="ok"} 1')
  expect(text).toContain('zkserve_proofs_total{model="uploaded",outcome="TIMEOUT"} 1')
  expect(text).not.toMatch(/theirs|secret/)
})

test('attempts to tell webhooks are counted by outcome', async () => {
  const metrics = new ServiceMetrics([], pool, queue)
  for (const outcome of ['delivered', 'delivered', 'retry'] as const) metrics.webhookAttempted(outcome)
  const text = await metrics.text()
  expect(text).toContain('zkserve_webhook_attempts_total{outcome="delivered"} 2')
  expect(text).toContain('zkserve_webhook_attempts_total{outcome="retry"} 1')
})
