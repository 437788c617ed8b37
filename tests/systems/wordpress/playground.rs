//! WordPress on another version of PHP than the machine has: PHP as WebAssembly, with SQLite, by WordPress' own Playground.

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;
use soutien_project::files::copy_folder;
use soutien_testbed::webdriver::Process;
use xtask::setup::{Need, require};

use super::services::started;
use super::visitor::Visitor;

/// A WordPress on another PHP. It starts in English, takes half a gigabyte, and 20 seconds to start.
pub struct Playground {
    /// Somebody who is not logged in.
    pub visitor: Visitor,
    /// Where its files are.
    pub folder: PathBuf,
    _process: Process,
}

impl Playground {
    /// Starts a WordPress on this version of PHP, such as `7.4`; tests/rigs/playground/ has those.
    pub async fn start(wordpress: Need, php: &str) -> Result<Playground> {
        let home = Process::make_folder()?;
        let folder = home.join("site");
        fs::create_dir(&folder)?;
        copy_folder(&require(wordpress)?, &folder)?;
        let configuration = fs::read_to_string(folder.join("wp-config-sample.php"))?;
        let end = "/* That's all, stop editing!";
        let configuration = configuration
            .replace("define( 'WP_DEBUG', false );", "")
            .replace(end, &format!("{}{end}", super::DEFINITIONS));
        fs::write(folder.join("wp-config.php"), configuration)?;
        let program = require(Need::Playground)?.join("@wp-playground/cli/wp-playground.js");
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let address = format!("http://127.0.0.1:{port}");
        let mut command = Command::new("node");
        command
            .arg(program)
            .args([
                "server",
                "--workers=1",
                "--wordpress-install-mode=install-from-existing-files",
            ])
            .args([format!("--php={php}"), format!("--port={port}")])
            .arg(format!("--mount-before-install={}:/wordpress", folder.display()))
            .current_dir(&home);
        let visitor = Visitor::new(&address)?;
        let process = started(Need::Playground, home, &mut command, async || {
            Ok(visitor.get("/wp-login.php").await.is_ok_and(|page| page.status == 200))
        })
        .await?;
        Ok(Playground {
            visitor,
            folder,
            _process: process,
        })
    }
}
