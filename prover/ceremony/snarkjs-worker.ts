import { parentPort, workerData } from 'node:worker_threads'
import { runJob, type SnarkjsJob } from '#prover/ceremony/snarkjs-job.js'

// snarkjs tells some faults of a key's chain on the console alone.
const spoken: string[] = []
console.log = (...words: unknown[]): void => {
  spoken.push(words.join(' '))
}

const { holds, faults } = await runJob(workerData as SnarkjsJob, (line) =>
  parentPort!.postMessage({ kind: 'line', line }),
)
parentPort!.postMessage({ kind: 'result', result: { holds, faults: [...faults, ...spoken] } })
