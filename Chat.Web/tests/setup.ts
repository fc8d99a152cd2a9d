import fc from 'fast-check';

// The same inputs in each run, so that luck decides nothing; the long form draws new ones.
if (!process.env.CHAT_TEST_LONG) fc.configureGlobal({ seed: 20_261_130 });
