// Shows the advertisement of the slot named in the address (`?slot=2`), and tells the page once its picture is there.
const slot = new URLSearchParams(location.search).get("slot");
const creative = [...document.querySelectorAll("article")].find((article) => article.dataset.slot === slot);

if (creative) {
  creative.hidden = false;
  const picture = creative.querySelector("img");
  // Any page may know that a fictitious cheese maker was shown, hence the open target.
  const tell = () => parent.postMessage("advertisement shown", "*");
  if (picture.complete) tell();
  else picture.addEventListener("load", tell);
}
