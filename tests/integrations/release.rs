//! What a publisher downloads.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{LazyLock, PoisonError};

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::json;
use soutien_project::files::collect;
use soutien_project::root;
use soutien_testbed::webdriver::Process;
use support::browsers::{Kind, run};
use support::commands::xtask;
use support::documents::{self, dead_links};
use support::reader::Reader;
use support::site::{WITNESS, site, with_tags};
use xtask::owner::Owner;
use xtask::setup::{Need, require};
use xtask::toolchain::Choice;

use crate::servers::{Server, TURN, nginx, shell};

fn hold_sums(folder: &std::path::Path) -> Result<()> {
    let output = Command::new("sha256sum")
        .args(["--check", "--quiet", "SHA256SUMS"])
        .current_dir(folder)
        .output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// The version that is released.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The folder of the release, which is made once.
fn release() -> Result<PathBuf> {
    static RELEASE: LazyLock<Result<(), String>> = LazyLock::new(|| {
        let mut command = xtask();
        let made = soutien_project::run::quietly("cargo xtask release", command.arg("release").current_dir(root()), None);
        made.map(drop).map_err(|error| format!("{error:#}"))
    });
    RELEASE.as_ref().map_err(|error| anyhow!("{error}"))?;
    Ok(root().join("dist/release"))
}

#[test]
fn a_release_has_all_that_a_publisher_needs_and_sums_that_hold() {
    run(async {
        let folder = release()?;
        hold_sums(&folder)?;
        for target in ["chromium", "firefox"] {
            ensure!(
                folder.join(format!("soutien-qa-{target}-{VERSION}.zip")).is_file(),
                "no extension for {target}"
            );
        }
        ensure!(folder.join(format!("soutien-{VERSION}.tgz")).is_file(), "no package for npm");
        let path = folder.join(format!("soutien-{VERSION}.zip"));
        let mut zip = zip::ZipArchive::new(File::open(&path)?)?;
        let unpacked = root().join("target/release-unpacked");
        if unpacked.exists() {
            fs::remove_dir_all(&unpacked)?;
        }
        zip.extract(&unpacked)?;
        let top = unpacked.join(format!("soutien-{VERSION}"));
        hold_sums(&top)?;
        let mut module = Vec::new();
        let name = format!("soutien-{VERSION}/soutien/soutien.wasm");
        zip.by_name(&name)
            .with_context(|| format!("no {name}"))?
            .read_to_end(&mut module)?;
        ensure!(
            module == fs::read(root().join("dist/site/soutien.wasm"))?,
            "the module is another"
        );
        for file in [
            "integrations/wordpress/soutien.php",
            "README.md",
            "docs/qa.md",
            "configurator/index.html",
            "configurator/options.json",
            "soutien/soutien.js",
            "soutien/lang/fr.json",
            "soutien/manifest.json",
        ] {
            ensure!(top.join(file).is_file(), "no {file}");
        }
        let mut documents = Vec::new();
        collect(&top, &mut documents)?;
        documents.retain(|file| file.extension().is_some_and(|extension| extension == "md"));
        ensure!(documents.len() > 10, "there are only {documents:?}");
        for document in documents {
            let name = document.strip_prefix(&top)?.display().to_string();
            let dead = dead_links(&top, &name)?;
            ensure!(dead.is_empty(), "links that lead nowhere in the zip: {dead:?}");
        }
        Ok(())
    });
}

/// Judged by the library of those who wrote the standard.
#[test]
fn the_bill_of_materials_is_as_cyclonedx_has_it() {
    run(async {
        let path = release()?.join(format!("soutien-{VERSION}.cdx.json"));
        let text = fs::read_to_string(&path)?;
        for part in [
            "pkg:cargo/wasm-bindgen@",
            "pkg:cargo/adblock@",
            "pkg:cargo/soutien-backend@",
            "pkg:npm/sirv@",
        ] {
            ensure!(text.contains(part), "{} does not name {part}", path.display());
        }
        let mut node = Command::new("node");
        node.arg("bill.mjs").current_dir(root().join("tests/rigs/packaging"));
        require(Need::Packaging)?;
        let output = node.stdin(File::open(&path)?).output()?;
        let said = String::from_utf8_lossy(&output.stdout);
        ensure!(
            output.status.success() && said.is_empty(),
            "{said}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(())
    });
}

#[test]
fn the_sums_are_signed_with_the_key_that_is_named_and_a_release_without_says_so() {
    run(async {
        let owner = Owner::read()?;
        let unpublished = fs::read_to_string(release()?.join("UNPUBLISHED.txt")).unwrap_or_default();
        ensure!(unpublished.contains("SHA256SUMS is not signed"), "{unpublished:?}");
        for key in owner.missing() {
            ensure!(
                unpublished.contains(key),
                "{unpublished:?} does not say that there is no {key}"
            );
        }

        let folder = Process::make_folder()?;
        let minisign = require(Need::Minisign)?;
        let (public, secret, sums) = (folder.join("public"), folder.join("secret"), folder.join("SHA256SUMS"));
        fs::copy(release()?.join("SHA256SUMS"), &sums)?;
        let mut generate = Command::new(&minisign);
        generate.args(["-G", "-W", "-p"]).arg(&public).arg("-s").arg(&secret);
        soutien_project::run::quietly("minisign -G", &mut generate, None)?;
        xtask::release::sign(&sums, &secret, Choice::Auto)?;
        let holds = || {
            let mut verify = Command::new(&minisign);
            verify.arg("-V").arg("-p").arg(&public).arg("-m").arg(&sums);
            verify.output().map(|output| output.status.success())
        };
        ensure!(holds()?, "the signature does not hold");
        fs::write(&sums, "other sums")?;
        ensure!(!holds()?, "the signature holds for other sums");
        Ok(fs::remove_dir_all(folder)?)
    });
}

/// The five minutes of README.md: its commands put the files of the zip on a plain web server, its tag is pasted into a page, and then comes
/// what it says that comes.
#[test]
pub fn the_readme_can_be_followed() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    run(async {
        let heading = "Install, in five minutes";
        let [commands, tag] = ["sh", "html"].map(|language| documents::only("README.md", heading, language));
        follow("", &commands?, &tag?).await
    });
}

/// The same of docs/install.md, which looks first whether the folder's address is free.
#[test]
pub fn the_document_on_installing_can_be_followed() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    run(async {
        let piece = |heading, language| documents::only("docs/install.md", heading, language);
        follow(
            &piece("Choose the folder", "sh")?,
            &piece("Copy the files", "sh")?,
            &piece("Paste the tag", "html")?,
        )
        .await
    });
}

