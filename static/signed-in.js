// Five minutes before the end of a sign-in says so, and offers to stay. Without this file nothing is
// lost either: a form that comes too late is kept.
const box = document.querySelector("#signed-in");
const MINUTE = 60_000;
const KEY = "signed-in-until"; // other open pages of this browser move the end as well
let until = Date.now() + Number(box.dataset.minutes) * MINUTE;
let more = box.dataset.more === "yes"; // whether staying is possible: once a day it is not
let timer;

const clock = (moment) =>
  new Date(moment).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

const share = () => {
  try {
    localStorage.setItem(KEY, String(until));
  } catch {
    // A browser that keeps nothing warns each page by itself.
  }
};

const say = (text, button) => {
  const words = document.createElement("p");
  words.className = "govuk-body app-signed-in__text";
  words.textContent = text;
  box.replaceChildren(words);
  if (button) box.append(button);
  box.classList.add("app-signed-in--shown");
};

const hush = () => {
  box.replaceChildren();
  box.classList.remove("app-signed-in--shown");
};

const stayButton = () => {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "govuk-button govuk-button--secondary";
  button.textContent = "Stay signed in";
  button.addEventListener("click", async () => {
    try {
      const answer = await fetch(box.dataset.stay, { headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected) throw new Error("signed out");
      const found = await answer.json();
      until = Date.now() + found.minutes * MINUTE;
      more = found.more;
      share();
      watch();
    } catch {
      say("You could not be kept signed in. What you typed is still on this page: send it, and you are asked to sign in.");
    }
  });
  return button;
};

const watch = () => {
  clearTimeout(timer);
  const left = until - Date.now();
  if (left > 5 * MINUTE) {
    hush();
    timer = setTimeout(watch, Math.min(left - 5 * MINUTE, 10 * MINUTE));
  } else if (left > 0) {
    if (!more) say(`You will be signed out at ${clock(until)}, as everybody is once a day. Save what you are doing.`);
    else say(`You will be signed out at ${clock(until)}.`, stayButton());
    timer = setTimeout(watch, left + 1000);
  } else {
    say("You have been signed out. What you typed is still on this page: send it, sign in again, and it comes back as you left it.");
  }
};

addEventListener("storage", (event) => {
  if (event.key !== KEY || !event.newValue) return;
  until = Number(event.newValue);
  watch();
});
share();
watch();
