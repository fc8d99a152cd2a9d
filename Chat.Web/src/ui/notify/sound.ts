/** A device may take this long to start; milliseconds. */
const patience = 500;

let audio: AudioContext | null = null;

/** Has the browser let the page be heard; what it wants for that is a click or a key. */
const wake = (): Promise<void> => context().resume();

function context(): AudioContext {
  audio ??= new AudioContext();
  return audio;
}

for (const gesture of ['click', 'keydown']) addEventListener(gesture, wake, { capture: true, once: true });

/** Two short soft tones. Silent where the browser still wants a click first: a late one would tell of nothing. */
export async function beep(): Promise<void> {
  const audio = context();
  if (audio.state !== 'running') await Promise.race([wake(), new Promise((late) => setTimeout(late, patience))]);
  if (audio.state !== 'running') return;
  const now = audio.currentTime;
  for (const [tone, start] of [
    [660, 0],
    [880, 0.12],
  ] as const) {
    const source = audio.createOscillator();
    const volume = audio.createGain();
    source.frequency.value = tone;
    volume.gain.setValueAtTime(0, now + start);
    volume.gain.linearRampToValueAtTime(0.12, now + start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, now + start + 0.2);
    source.connect(volume).connect(audio.destination);
    source.start(now + start);
    source.stop(now + start + 0.25);
  }
}
