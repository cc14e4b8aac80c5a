/** The part of cli-progress 3.12.0 that is used here; it ships no types. */
declare module 'cli-progress' {
  interface Options {
    readonly format: string
    readonly stream?: NodeJS.WritableStream
    readonly hideCursor?: boolean
    readonly clearOnComplete?: boolean
  }
  type Payload = Readonly<Record<string, string>>

  class SingleBar {
    constructor(options: Options)
    start(total: number, value: number, payload: Payload): void
    update(value: number, payload: Payload): void
    stop(): void
  }
  const cliProgress: { readonly SingleBar: typeof SingleBar }
  export default cliProgress
}
