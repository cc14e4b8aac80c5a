import { ZkserveError } from '#circuits/errors.js'
import { guarded } from '#service/database/guarded.js'
import type { Database } from '#service/database/open-database.js'
import { later } from '#service/database/times.js'
import type { Cipher } from '#service/secrets/cipher.js'

/** The files of an upload. */
export interface Upload {
  readonly model: Uint8Array
  readonly calibration: Uint8Array
}

const parts = ['model', 'calibration'] as const satisfies readonly (keyof Upload)[]

/** Bytes of a piece: large enough for few rows, small enough for little memory at once. */
const pieceBytes = 2 ** 20

/** ms after which an upload that no model refers to was given up by its process. */
const orphanAge = 3_600_000

/**
 * What was uploaded, sealed, in the database: any worker reads it there, and it goes in the transaction that ends the
 * build, by a trigger.
 */
export class Uploads {
  readonly #database: Database
  readonly #cipher: Cipher

  constructor(database: Database, cipher: Cipher) {
    this.#database = database
    this.#cipher = cipher
  }

  /** Keeps an upload for the model of this id, which is still to be made. */
  async keep(model: string, upload: Upload): Promise<void> {
    await this.sweep()
    await guarded(async () => {
      for (const part of parts) {
        for (let piece = 0; piece * pieceBytes < upload[part].length; piece++) {
          const plain = upload[part].subarray(piece * pieceBytes, (piece + 1) * pieceBytes)
          const bytes = this.#cipher.seal(plain, purpose(model, part, piece))
          await this.#database.tables
            .insertInto('upload_parts')
            .values({ model, part, piece, bytes })
            .execute()
        }
      }
    })
  }

  /** @throws ZkserveError `CANCELLED` where it is gone, `DECRYPTION_FAILED` */
  async read(model: string): Promise<Upload> {
    const [onnx, calibration] = [await this.#part(model, 'model'), await this.#part(model, 'calibration')]
    if (onnx.length === 0 || calibration.length === 0)
      throw new ZkserveError('CANCELLED', 'the upload is gone')
    return { model: onnx, calibration }
  }

  /** Erases what was kept for a model. */
  forget(model: string): Promise<void> {
    return guarded(async () => {
      await this.#database.tables.deleteFrom('upload_parts').where('model', '=', model).execute()
    })
  }

  /** Erases what processes left that died before the job of their model was made. */
  sweep(): Promise<void> {
    return guarded(async () => {
      await this.#database.tables
        .deleteFrom('models')
        .where('created_at', '<', later(-orphanAge))
        .where('state', '=', 'building')
        .where('tenant', 'is not', null)
        .where('job', 'is', null)
        .execute()
      await this.#database.tables
        .deleteFrom('upload_parts')
        .where('created_at', '<', later(-orphanAge))
        .where('model', 'not in', (where) =>
          where.selectFrom('models').select('id').where('state', '=', 'building'),
        )
        .execute()
    })
  }

  #part(model: string, part: keyof Upload): Promise<Uint8Array> {
    return guarded(async () => {
      const pieces: Uint8Array[] = []
      for (let piece = 0; ; piece++) {
        const row = await this.#database.tables
          .selectFrom('upload_parts')
          .select('bytes')
          .where('model', '=', model)
          .where('part', '=', part)
          .where('piece', '=', piece)
          .executeTakeFirst()
        if (row === undefined) return Buffer.concat(pieces)
        pieces.push(this.#cipher.open(row.bytes, purpose(model, part, piece)))
      }
    })
  }
}

function purpose(model: string, part: string, piece: number): string {
  return `upload of model ${model}: ${part} ${piece}`
}
