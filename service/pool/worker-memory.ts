import { totalmem } from 'node:os'

/** Share of a machine that proofs may take: the rest is for the process itself, its database, and the system. */
const share = 0.75

/**
 * Bytes that the jobs of this process may take together.
 * @param setting bytes; 0 for three quarters of what the machine or its container (cgroup) has
 */
export function workerMemory(
  setting: number,
  machine = { total: totalmem(), constrained: process.constrainedMemory() },
): number {
  if (setting > 0) return setting
  // 0 and numbers beyond the machine's mean that there is no limit.
  const { total, constrained } = machine
  return Math.floor(share * (constrained > 0 ? Math.min(total, constrained) : total))
}
