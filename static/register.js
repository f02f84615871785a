// The register works without this file. With it, the judgement follows what is typed, and what only
// those who were there are asked is out of the way for the others.
const form = document.getElementById("register");
const panel = document.getElementById("quorum");

// On a narrow screen the verdict stands below the form: a line at the foot repeats it meanwhile.
const repeat = () => {
  const verdict = document.getElementById("verdict");
  const below = document.getElementById("verdict-below");
  if (!verdict || !below) return;
  below.className = verdict.className;
  below.textContent = verdict.textContent;
};

let asked;
const ask = async () => {
  asked?.abort();
  asked = new AbortController();
  try {
    const answer = await fetch(form.dataset.quorum, {
      method: "POST", body: new FormData(form), signal: asked.signal,
    });
    if (!answer.ok || answer.redirected) return;
    const html = await answer.text();
    if (html !== panel.innerHTML) panel.innerHTML = html;
    repeat();
  } catch (error) {
    // Another change came first, or the line is down: saving judges it again in any case.
  }
};

let waiting;
form.addEventListener("input", (event) => {
  const line = event.target.closest(".app-register__line");
  if (line && event.target.type === "radio") {
    const there = ["attended", "deputy"].includes(event.target.value);
    line.querySelector(".app-register__how").toggleAttribute("data-absent", !there);
  }
  clearTimeout(waiting);
  waiting = setTimeout(ask, 250);
});
form.classList.add("app-register--live");
