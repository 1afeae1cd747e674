/** `application/json; charset=utf-8` as `application/json`: what a list has room for. */
export function formatMediaType(contentType: string | null): string {
  return contentType?.split(";", 1)[0]?.trim() ?? "";
}
