// Hides as the simplest blockers do: with a `<style>` in the page, which loses to the page's own important inline styles.
const style = document.createElement("style");
style.textContent = EASYLIST;
document.documentElement.append(style);
