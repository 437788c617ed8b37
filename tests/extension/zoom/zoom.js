// Zooms to 25 % when a tab opens an address that ends with `?zoom=25`. Browsers keep the zoom for all pages of that host.
chrome.tabs.onUpdated.addListener((tabId, { url }) => {
  const percent = /\?zoom=(\d+)$/.exec(url ?? "")?.[1];
  if (percent) chrome.tabs.setZoom(tabId, percent / 100);
});
