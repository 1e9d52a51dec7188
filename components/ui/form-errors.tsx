import { Banner } from "./banner";

type FormErrorsProps = {
  /** What failed and what is still true. */
  title: string;
  /** `id` is the id of the field the message is about; without one the message stands alone. */
  errors: readonly { id?: string | undefined; message: string }[];
};

/** The errors of a form in one place, each leading to its field. */
export function FormErrors({ title, errors }: FormErrorsProps) {
  if (errors.length === 0) return null;
  return (
    <Banner tone="failed" title={title} isAlert>
      <ul className="grid gap-1">
        {errors.map(({ id, message }) => (
          <li key={`${id ?? ""} ${message}`}>
            {id ? (
              <a href={`#${id}`} className="text-failed underline underline-offset-2">
                {message}
              </a>
            ) : (
              message
            )}
          </li>
        ))}
      </ul>
    </Banner>
  );
}
