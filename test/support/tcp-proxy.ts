import { createServer, type Server, Socket } from 'node:net'

/**
 * What a proxy does with what comes.
 * - `pass`: hands it on.
 * - `hold`: keeps it until the mode changes, as a network does that is cut and mended: everything arrives late.
 * - `swallow`: loses it without a word, as a half-open connection does. A connection that lost something stays dead.
 * - `swallow-requests`, `swallow-answers`: loses one direction alone.
 * - `refuse`: ends open connections and takes no new ones.
 * - `reset`: resets open connections, and new ones at once.
 */
export type ProxyMode =
  | 'pass'
  | 'hold'
  | 'swallow'
  | 'swallow-requests'
  | 'swallow-answers'
  | 'refuse'
  | 'reset'

/** A TCP proxy on a local port, between a client and a server, that can be told to fail. */
export interface TcpProxy {
  readonly port: number
  /** Open connections. */
  readonly connections: number
  /** Whether something was lost since it was last asked. */
  lost(): boolean
  set(mode: ProxyMode): Promise<void>
  /** Delays all that comes from now on, each way, by so many ms. */
  delay(milliseconds: number): void
  /** Ends open connections from the middle, to both sides, as a router does that restarts. */
  cut(): void
  close(): Promise<void>
}

/** Starts a proxy before a server at a local port. */
export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const pairs = new Set<Pair>()
  let mode: ProxyMode = 'pass'
  let latency = 0
  let lost = false
  let server: Server | null = null
  let port = 0
  const listen = async (): Promise<void> => {
    // Half-open by choice: the end of one direction must not pass where that direction is lost.
    const next = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
      if (mode === 'reset') return void client.resetAndDestroy()
      const upstream = new Socket({ allowHalfOpen: true }).setNoDelay()
      const pair = new Pair(client, upstream, {
        mode: () => mode,
        latency: () => latency,
        onLost: () => {
          lost = true
        },
      })
      pairs.add(pair)
      pair.closed.then(() => pairs.delete(pair))
      upstream.connect(target, '127.0.0.1')
    })
    await new Promise<void>((resolve, reject) => {
      next.once('error', reject)
      next.listen(port, '127.0.0.1', resolve)
    })
    port = (next.address() as { port: number }).port
    server = next
  }
  const deafen = async (): Promise<void> => {
    const listening = server
    server = null
    const closed = listening && new Promise((resolve) => listening.close(resolve))
    for (const pair of pairs) pair.end()
    await closed
  }
  await listen()
  return {
    get port() {
      return port
    },
    get connections() {
      return pairs.size
    },
    lost: () => {
      const was = lost
      lost = false
      return was
    },
    set: async (next) => {
      mode = next
      if (next === 'refuse') return deafen()
      if (next === 'reset') for (const pair of pairs) pair.reset()
      if (server === null) await listen()
      for (const pair of pairs) pair.resume()
    },
    delay: (milliseconds) => {
      latency = milliseconds
    },
    cut: () => {
      for (const pair of pairs) pair.end()
    },
    close: deafen,
  }
}

interface Switches {
  readonly mode: () => ProxyMode
  readonly latency: () => number
  readonly onLost: () => void
}

/** One connection of a client and its other half. */
class Pair {
  readonly closed: Promise<void>
  readonly #flows: readonly Flow[]
  readonly #sockets: readonly Socket[]

  constructor(client: Socket, upstream: Socket, switches: Switches) {
    this.#sockets = [client, upstream]
    this.#flows = [
      new Flow(client, upstream, switches, 'swallow-requests'),
      new Flow(upstream, client, switches, 'swallow-answers'),
    ]
    for (const socket of this.#sockets) {
      socket.on('error', () => this.#broken(switches.mode()))
    }
    const over = this.#sockets.map((socket) => new Promise<void>((resolve) => socket.once('close', resolve)))
    this.closed = Promise.all(over).then(() => undefined)
  }

  resume(): void {
    for (const flow of this.#flows) flow.resume()
  }

  end(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  /** A side broke: the other hears of it where the network lets it. */
  #broken(mode: ProxyMode): void {
    if (mode === 'pass' || mode === 'reset' || mode === 'refuse') this.end()
  }
}

/** One direction of a connection. */
class Flow {
  #dead = false
  /** What is held back; null is the end. */
  readonly #held: (Buffer | null)[] = []
  /** What is on its way. */
  readonly #delayed: (Buffer | null)[] = []

  constructor(
    from: Socket,
    private readonly to: Socket,
    private readonly switches: Switches,
    private readonly lost: ProxyMode,
  ) {
    from.on('data', (chunk: Buffer) => this.#come(chunk))
    from.on('end', () => this.#come(null))
  }

  resume(): void {
    if (this.switches.mode() === 'hold') return
    for (const part of this.#held.splice(0)) this.#come(part)
  }

  #come(part: Buffer | null): void {
    const mode = this.switches.mode()
    if (mode === 'hold') {
      this.#held.push(part)
      return
    }
    this.#dead ||= mode === 'swallow' || mode === this.lost
    if (this.#dead) {
      this.switches.onLost()
      return
    }
    const latency = this.switches.latency()
    if (latency === 0 && this.#delayed.length === 0) {
      this.#give(part)
      return
    }
    this.#delayed.push(part)
    // Whichever timer is first gives what came first.
    setTimeout(() => this.#give(this.#delayed.shift()!), latency)
  }

  #give(part: Buffer | null): void {
    if (this.to.destroyed || this.to.writableEnded) return
    if (part === null) this.to.end()
    else this.to.write(part)
  }
}
