/** How many events with data one measured stream has. */
export const eventsPerStream = 100;
