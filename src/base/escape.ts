/**
 * Writes characters as `\uXXXX`, one escape for each UTF-16 code unit.
 * @param characters matches them; a global pattern
 */
export function escapeCharacters(text: string, characters: RegExp): string {
  return text.replace(characters, (match) =>
    match.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
}
