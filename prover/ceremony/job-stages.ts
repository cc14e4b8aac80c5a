import type { SnarkjsJob } from '#prover/ceremony/snarkjs-job.js'

/** How far a job is. */
export interface JobProgress {
  readonly stage: string
  readonly done: number
  readonly total: number
}

/** A stage of a job, and the lines of snarkjs 0.7.6 that tell of it; their two numbers are what is done, of how much. */
interface Stage {
  readonly name: string
  readonly pattern: RegExp
}

const stage = (name: string, pattern: RegExp): Stage => ({ name, pattern })

const points = (name: string): Stage =>
  stage(`points of ${name}`, new RegExp(`^Writing points \\w+ ${name}: (\\d+)/(\\d+)`))

const newKey: readonly Stage[] = [
  stage('reading', /^Reading/),
  stage('constraints', /^processing constraints: (\d+)\/(\d+)/),
  points('IC'),
  stage('points of H', /^HashingHPoints: (\d+)\/(\d+)/),
  ...['C', 'A', 'B1', 'B2'].map(points),
]

const sections = ['tauG1', 'tauG2', 'alphaTauG1', 'betaTauG1'] as const

const applyKey: readonly Stage[] = [
  stage('points of C', /^Applying key: L Section: (\d+)\/(\d+)/),
  stage('points of H', /^Applying key: H Section: (\d+)\/(\d+)/),
]

const stagesOf: Readonly<Record<SnarkjsJob['kind'], readonly Stage[]>> = {
  verifyPowers: [
    stage('first challenge', /^(?:Calculat\w+|Initial) /),
    ...sections.map((name) =>
      stage(`powers ${name}`, new RegExp(`^points relations: ${name}: (\\d+)/(\\d+)`, 'i')),
    ),
    ...sections.map((name) => stage(`prepared ${name}`, new RegExp(`: ${name}_\\d+\\w*: (\\d+)/(\\d+)`))),
  ],
  preparePowers: sections.map((name) =>
    stage(`prepare ${name}`, new RegExp(`^${name}: fft.*?: (\\d+)/(\\d+)`)),
  ),
  newKey,
  contribute: applyKey,
  beacon: applyKey,
  verifyKey: [
    ...newKey,
    stage('check C', /^Same ratio check L section: +(\d+)\/(\d+)/),
    stage('check H', /^H Verification\(\w+\): +(\d+)\/(\d+)/),
  ],
}

/** Names of a job's stages, in order. */
export function jobStages(kind: SnarkjsJob['kind']): readonly string[] {
  return stagesOf[kind].map(({ name }) => name)
}

/** What a line that snarkjs logged says of a job's progress, or null. */
export function progressOf(kind: SnarkjsJob['kind'], line: string): JobProgress | null {
  for (const { name, pattern } of stagesOf[kind]) {
    const [found, done = '0', total = '1'] = pattern.exec(line) ?? []
    if (found !== undefined) return { stage: name, done: Number(done), total: Number(total) }
  }
  return null
}
