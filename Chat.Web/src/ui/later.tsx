import { type ComponentType, h } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n';
import { failed } from './toasts/toasts';

/** A part of the page that is fetched when it is first shown, to keep the first load small. */
export function later<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let loaded: ComponentType<P> | null = null;
  return function Later(props: P) {
    const [, again] = useState(false);
    useEffect(() => {
      if (loaded) return;
      load().then(
        (part) => {
          loaded = part;
          again(true);
        },
        () => failed(t('error.part')),
      );
    }, []);
    return loaded ? h(loaded, props) : null;
  };
}
