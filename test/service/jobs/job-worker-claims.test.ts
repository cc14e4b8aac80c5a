import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ZkserveError } from '#circuits/errors.js'
import type { Claim } from '#service/jobs/claim.js'
import type { JobEnd } from '#service/jobs/job.js'
import type { JobChange } from '#service/jobs/job-changes.js'
import type { JobClaims } from '#service/jobs/job-claims.js'
import { JobWorker, type Work } from '#service/jobs/job-worker.js'
import { testWorker } from '../support/test-jobs.js'

const lease = 300

/** Claims without a database: what a worker asks of them, and in which order. */
class PlayedClaims {
  readonly lease = lease
  readonly calls: string[] = []
  readonly waiting: Claim<string>[] = []
  /** What a call throws or answers, by its name. */
  readonly answers: Record<string, () => unknown> = {}
  tell: (change: JobChange) => void = () => {}
  subscribed = false

  readonly announce = () => this.#call('announce')
  readonly leave = (name: string) => this.#call('leave', name)
  readonly renew = async (id: string, attempt: number) =>
    ((await this.#call('renew', id, attempt)) ?? true) as boolean
  readonly enter = (id: string, attempt: number, stage: string) => this.#call('enter', id, attempt, stage)
  readonly finish = (id: string, attempt: number, end: JobEnd<number>) =>
    this.#call('finish', id, attempt, end.state)
  readonly release = (id: string, attempt: number) => this.#call('release', id, attempt)

  async claim(): Promise<Claim<string> | null> {
    await this.#call('claim')
    return this.waiting.shift() ?? null
  }

  subscribe(listener: (change: JobChange) => void): () => void {
    this.tell = listener
    this.subscribed = true
    return () => {
      this.subscribed = false
    }
  }

  count(name: string): number {
    return this.calls.filter((call) => call.split(' ')[0] === name).length
  }

  async #call(...parts: (string | number)[]): Promise<unknown> {
    this.calls.push(parts.join(' '))
    return this.answers[parts[0]!]?.()
  }
}

const claimOf = (id: string): Claim<string> => ({
  ...{ id, tenant: 'default', kind: 'proof', task: id, attempt: 2, waited: 0, memory: 1 },
})

const broken = (): never => {
  throw new ZkserveError('DATABASE_UNAVAILABLE', 'gone')
}

let claims: PlayedClaims
let errors: string[]
let worker: JobWorker<string, number>

async function start(
  work: Work<string, number>,
  options: { readonly poll?: number } = { poll: 10_000 },
): Promise<void> {
  worker = new JobWorker(claims as unknown as JobClaims<string, number>, work, {
    ...{ ...testWorker, concurrency: 2, onError: ({ code }: ZkserveError) => void errors.push(code) },
    ...options,
  })
  await worker.start()
  await settled()
}

/** Lets everything happen that waits for no timer. */
const settled = (): Promise<void> => sleep(5)

async function pass(milliseconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(milliseconds)
  await settled()
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
  claims = new PlayedClaims()
  errors = []
})

afterEach(async () => {
  await worker.stop()
  vi.useRealTimers()
})

/** Works until it is aborted. */
const patient: Work<string, number> = (_claim, { signal }) =>
  new Promise((_, reject) =>
    signal.addEventListener('abort', () => reject(new ZkserveError('CANCELLED', 'given up'))),
  )

describe('a worker looks for jobs', () => {
  test('when one waits, when something may have been missed, and for no other change', async () => {
    await start(patient)
    expect(claims.calls).toEqual(['announce', 'claim'])
    claims.tell({ id: 'a', state: 'queued' })
    await settled()
    expect(claims.count('claim')).toBe(2)
    claims.tell(null)
    await settled()
    expect(claims.count('claim')).toBe(3)
    for (const state of ['running', 'succeeded', 'failed', 'cancelled', 'expired'] as const) {
      claims.tell({ id: 'a', state })
    }
    await settled()
    expect(claims.count('claim')).toBe(3)
  })

  test.each([
    ['as often as it is told', { poll: 70 }, 70],
    ['every second by default', {}, 1000],
  ])('%s, told or not', async (_what, options, every) => {
    await start(patient, options)
    await pass(every - 1)
    expect(claims.count('claim')).toBe(1)
    await pass(1)
    expect(claims.count('claim')).toBe(2)
  })

  test('again where it failed, and tells of it', async () => {
    claims.answers.claim = broken
    await start(patient)
    expect(errors).toEqual(['DATABASE_UNAVAILABLE'])
    delete claims.answers.claim
    claims.waiting.push(claimOf('a'))
    await pass(10_000)
    expect(claims.count('claim')).toBeGreaterThan(1)
  })

  test('once more where one came while it looked', async () => {
    await start(patient)
    let answer = (): void => {}
    claims.answers.claim = () =>
      new Promise<void>((resolve) => {
        answer = resolve
      })
    claims.tell(null)
    claims.tell(null)
    await settled()
    expect(claims.count('claim')).toBe(2)
    delete claims.answers.claim
    answer()
    await settled()
    expect(claims.count('claim')).toBe(3)
    claims.tell(null)
    await settled()
    expect(claims.count('claim')).toBe(4)
  })

  test('not after it was stopped, and hears nothing any more', async () => {
    await start(patient)
    await worker.stop()
    const { length } = claims.calls
    expect(claims.subscribed).toBe(false)
    claims.tell(null)
    await pass(60_000)
    expect(claims.calls).toHaveLength(length)
  })
})

