// Notices in this browser: shown as an offer where the browser can, asked for only when somebody presses the button.
(() => {
  const part = document.getElementById("push");
  if (!part || !("serviceWorker" in navigator) || !("PushManager" in window)) return;
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const say = (how) => { part.querySelector(`[data-${how}]`).hidden = false; part.querySelector("button").hidden = how === "on"; };
  part.hidden = false;
  part.querySelector("button").addEventListener("click", async () => {
    try {
      if ((await Notification.requestPermission()) !== "granted") return say("off");
      const worker = await navigator.serviceWorker.register(part.dataset.worker, { scope: "/c/" });
      await navigator.serviceWorker.ready.catch(() => worker);
      const given = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(part.dataset.key) });
      const answer = await fetch(location.pathname, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(given) });
      say(answer.ok ? "on" : "off");
    } catch {
      say("off");
    }
  });
})();
