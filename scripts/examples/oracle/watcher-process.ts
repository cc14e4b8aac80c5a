import type { Hex } from 'viem'
import type { Bundle } from '#prover/bundle/load.js'
import type { Season } from '#scripts/examples/crop-insurance/stage.js'
import { ServiceProcess } from '#scripts/fleet/service-process.js'

/** Starts `zkserve serve --role oracle` for a season's oracle: a process of its own. */
export function startWatcher(
  { chain, oracle, rpcUrl }: Season,
  { dir }: Bundle,
  { key, data, startBlock }: { readonly key: Hex; readonly data: string; readonly startBlock: bigint },
): Promise<ServiceProcess> {
  const settings = {
    ...{ role: 'oracle', models: dir, 'data-dir': data, port: 0, 'log-level': 'warn' },
    ...{ oracle, 'oracle-rpc': rpcUrl, 'chain-id': chain.chainId },
    // A development chain has no reorganisations, and no time to lose.
    ...{ 'oracle-confirmations': 0, 'oracle-poll': 200, 'oracle-start-block': startBlock },
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)])
  return ServiceProcess.start({ flags, environment: { ZKSERVE_ORACLE_KEY: key } })
}

/** A gauge of the watcher, as Prometheus reads it; 0 where it tells none. */
export async function readGauge({ url }: ServiceProcess, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `))
  return Number(line?.split(' ')[1] ?? 0)
}
