// The chat: answers without another entry in the history, changes as they come, a screen that covers itself.
var F = D.getElementById('f'), stream, rev = '', busy = 0, poll, touched = Date.now(), hidden = 0;
var IDLE = +B.getAttribute('data-idle'), HID = +B.getAttribute('data-hid');
W.stop_ = function () {
  if (stream) stream.close();
  stream = null;
};
function swap(html) {
  var t = D.createElement('div'), log, ask;
  t.innerHTML = html;
  log = t.querySelector('#log');
  ask = t.querySelector('#ask');
  if (!log || !ask) return;
  var oldLog = D.getElementById('log'), oldAsk = D.getElementById('ask');
  if (oldLog.innerHTML !== log.innerHTML) {
    oldLog.parentNode.replaceChild(log, oldLog);
    // A message longer than the log is read from its beginning.
    var last = log.firstChild && log.firstChild.lastElementChild;
    if (last && last.offsetHeight > log.clientHeight) log.scrollTop += last.getBoundingClientRect().top - log.getBoundingClientRect().top - 6;
  }
  oldAsk.parentNode.replaceChild(ask, oldAsk);
  rev = ask.getAttribute('data-rev');
  D.getElementById('x').rows = ask.getAttribute('data-write') ? 3 : 1;
  if (ask.getAttribute('data-live')) {
    live();
    // The language is chosen before the first answer.
    var row = D.querySelector('form.row');
    if (row) row.parentNode.removeChild(row);
  }
}
function got(status, text) {
  if (gone) return 0;
  if (status === 204) { leave(''); return 0; }
  if (status === 205) { cover(0); return 0; }
  if (status !== 200) return -1;
  swap(text);
  return 1;
}
function refresh() {
  ajax('GET', '/a', null, got);
}
function live() {
  if (stream || poll) return;
  if (!W.EventSource) { poll = setInterval(refresh, 10000); return; }
  stream = new EventSource('/b');
  stream.onmessage = function (e) {
    if (e.data === '0') leave('');
    else if (!F) D.getElementById('back').className = e.data === rev ? 'big' : 'big news';
    else if (e.data !== rev) refresh();
  };
  stream.onerror = function () {
    if (stream && stream.readyState === 2) { stream = null; setTimeout(function () { if (!gone && F) refresh(); }, 3000); }
  };
}
function note(text) {
  var ask = D.getElementById('ask'), p = ask.querySelector('.box');
  if (!p) { p = D.createElement('p'); p.className = 'box'; p.setAttribute('role', 'alert'); ask.insertBefore(p, ask.firstChild); }
  p.textContent = text;
}
// cover blanks the page; what is typed goes too. The server asks before it shows anything again. The stream stays, so that
// a place in the queue does; news shows as a mere dot.
function cover(say) {
  if (gone || !F) return;
  var text = B.getAttribute('data-back');
  F = null;
  if (poll) clearInterval(poll);
  wipe();
  if (say) ajax('POST', url, 'k=cover', function () {});
  var b = D.createElement('button');
  b.className = 'big';
  b.id = 'back';
  b.textContent = text;
  b.onclick = function () { wipe(); location.replace(url); };
  B.appendChild(b);
}
function watch() {
  var now = Date.now();
  if (now - touched >= IDLE || hidden && now - hidden >= HID) cover(1);
}
function touch() { touched = Date.now(); }
if (F) {
  D.addEventListener('click', function (e) {
    var b = up(e.target, 'BUTTON'), f = up(e.target, 'FORM');
    if (gone || e.defaultPrevented || !b || f !== F) return;
    e.preventDefault();
    if (b.value === 'erase' && b.name === 'k') { leave(fields(F, b)); return; }
    if (busy) return;
    busy = 1;
    var x = D.getElementById('x'), said = b.value === 'say' && b.name === 'k';
    ajax('POST', url, fields(F, b), function (status, text) {
      busy = 0;
      var ok = got(status, text);
      if (ok < 0) note(B.getAttribute('data-fail'));
      else if (ok > 0 && said && !D.querySelector('#ask .box')) x.value = '';
    });
  });
  ['click', 'keydown', 'touchstart', 'wheel'].forEach(function (n) { D.addEventListener(n, touch, true); });
  setInterval(watch, 500);
  D.addEventListener('visibilitychange', function () {
    if (D.hidden) {
      hidden = Date.now();
      return;
    }
    watch();
    hidden = 0;
    touch();
  });
  refresh();
}
W.addEventListener('pagehide', function () {
  W.stop_();
  wipe();
});
