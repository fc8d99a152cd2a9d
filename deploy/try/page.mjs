// A person at the page: Chromium without a window, driven by its DevTools protocol.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from './eventually.mjs';

export class Page {
  #browser;
  #folder;
  #socket;
  #calls = new Map();
  #last = 0;

  /** Opens the page at `url` and comes in as a guest. */
  static async open(url, name) {
    const page = new Page();
    await page.#start(url);
    await page.#send('Page.bringToFront'); // A tab behind others draws nothing.
    await page.#find('input', `document.querySelector('input')`);
    await page.#send('Input.insertText', { text: name });
    await page.#press('Enter');
    await page.#find('the field for messages', page.#composer);
    return page;
  }

  /** Returns when the server has it safely. */
  async say(text) {
    await this.#find('the field for messages', this.#composer);
    await this.#send('Input.insertText', { text });
    await this.#press('Enter');
    await this.sees(text);
  }

  /** Waits until a message is shown as stored. */
  sees(text, seconds = 30) {
    const shown = `[...document.querySelectorAll('[role=log] article[data-state=sent]')].some((a) => a.innerText.includes(${JSON.stringify(text)}))`;
    return eventually(() => this.#evaluate(shown), seconds, `the page shows "${text}"`);
  }

  /** From now on it notes when a greater number than before is shown as stored. */
  watch() {
    return this.#evaluate(`{
      const noted = (window.noted = []);
      const look = () => {
        const seq = Math.max(0, ...[...document.querySelectorAll('[role=log] [data-seq]')].map((row) => Number(row.dataset.seq)));
        if (seq > (noted.at(-1)?.[0] ?? 0)) noted.push([seq, Date.now()]);
      };
      new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-seq'] });
      look();
    }`);
  }

  /** What \`watch\` has noted: pairs of a number and when it, or a greater one, was first there, in ms. */
  shown() {
    return this.#evaluate('window.noted');
  }

  /** A picture of what is in the window, as PNG. */
  async picture(path, { width, height, mobile = false, dark = false }) {
    await this.#send('Emulation.setDeviceMetricsOverride', { width, height, mobile, deviceScaleFactor: 1 });
    await this.#send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }] });
    await pause(500); // until it is drawn anew
    writeFileSync(path, (await this.#send('Page.captureScreenshot', { format: 'png' })).data, 'base64');
  }

  async close() {
    const gone = new Promise((done) => this.#browser.once('exit', done));
    this.#socket?.close();
    this.#browser.kill();
    await gone;
    // Its other processes write for a moment longer.
    await eventually(() => (rmSync(this.#folder, { recursive: true, force: true }), true), 10, 'the browser is gone');
  }

  #composer = `document.querySelector('textarea[aria-label="Message"], [aria-label="Message"][role=combobox]')`;

  async #start(url) {
    this.#folder = mkdtempSync(join(tmpdir(), 'chat-page-'));
    // It shares the machine with the cluster: it draws no window of its own and fetches nothing for itself.
    const omnibox = 'WebUIOmniboxPopup,WebUIOmniboxAimPopup,AimEnabled';
    const own = `features=${omnibox},OptimizationHints,Translate,MediaRouter`;
    const quiet = ['gpu', 'background-networking', 'component-update', 'extensions', own];
    const options = ['--headless=new', '--no-first-run', '--remote-debugging-port=0', `--user-data-dir=${this.#folder}`];
    options.push(...quiet.map((what) => `--disable-${what}`));
    if (process.getuid?.() === 0) options.push('--no-sandbox');
    this.#browser = spawn(process.env.CHROMIUM ?? 'chromium', [...options, 'about:blank'], { stdio: ['ignore', 'ignore', 'pipe'] });
    let port;
    for await (const line of createInterface(this.#browser.stderr))
      if ((port = line.match(/^DevTools listening on ws:\/\/[^:]+:(\d+)/)?.[1])) break;
    this.#browser.stderr.resume();
    const tab = await (await fetch(`http://127.0.0.1:${port}/json/new?${encodeURIComponent(url)}`, { method: 'PUT' })).json();
    this.#socket = new WebSocket(tab.webSocketDebuggerUrl);
    await new Promise((open, failed) => Object.assign(this.#socket, { onopen: open, onerror: failed }));
    this.#socket.onmessage = ({ data }) => {
      const { id, result, error } = JSON.parse(data);
      const call = this.#calls.get(id);
      this.#calls.delete(id);
      if (error) call?.failed(new Error(error.message));
      else call?.done(result);
    };
  }

  #send(method, params = {}) {
    const id = ++this.#last;
    this.#socket.send(JSON.stringify({ id, method, params }));
    return new Promise((done, failed) => this.#calls.set(id, { done, failed }));
  }

  async #evaluate(expression) {
    const { result, exceptionDetails } = await this.#send('Runtime.evaluate', { expression, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  #find(what, element) {
    return eventually(() => this.#evaluate(`(${element})?.focus(), Boolean(${element}) && document.activeElement === ${element}`), 30, `the page has ${what}`);
  }

  async #press(key) {
    const params = { key, code: key, windowsVirtualKeyCode: 13, text: '\r' };
    await this.#send('Input.dispatchKeyEvent', { type: 'keyDown', ...params });
    await this.#send('Input.dispatchKeyEvent', { type: 'keyUp', ...params });
  }
}
