import { Type } from 'typebox'

/** A time in a reply. */
export const time = (description: string) => Type.String({ format: 'date-time', description })

/** ms since the epoch as {@link time} has it. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}

/** The same of what may not have been yet. */
export function isoOrNull(milliseconds: number | null): string | null {
  return milliseconds === null ? null : isoTime(milliseconds)
}
