/** onnxruntime as the judge of float results. It is a binary package that not every machine can load. */

export interface RuntimeTensor {
  readonly shape: readonly number[]
  readonly data: Float64Array
}

export interface Runtime {
  /** Runs a model on float inputs: its outputs as numbers, by name. */
  run(
    file: Uint8Array,
    inputs: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>,
  ): Promise<ReadonlyMap<string, RuntimeTensor>>
}

/** The runtime, or null where its binary does not load. */
export async function loadOnnxruntime(): Promise<Runtime | null> {
  const ort = await import('onnxruntime-node').catch(() => null)
  if (ort === null) return null
  const { InferenceSession, Tensor } = ort
  return {
    async run(file, inputs) {
      const session = await InferenceSession.create(file, {
        logSeverityLevel: 4,
        intraOpNumThreads: 1,
        interOpNumThreads: 1,
        graphOptimizationLevel: 'disabled',
      })
      const feeds = Array.from(inputs, ([name, { shape, data }]) => [
        name,
        new Tensor('float32', data, shape),
      ])
      try {
        const results = await session.run(Object.fromEntries(feeds))
        return new Map(
          Object.entries(results).map(([name, { dims, data }]) => {
            return [
              name,
              { shape: dims, data: Float64Array.from(data as ArrayLike<number | bigint>, Number) },
            ]
          }),
        )
      } finally {
        await session.release()
      }
    },
  }
}
