"use strict";
(async () => {
  const page = document.documentElement;
  for (const details of document.querySelectorAll("details")) {
    window.addEventListener("beforeprint", () => { details.dataset.was = details.open; details.open = true; });
    window.addEventListener("afterprint", () => { details.open = details.dataset.was === "true"; });
  }
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const folded = target && target.closest("details");
    if (folded && !folded.open) { folded.open = true; target.scrollIntoView(); }
  };
  window.addEventListener("hashchange", reveal);
  reveal();
  if (typeof vegaEmbed !== "function") { page.dataset.charts = "none"; return; }
  const options = {
    ast: true, actions: false, renderer: "svg", defaultStyle: false,
    tooltip: { disableDefaultStyle: true }, loader: { baseURL: "" },
  };
  await Promise.all(["400", "600"].map((weight) => document.fonts.load(weight + ' 12px "Inter Dossier"')));
  let failed = 0;
  for (const script of document.querySelectorAll('script[type="application/json"][data-figure]')) {
    const still = document.getElementById(script.dataset.figure + "-still");
    const live = document.createElement("div");
    live.className = "live";
    try {
      await vegaEmbed(live, JSON.parse(script.textContent), options);
      still.replaceWith(live);
    } catch (error) {
      failed += 1;
    }
  }
  page.dataset.charts = failed ? "failed" : "live";
})();
