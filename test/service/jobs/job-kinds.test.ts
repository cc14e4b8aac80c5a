import { expect, test, vi } from 'vitest'
import type { Claim } from '#service/jobs/claim.js'
import type { WorkOptions } from '#service/jobs/job-worker.js'
import type { ServiceTask } from '#service/jobs/tasks.js'
import { workByKind } from '#service/jobs/work-by-kind.js'

const claimOf = (kind: 'proof' | 'build') => ({ id: 'a', attempt: 1, task: { kind } }) as Claim<ServiceTask>
const options = {} as WorkOptions

test('each job is done as its kind asks, with all that was claimed', async () => {
  const [proof, build] = [vi.fn(async () => 'proven'), vi.fn(async () => 'built')]
  const work = workByKind<string>({ proof, build })
  expect(await work(claimOf('proof'), options)).toBe('proven')
  expect(proof).toHaveBeenCalledExactlyOnceWith(claimOf('proof'), options)
  expect(build).not.toHaveBeenCalled()
  expect(await work(claimOf('build'), options)).toBe('built')
  expect(build).toHaveBeenCalledExactlyOnceWith(claimOf('build'), options)
  expect(proof).toHaveBeenCalledOnce()
})

test.each(['proof', 'build'] as const)('a %s is refused where it is left to others', (kind) => {
  const others = { proof: async () => 'proven', build: async () => 'built', [kind]: null }
  expect(() => workByKind<string>(others)(claimOf(kind), options)).toThrow(
    expect.objectContaining({ code: 'INTERNAL', message: `this process does no jobs of kind ${kind}` }),
  )
})
