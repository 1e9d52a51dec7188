/** Says a change once, when the reader has a pause; keep it mounted and change only the message. */
export function LiveRegion({ message }: { message: string }) {
  return (
    <p role="status" aria-live="polite" className="sr-only">
      {message}
    </p>
  );
}
