/** Control characters, line and paragraph separators, and marks that turn the direction of text. */
const unprintable = /[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu

/**
 * One line of text for a terminal. Names of layers, outputs and labels come from files of others: what would move the
 * cursor, change colours, begin a line or reorder one is written as its escape instead.
 */
export function printableLine(text: string): string {
  return text.replace(unprintable, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

/** Several lines of text for a terminal, each as {@link printableLine}. */
export function printableText(text: string): string {
  return text.split('\n').map(printableLine).join('\n')
}
