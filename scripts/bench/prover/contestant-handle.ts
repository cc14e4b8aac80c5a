import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { ZkserveError } from '#circuits/errors.js'
import { distFile } from '#circuits/paths.js'
import type { ContestantReply, ContestantRequest } from '#scripts/bench/prover/contestant-process.js'
import type { Contestant } from '#scripts/bench/prover/contestants.js'
import type { Subject } from '#scripts/bench/prover/subject.js'

/** A contestant in a process of its own, so that memory and threads are its own. */
export class ContestantHandle {
  readonly contestant: Contestant
  readonly #child: ChildProcess

  constructor(contestant: Contestant, subject: Subject) {
    this.contestant = contestant
    const args = [JSON.stringify(contestant), JSON.stringify(subject)]
    this.#child = fork(distFile('scripts/bench/prover/contestant-process.js'), args, {
      stdio: ['ignore', 2, 2, 'ipc'],
      execArgv: [],
    })
  }

  /** @throws ZkserveError `INTERNAL` where it fails or ends */
  async prove(round: number): Promise<Extract<ContestantReply, { readonly measure: unknown }>> {
    const reply = await this.#ask({ round })
    if ('measure' in reply) return reply
    throw this.#failure('error' in reply ? reply.error : 'no proof')
  }

  /** Peak resident memory so far beyond what the process took before it saw a key, in bytes. */
  async memory(): Promise<number> {
    const reply = await this.#ask('memory')
    if ('memory' in reply) return reply.memory
    throw this.#failure('error' in reply ? reply.error : 'no answer')
  }

  /** Ends the process. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const closed = once(this.#child, 'close')
    this.#child.kill()
    await closed
  }

  async #ask(request: ContestantRequest): Promise<ContestantReply> {
    const ended = new AbortController()
    const { signal } = ended
    const close = once(this.#child, 'close', { signal }).then(() => ({ error: 'its process ended' }))
    const message = once(this.#child, 'message', { signal }).then(([reply]) => reply as ContestantReply)
    for (const wait of [close, message]) wait.catch(() => {})
    try {
      this.#child.send(request)
      return await Promise.race([message, close])
    } finally {
      ended.abort()
    }
  }

  #failure(message: string): ZkserveError {
    const { backend, threads } = this.contestant
    return new ZkserveError('INTERNAL', `${backend} on ${threads} threads: ${message}`)
  }
}
