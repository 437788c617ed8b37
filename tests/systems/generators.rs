//! What makes sites, each by what docs/systems.md shows: the program itself renders the document's own pieces of code, and a browser opens
//! the site that comes of it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::json;
use soutien_project::root;
use soutien_project::run::quietly;
use soutien_testbed::server::Options;
use support::browsers::{Kind, run};
use support::commands::tarball;
use support::documents::{all, only, read};
use support::reader::Reader;
use support::site::{WITNESS, With, javascript, scripts, site, with_tags, without_policy};
use xtask::setup::{Need, require};

/// The document.
const DOCUMENT: &str = "docs/systems.md";

/// How long a program may take for one site. The slowest, Next, took five seconds on two cores with much else to do.
const LIMIT: Option<Duration> = Some(Duration::from_secs(120));

/// What sites ask of a policy whose pages have no script of their own in them.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; img-src 'self'";

/// All problems that were reported, as JavaScript.
const PROBLEMS: &str = "witness.events.filter(({ name }) => name === 'problem').map(({ detail }) => detail)";

/// What keeps the programs from telling others of what they do, and npx from asking a registry.
const VARIABLES: [(&str, &str); 5] = [
    ("NEXT_TELEMETRY_DISABLED", "1"),
    ("NUXT_TELEMETRY_DISABLED", "1"),
    ("ASTRO_TELEMETRY_DISABLED", "1"),
    ("npm_config_offline", "true"),
    ("CI", "true"),
];

/// A folder below which all programs are installed, and the package as well. It is made once.
fn workshop() -> Result<&'static Path> {
    static WORKSHOP: LazyLock<Result<PathBuf, String>> = LazyLock::new(|| {
        let make = || {
            let folder = root().join("target/generators");
            if folder.exists() {
                fs::remove_dir_all(&folder)?;
            }
            let modules = folder.join("node_modules");
            // Next takes no packages that a link leads to from its folder.
            link_folder(&require(Need::Generators)?, &modules)?;
            let package = modules.join("soutien");
            fs::create_dir_all(&package)?;
            let mut unpack = Command::new("tar");
            unpack.args(["--extract", "--strip-components=1", "--file"]).arg(tarball()?);
            quietly("tar", unpack.current_dir(&package), LIMIT)?;
            symlink("../soutien/command.js", modules.join(".bin/soutien"))?;
            quietly(
                "chmod",
                Command::new("chmod").arg("+x").arg(package.join("command.js")),
                LIMIT,
            )?;
            Ok::<_, anyhow::Error>(folder)
        };
        make().map_err(|error| format!("{error:#}"))
    });
    WORKSHOP.as_deref().map_err(|error| anyhow!("{error}"))
}

/// Makes a folder with the same files as another, which take no room of their own.
fn link_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            link_folder(&source, &target)?;
        } else {
            fs::hard_link(&source, &target)?;
        }
    }
    Ok(())
}

/// The sources of a site, and the program that makes it.
struct Project {
    folder: PathBuf,
}

impl Project {
    /// A project with these files, in which the commands of a section of the document were typed.
    fn new(name: &str, heading: &str, files: &[(&str, &str)]) -> Result<Project> {
        let project = Project {
            folder: workshop()?.join(name),
        };
        project.write("package.json", r#"{ "private": true, "type": "module" }"#)?;
        for (name, content) in files {
            project.write(name, content)?;
        }
        for commands in all(DOCUMENT, heading, "sh")? {
            project.run("sh", &["-ec", &commands])?;
        }
        Ok(project)
    }

    /// Writes a file that is not the document's.
    fn write(&self, name: &str, content: &str) -> Result<()> {
        let path = self.folder.join(name);
        fs::create_dir_all(path.parent().context("it has a folder")?)?;
        Ok(fs::write(path, content)?)
    }

    /// Runs a program of npm's, or another one, in its folder, and gives what it says.
    fn run(&self, program: &str, arguments: &[&str]) -> Result<String> {
        let own = workshop()?.join("node_modules/.bin").join(program);
        let mut command = Command::new(if own.is_file() { own } else { program.into() });
        command.args(arguments).envs(VARIABLES).current_dir(&self.folder);
        quietly(program, &mut command, LIMIT)
    }

    /// The site that was made: the folder that it is in, and the path at which it is served. It has to have the package's files as they are.
    fn made(&self, output: &str, path: &'static str) -> Result<Made> {
        self.run("soutien", &["init", "--check", &format!("{output}/assets/soutien")])?;
        Ok(Made {
            folder: self.folder.join(output),
            path,
        })
    }
}

/// A site that was made.
struct Made {
    folder: PathBuf,
    path: &'static str,
}

impl Made {
    /// The page of this name, which has to have one tag. The witness is put before all scripts.
    fn page(&self, name: &str) -> Result<String> {
        let html = fs::read_to_string(self.folder.join(name)).with_context(|| format!("no {name} was made"))?;
        let openings = scripts(&html).filter_map(|script| script.split('>').next());
        let tags: Vec<&str> = openings.filter(|tag| tag.contains("soutien/soutien.js")).collect();
        ensure!(tags.len() == 1, "expected one tag, found {tags:?} in {html}");
        Ok(with_witness(&html))
    }

