// zod tries whether it may compile code. The policy of every page says no, and browsers report the try.
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });
