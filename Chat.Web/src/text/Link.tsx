import type { ComponentChildren, VNode } from 'preact';
import { useContext } from 'preact/hooks';
import { parse } from '../ui/route';
import { safeLink } from './safeLink';
import { TabStop } from './tabStop';
import type { Link as LinkToken } from './tokens';

/** A link that says where it goes; as typed if it may not be followed. Links to this page stay in the page. */
export function Link({ token, children }: { token: LinkToken; children: ComponentChildren }): VNode {
  const tabIndex = useContext(TabStop);
  const link = safeLink(token.href, token.text, location.origin);
  if (!link) return <>{token.raw}</>;
  const to = new URL(link.href);
  const inPage = link.own && !to.hash && parse(to.pathname);
  const elsewhere = inPage ? {} : { target: '_blank', rel: 'noopener noreferrer nofollow' };
  return (
    <>
      <a tabIndex={tabIndex} href={link.href} title={link.href} {...elsewhere}>
        {token.text.trim() === '' ? link.href : children}
      </a>
      {link.host && <bdi class="host"> ({link.host})</bdi>}
    </>
  );
}
