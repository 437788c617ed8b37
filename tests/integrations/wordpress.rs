//! The plugin in integrations/wordpress/: real PHP and the real WordPress make the tag, and real browsers run it. The database alone is a
//! stand-in, see tests/integrations/wordpress/.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use soutien_project::root;
use support::browsers::{BLOCKED, CLEAR, run, run_in};
use support::documents;
use support::reader::Reader;
use support::site::{scripts, site, with_tags};
use xtask::plugins::{self, System};
use xtask::setup::{Need, require};

use crate::servers::integrity;

fn plugin() -> PathBuf {
    root().join("integrations/wordpress/soutien.php")
}

/// What PHP prints.
///
/// # Errors
/// When it fails, or has something to complain about.
fn php(arguments: &[&str]) -> Result<String> {
    let output = Command::new(require(Need::Php)?)
        .args(arguments)
        .stdin(Stdio::null())
        .output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success() && complaint.is_empty(),
        "php fails ({}); it says:\n{complaint}\n{said}",
        output.status
    );
    Ok(said)
}

/// What a WordPress at this address prints into the head and the foot of a page, with the plugin, and with another one that is this PHP.
fn page(address: &str, other: &str) -> Result<String> {
    page_with(&fs::read_to_string(plugin())?, address, other)
}

/// The same with the plugin as a publisher has edited it.
fn page_with(plugin: &str, address: &str, other: &str) -> Result<String> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let wordpress = require(Need::Wordpress)?;
    let folder = root().join(format!("target/wordpress-tests/{}", COUNT.fetch_add(1, Ordering::Relaxed)));
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let content = folder.join("wp-content");
    let plugins = content.join("mu-plugins");
    fs::create_dir_all(&plugins)?;
    for name in ["wp-settings.php", "wp-includes", "wp-admin"] {
        symlink(wordpress.join(name), folder.join(name))?;
    }
    fs::copy(root().join("tests/integrations/wordpress/db.php"), content.join("db.php"))?;
    fs::write(plugins.join("soutien.php"), plugin)?;
    fs::write(plugins.join("other.php"), format!("<?php\n{other}\n"))?;
    let render = root().join("tests/integrations/wordpress/render.php");
    php(&[&render.to_string_lossy(), &folder.to_string_lossy(), address])
}

