// The public page: choosing a language or a country without another entry in the history.
function swap(html) {
  var doc = D.implementation.createHTMLDocument('');
  doc.documentElement.innerHTML = html.replace(/^[^]*?<html[^>]*>/, '');
  var m = /<html lang="([^"]*)" dir="([^"]*)"/.exec(html);
  if (m) { H.lang = m[1]; H.dir = m[2]; }
  var s = doc.querySelector('script');
  if (s) s.parentNode.removeChild(s);
  B.innerHTML = doc.body.innerHTML;
  W.scrollTo(0, 0);
  gate();
}
function ask(form, button, body) {
  if (form.busy) return;
  form.busy = 1;
  ajax('POST', url, body, function (status, text) {
    form.busy = 0;
    if (gone) return;
    if (status === 204) { wipe(); location.replace(url); return; }
    if (status === 200) { swap(text); return; }
    // No answer for the script: let the browser itself say so.
    var i = D.createElement('input');
    i.type = 'hidden'; i.name = button.name; i.value = button.value;
    form.appendChild(i);
    form.submit();
  });
}
D.addEventListener('click', function (e) {
  var b = up(e.target, 'BUTTON'), f = up(e.target, 'FORM');
  if (gone || e.defaultPrevented || !b || !f) return;
  e.preventDefault();
  ask(f, b, fields(f, b));
});
W.addEventListener('pagehide', function () {
  var m = D.getElementById('more');
  if (m) m.removeAttribute('open');
});
// While many wait, the phone pays for its turn with a little work, a slice at a time.
function gate() {
  var g = D.getElementById('gate');
  if (!g) return;
  var f = g.querySelector('form'), token = g.getAttribute('data-w'), bits = +g.getAttribute('data-bits'), n = 0;
  var K = [], H0 = [], i, j, c = 2;
  function frac(x) { return (x - Math.floor(x)) * 4294967296 | 0; }
  for (i = 0; i < 64; c++) {
    for (j = 2; j * j <= c && c % j; j++);
    if (j * j > c) {
      if (i < 8) H0[i] = frac(Math.pow(c, 1 / 2));
      K[i++] = frac(Math.pow(c, 1 / 3));
    }
  }
  // first is the first 32 bits of SHA-256 of an ASCII string.
  function first(s) {
    var w = [], h = H0.slice(), n = s.length, blocks = (n + 9 + 63 >> 6) * 16, i, j;
    for (i = 0; i < blocks; i++) w[i] = 0;
    for (i = 0; i < n; i++) w[i >> 2] |= s.charCodeAt(i) << 24 - 8 * (i & 3);
    w[n >> 2] |= 128 << 24 - 8 * (n & 3);
    w[blocks - 1] = n * 8;
    for (j = 0; j < blocks; j += 16) {
      var x = w.slice(j, j + 16), v = h.slice();
      for (i = 0; i < 64; i++) {
        if (i > 15) {
          var p = x[i - 15], q = x[i - 2];
          x[i] = x[i - 16] + x[i - 7] + ((p >>> 7 | p << 25) ^ (p >>> 18 | p << 14) ^ p >>> 3) + ((q >>> 17 | q << 15) ^ (q >>> 19 | q << 13) ^ q >>> 10) | 0;
        }
        var e = v[4], a = v[0];
        var t = v[7] + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) + (e & v[5] ^ ~e & v[6]) + K[i] + x[i] | 0;
        var u = ((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) + (a & v[1] ^ a & v[2] ^ v[1] & v[2]) | 0;
        v = [t + u | 0, a, v[1], v[2], v[3] + t | 0, e, v[5], v[6]];
      }
      for (i = 0; i < 8; i++) h[i] = h[i] + v[i] | 0;
    }
    return h[0];
  }
  function work() {
    if (gone || D.getElementById('gate') !== g) return;
    var until = Date.now() + 40;
    while (Date.now() < until) {
      if (first(token + n) >>> 32 - bits === 0) { f.elements.p.value = n; g.setAttribute('data-done', '1'); return; }
      n++;
    }
    setTimeout(work, 10);
  }
  work();
}
gate();
