import { useCallback, useEffect, useState } from 'preact/hooks';

/** How long a short remark stays, in milliseconds. */
const stays = 8_000;

/** A remark above the field, like “Link copied”; it goes away by itself. */
export function useSaid() {
  const [remark, set] = useState<{ readonly text: string } | null>(null);
  useEffect(() => {
    if (!remark) return;
    const timer = setTimeout(() => set(null), stays);
    return () => clearTimeout(timer);
  }, [remark]);
  const say = useCallback((text: string) => set({ text }), []);
  return { said: remark?.text ?? '', say };
}
