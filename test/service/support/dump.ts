import { sql } from 'kysely'
import type { Database } from '#service/database/open-database.js'

/** Everything that a database holds, as text; bytes in hex. */
export async function dumpOf({ tables }: Pick<Database, 'tables'>): Promise<string> {
  const { rows: names } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables where table_schema = 'public'`.execute(tables)
  const texts: string[] = []
  for (const { name } of names) {
    const { rows } = await sql<{ line: string }>`
      select to_jsonb(t)::text as line from ${sql.table(name)} t`.execute(tables)
    texts.push(...rows.map(({ line }) => `${name} ${line}`))
  }
  return texts.join('\n')
}

/** How a number may stand in a dump: in decimal, or as the bytes of a double or a float in hex or base64. */
export function tracesOf(value: number): string[] {
  const [double, float] = [Buffer.alloc(8), Buffer.alloc(4)]
  double.writeDoubleLE(value)
  float.writeFloatLE(value)
  const bytes = [double, float].flatMap((buffer) => [buffer, Buffer.from(buffer).reverse()])
  return [String(value), String(Math.fround(value)), ...bytes.flatMap(tracesOfBytes)]
}

/** How bytes may stand in a dump: in hex, or in base64 at any place of a longer text. */
export function tracesOfBytes(bytes: Uint8Array): string[] {
  const whole = Buffer.from(bytes)
  const inBase64 = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), whole])
      .toString('base64')
      // Without what its neighbours have a part in.
      .slice(shift === 0 ? 0 : 4, -4),
  )
  return [whole.toString('hex'), ...inBase64.filter((text) => text.length >= 4)]
}