    /// The site on a server, with these pages: the path of each below its own, and the name of its file.
    fn served(&self, pages: &[(&str, String)], policy: &str) -> Result<Options> {
        let served = self.folder.with_extension("served");
        if served.exists() {
            fs::remove_dir_all(&served)?;
        }
        // The demo's server takes `/assets/soutien/` from dist/site/, and all else from www/.
        let place = served.join(format!("www{}", self.path.trim_end_matches('/')));
        fs::create_dir_all(place.parent().context("it has a folder")?)?;
        fs::create_dir_all(served.join("dist"))?;
        symlink(&self.folder, &place)?;
        symlink(self.folder.join("assets/soutien"), served.join("dist/site"))?;
        let pages = pages
            .iter()
            .map(|(path, html)| (format!("{}{path}", self.path), html.clone()));
        Ok(Options {
            port: 0,
            root: served,
            csp: Some(policy.into()),
            pages: pages.collect(),
            ..Options::default()
        }
        .with("/witness.js", javascript(WITNESS)))
    }

    /// Asserts that the first page of the site gets its verdict by one tag, whose address and link begin with the site's path.
    async fn gets_its_verdict(&self, policy: &str) -> Result<()> {
        let options = self.served(&[("", self.page("index.html")?)], policy)?;
        let reader = Reader::new(Kind::Chromium, options).await?;
        reader.open(self.path).await?;
        is_clear(&reader).await?;
        reader
            .expect(
                "new URL(document.querySelector('script[src*=\"soutien/soutien.js\"]').src).pathname",
                format!("{}assets/soutien/soutien.js", self.path),
            )
            .await
    }
}

/// A page with the script that writes down what happens.
fn with_witness(html: &str) -> String {
    html.replacen("<head>", r#"<head><script src="/witness.js"></script>"#, 1)
}

/// Asserts that a page gets the verdict of a reader without a blocker by its one tag, and nothing is reported.
async fn is_clear(reader: &Reader) -> Result<()> {
    reader.verdict("clear").await?;
    reader.settled().await?;
    reader
        .expect(
            "[...document.querySelectorAll('script[src*=\"soutien/soutien.js\"]')].map(({ dataset }) => dataset.supportUrl.replace(/\\/$/, '').slice(-9))",
            json!(["/soutenir"]),
        )
        .await?;
    reader.expect(PROBLEMS, json!([])).await?;
    reader.expect("witness.warnings", json!([])).await?;
    reader.unharmed().await
}

/// The piece of code of a section, which has to name the file that it goes into.
fn piece(heading: &str, language: &str, file: &str) -> Result<String> {
    let text = read(DOCUMENT)?;
    let section = text
        .split("\n## ")
        .find(|section| section.starts_with(heading))
        .with_context(|| format!("no section on {heading}"))?;
    ensure!(
        section.contains(&format!("`{file}`")),
        "the section on {heading} does not name {file}"
    );
    only(DOCUMENT, heading, language)
}

#[test]
fn hugo_makes_a_site_that_gets_its_verdict() {
    run(async {
        let head =
            r#"<!doctype html><html lang="fr"><head><title>{{ .Site.Title }}</title>{{ partial "soutien.html" . }}</head>"#;
        let page = format!("{head}<body><h1>Les nouvelles</h1></body></html>");
        let partial = "layouts/partials/soutien.html";
        let project = Project::new(
            "hugo",
            "Hugo",
            &[
                (
                    "config.toml",
                    "title = 'Le Journal'\ndisableKinds = ['taxonomy', 'term', 'RSS', 'sitemap']\n",
                ),
                ("layouts/index.html", &page),
                (partial, &piece("Hugo", "go-html-template", partial)?),
            ],
        )?;
        let hugo = require(Need::Hugo)?;
        for (output, path, more) in [("root", "/", "--gc"), ("below", "/edition/", "--minify")] {
            let base = format!("https://journal.example{path}");
            project.run(&hugo.to_string_lossy(), &["--baseURL", &base, "--destination", output, more])?;
            project.made(output, path)?.gets_its_verdict(POLICY).await?;
        }
        Ok(())
    });
}

#[test]
fn eleventy_makes_a_site_that_gets_its_verdict() {
    run(async {
        let layout = format!(
            r#"<!doctype html><html lang="fr"><head><title>Le Journal</title>{}</head><body>{{{{ content }}}}</body></html>"#,
            piece("Eleventy", "njk", "_includes/base.njk")?
        );
        let config = "eleventy.config.js";
        let project = Project::new(
            "eleventy",
            "Eleventy",
            &[
                (config, &piece("Eleventy", "js", config)?),
                ("_includes/base.njk", &layout.replace("{{ content }}", "{{ content | safe }}")),
                ("_includes/other.liquid", &layout),
                ("index.md", "---\nlayout: base.njk\n---\n# Les nouvelles\n"),
                (
                    "suite.md",
                    "---\nlayout: other.liquid\npermalink: suite.html\n---\n# La suite\n",
                ),
            ],
        )?;
        for (output, path) in [("root", "/"), ("below", "/edition/")] {
            project.run("eleventy", &[&format!("--output={output}"), &format!("--pathprefix={path}")])?;
            let made = project.made(output, path)?;
            ensure!(
                made.page("suite.html")?.contains(&format!(r#"src="{path}assets/"#)),
                "not so in Liquid"
            );
            made.gets_its_verdict(POLICY).await?;
            // What was made is no source of what is made next.
            project.write(".eleventyignore", "root\nbelow\n")?;
        }
        Ok(())
    });
}

#[test]
fn astro_makes_a_site_that_gets_its_verdict() {
    run(async {
        let layout = "src/layouts/Base.astro";
        let head = r#"<html lang="fr"><head><meta charset="utf-8" /><title>Le Journal</title>"#;
        let piece = piece("Astro", "astro", layout)?;
        let page = "---\nimport Base from \"../layouts/Base.astro\";\n---\n<Base><h1>Les nouvelles</h1></Base>\n";
        let project = Project::new(
            "astro",
            "Astro",
            &[
                (layout, &format!("{head}{piece}</head><body><slot /></body></html>\n")),
                ("src/pages/index.astro", page),
            ],
        )?;
        for (output, path, more) in [
            ("root", "/", ""),
            ("below", "/edition/", "base: '/edition'"),
            ("slash", "/edition/", "base: '/edition/', trailingSlash: 'always'"),
        ] {
            project.write(
                "astro.config.mjs",
                &format!("export default {{ outDir: '{output}', {more} }};\n"),
            )?;
            project.run("astro", &["build"])?;
            project.made(output, path)?.gets_its_verdict(POLICY).await?;
        }
        Ok(())
    });
}

/// The program puts scripts of its own into pages, so that a policy is the site's affair.
const ANY: &str = "";

const NEXT: &str = "export default { output: 'export' };\n";

#[test]
fn next_makes_a_site_that_gets_its_verdict() {
    run(async {
        let layout = "app/layout.jsx";
        let page = |title: &str, other: &str| {
            format!(
                "import Link from 'next/link';\nexport default function Page() {{ return <main><h1>{title}</h1><Link id=\"suite\" href=\"{other}\">La suite</Link></main>; }}\n"
            )
        };
        let project = Project::new(
            "next",
            "Next",
            &[
                ("next.config.js", NEXT),
                (layout, &piece("Next", "jsx", layout)?),
                ("app/page.jsx", &page("Les nouvelles", "/suite")),
                ("app/suite/page.jsx", &page("La suite", "/")),
            ],
        )?;
        // The commands at the document's beginning are the same, and change nothing.
        for commands in all(DOCUMENT, "Programs that make sites", "sh")? {
            let said = project.run("sh", &["-ec", &commands])?;
            ensure!(said.contains("nothing was written"), "{said}");
        }
        project.run("next", &["build"])?;
        let made = project.made("out", "/")?;
        made.gets_its_verdict(ANY).await?;

        // Who blocks is asked on the second view, which is one without a reload, and there is still one tag.
        let pages = [("", made.page("index.html")?), ("suite", made.page("suite.html")?)];
        let reader = Reader::new(Kind::Refusing, made.served(&pages, ANY)?).await?;
        reader.open("/").await?;
        reader.verdict("blocked").await?;
        reader.no_notice().await?;
        reader.click("#suite").await?;
        reader.until("location.pathname === '/suite'").await?;
        reader.notice().await?;
        reader
            .expect("document.querySelectorAll('script[src*=\"soutien/soutien.js\"]').length", 1)
            .await?;
        reader.expect(PROBLEMS, json!([])).await?;
        reader.unharmed().await
    });
}

/// The component of the package, and the strategies of next/script that the document names.
#[test]
fn next_has_other_ways_that_give_a_verdict() {
    run(async {
        let project = Project::new("next-ways", "Next", &[("next.config.js", NEXT)])?;
        let ways = ["beforeInteractive", "afterInteractive", "lazyOnload", "component"];
        for way in ways {
            let layout = if way == "component" {
                only(DOCUMENT, "As a component", "jsx")?
            } else {
                let script =
                    format!(r#"<Script strategy="{way}" src="/assets/soutien/soutien.js" data-support-url="/soutenir" />"#);
                let layout = only(DOCUMENT, "As a component", "jsx")?;
                ensure!(
                    read(DOCUMENT)?.contains(&format!("`{way}`")),
                    "the document does not name {way}"
                );
                layout
                    .replace(
                        r#"import { Soutien } from "soutien/react""#,
                        r#"import Script from "next/script""#,
                    )
                    .replace(r#"<Soutien supportUrl="/soutenir" />"#, &script)
            };
            project.write(&format!("app/{way}/layout.jsx"), &layout)?;
            let page = "export default function Page() { return <h1>Les nouvelles</h1>; }\n";
            project.write(&format!("app/{way}/page.jsx"), page)?;
        }
        project.run("next", &["build"])?;
        let made = project.made("out", "/")?;
        for way in ways {
            let html = fs::read_to_string(made.folder.join(format!("{way}.html")))?;
            let reader = Reader::new(Kind::Chromium, made.served(&[(way, with_witness(&html))], ANY)?).await?;
            reader.open(&format!("/{way}")).await?;
            is_clear(&reader).await.with_context(|| way.to_owned())?;
        }
        Ok(())
    });
}

#[test]
fn nuxt_makes_a_site_that_gets_its_verdict() {
    run(async {
        let config = "nuxt.config.ts";
        let content = piece("Nuxt", "ts", config)?;
        let page = "<template><h1>Les nouvelles</h1></template>\n";
        // The same by `useHead`, which takes what the document's own piece has.
        let script = content.lines().find(|line| line.trim_start().starts_with("script: ["));
        let script = script.context("the document has no `script` in one line")?;
        let by_head = format!("<script setup>\nuseHead({{ {script} }});\n</script>\n{page}");
        ensure!(
            read(DOCUMENT)?.contains("`useHead` in `app/app.vue`"),
            "the document does not name useHead"
        );
        for (name, content, page) in [
            ("nuxt", content.as_str(), page),
            ("nuxt-head", "export default defineNuxtConfig({});\n", &by_head),
        ] {
            let project = Project::new(name, "Nuxt", &[(config, content), ("app/app.vue", page)])?;
            project.run("nuxt", &["generate"])?;
            // As the document says, Nuxt leaves this one out.
            let [source, copied] =
                ["public", ".output/public"].map(|place| project.folder.join(place).join("assets/soutien/soutien.d.ts"));
            ensure!(!copied.exists(), "Nuxt copies soutien.d.ts");
            fs::copy(source, copied)?;
            let site = project.made(".output/public", "/")?;
            site.gets_its_verdict(ANY).await.with_context(|| name.to_owned())?;
        }
        Ok(())
    });
}

/// What no program renders here is read by what reads its language, and the tag that comes of it gives a verdict.
#[test]
fn what_is_not_tried_is_written_as_its_language_asks() {
    run(async {
        let project = Project {
            folder: workshop()?.join("others"),
        };
        project.write("package.json", r#"{ "private": true, "type": "module" }"#)?;

        project.write("soutien.libraries.yml", &only(DOCUMENT, "Drupal", "yaml")?)?;
        let read_yaml = "import yaml from 'js-yaml'; import { readFileSync } from 'node:fs';\
            process.stdout.write(JSON.stringify(yaml.load(readFileSync('soutien.libraries.yml', 'utf8'))));";
        let library: serde_json::Value =
            serde_json::from_str(&project.run("node", &["--input-type=module", "--eval", read_yaml])?)?;
        let expected = json!({ "soutien": { "js": { "/assets/soutien/soutien.js": {
            "minified": true, "preprocess": false, "attributes": { "async": true, "data-support-url": "/soutenir" },
        } } } });
        ensure!(library == expected, "{library}");

        project.write("index.php", &only(DOCUMENT, "Joomla", "php")?)?;
        let php = require(Need::Php)?;
        project.run(&php.to_string_lossy(), &["-l", "index.php"])?;
        let template = "(new class { public $baseurl = ''; function render() { include 'index.php'; } })->render();";
        let joomla = project.run(&php.to_string_lossy(), &["-r", template])?;

        let typoscript = only(DOCUMENT, "TYPO3", "typoscript")?;
        let [object, value] = typoscript.lines().collect::<Vec<_>>()[..] else {
            anyhow::bail!("the TypoScript has other lines: {typoscript}");
        };
        let name = object.strip_suffix(" = TEXT").context("the first line is no TEXT")?;
        let value = value.strip_prefix(&format!("{name}.value = "));
        let value = value.context("the second line is not its value")?;

        for tag in [joomla.as_str(), value] {
            let reader = Reader::new(Kind::Chromium, site(&with_tags(tag))).await?;
            reader.open("/page.html").await?;
            is_clear(&reader).await.with_context(|| tag.to_owned())?;
        }

        project.write("output.jsx", &only(DOCUMENT, "Arc XP", "jsx")?)?;
        let render = "import { renderToStaticMarkup } from 'react-dom/server';\nimport Default from './output.jsx';\n\
            const Nothing = () => null;\n\
            const given = { contextPath: '/assets', CssLinks: Nothing, Fusion: Nothing, Libs: Nothing, MetaTags: Nothing };\n\
            process.stdout.write(renderToStaticMarkup(<Default {...given}><h1>Les nouvelles</h1></Default>));\n";
        project.write("render.jsx", render)?;
        let esbuild = require(Need::Npm)?.join(".bin/esbuild");
        let arguments = [
            "render.jsx",
            "--bundle",
            "--jsx=automatic",
            "--platform=node",
            "--format=esm",
            "--packages=external",
        ];
        project.run(
            &esbuild.to_string_lossy(),
            &[&arguments[..], &["--outfile=render.mjs"]].concat(),
        )?;
        let html = with_witness(&project.run("node", &["render.mjs"])?);
        ensure!(
            html.matches("<script").count() == 2,
            "expected one tag besides the witness in {html}"
        );
        let html = html.replace("/assets/resources/soutien/", "/assets/soutien/");
        let reader = Reader::new(Kind::Chromium, without_policy(site(&html))).await?;
        reader.open("/page.html").await?;
        is_clear(&reader).await
    });
}
