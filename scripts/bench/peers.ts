/** What others published for the third-party nets: their figures on their hardware, none of them measured here. */

export interface PeerSource {
  readonly title: string
  readonly url: string
}

export interface PeerFigure {
  readonly system: string
  /** Name of the net in the table of models. */
  readonly model: string
  /** `weights`: the very net; `architecture`: a net of the same name by other authors. */
  readonly same: 'weights' | 'architecture'
  /** R1CS constraints; null where the system has none or none are published. */
  readonly constraints: number | null
  /** Seconds. */
  readonly prove: number
  /** Bytes; 10^6 to a megabyte. */
  readonly memory: number
  readonly hardware: string
  readonly note: string | null
  readonly source: PeerSource
}

const zkmlBenchmark: PeerSource = {
  title: 'Guy1m0/ZKML-Benchmark, benchmarks/benchmark_results.csv',
  url: 'https://github.com/Guy1m0/ZKML-Benchmark',
}
const bionettaPaper: PeerSource = {
  title: 'arXiv 2510.06784v2, tables 4 and 5',
  url: 'https://arxiv.org/abs/2510.06784v2',
}

const benchmarkServer = 'server with 128 GB'
const bionettaServer = 'Xeon E5-2665, 16 threads'

function circomlibMl(model: string, constraints: number, prove: number, megabytes: number): PeerFigure {
  return {
    system: 'circomlib-ml, Groth16, snarkjs',
    model,
    same: 'weights',
    constraints,
    prove,
    memory: megabytes * 1e6,
    hardware: benchmarkServer,
    note: null,
    source: zkmlBenchmark,
  }
}

function ezkl(model: string, prove: number, megabytes: number, note: string): PeerFigure {
  return {
    system: 'ezkl, Halo2',
    model,
    same: 'weights',
    constraints: null,
    prove,
    memory: megabytes * 1e6,
    hardware: benchmarkServer,
    note,
    source: zkmlBenchmark,
  }
}

function bionettaLenet(
  system: string,
  constraints: number | null,
  prove: number,
  gigabytes: number,
  note: string | null = null,
): PeerFigure {
  return {
    system,
    model: '28_6_16_120_84_10_5',
    same: 'architecture',
    constraints,
    prove,
    memory: gigabytes * 1e9,
    hardware: bionettaServer,
    note,
    source: bionettaPaper,
  }
}

export const peers: readonly PeerFigure[] = [
  circomlibMl('784_56_10', 73_416, 2.35, 2_328),
  ezkl('784_56_10', 2.66, 223, 'mode "resource", which loses accuracy'),
  ezkl('784_56_10', 38.1, 4_827, 'mode "accuracy"'),
  circomlibMl('14_5_11_80_10_3', 523_312, 7.61, 3_040),
  circomlibMl('28_6_16_10_5', 2_558_720, 43.8, 18_685),
  circomlibMl('28_6_16_120_84_10_5', 2_703_268, 59.8, 19_400),
  bionettaLenet('Bionetta, Groth16', 1_690_000, 8.7, 0.6),
  bionettaLenet('Bionetta, UltraGroth', 260_000, 3.75, 0.28, 'lookups; its verifier takes 5 pairings'),
  bionettaLenet('zkCNN, GKR', null, 1.05, 0.15, 'no EVM verifier'),
  bionettaLenet('ezkl, Halo2', null, 535, 5.5, "run by Bionetta's authors"),
]
