/* Makes the pages quicker; everything works without it. Words come from the page (data-…), so they are translated with it. */
(function () {
  "use strict";

  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });

  var log = document.getElementById("log");
  if (!log || !window.fetch || !window.URLSearchParams) return;

  var status = document.getElementById("status");
  var after = Number(log.dataset.after) || 0;
  var waiting = document.getElementById("waiting");
  var intro = document.getElementById("intro");
  var live = document.getElementById("live");
  live.setAttribute("role", "log");
  live.setAttribute("aria-live", "polite");
  if (waiting) waiting.hidden = true;

  function newId() {
    var bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, function (b) { return ("0" + b.toString(16)).slice(-2); }).join("");
  }

  function tell(text) {
    status.textContent = text || "";
    status.hidden = !text;
  }

  /* A message is known by its id: one that is on the page already is not added again, whichever way it came. */
  function add(id, html) {
    id = Number(id);
    if (id > after) after = id;
    if (document.getElementById("m" + id)) return;
    var box = document.createElement("template");
    box.innerHTML = html;
    var last = log.lastElementChild;
    var follow = !last || last.getBoundingClientRect().top < window.innerHeight;
    if (intro) intro.hidden = true;
    log.appendChild(box.content);
    if (follow) show();
    tell("");
  }

  /* The newest question at the top of the window, its answers under it. */
  function show() {
    var asked = log.querySelectorAll(".theirs");
    var from = asked.length ? asked[asked.length - 1] : log.lastElementChild;
    if (from) from.scrollIntoView({ block: "start" });
  }

  /* The conversation was erased: nothing of it stays on the screen either. */
  function forget() { log.replaceChildren(); }

  /* Events first; a proxy that holds them back shows itself by the missing greeting, then we ask by turns. */
  function listen() {
    if (!window.EventSource) return poll(0);
    var greeted = false, failures = 0;
    var source = new EventSource(log.dataset.events + "?after=" + after);
    var patience = setTimeout(function () { if (!greeted) { source.close(); poll(0); } }, 6000);
    source.addEventListener("hello", function () { greeted = true; failures = 0; clearTimeout(patience); });
    source.addEventListener("erased", forget);
    source.addEventListener("said", function (event) { add(event.lastEventId, event.data); });
    source.addEventListener("error", function () {
      failures += 1;
      if (failures > 1) tell(log.dataset.offline);
      if (source.readyState === EventSource.CLOSED || failures > 3) {
        clearTimeout(patience);
        source.close();
        setTimeout(poll, 2000, 1);
      }
    });
    window.addEventListener("pagehide", function () { source.close(); });
    window.addEventListener("pageshow", function (event) { if (event.persisted) listen(); }, { once: true });
  }

  function request(address, options, seconds) {
    var stop = new AbortController();
    var timer = setTimeout(function () { stop.abort(); }, seconds * 1000);
    options.signal = stop.signal;
    options.credentials = "same-origin";
    return fetch(address, options).finally(function () { clearTimeout(timer); });
  }

  function poll(failures) {
    request(log.dataset.poll + "?after=" + after, { headers: { Accept: "application/json" } }, 45)
      .then(function (answer) {
        if (!answer.ok) throw new Error(answer.status);
        return answer.json();
      })
      .then(function (data) {
        if (data.erased) forget();
        data.messages.forEach(function (one) { add(one.id, one.html); });
        if (failures) tell("");
        setTimeout(poll, 300, 0);
      })
      .catch(function () {
        if (failures > 1) tell(log.dataset.offline);
        setTimeout(poll, Math.min(30, 2 + failures * 4) * 1000, failures + 1);
      });
  }

  /* A try that got no answer is repeated under the same id: the server takes it once. */
  function post(form, fields, tries) {
    return request(form.action, { method: "POST", body: fields, headers: { Accept: "application/json" } }, 20)
      .then(function (answer) {
        if (answer.status >= 500 && tries > 1) throw new Error(answer.status);
        return answer.json().then(function (data) { if (data.error) return data.error; });
      })
      .catch(function () {
        if (tries <= 1) return log.dataset.failed;
        return new Promise(function (resolve) {
          setTimeout(function () { resolve(post(form, fields, tries - 1)); }, 1500);
        });
      });
  }

  function send(form, submitter) {
    var fields = new URLSearchParams(new FormData(form));
    var text = form.querySelector("textarea");
    var sent = text && text.value;
    if (submitter && submitter.name) fields.set(submitter.name, submitter.value);
    if (!fields.get("key") && !fields.get("start") && !fields.get("say") && !(fields.get("text") || "").trim()) {
      if (text) text.focus();
      return;
    }
    fields.set("update", newId());
    var button = submitter || form.querySelector("button");
    var face = button && button.classList.contains("press") ? button.textContent : "";
    form.dataset.busy = "1";
    if (button) button.setAttribute("aria-disabled", "true");
    if (face) button.textContent = log.dataset.sending;
    if (button && button.classList.contains("row")) button.classList.add("chosen");
    post(form, fields, 3).then(function (error) {
      delete form.dataset.busy;
      if (button) button.removeAttribute("aria-disabled");
      if (face) button.textContent = face;
      tell(error);
      if (error && button) button.classList.remove("chosen");
      if (!error && text && text.value === sent) text.value = "";
      if (text) text.focus();
    });
  }

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.matches("[data-chat]")) return;
    event.preventDefault();
    if (!form.dataset.busy) send(form, event.submitter);
  });

  /* Enter sends, Shift+Enter breaks the line; an input method that is composing a letter keeps its Enter. */
  document.querySelectorAll("[data-chat] textarea").forEach(function (text) {
    text.addEventListener("keydown", function (event) {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      var form = text.form, button = form.querySelector("button");
      if (form.requestSubmit) form.requestSubmit(button); else send(form, button);
    });
  });

  /* A chosen photo goes at once. A big one is made smaller first: a slow network carries a tenth as well, and the code stays readable. */
  var snap = document.querySelector("[data-photo]");
  if (snap) {
    var chosen = snap.querySelector("input[type=file]");
    chosen.addEventListener("change", function () {
      var file = chosen.files[0];
      if (!file) return;
      tell(snap.dataset.photo);
      smaller(file).then(function (better) {
        if (better !== file) {
          var box = new DataTransfer();
          box.items.add(better);
          chosen.files = box.files;
        }
        snap.submit();
      });
    });
  }

  function smaller(file) {
    if (file.size < 1500000 || !window.createImageBitmap || !window.DataTransfer) return Promise.resolve(file);
    return createImageBitmap(file).then(function (picture) {
      var by = Math.min(1, 2400 / Math.max(picture.width, picture.height));
      var canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * by);
      canvas.height = Math.round(picture.height * by);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      return new Promise(function (resolve) {
        canvas.toBlob(function (blob) {
          resolve(blob && blob.size < file.size ? new File([blob], "photo.jpg", { type: "image/jpeg" }) : file);
        }, "image/jpeg", 0.85);
      });
    }).catch(function () { return file; });
  }

  /* Come by a code on paper: the procedure is asked for at once, and once only. */
  var asked = document.querySelector("[data-at-once]");
  if (asked) {
    history.replaceState(null, "", location.pathname);
    send(asked, asked.querySelector("button"));
    asked.closest("section").hidden = true;
  }

  if (!location.hash) show();
  listen();
})();
