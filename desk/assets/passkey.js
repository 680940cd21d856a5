"use strict";
// Asks the browser for a passkey and sends its answer with the form. Without this file password and code remain.
(function () {
  if (!window.PublicKeyCredential || !navigator.credentials) return;

  function bytes(text) {
    var raw = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(raw, function (c) { return c.charCodeAt(0); });
  }

  function text(buffer) {
    var raw = "";
    new Uint8Array(buffer).forEach(function (b) { raw += String.fromCharCode(b); });
    return btoa(raw).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  // what the server asks, with bytes where the browser wants bytes
  function asked(o) {
    o.challenge = bytes(o.challenge);
    if (o.user) o.user.id = bytes(o.user.id);
    ["excludeCredentials", "allowCredentials"].forEach(function (list) {
      (o[list] || []).forEach(function (c) { c.id = bytes(c.id); });
    });
    return o;
  }

  function answered(c) {
    var r = { clientDataJSON: text(c.response.clientDataJSON) };
    ["attestationObject", "authenticatorData", "signature", "userHandle"].forEach(function (f) {
      if (c.response[f]) r[f] = text(c.response[f]);
    });
    return JSON.stringify({ id: c.id, rawId: text(c.rawId), type: c.type, response: r, clientExtensionResults: {} });
  }

  document.querySelectorAll("[data-passkey]").forEach(function (form) {
    var failed = form.querySelector("[data-failed]");
    form.hidden = false;
    form.addEventListener("submit", function (e) {
      e.preventDefault();
      failed.hidden = true;
      fetch(form.dataset.passkey, { cache: "no-store", redirect: "error" }).then(function (res) {
        if (!res.ok) throw new Error(String(res.status));
        return res.json();
      }).then(function (o) {
        var key = { publicKey: asked(o) };
        return o.user ? navigator.credentials.create(key) : navigator.credentials.get(key);
      }).then(function (c) {
        form.elements.text.value = answered(c);
        form.submit(); // does not come here again
      }).catch(function () { failed.hidden = false; });
    });
  });
})();
