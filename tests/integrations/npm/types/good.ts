// Every export of the package, as strict TypeScript takes it.
import { start, type Duration, type Options, type Signal, type Soutien, type StartOptions, type Verdict } from "soutien";
import manifest from "soutien/site/manifest.json" with { type: "json" };

const snooze: Duration = "14d";
const attributes: Required<Options> = {
  lang: "fr",
  view: "banner",
  policy: "always",
  afterViews: 2,
  snooze,
  delay: "500ms",
  dismiss: "yes",
  supportUrl: "/soutenir",
  exempt: "body.logged-in, cookie:subscriber",
  share: 50,
  revision: "printemps",
  consent: "event",
  endpoint: "/chiffres",
  count: 10,
  analytics: "datalayer plausible",
  images: "cover",
  title: "Bonjour",
  text: "Merci",
  logo: "/logo.svg",
  probe: "https://one.example/a.js https://two.example/b.js",
  probeTwin: "https://three.example/",
  top: "off",
  controls: "off",
};
const integrity = manifest.files.find(({ name }) => name === "soutien.js")?.integrity;
const options: StartOptions = { ...attributes, title: null, text: undefined, logo: false, base: "/outils/soutien/", integrity };

const soutien: Soutien = await start(options);
const none: Promise<Soutien> = start();
const verdict: Verdict = await soutien.check();
const last: Verdict["kind"] | undefined = soutien.verdict?.kind;
const version: string = window.Soutien?.version ?? soutien.version;
soutien.show();
soutien.hide();

document.addEventListener("soutien:verdict", ({ detail }) => {
  const causes: Record<Verdict["cause"], string> = {
    extension: "une extension",
    network: "le réseau",
    browser: "le navigateur",
    "tracking-protection": "la protection contre le pistage",
    none: "rien",
  };
  const behind: Signal[] = detail.signals.filter(({ reading, ms }) => reading === "blocked" && ms < 1000);
  console.log(causes[detail.cause], behind.map(({ family, name, why }) => `${family}/${name} ${why}`));
});
document.addEventListener("soutien:close", ({ detail: { by } }) => console.log(by === "esc"));
document.addEventListener("soutien:relapsed", ({ detail: { days } }) => console.log(days === 7));
document.addEventListener("soutien:problem", ({ detail: { key, given, used } }) => console.log(key, given, used));
document.addEventListener("soutien:show", (event) => event.preventDefault());
for (const name of ["ready", "support", "recheck", "recovered", "refused", "top"] as const) {
  document.addEventListener(`soutien:${name}`, ({ detail }) => console.log(detail satisfies null));
}
console.log(none, verdict, last, version);
