/**
 * Text of which every sign is seen and none acts: control characters (so the codes that steer a terminal), line breaks,
 * and marks that turn the direction of text, are written as their numbers, `\u{1b}`.
 */
export const visible = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (sign) => `\\u{${sign.codePointAt(0)!.toString(16)}}`);
