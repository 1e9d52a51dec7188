/** Prints one line for the person who typed the command. */
export type Say = (line: string) => void;

/** The command cannot be done as typed; its message is one sentence for that person. Exit code 1. */
export class CommandFault extends Error {
  override name = "CommandFault";
}
