// Runs before the page is drawn: lets the styles know that script works, so nothing jumps later.
document.body.className +=
  " js-enabled" + ("noModule" in HTMLScriptElement.prototype ? " govuk-frontend-supported" : "");
