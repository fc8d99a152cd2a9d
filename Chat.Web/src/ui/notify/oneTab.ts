/** Long enough for a tab that shows the room to say so, and not to be noticed. */
const patience = 300;

/** Agrees with the other tabs of this browser who tells about a message. */
export function oneTab() {
  const channel = new BroadcastChannel('chat-notify');
  const claimed = new Set<string>();
  channel.onmessage = ({ data }: MessageEvent<string>) => remember(data);

  function remember(tag: string): void {
    claimed.add(tag);
    setTimeout(() => claimed.delete(tag), 60_000);
  }

  function claim(tag: string): void {
    remember(tag);
    channel.postMessage(tag);
  }

  return {
    /** This tab has shown it: nobody else needs to. */
    claim,
    /** Whether it is for this tab to tell. */
    async isMine(tag: string): Promise<boolean> {
      await new Promise((resolve) => setTimeout(resolve, patience * (1 + Math.random())));
      if (claimed.has(tag)) return false;
      claim(tag);
      // Where there are no locks (plain http), two tabs may tell at the same moment: the tag still makes it one notification.
      if (!navigator.locks) return true;
      return new Promise((resolve) => {
        navigator.locks.request(`chat-notify-${tag}`, { ifAvailable: true }, async (lock) => {
          resolve(lock !== null);
          if (lock) await new Promise((free) => setTimeout(free, 10_000));
        });
      });
    },
    close: () => channel.close(),
  };
}
