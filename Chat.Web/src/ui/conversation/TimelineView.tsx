import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import type { Timeline } from '../../chat/model';
import { t } from '../../i18n';
import type { User } from '../../wire/contract';
import { Icon } from '../icons';
import type { Actions } from './actions';
import { News } from './News';
import { RowView } from './RowView';
import { rows as rowsOf, seqOf, type View } from './rows';
import { messageKey, moveKey } from './timelineKeys';
import { useActiveRow } from './useActiveRow';
import { useKeptFocus } from './useKeptFocus';
import { useSteps } from './useSteps';
import { useStick } from './useStick';

/** Height of what stands above the first row, in pixels; the stylesheet says the same. */
const topHeight = 48;
/** Closer to an end than this (in pixels) the next page is loaded. */
const ahead = 1_500;

/** Moves the timeline, for those who don't see its inside. */
export interface Place {
  /** `focus`: and puts the focus on the newest message. */
  toLatest(focus?: boolean): void;
  /** Shows this message, loading it if needed; false if it is not there. */
  goTo(seq: number): Promise<boolean>;
  /** Shows the first unread one, loading it if needed. */
  toUnread(): Promise<void>;
}

interface Props {
  readonly timeline: Timeline;
  readonly me: User;
  readonly act: Actions;
  readonly view: View;
  readonly unread: number;
  /** People whose messages are folded. */
  readonly blocked: ReadonlyMap<string, unknown>;
  /** The message to open at; null: the first unread one, else the end. */
  readonly openAt: number | null;
  readonly place: { current: Place | null };
  /** The person came to the end, or left it. */
  readonly onEnd: (atEnd: boolean) => void;
  /** What had the focus went away after a click. */
  readonly onFocusLost: () => void;
  /** The message to open at is not there. */
  readonly onGone: () => void;
}

type Goal = { readonly seq: number } | 'unread' | 'open' | 'end' | null;

