/** Why the process cannot start or go on, as whole sentences for the operator: printed without a stack, exit code 1. */
export class StartFault extends Error {
  override name = "StartFault";
  readonly lines: readonly string[];

  constructor(sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.lines = [sentence];
  }
}

/** The sentences of any error that was made for the operator, in whichever room; `null` for a defect of ours. */
export function faultLines(error: unknown): readonly string[] | null {
  if (!(error instanceof Error) || !("lines" in error) || !Array.isArray(error.lines)) return null;
  return error.lines.map(String);
}
