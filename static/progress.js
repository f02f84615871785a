// The page works without this file by looking again. With it, the bar moves by itself, and the page
// changes when the work is over.
const box = document.getElementById("progress");

const look = async () => {
  try {
    const answer = await fetch(box.dataset.refresh, { redirect: "follow" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.getElementById("progress");
    if (!now) return location.reload();
    if (now.innerHTML !== box.innerHTML) box.innerHTML = now.innerHTML;
  } catch (error) {
    // The line is down: the next look may find it again.
  }
  setTimeout(look, 1500);
};
setTimeout(look, 1500);
