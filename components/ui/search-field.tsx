import { Search } from "lucide-react";
import { Input } from "./input";

type SearchFieldProps = {
  /** Where the GET form goes; the rest of the view travels in `keep`. */
  action: string;
  keep?: readonly (readonly [name: string, value: string])[];
  name?: string;
  value?: string;
  label: string;
  placeholder: string;
};

/** The search of one list; Enter sends it, and the shell's `/` key leads here. */
export function SearchField({
  action,
  keep = [],
  name = "q",
  value = "",
  label,
  placeholder,
}: SearchFieldProps) {
  return (
    <search className="max-md:min-w-40 max-md:flex-1">
      <form action={action} method="get" className="relative">
        {keep.map(([key, kept]) => (
          <input key={`${key} ${kept}`} type="hidden" name={key} value={kept} />
        ))}
        <Search className="pointer-events-none absolute start-2 top-2 text-muted" />
        <Input
          size="small"
          type="search"
          name={name}
          defaultValue={value}
          aria-label={label}
          placeholder={placeholder}
          data-list-search
          className="w-52 ps-8 max-md:w-full"
        />
      </form>
    </search>
  );
}