/// The one tag of Soutien on a page.
fn tag(page: &str) -> Result<&str> {
    let mut tags = scripts(page).filter(|tag| tag.contains("id='soutien-js'") || tag.contains(r#"id="soutien-js""#));
    let tag = tags.next().context("there is no tag")?;
    ensure!(tags.next().is_none(), "there are two tags");
    Ok(tag)
}

/// The tag under these options, which are PHP.
fn tag_with(address: &str, options: &str) -> Result<String> {
    let other = format!("add_filter( 'soutien_options', function ( $options ) {{ return {options} + $options; }} );");
    Ok(tag(&page(address, &other)?)?.to_owned())
}

/// Puts a tag on the page that the reader's site has at `/page.html`.
fn put(reader: &Reader, tag: &str) {
    let mut options = reader
        .site
        .options
        .write()
        .expect("no test panics while it holds the options");
    for page in options.pages.values_mut() {
        *page = with_tags(tag);
    }
}

#[test]
fn the_syntax_is_right() {
    run(async {
        for file in [
            plugin(),
            root().join("tests/integrations/wordpress/render.php"),
            root().join("tests/integrations/wordpress/db.php"),
        ] {
            let said = php(&["-l", &file.to_string_lossy()])?;
            ensure!(said.starts_with("No syntax errors"), "{said}");
        }
        Ok(())
    });
}

#[test]
fn the_tag_as_it_is_installed_gives_a_verdict() {
    run_in(CLEAR, async |kind| {
        let reader = Reader::new(kind, site("")).await?;
        let page = page(&reader.site.site, "")?;
        ensure!(
            page.matches("/assets/soutien/soutien.js").count() == 1,
            "the script is asked for more than once"
        );
        let tag = tag(&page)?;
        let place = |part: &str| tag.find(part).with_context(|| format!("no {part} in {tag}"));
        ensure!(
            place("data-cfasync=\"false\"")? < place("src=")?,
            "Cloudflare wants its attribute first: {tag}"
        );
        put(&reader, tag);
        reader.open("/page.html").await?;
        reader.verdict("clear").await?;
        reader.no_notice().await?;
        let script = "document.querySelector('script[async]')";
        reader
            .expect(
                &format!("{script}.getAttribute('src')"),
                format!("{}/assets/soutien/soutien.js", reader.site.site),
            )
            .await?;
        reader
            .expect(
                &format!("{{ ...{script}.dataset }}"),
                json!({ "cfasync": "false", "noOptimize": "1", "noDefer": "1", "pagespeedNoDefer": "", "exempt": "body.logged-in" }),
            )
            .await?;
        reader.expect("witness.warnings", json!([])).await?;
        reader.unharmed().await
    });
}

#[test]
fn the_options_arrive() {
    run_in(BLOCKED, async |kind| {
        let reader = Reader::new(kind, site("")).await?;
        let integrity = integrity()?;
        let options = format!(
            "array( 'policy' => 'always', 'integrity' => '{integrity}', 'title' => 'Dites « oui » & \"merci\"', 'support-url' => '/soutenir/?a=1&b=2' )"
        );
        let tag = tag_with(&reader.site.site, &options)?;
        put(&reader, &tag);
        reader.open("/page.html").await?;
        reader.verdict("blocked").await?;
        reader.notice().await?;
        reader
            .expect(
                "witness.notice().querySelector('h2').textContent",
                "Dites « oui » & \"merci\"",
            )
            .await?;
        let link = "[...witness.notice().querySelectorAll('a')].map((link) => link.getAttribute('href')).find((href) => href.includes('soutenir'))";
        ensure!(
            reader
                .ask(link)
                .await?
                .as_str()
                .is_some_and(|href| href.ends_with("/soutenir/?a=1&b=2")),
            "the address is {}",
            reader.ask(link).await?
        );
        reader
            .expect("document.querySelector('script[async]').integrity", integrity)
            .await?;
        reader.expect("witness.warnings", json!([])).await?;
        reader.unharmed().await
    });
}

#[test]
fn readers_who_are_logged_in_are_not_asked() {
    run_in(BLOCKED, async |kind| {
        let reader = Reader::new(kind, site("")).await?;
        put(
            &reader,
            &tag_with(&reader.site.site, "array( 'policy' => 'always', 'delay' => '0s' )")?,
        );
        for page in reader
            .site
            .options
            .write()
            .expect("no test panics while it holds the options")
            .pages
            .values_mut()
        {
            *page = page.replace("<body>", r#"<body class="home logged-in">"#);
        }
        reader.open("/page.html").await?;
        reader.verdict("blocked").await?;
        reader.no_notice().await?;
        reader.expect("witness.warnings", json!([])).await
    });
}

/// Whatever somebody writes into the options, or another plugin does, stays a value of an attribute, or is left out.
#[test]
fn hostile_options_are_harmless() {
    run_in(CLEAR, async |kind| {
        let reader = Reader::new(kind, site("")).await?;
        let options = r#"array(
            'title'           => '"><script>witness.errors.push("title")</script>',
            'text'            => "' onload='witness.errors.push(1)",
            'lang'            => 'fr" onload="witness.errors.push(2)',
            'support-url'     => 'javascript:witness.errors.push(3)',
            'logo'            => " \tdata:text/html,<script>witness.errors.push(4)</script>",
            'probe'           => 'javascript:5 https://ads.example/"onload=x vbscript:6',
            'integrity'       => 'sha384-A" onload="witness.errors.push(7)',
            'onload="x" data' => 'y',
            'Title'           => 'upper case',
            '$1'              => 'z',
            'revision'        => '$1 \\0 ${1}',
            'policy'          => array( 'always' ),
            // Without it, a problem would say that nobody can consent to asking ad hosts.
            'consent'         => 'given',
        )"#;
        let tag = tag_with(&reader.site.site, options)?;
        put(&reader, &tag);
        reader.open("/page.html").await?;
        // The language is no value that Soutien can take, and the page's policy forbids the host: both are named, and nothing else is.
        reader
            .until("(witness.named = new Set(witness.warnings.map((text) => text.split(': ')[1]))).size > 1")
            .await?;
        reader.expect("[...witness.named].sort()", json!(["lang", "probe"])).await?;
        reader
            .expect("witness.warnings.some((text) => text.includes('fr\" onload='))", true)
            .await?;
        reader.expect("document.scripts.length", 2).await?;
        reader
            .expect(
                "document.scripts[1].getAttributeNames().filter((name) => !/^(data-.*|id|type|src|async)$/.test(name))",
                json!([]),
            )
            .await?;
        reader
            .expect(
                "(({ title, text, lang, supportUrl, logo, probe, revision, policy }) => [title, text, lang, supportUrl ?? null, logo ?? null, probe, revision, policy ?? null])(document.scripts[1].dataset)",
                json!([
                    r#""><script>witness.errors.push("title")</script>"#,
                    "' onload='witness.errors.push(1)",
                    "fr\" onload=\"witness.errors.push(2)",
                    null,
                    null,
                    "https://ads.example/onload=x",
                    "$1 \\0 ${1}",
                    null,
                ]),
            )
            .await?;
        reader.expect("Object.keys(document.scripts[1].dataset).length", 11).await?;
        reader.expect("witness.errors", json!([])).await
    });
}

#[test]
fn a_hostile_address_of_the_script_stays_one() {
    run(async {
        for (address, expected) in [
            (
                "/assets/soutien/soutien.js\" onload=\"x",
                "/assets/soutien/soutien.js%20onload=x",
            ),
            ("https://a.example/\"><b>/soutien.js", "https://a.example/b/soutien.js"),
        ] {
            let tag = tag_with("http://presse.example", &format!("array( 'src' => '{address}' )"))?;
            ensure!(
                tag.contains(expected) && tag.matches('<').count() == 2 && tag.matches('>').count() == 2,
                "{tag}"
            );
        }
        for address in ["javascript:alert(1)", "data:text/javascript,alert(1)", ""] {
            let other = format!("add_filter( 'soutien_options', function () {{ return array( 'src' => '{address}' ); }} );");
            let found = tag(&page("http://presse.example", &other)?).map(str::to_owned);
            ensure!(found.is_err(), "{address:?} is asked for: {found:?}");
        }
        Ok(())
    });
}

#[test]
fn nothing_is_put_where_readers_do_not_look() {
    run(async {
        for (case, other) in [
            ("admin", "define( 'WP_ADMIN', true );"),
            (
                "feed",
                "add_action( 'wp_head', function () { $GLOBALS['wp_query']->is_feed = true; }, 0 );",
            ),
            ("AMP", "function amp_is_request() { return true; }"),
        ] {
            let page = page("http://presse.example", other)?;
            ensure!(page.contains("<") && !page.contains("soutien"), "{case}: there is a tag");
        }
        Ok(())
    });
}

/// Inline scripts and other plugins' tags stay as they are, and what another plugin has put on ours stays there.
#[test]
fn other_tags_are_left_alone() {
    run(async {
        let other = r#"
            add_action( 'wp_enqueue_scripts', function () {
                wp_enqueue_script( 'theirs', '/theirs.js', array(), null );
                wp_add_inline_script( 'soutien', 'var before;', 'before' );
            }, 20 );
            add_filter( 'script_loader_tag', function ( $tag ) { return str_replace( '<script ', '<script nonce="abc" ', $tag ); }, 5 );"#;
        let page = page("http://presse.example", other)?;
        ensure!(
            page.matches("data-cfasync").count() == 1 && page.matches("<script async").count() == 1,
            "{page}"
        );
        let tag = tag(&page)?;
        ensure!(tag.contains("data-cfasync") && tag.contains(r#"nonce="abc""#), "{tag}");
        Ok(())
    });
}

#[test]
fn optimisers_are_told_to_leave_it_alone() {
    run(async {
        let other = r#"add_action( 'wp_head', function () {
            $asked = array();
            foreach ( array( 'rocket_exclude_js', 'rocket_exclude_defer_js', 'rocket_delay_js_exclusions',
                'litespeed_optimize_js_excludes', 'litespeed_optm_js_defer_exc', 'litespeed_optm_gm_js_exc',
                'perfmatters_minify_js_exclusions', 'perfmatters_defer_js_exclusions', 'perfmatters_delay_js_exclusions',
                'sgo_js_minify_exclude', 'sgo_javascript_combine_exclude', 'sgo_js_async_exclude' ) as $name ) {
                $asked[ $name ] = apply_filters( $name, array( 'theirs' ) );
            }
            foreach ( array( '', 'theirs.js', array( 'theirs.js' => 'remove' ) ) as $list ) {
                $asked['autoptimize'][] = apply_filters( 'autoptimize_filter_js_exclude', $list );
            }
            foreach ( array( '<script src="/theirs.js">', '<script src="/assets/soutien/soutien.js">' ) as $tag ) {
                $asked['w3tc'][] = apply_filters( 'w3tc_minify_js_do_tag_minification', true, $tag, null );
            }
            $asked['w3tc'][] = apply_filters( 'w3tc_minify_js_do_tag_minification', false, '<script src="/theirs.js">', null );
            echo "\nASKED " . wp_json_encode( $asked, JSON_UNESCAPED_SLASHES ) . "\n";
        } );"#;
        let page = page("http://presse.example", other)?;
        let line = page.lines().find_map(|line| line.strip_prefix("ASKED "));
        let asked: Value = serde_json::from_str(line.context("nothing was asked")?)?;
        let path = "/assets/soutien/soutien.js";
        for (names, expected) in [
            (
                ["rocket_exclude_js", "rocket_exclude_defer_js", "rocket_delay_js_exclusions"],
                "(.*)/assets/soutien/soutien.js",
            ),
            (
                [
                    "litespeed_optimize_js_excludes",
                    "litespeed_optm_js_defer_exc",
                    "litespeed_optm_gm_js_exc",
                ],
                path,
            ),
            (
                [
                    "perfmatters_minify_js_exclusions",
                    "perfmatters_defer_js_exclusions",
                    "perfmatters_delay_js_exclusions",
                ],
                path,
            ),
            (
                [
                    "sgo_js_minify_exclude",
                    "sgo_javascript_combine_exclude",
                    "sgo_js_async_exclude",
                ],
                "soutien",
            ),
        ] {
            for name in names {
                ensure!(asked[name] == json!(["theirs", expected]), "{name}: {}", asked[name]);
            }
        }
        let autoptimize = json!([path, format!("theirs.js, {path}"), { "theirs.js": "remove", path: "" }]);
        ensure!(asked["autoptimize"] == autoptimize, "Autoptimize: {}", asked["autoptimize"]);
        ensure!(
            asked["w3tc"] == json!([true, false, false]),
            "W3 Total Cache: {}",
            asked["w3tc"]
        );
        Ok(())
    });
}

/// Both pieces of PHP in docs/wordpress.md: the options as one edits them, and the filter.
/// The plugin with settings, where the must-use file would be, set to ask.
fn plugin_with_settings() -> Result<String> {
    let folder = root().join("target/wordpress-tests/plugins");
    plugins::assemble_into(System::Wordpress, &folder)?;
    let main = folder.join("wordpress/soutien/soutien.php");
    let settings = "add_filter( 'pre_option_soutien', function () { return array( 'mode' => 'ask' ); } );";
    Ok(format!("<?php\n{settings}\nrequire '{}';\n", main.display()))
}

#[test]
pub fn a_membership_plugin_has_its_say() {
    run(async {
        let [filter] = &documents::all("docs/wordpress.md", "What can be set", "php")?[..] else {
            anyhow::bail!("docs/wordpress.md has another piece of PHP than the filter");
        };
        let plugin = plugin_with_settings()?;
        let seen = "add_action( 'wp_head', function () { do_action( 'wp' ); }, 0 );";
        let member = "add_filter( 'user_has_cap', function () { return array( 'read_premium' => true ); } );";
        for (other, is_asked) in [
            (seen.to_owned(), true),
            (format!("{seen}\n{filter}\n{member}"), false),
            (format!("{seen}\n{filter}"), true),
        ] {
            let page = page_with(&plugin, "http://presse.example", &other)?;
            let tag = tag(&page)?;
            ensure!(
                tag.contains(r#"data-policy="silent""#) != is_asked,
                "asked should be {is_asked}: {tag}"
            );
        }
        Ok(())
    });
}

#[test]
pub fn the_document_can_be_followed() {
    run(async {
        let [options, filter] = &documents::all("docs/wordpress.md", "Options", "php")?[..] else {
            anyhow::bail!("docs/wordpress.md has other pieces of PHP than two");
        };
        let plugin = fs::read_to_string(plugin())?;
        let start = plugin.find("const SOUTIEN_OPTIONS").context("the plugin has no options")?;
        let end = start + plugin[start..].find(");\n").context("the plugin's options have no end")? + 3;
        let edited = format!("{}{options}{}", &plugin[..start], &plugin[end..]);
        let everywhere = page_with(&edited, "http://presse.example", filter)?;
        let there = format!("{filter}\nadd_action( 'wp_head', function () {{
            $GLOBALS['wp_query']->is_page = true;
            $GLOBALS['wp_query']->queried_object = (object) array( 'ID' => 1, 'post_title' => 'Soutenir', 'post_name' => 'soutenir' );
        }}, 0 );");
        let there = page_with(&edited, "http://presse.example", &there)?;
        let attributes = r#"data-support-url="/soutenir/" data-exempt="body.logged-in" data-view="banner" data-title="Nos enquêtes ont un prix""#;
        for (page, policy) in [(everywhere, ""), (there, r#"data-policy="silent" "#)] {
            let expected = format!(" data-pagespeed-no-defer {policy}{attributes}");
            let tag = tag(&page)?;
            ensure!(tag.contains(&expected), "expected{expected}, found {tag}");
        }
        Ok(())
    });
}
