// Everything works without this file. It starts the design system's own behaviour, whose address
// (with its content hash) is the page's modulepreload link.
const { initAll } = await import(document.querySelector('link[rel="modulepreload"]').href);
initAll();

// A table that fits needs no stop of its own for the Tab key; one that scrolls sideways does.
const scrollers = document.querySelectorAll(".app-table-scroll");
const fit = () =>
  scrollers.forEach((box) => {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  });
fit();
addEventListener("resize", fit);

// How many people are ticked, told beside the button; without script the page says it when it is sent.
document.querySelectorAll("[data-ticks]").forEach((form) => {
  const told = form.querySelector("[data-ticks-count]");
  const count = () => {
    const boxes = form.querySelectorAll('input[type="checkbox"]:checked, input[type="hidden"][name="people"]');
    told.textContent = `${boxes.length} ticked`;
    told.hidden = false;
  };
  form.addEventListener("change", count);
  count();
});
