const size = 64;
let newest = 0;
let url: string | null = null;

/** Puts the number of unread messages on the icon of the tab; 0 takes it off. */
export async function draw(unread: number): Promise<void> {
  const mine = ++newest;
  const blob = unread > 0 ? await picture(unread) : null;
  if (mine !== newest) return;
  const link = document.querySelector<HTMLLinkElement>('link[rel=icon]');
  const before = url;
  url = blob && URL.createObjectURL(blob);
  if (link) link.href = url ?? '/icon.svg';
  if (before) URL.revokeObjectURL(before);
}

async function picture(unread: number): Promise<Blob | null> {
  const image = new Image(size, size);
  image.src = '/icon.svg';
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = size;
  const pen = canvas.getContext('2d');
  if (!pen) return null;
  pen.drawImage(image, 0, 0, size, size);
  pen.fillStyle = '#b3261e';
  pen.beginPath();
  pen.arc(size - 22, size - 22, 22, 0, 2 * Math.PI);
  pen.fill();
  pen.fillStyle = '#ffffff';
  pen.font = 'bold 28px system-ui, sans-serif';
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  pen.fillText(unread > 99 ? '99' : String(unread), size - 22, size - 20);
  return new Promise((resolve) => canvas.toBlob(resolve));
}
