/** The part of the WebAssembly interface that is used; TypeScript ships it only with its browser library. */
declare namespace WebAssembly {
  class Module {
    constructor(code: Uint8Array)
  }
  class Memory {
    /** `initial` and `maximum` are pages of 64 KiB. */
    constructor(descriptor: { initial: number; maximum?: number; shared?: boolean })
    readonly buffer: ArrayBuffer
    grow(pages: number): number
  }
  class Global {
    value: number
  }
  type Imports = Readonly<Record<string, Readonly<Record<string, unknown>>>>
  class Instance {
    constructor(module: Module, imports: Imports)
    readonly exports: unknown
  }
  function compile(code: Uint8Array): Promise<Module>
}
