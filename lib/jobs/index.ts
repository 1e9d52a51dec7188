export { createJobs, type Done, type JobHandlers, type Jobs } from "./jobs";
export { type ClaimedJob, enqueueStep, type Job } from "./store";
