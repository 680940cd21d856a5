// What both screens share. Written for old phones: no newer syntax than theirs.
var D = document, W = window, H = D.documentElement, B = D.body, T = D.title, gone = 0;
var url = location.href.split('#')[0];
function wipe() {
  D.title = T;
  while (B.firstChild) B.removeChild(B.firstChild);
}
// ajax sends a form's fields; done gets the status and the text, 0 when there was no answer.
function ajax(method, to, body, done) {
  var x = new XMLHttpRequest();
  x.open(method, to);
  x.setRequestHeader('X-Part', '1');
  if (body !== null) x.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded');
  x.timeout = 20000;
  x.onreadystatechange = function () {
    if (x.readyState === 4) done(x.status, x.responseText);
  };
  x.send(body);
}
// tell sends a last word that outlives the page.
function tell(body) {
  var type = 'application/x-www-form-urlencoded';
  if (W.fetch && W.Request && 'keepalive' in Request.prototype) {
    fetch(url, {method: 'POST', body: body, keepalive: true, credentials: 'same-origin', headers: {'Content-Type': type, 'X-Part': '1'}})['catch'](function () {});
  } else if (navigator.sendBeacon) {
    navigator.sendBeacon(url, body);
  } else {
    var x = new XMLHttpRequest();
    x.open('POST', url, false);
    x.setRequestHeader('Content-Type', type);
    x.setRequestHeader('X-Part', '1');
    try { x.send(body); } catch (e) {}
  }
}
// leave blanks the screen before anything else, then ends the session, then goes where Back does not lead here.
function leave(body) {
  if (gone) return;
  gone = 1;
  var exit = B.getAttribute('data-exit');
  if (W.stop_) W.stop_();
  wipe();
  if (body) tell(body);
  location.replace(exit);
}
function fields(form, button) {
  var out = [], i, e;
  for (i = 0; i < form.elements.length; i++) {
    e = form.elements[i];
    if (e.name && e.tagName !== 'BUTTON' && (e.name !== 'x' || button.value === 'say')) out.push(encodeURIComponent(e.name) + '=' + encodeURIComponent(e.value));
  }
  if (button && button.name) out.push(encodeURIComponent(button.name) + '=' + encodeURIComponent(button.value));
  return out.join('&');
}
function up(e, tag) {
  while (e && e.tagName !== tag) e = e.parentNode;
  return e;
}
// Shift alone, three times, at most five seconds apart.
var shifts = 0, shifted = 0, other = 0;
D.addEventListener('keydown', function (e) {
  if (e.key !== 'Shift' && e.keyCode !== 16) { other = 1; shifts = 0; }
});
D.addEventListener('keyup', function (e) {
  if (e.key !== 'Shift' && e.keyCode !== 16) return;
  if (other) { other = 0; return; }
  var now = Date.now();
  shifts = now - shifted < 5000 ? shifts + 1 : 1;
  shifted = now;
  if (shifts > 2) leave('k=leave');
});
D.addEventListener('keydown', function (e) {
  if (e.key === 'Shift' || e.keyCode === 16) other = 0;
});
D.addEventListener('click', function (e) {
  var b = up(e.target, 'BUTTON');
  if (b && b.name === 'k' && b.value === 'leave') { e.preventDefault(); leave('k=leave'); }
});
W.addEventListener('pageshow', function (e) {
  if (e.persisted) { wipe(); location.replace(url); }
});
// In the background the page is blank at once: the list of open apps shows a picture of it.
D.addEventListener('visibilitychange', function () {
  H.className = D.hidden ? 'away' : '';
});
