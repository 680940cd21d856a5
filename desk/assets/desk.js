"use strict";
// Brings changes into an open page. Every page works without this file.
(function () {
  var body = document.body;
  var title = body.dataset.title || document.title;
  var known = null; // handles that were waiting when we last looked
  var says = {}; // the texts that this file shows, in the desk's language
  document.querySelectorAll("#says [data-of]").forEach(function (e) { says[e.dataset.of] = e.textContent; });
  var sound = null; // an AudioContext, once somebody pressed a key or a button

  // A page that the browser kept must ask again who is signed in.
  addEventListener("pageshow", function (e) { if (e.persisted) location.reload(); });

  // sync makes old's children those of fresh and keeps each that did not change: a reader's place and the focus stay.
  function sync(old, fresh) {
    var focus = old.contains(document.activeElement) ? document.activeElement.id : "";
    var low = old.scrollHeight - old.scrollTop - old.clientHeight < 40;
    var want = Array.from(fresh.children);
    Array.from(old.children).forEach(function (n) {
      var same = want.some(function (w) { return w.id && w.id === n.id && w.outerHTML === n.outerHTML; });
      if (!same) n.remove();
    });
    var at = old.firstElementChild;
    want.forEach(function (w) {
      if (at && at.id === w.id) { at = at.nextElementSibling; return; }
      var kept = Array.from(old.children).find(function (n) { return n.id === w.id; });
      old.insertBefore(kept || document.importNode(w, true), at);
    });
    if (low) old.scrollTop = old.scrollHeight;
    var back = focus && document.getElementById(focus);
    if (back && back !== document.activeElement) back.focus();
  }

  // local writes a time as the clock on the wall shows it; without script it is UTC and says so.
  function local(time) {
    time.textContent = new Date(time.dateTime).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  }

  function blank(text) {
    body.textContent = "";
    body.removeAttribute("data-live");
    var p = document.createElement("p"), a = document.createElement("a");
    p.id = "gone";
    p.className = "banner grey";
    p.setAttribute("role", "alert");
    p.textContent = text + " ";
    a.href = "/";
    a.textContent = says.first;
    p.appendChild(a);
    body.appendChild(p);
    document.title = title;
    if (source) source.close();
    closed = true;
  }

  var turn = {}; // per part: the number of the newest request, so that a late answer never overwrites a newer one
  function load(part) {
    var mine = turn[part.id] = (turn[part.id] || 0) + 1;
    fetch(part.dataset.from, { cache: "no-store", redirect: "error" }).then(function (res) {
      return res.text().then(function (text) {
        if (closed || mine !== turn[part.id]) return;
        if (res.status === 401) { body.textContent = ""; location.reload(); return; }
        var doc = new DOMParser().parseFromString(text, "text/html");
        var fresh = doc.getElementById(part.id), note = doc.getElementById("note");
        if (fresh) {
          fresh.querySelectorAll("time").forEach(local);
          sync(part, fresh);
        } else if (note) blank(note.firstChild.textContent.trim());
        if (part.id === "waiting") count();
      });
    }).catch(function () { /* the stream says when we are not connected */ });
  }

  function changed(what) {
    document.querySelectorAll("[data-on~=" + what + "]").forEach(load);
  }

  function count() {
    var badge = document.getElementById("badge");
    if (!badge) return;
    var n = Number(badge.dataset.count), now = badge.dataset.new.split(" ").filter(Boolean);
    document.title = (asking ? "(?) " : n ? "(" + n + ") " : "") + title;
    if (known && now.some(function (h) { return !known.includes(h); })) beep();
    known = now;
  }

  // Browsers let a page sound only after somebody has used it.
  function wake() {
    if (!sound && window.AudioContext) sound = new AudioContext();
    if (sound && sound.state === "suspended") sound.resume();
  }
  function tell() {
    var state = document.getElementById("sound-state");
    var ask = document.getElementById("sound-ask");
    if (ask) ask.hidden = Boolean(sound);
    if (state) state.textContent = sound ? says.sounds : says.silent;
  }
  function beep() {
    if (!sound) return;
    [0, 0.25].forEach(function (after) {
      var tone = sound.createOscillator(), gain = sound.createGain(), t = sound.currentTime + after;
      tone.frequency.value = after ? 880 : 660;
      gain.gain.setValueAtTime(0.0001, t);
      gain.gain.exponentialRampToValueAtTime(0.3, t + 0.03);
      gain.gain.exponentialRampToValueAtTime(0.0001, t + 0.22);
      tone.connect(gain).connect(sound.destination);
      tone.start(t);
      tone.stop(t + 0.25);
    });
    body.dataset.beeps = Number(body.dataset.beeps || 0) + 1;
  }

  // Whoever is on duty must be there: an untouched page asks aloud, then signs out. Pages of one browser tell each other
  // that somebody is there, also one that was loaded before they went on duty. The stream's ticks count the time too, for browsers slow the timers of a page in the background.
  var idle = Number(body.dataset.idle || 0) * 1000, grace = Number(body.dataset.grace || 0) * 1000;
  var touched = Date.now(), told = 0, rang = 0, asking = false, left = false;
  var others = window.BroadcastChannel ? new BroadcastChannel("here") : null;
  function here() {
    var ask = document.getElementById("idle");
    touched = Date.now();
    asking = false;
    if (ask && !ask.hidden) { ask.hidden = true; count(); }
  }
  function touch() {
    if (left) return;
    if (others && Date.now() - told > 1000) { told = Date.now(); others.postMessage(1); }
    here();
  }
  function look() {
    var quiet = Date.now() - touched, ask = document.getElementById("idle");
    if (!idle || !ask || left || quiet < idle) return;
    if (quiet >= idle + grace) {
      left = true;
      document.getElementById("out").submit();
      return;
    }
    ask.hidden = false;
    asking = true;
    document.title = "(?) " + title;
    if (Date.now() - rang >= Math.min(15000, grace / 4)) { rang = Date.now(); beep(); }
  }
  if (others) others.onmessage = here;
  ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"].forEach(function (e) { addEventListener(e, touch, { passive: true }); });
  if (idle) setInterval(look, Math.min(5000, idle / 4));

  addEventListener("pointerdown", wake);
  addEventListener("keydown", wake);
  addEventListener("click", tell); // not before: what moves between pressing and letting go is not clicked
  addEventListener("keyup", tell);
  var test = document.getElementById("sound");
  if (test) {
    test.hidden = false;
    test.addEventListener("click", function () { wake(); beep(); tell(); });
    tell();
  }

  // Sending keeps the page: the text stays in its box until it has been taken.
  function note(form, text) {
    var p = form.querySelector("#say-note");
    p.textContent = text;
    p.hidden = false;
    form.querySelector("button").disabled = false;
  }
  addEventListener("submit", function (e) {
    var form = e.target;
    if (form.id !== "say") return;
    e.preventDefault();
    var data = new URLSearchParams(new FormData(form));
    data.append("part", "1");
    form.querySelector("button").disabled = true;
    fetch(form.action, { method: "POST", body: data, redirect: "error" }).then(function (res) {
      return res.text().then(function (text) {
        if (closed) return;
        var doc = new DOMParser().parseFromString(text, "text/html"), fresh = doc.getElementById("say");
        if (res.status === 404) { blank(says.gone); return; }
        if (!fresh) {
          var h = doc.querySelector("h1");
          note(form, (h ? h.textContent : says.failed) + " " + says.still);
          return;
        }
        // what was typed while it was on its way stays
        var typed = form.elements.text.value, sent = data.get("text").replace(/\r\n/g, "\n");
        if (res.ok && typed !== sent) fresh.elements.text.value = typed;
        form.replaceWith(fresh);
        fresh.elements.text.focus();
      });
    }).catch(function () { note(form, says.unsent); });
  });
  addEventListener("keydown", function (e) {
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey) && e.target.id === "text") e.target.form.requestSubmit();
  });

  // One key stops the chat; it works in the writing box too, and is no letter.
  addEventListener("keydown", function (e) {
    var cover = document.getElementById("cover");
    if (e.key !== "F9" || !cover || e.ctrlKey || e.altKey || e.metaKey) return;
    e.preventDefault();
    cover.form.requestSubmit(cover);
  });

  // The phrasebook narrows while one types; without this the button searches.
  var find = document.getElementById("q"), phrases = document.querySelectorAll("details.phrase");
  function plain(s) { return s.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase(); }
  if (find && phrases.length) find.addEventListener("input", function () {
    var words = plain(find.value).split(/\s+/).filter(Boolean);
    phrases.forEach(function (p) {
      var text = " " + plain(p.dataset.find);
      p.hidden = !words.every(function (w) { return text.includes(w); });
    });
  });

  // The stream says that something changed; what, is asked for.
  var source = null, closed = false;
  function listen() {
    if (closed) return;
    source = new EventSource(body.dataset.live);
    source.onopen = function () { document.getElementById("offline").hidden = true; };
    source.onerror = function () {
      if (closed) return;
      document.getElementById("offline").hidden = false;
      changed("queue"); // answers 401 when we are signed out
      if (source.readyState === 2) setTimeout(listen, 5000);
    };
    source.addEventListener("queue", function () { changed("queue"); });
    source.addEventListener("tick", function () { look(); changed("tick"); });
    source.addEventListener("talk", function (e) {
      if (e.data === "0") blank(says.gone);
      else changed("talk");
    });
  }
  addEventListener("visibilitychange", function () { if (!document.hidden) changed("tick"); });
  if (body.dataset.live) {
    count();
    document.querySelectorAll(".part").forEach(load);
    listen();
  }
})();
