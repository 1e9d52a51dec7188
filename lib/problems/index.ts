export { catalogue, railSlug, type Slug } from "./catalogue";
export { type FieldFault, Problem } from "./problem";
export { problemResponse } from "./response";
