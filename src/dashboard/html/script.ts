/**
 * Keeps the page fresh: asks for it again, and puts the new parts in the place of the old ones. What somebody has opened
 * stays open, and what has the focus keeps it. When it cannot be had, it says so, and since when, instead of silently
 * showing what is old; whatever fails in that, it asks again. Plain enough for every browser that people still use, also
 * where one does not know the time zone of the page.
 */
export const SCRIPT = `
(() => {
  'use strict';
  const root = document.documentElement;
  const every = Number(root.dataset.every);
  const zone = root.dataset.zone;
  const main = document.querySelector('main');
  const fresh = document.getElementById('fresh');
  const lost = document.getElementById('lost');
  const age = document.getElementById('age');
  const news = document.getElementById('news');
  const icon = document.querySelector('link[rel=icon]');
  let etag = root.dataset.etag;
  let asOf = root.dataset.asOf;
  let readAt = Date.now() - 1000 * Number(root.dataset.age);
  let lostAt = null;
  let title = document.title;
  let timer = 0;
  let isAsking = false;

  const clockIn = (timeZone, at) => new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
  const clock = (at) => {
    try { return clockIn(zone, at); } catch { return clockIn('UTC', at) + ' UTC'; }
  };
  const ago = () => {
    const s = Math.max(0, Math.round((Date.now() - readAt) / 1000));
    return s < 2 ? 'just now' : s < 120 ? s + ' s ago' : s < 7200 ? Math.floor(s / 60) + ' min ago' : Math.floor(s / 3600) + ' h ago';
  };
  const put = (node, text) => { if (node.textContent !== text) node.textContent = text; };
  const tell = (why) => {
    put(fresh, 'as of ' + asOf);
    put(lost, lostAt === null ? '' : why.subject + ' since ' + clock(lostAt) + (why.because ? ': ' + why.because : '.') + ' This is as of ' + asOf + '.');
    main.classList.toggle('old', lostAt !== null);
    document.title = lostAt === null ? title : '\\u26a0 ' + why.short + ' \\u00b7 ' + root.dataset.name + ' \\u00b7 nightsweep';
    put(age, ', ' + ago());
  };

  const UNREACHED = { short: 'cannot be reached', subject: 'The server cannot be reached' };
  const whyOf = async (reply) => {
    if (reply.status !== 503) {
      return { short: 'it answers with ' + reply.status, subject: 'The server has answered with ' + reply.status };
    }
    const because = new DOMParser().parseFromString(await reply.text(), 'text/html').querySelector('.todo');
    return { short: 'the record cannot be read', subject: 'The record cannot be read', because: because && because.textContent };
  };

  const replace = (text) => {
    const next = new DOMParser().parseFromString(text, 'text/html');
    const parts = next.querySelector('main');
    if (parts === null || next.documentElement.dataset.build !== root.dataset.build) { location.reload(); return; }
    const opened = [...main.querySelectorAll('details[open]')].map(({ id }) => id);
    for (const id of opened) {
      const same = parts.querySelector('details#' + CSS.escape(id));
      if (same !== null) same.open = true;
    }
    const focused = main.contains(document.activeElement) ? document.activeElement : null;
    const holder = focused && focused.closest('details');
    const isTable = focused !== null && focused.matches('.scroll');
    const scrolls = [...main.querySelectorAll('details[open] .scroll')].map((one) => [one.closest('details').id, one.scrollTop, one.scrollLeft]);
    main.replaceChildren(...parts.childNodes);
    for (const [id, top, left] of scrolls) {
      const same = main.querySelector('details#' + CSS.escape(id) + ' .scroll');
      if (same !== null) { same.scrollTop = top; same.scrollLeft = left; }
    }
    if (holder) {
      const same = main.querySelector('details#' + CSS.escape(holder.id) + (isTable ? ' .scroll' : ' summary'));
      if (same !== null) same.focus({ preventScroll: true });
    }
    if (title !== next.title) put(news, main.querySelector('h1').textContent);
    title = next.title;
    icon.href = next.querySelector('link[rel=icon]').href;
  };

  const ask = async () => {
    if (isAsking) return;
    isAsking = true;
    clearTimeout(timer);
    let why = UNREACHED;
    try {
      const reply = await fetch('/', {
        headers: { accept: 'text/html', 'if-none-match': etag },
        redirect: 'manual', cache: 'no-store', credentials: 'same-origin', signal: AbortSignal.timeout(10000),
      });
      if (reply.type === 'opaqueredirect') { location.reload(); return; }
      if (reply.status === 200) {
        replace(await reply.text());
        etag = reply.headers.get('etag');
      } else if (reply.status !== 304) {
        why = await whyOf(reply);
        throw new Error(why.short);
      }
      asOf = reply.headers.get('x-as-of');
      readAt = Date.now() - 1000 * Number(reply.headers.get('age'));
      lostAt = null;
    } catch {
      lostAt = lostAt === null ? Date.now() : lostAt;
    } finally {
      isAsking = false;
      timer = setTimeout(ask, document.hidden ? Math.max(every, 60000) : every);
      reason = why;
      tell(why);
    }
  };

  let reason = null;
  setInterval(() => { if (!document.hidden) tell(reason); }, 1000);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) ask(); });
  addEventListener('online', ask);
  timer = setTimeout(ask, every);
  tell(null);
})();
`;
