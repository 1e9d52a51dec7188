export { catalogue, type Slug, typeOf } from "./catalogue";
export { type FieldFault, Problem, problemDocument } from "./problem";
export { problemResponse } from "./response";