/// Looks whether the place is free, where a document says so; copies the files of the zip by its commands, and pastes its tag.
async fn follow(look: &str, commands: &str, tag: &str) -> Result<()> {
    require(Need::Unzip)?;

    let folder = Process::make_folder()?;
    let (www, downloads) = (folder.join("www"), folder.join("downloads"));
    fs::create_dir(&www)?;
    fs::create_dir(&downloads)?;
    for file in ["SHA256SUMS".to_owned(), format!("soutien-{VERSION}.zip")] {
        fs::copy(release()?.join(&file), downloads.join(&file))?;
    }
    fs::write(www.join("witness.js"), WITNESS)?;
    let always = tag.replace("<script ", r#"<script data-policy="always" "#);
    for (name, tag) in [("page.html", tag), ("next.html", tag), ("always.html", &always)] {
        fs::write(www.join(name), with_tags(tag))?;
    }
    let server = Server::start_in(folder.clone(), Need::Nginx, |folder, listens| {
        // As nginx comes from Debian.
        let types = "include /etc/nginx/mime.types;";
        nginx(
            folder,
            &format!("server {{ listen {listens}; root {}/www; {types} }}\n", folder.display()),
        )
    });
    let server = server.await?;

    if !look.is_empty() {
        let said = shell(&look.replace("https://www.example", &server.address), &folder)?;
        ensure!(
            said.contains(" 404 "),
            "the folder is taken before anything was copied: {said}"
        );
    }
    let commands = commands.replace("X.Y.Z", VERSION);
    ensure!(
        commands.contains(" /srv/www/"),
        "the document copies to another place:\n{commands}"
    );
    shell(&commands.replace("/srv/www", &www.display().to_string()), &downloads)?;

    let open = async |kind, page: &str| -> Result<Reader> {
        let reader = Reader::new(kind, site("")).await?;
        reader.open_url(&format!("{}/{page}.html", server.address)).await?;
        Ok(reader)
    };

    let reader = open(Kind::Chromium, "page").await?;
    reader.verdict("clear").await?;
    reader.expect("witness.warnings", json!([])).await?;
    drop(reader);

    let reader = open(Kind::Refusing, "page").await?;
    reader.verdict("blocked").await?;
    reader.no_notice().await?;
    reader.follow().await?;
    reader.notice().await?;
    drop(reader);

    let reader = open(Kind::Refusing, "always").await?;
    reader.notice().await?;
    reader.unharmed().await
}
