export function generatedDocs(_model: unknown): Map<string, string> {
  return new Map();
}
