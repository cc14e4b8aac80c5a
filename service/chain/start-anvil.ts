import { type ChildProcess, spawn } from 'node:child_process'
import { type AddressInfo, createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { toHex } from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { ZkserveError } from '#circuits/errors.js'
import { anvilBinary } from '#service/chain/anvil-binary.js'

/** An embedded development chain. */
export interface Anvil {
  readonly rpcUrl: string
  readonly chainId: number
  /** Keys of funded accounts. Anyone knows them: they are of use on this chain only. */
  readonly privateKeys: readonly `0x${string}`[]
  /** Ends the process; resolves when it is gone. */
  stop(): Promise<void>
}

export interface StartAnvilOptions {
  /** TCP port on 127.0.0.1; a free one by default. */
  readonly port?: number
  /** EIP-155 id; 31337 by default. */
  readonly chainId?: number
  /** How long to wait for the first answer, in milliseconds. */
  readonly timeout?: number
}

const mnemonic = 'test test test test test test test test test test test junk'

/**
 * Runs anvil, and ends it when its input closes: however the parent dies, no anvil stays behind.
 * argv: binary, arguments.
 */
const guard = `
const { spawn } = require('node:child_process')
const [binary, ...args] = process.argv.slice(1)
const child = spawn(binary, args, { stdio: ['ignore', 'inherit', 'inherit'] })
const end = () => child.kill('SIGKILL')
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end)
process.stdin.on('end', end).on('error', end).resume()
child.on('error', () => process.exit(127)).on('exit', (code) => process.exit(code ?? 1))
`

/**
 * Starts an anvil of its own on 127.0.0.1 and waits until it answers.
 *
 * @throws CHAIN_UNREACHABLE if it does not start, for instance because the port is taken.
 */
export async function startAnvil(options: StartAnvilOptions = {}): Promise<Anvil> {
  const { chainId = 31337, timeout = 20_000 } = options
  const port = await claimPort(options.port ?? 0)
  const rpcUrl = `http://127.0.0.1:${port}`
  const flags = [
    '--host',
    '127.0.0.1',
    '--port',
    `${port}`,
    '--chain-id',
    `${chainId}`,
    '--mnemonic',
    mnemonic,
  ]
  const child = spawn(process.execPath, ['-e', guard, anvilBinary(), ...flags, '--silent'], {
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  const stop = stopper(child)
  let complaint = ''
  child.stderr.on('data', (chunk) => {
    complaint = `${complaint}${chunk}`.slice(-500)
  })
  const deadline = Date.now() + timeout
  while (!(await answers(rpcUrl, chainId))) {
    if (child.exitCode === null && Date.now() < deadline) {
      await delay(50)
      continue
    }
    await stop()
    throw new ZkserveError(
      'CHAIN_UNREACHABLE',
      `anvil did not start on port ${port}: ${complaint || 'no answer'}`,
    )
  }
  return { rpcUrl, chainId, privateKeys: [0, 1, 2, 3].map(privateKey), stop }
}

function stopper(child: ChildProcess): () => Promise<void> {
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return async () => {
    child.stdin?.end()
    await gone
  }
}

async function answers(rpcUrl: string, chainId: number): Promise<boolean> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] })
  try {
    const response = await fetch(rpcUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    const { result } = (await response.json()) as { result?: string }
    return Number(result) === chainId
  } catch {
    return false
  }
}

/** The port asked for if it is free, any free one for 0. */
function claimPort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (cause) =>
      reject(new ZkserveError('CHAIN_UNREACHABLE', `port ${wanted} is not free for anvil`, { cause })),
    )
    server.listen(wanted, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

function privateKey(index: number): `0x${string}` {
  const key = mnemonicToAccount(mnemonic, { addressIndex: index }).getHdKey().privateKey
  if (!key) throw new ZkserveError('INTERNAL', 'no private key for an anvil account')
  return toHex(key)
}
