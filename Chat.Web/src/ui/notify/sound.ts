let audio: AudioContext | null = null;

/** Two short soft tones. Silent where the browser wants a click first. */
export async function beep(): Promise<void> {
  audio ??= new AudioContext();
  if (audio.state === 'suspended') await audio.resume();
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