describe('a worker lives', () => {
  test('by announcing itself three times a lease, and leaves', async () => {
    await start(patient)
    await pass(lease / 3)
    expect(claims.count('announce')).toBe(2)
    await pass(lease - lease / 3)
    expect(claims.count('announce')).toBe(4)
    await worker.stop()
    expect(claims.calls.at(-1)).toBe(`leave ${testWorker.name}`)
  })

  test('on where an announcement fails, and tells of it', async () => {
    await start(patient)
    claims.answers.announce = broken
    await pass(lease / 3)
    expect(errors).toEqual(['DATABASE_UNAVAILABLE'])
  })
})

describe('a job', () => {
  test.each(['cancelled', 'expired'] as const)('that is %s is aborted, and no other', async (state) => {
    const aborted: string[] = []
    claims.waiting.push(claimOf('a'), claimOf('b'))
    await start((claim, options) => {
      options.signal.addEventListener('abort', () => aborted.push(claim.id))
      return patient(claim, options)
    })
    claims.tell({ id: 'a', state: 'running' })
    expect(aborted).toEqual([])
    claims.tell({ id: 'a', state })
    await settled()
    expect(aborted).toEqual(['a'])
    expect(claims.count('finish')).toBe(0)
  })

  test('has its stages written in their order, and its end after them', async () => {
    claims.waiting.push(claimOf('a'))
    await start(async (_claim, { onStage }) => {
      onStage('load')
      onStage('prove')
      return 1
    })
    expect(claims.calls.filter((call) => / a /.test(call))).toEqual([
      'enter a 2 load',
      'enter a 2 prove',
      'finish a 2 succeeded',
    ])
  })

  test('ends all the same where a stage cannot be written, and the failure is told', async () => {
    claims.answers.enter = broken
    claims.waiting.push(claimOf('a'))
    await start(async (_claim, { onStage }) => {
      onStage('load')
      return 1
    })
    expect(errors).toEqual(['DATABASE_UNAVAILABLE'])
    expect(claims.calls).toContain('finish a 2 succeeded')
  })

  test('that was given up by itself is cancelled', async () => {
    claims.waiting.push(claimOf('a'))
    await start(async () => {
      throw new ZkserveError('CANCELLED', 'no more')
    })
    expect(claims.calls).toContain('finish a 2 cancelled')
  })

  test('is given back where the worker stops, and the failure to do so is told', async () => {
    claims.waiting.push(claimOf('a'))
    await start(patient)
    claims.answers.release = broken
    claims.answers.leave = broken
    await worker.stop()
    expect(claims.calls).toContain('release a 2')
    expect(claims.count('finish')).toBe(0)
    expect(errors).toEqual(['DATABASE_UNAVAILABLE', 'DATABASE_UNAVAILABLE'])
  })
})

describe('a lease', () => {
  test('is renewed three times in its length, until the job ends', async () => {
    let end = (_result: number): void => {}
    claims.waiting.push(claimOf('a'))
    await start(
      () =>
        new Promise((resolve) => {
          end = resolve
        }),
    )
    for (let renewals = 1; renewals <= 6; renewals++) {
      await pass(lease / 3)
      expect(claims.count('renew')).toBe(renewals)
    }
    end(1)
    await settled()
    await pass(lease)
    expect(claims.count('renew')).toBe(6)
    expect(claims.calls).toContain('renew a 2')
    expect(claims.calls).toContain('finish a 2 succeeded')
  })

  test('that is another’s by now ends the work, and its end is not written', async () => {
    claims.waiting.push(claimOf('a'))
    await start(patient)
    claims.answers.renew = () => false
    await pass(lease / 3)
    expect(errors).toEqual([])
    await pass(lease)
    expect(claims.count('renew')).toBe(1)
    expect(claims.count('finish')).toBe(0)
  })

  test('that cannot be renewed ends the work when it is over, and not before', async () => {
    let aborted = false
    claims.waiting.push(claimOf('a'))
    await start((claim, options) => {
      options.signal.addEventListener('abort', () => {
        aborted = true
      })
      return patient(claim, options)
    })
    claims.answers.renew = broken
    await pass(lease - 1)
    expect({ aborted, errors }).toEqual({ aborted: false, errors: Array(2).fill('DATABASE_UNAVAILABLE') })
    await pass(1)
    expect(aborted).toBe(true)
    expect(claims.count('finish')).toBe(0)
  })
})
