/** What a person's requests came to up to some moment, as the server counts them. */
export interface Sample {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly requests: number;
  /** Bytes both ways. */
  readonly bytes: number;
  /** Messages of this person, sent and received. */
  readonly messages: number;
}

export interface Cost {
  readonly requestsPerMessage: number | null;
  readonly bytesPerMessage: number | null;
  readonly requestsPerIdleMinute: number | null;
  readonly bytesPerIdleMinute: number | null;
}

/** Shorter than this, what goes by while nobody says anything is not known yet: heartbeats are as rare as that. Milliseconds. */
const leastIdle = 15_000;

/**
 * Tells apart what messages cost and what waiting for them costs: the time between two samples is idle if no message passed in it or in those beside it
 * (its acknowledgement, the next poll), and of the rest that is taken off which would have passed in the same time anyway.
 */
export function costOf(samples: readonly Sample[]): Cost {
  const idle = { ms: 0, requests: 0, bytes: 0 };
  const busy = { ms: 0, requests: 0, bytes: 0 };
  const said = samples.map((sample, i) => sample.messages - (samples[i - 1] ?? sample).messages);
  const messages = said.reduce((sum, n) => sum + n, 0);
  for (let i = 1; i < samples.length; i++) {
    const [before, now] = [samples[i - 1], samples[i]] as [Sample, Sample];
    const to = said[i - 1] || said[i] || said[i + 1] ? busy : idle;
    to.ms += now.at - before.at;
    to.requests += now.requests - before.requests;
    to.bytes += now.bytes - before.bytes;
  }
  const rate = (what: 'requests' | 'bytes') => (idle.ms > 0 ? idle[what] / idle.ms : 0);
  const per = (what: 'requests' | 'bytes') =>
    messages > 0 ? Math.max(0, busy[what] - rate(what) * busy.ms) / messages : null;
  const idleMinute = (what: 'requests' | 'bytes') => (idle.ms < leastIdle ? null : rate(what) * 60_000);
  return {
    requestsPerMessage: per('requests'),
    bytesPerMessage: per('bytes'),
    requestsPerIdleMinute: idleMinute('requests'),
    bytesPerIdleMinute: idleMinute('bytes'),
  };
}

/** The value below which this share of the values lies; null if there are none. */
export function quantile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? null;
}

export const median = (values: readonly number[]): number | null => quantile(values, 0.5);