export function TimelineView(props: Props): VNode {
  const { timeline, me, act, view, unread, blocked, openAt, place, onEnd, onFocusLost, onGone } = props;
  const items = timeline.items.value;
  const { readUpTo, seenUpTo } = view;
  const wanted = useMemo(() => rowsOf(items, { me: me.id, readUpTo, seenUpTo }), [items, me.id, readUpTo, seenUpTo]);
  const { rows, shift, arrived } = useSteps(wanted);
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const stick = useStick(scroller, () => timeline.atEnd.peek());
  const active = useActiveRow(rows, scroller, list);
  const [pointed, setPointed] = useState<string | null>(null);
  const [target, setTarget] = useState<string | null>(null);
  const goal = useRef<Goal>(openAt === null ? 'open' : { seq: openAt });
  const [again, renderAgain] = useReducer<number, void>((n) => n + 1, 0);
  const kept = useMemo(() => (active.index < 0 ? [] : [active.index]), [active.index]);
  const atEnd = timeline.atEnd.value && stick.atBottom;

  const show = (index: number, align: 'center' | 'start') => {
    stick.release();
    list.current?.scrollToIndex(index, { align, offset: align === 'start' ? -topHeight : 0 });
  };
  const showEnd = () => {
    // Or the list, while it measures rows, would still go to the one that was wished for before.
    if (rows.length > 0) list.current?.scrollToIndex(rows.length - 1, { align: 'end' });
    stick.stick();
  };
  /** Goes where the person wants to be, as soon as that row is there. */
  const pursue = () => {
    const wish = goal.current;
    if (wish === null || rows.length === 0) return;
    if (typeof wish === 'object') {
      const index = rows.findIndex((row) => seqOf(row.item) === wish.seq);
      if (index < 0) return;
      setTarget(rows[index]?.key ?? null);
      show(index, 'center');
      active.focus(index, 'center');
    } else if (wish === 'end') {
      if (!timeline.atEnd.peek()) return;
      showEnd();
      active.focus(rows.length - 1, null);
    } else {
      const index = rows.findIndex((row) => row.fresh);
      if (index >= 0) show(index, 'start');
      else if (wish === 'open') showEnd();
      if (index >= 0 && wish === 'unread') active.focus(index, null); // the button that wished for it is gone
    }
    goal.current = null;
  };
  const fill = () => {
    const it = scroller.current;
    if (!it || goal.current !== null || timeline.loading.peek() || timeline.error.peek()) return;
    const below = it.scrollHeight - it.scrollTop - it.clientHeight;
    if (it.scrollTop < ahead && !timeline.atStart.peek()) void timeline.older().catch(ignore);
    else if (below < ahead && !timeline.atEnd.peek()) void timeline.newer().catch(ignore);
  };
  useLayoutEffect(() => {
    if (!arrived) return;
    pursue();
    stick.follow();
    fill();
  }, [rows, arrived, again]);
  useEffect(() => onEnd(atEnd), [atEnd]);
  useEffect(() => {
    if (openAt !== null) void place.current?.goTo(openAt).then((there) => there || onGone());
    else if (timeline.items.peek().length === 0) void timeline.latest().catch(ignore);
  }, [openAt]);

  place.current = {
    toLatest: (focus = false) => {
      goal.current = focus ? 'end' : null;
      showEnd();
      if (timeline.atEnd.peek()) renderAgain();
      else
        timeline.latest().then(stick.stick, () => {
          goal.current = null;
        });
    },
    goTo: async (seq) => {
      goal.current = { seq };
      if (!timeline.items.peek().some((i) => seqOf(i) === seq) && !(await timeline.around(seq).catch(() => false))) {
        goal.current = null;
        if (timeline.items.peek().length === 0) void timeline.latest().catch(ignore);
        return false;
      }
      renderAgain();
      return true;
    },
    toUnread: async () => {
      if (!wanted.some((row) => row.fresh)) await timeline.around((readUpTo ?? 0) + 1).catch(ignore);
      goal.current = 'unread';
      renderAgain();
    },
  };

  const onKeyDown = (e: KeyboardEvent) => {
    const item = rows[active.index]?.item;
    if (!item || !(e.target as HTMLElement).matches('article')) return;
    const page = Math.max(1, visibleRows(list.current) - 1);
    const to = moveKey(e.key, active.index, rows.length - 1, page);
    if (to !== null && !e.ctrlKey && !e.metaKey && !e.altKey) {
      e.preventDefault();
      if (e.key === 'End' && !timeline.atEnd.peek()) place.current?.toLatest(true);
      else {
        // At the end only if the row that is chosen is still seen from there.
        stick.release();
        active.focus(to);
        requestAnimationFrame(stick.look);
      }
      return;
    }
    if (item.kind === 'message' && messageKey(e, item.message, item.message.sender.id === me.id, act))
      e.preventDefault();
  };
  const keptFocus = useKeptFocus((by) => {
    if (by === 'mouse') onFocusLost();
    else if (by === '' && rows.length > 0 && !active.pending()) active.focus(active.index, null);
  });
  const keyAt = (e: Event) => (e.target as HTMLElement).closest<HTMLElement>('[data-key]')?.dataset.key ?? null;

  return (
    <div class="timeline-frame" {...keptFocus}>
      <div
        class="timeline"
        ref={scroller}
        role="log"
        aria-label={t('timeline.label')}
        aria-live="off"
        data-at-end={atEnd}
        aria-busy={timeline.loading.value !== null}
        onKeyDown={onKeyDown}
        onFocusIn={(e) => active.choose(keyAt(e) ?? active.key)}
        onPointerOver={(e) => e.pointerType === 'mouse' && setPointed(keyAt(e))}
        onPointerLeave={() => setPointed(null)}
      >
        <div class="timeline-top">{topText(timeline, rows.length === 0)}</div>
        <Virtualizer
          ref={list}
          scrollRef={scroller}
          data={rows}
          shift={shift}
          startMargin={topHeight}
          itemSize={56}
          bufferSize={400}
          keepMounted={kept}
          onScroll={() => {
            stick.look();
            fill();
          }}
        >
          {(row) => (
            <RowView
              key={row.key}
              row={row}
              me={me}
              timeline={timeline}
              act={act}
              active={row.key === active.key}
              pointed={row.key === pointed}
              target={row.key === target}
              folded={row.item.kind === 'message' && blocked.has(row.item.message.sender.id)}
            />
          )}
        </Virtualizer>
        {!timeline.atEnd.value && rows.length > 0 && <div class="timeline-bottom">{t('timeline.loading')}</div>}
      </div>
      {!atEnd && rows.length > 0 && (
        <button type="button" class="latest" onClick={(e) => place.current?.toLatest(e.detail === 0)}>
          <Icon of="down" /> {unread > 0 ? t('timeline.latestNew', { n: unread }) : t('timeline.latest')}
        </button>
      )}
      <News items={items} me={me.id} atEnd={atEnd} />
    </div>
  );
}

function topText(timeline: Timeline, empty: boolean): VNode | string {
  if (timeline.error.value !== null)
    return (
      <>
        {t('timeline.failed')}{' '}
        <button
          type="button"
          class="text-button"
          onClick={() => void (empty ? timeline.latest() : timeline.older()).catch(ignore)}
        >
          {t('timeline.again')}
        </button>
      </>
    );
  if (timeline.atStart.value) return empty ? t('timeline.empty') : t('timeline.start');
  return timeline.loading.value ? t('timeline.loading') : '';
}

function visibleRows(list: VirtualizerHandle | null): number {
  if (!list) return 1;
  return list.findItemIndex(list.scrollOffset + list.viewportSize) - list.findItemIndex(list.scrollOffset);
}

/** The timeline says itself what went wrong. */
const ignore = () => undefined;
