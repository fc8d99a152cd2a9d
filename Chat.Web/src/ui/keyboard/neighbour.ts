/** The room above (-1) or below (1) the current one in the list, around its ends; null if there is none to go to. */
export function neighbour(
  rooms: readonly { readonly id: string; readonly unread: number }[],
  current: string | null,
  step: 1 | -1,
  unreadOnly: boolean,
): string | null {
  const at = rooms.findIndex((room) => room.id === current);
  const start = at >= 0 ? at : step > 0 ? -1 : rooms.length;
  for (let n = 1; n <= rooms.length; n++) {
    const room = rooms[(start + step * n + rooms.length * 2) % rooms.length];
    if (room && room.id !== current && (!unreadOnly || room.unread > 0)) return room.id;
  }
  return null;
}
