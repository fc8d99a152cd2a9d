import { t } from '../../i18n';
import type { Delay, Tick } from '../person';
import { bytes, milliseconds } from './numbers';

const width = 300;
const height = 64;
/** Seconds that fit. */
const span = 60;

const x = (at: number, now: number): number => width - ((now - at) / 1000) * (width / span);

/** From 1 to 100,000 bytes by powers of ten: a ping and a page of history are both to be seen. */
const tall = (n: number): number => (n <= 0 ? 0 : Math.min(1, 0.06 + Math.log10(n) / 5) * (height / 2 - 2));

/** What went by in each second of the last minute. */
export function BytesPlot({ ticks }: { ticks: readonly Tick[] }) {
  const now = ticks.at(-1)?.at ?? 0;
  const most = (way: 'up' | 'down') => bytes(Math.max(0, ...ticks.map((tick) => tick[way])));
  return (
    <figure>
      <figcaption>{t('lab.plot.bytes')}</figcaption>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t('lab.plot.bytes_label', { up: most('up'), down: most('down') })}
      >
        <line class="axis" x1="0" x2={width} y1={height / 2} y2={height / 2} />
        {ticks.map(({ at, up, down }) => (
          <g key={at}>
            <rect class="up" x={x(at, now) - 4} y={height / 2 - tall(up)} width="3.6" height={tall(up)} />
            <rect class="down" x={x(at, now) - 4} y={height / 2} width="3.6" height={tall(down)} />
          </g>
        ))}
      </svg>
    </figure>
  );
}

/** From 1 ms to 20 s, by powers of ten. */
const steps = [1, 10, 100, 1_000, 10_000] as const;
const high = (ms: number): number => height - 4 - (Math.log10(Math.max(1, ms)) / Math.log10(20_000)) * (height - 8);

/** The newest delays, in the order in which the messages came. */
export function DelayPlot({ delays }: { delays: readonly Delay[] }) {
  const shown = delays.slice(-40);
  const place = (i: number) => width - 10 - (shown.length - 1 - i) * 6.5;
  return (
    <figure>
      <figcaption>{t('lab.plot.delay')}</figcaption>
      <div class="scaled">
        <svg
          viewBox={`0 0 ${width} ${height}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={t('lab.plot.delay_label', { n: shown.length })}
        >
          {steps.map((ms) => (
            <line key={ms} class="axis" x1="0" x2={width} y1={high(ms)} y2={high(ms)} />
          ))}
          {shown.map((delay, i) => (
            <rect
              key={delay.at + delay.ms}
              class="dot"
              x={place(i)}
              y={high(delay.ms) - 2}
              width="4"
              height="4"
              rx="1"
            />
          ))}
        </svg>
        <div class="scale" aria-hidden="true">
          <span>{milliseconds(10_000)}</span>
          <span>{milliseconds(100)}</span>
          <span>{milliseconds(1)}</span>
        </div>
      </div>
    </figure>
  );
}
