/** A number about this process, under the name that Prometheus' clients give it. */
export interface ProcessMetric {
  readonly kind: 'counter' | 'gauge'
  readonly name: string
  readonly help: string
  readonly read: () => number
}

/** Few, and read when asked for: the client's own set starts timers and observers that nothing ends. */
export const processMetrics: readonly ProcessMetric[] = [
  {
    kind: 'gauge',
    name: 'process_resident_memory_bytes',
    help: 'Resident memory of the process, threads and keys included.',
    read: () => process.memoryUsage.rss(),
  },
  {
    kind: 'counter',
    name: 'process_cpu_seconds_total',
    help: 'CPU time of the process, all threads.',
    read: () => {
      const { user, system } = process.cpuUsage()
      return (user + system) / 1e6
    },
  },
  {
    kind: 'gauge',
    name: 'process_start_time_seconds',
    help: 'When the process started, in seconds since the epoch.',
    read: () => performance.timeOrigin / 1000,
  },
  {
    kind: 'gauge',
    name: 'nodejs_heap_size_used_bytes',
    help: 'JavaScript heap of the main thread in use.',
    read: () => process.memoryUsage().heapUsed,
  },
]
