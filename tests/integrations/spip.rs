//! The piece of code in docs/spip.md by itself; tests/systems/spip.rs has it in the real SPIP.

use std::process::Command;

use anyhow::{Result, ensure};
use soutien_project::run as runs;
use support::browsers::run;
use support::documents;
use xtask::setup::{Need, require};

#[test]
pub fn the_document_decides_for_subscribers() {
    run(async { check() });
}

fn check() -> Result<()> {
    let code = documents::only("docs/spip.md", "What can be set", "php")?;
    let ask = "foreach ( array( array( 'abonne' => 'oui' ), array() ) as $session ) {
        echo json_encode( presse_exempter( array( 'args' => array( 'session' => $session ), 'data' => false ) )['data'] ), ' ';
    }";
    let said = runs::with_input(&mut Command::new(require(Need::Php)?), &format!("<?php\n{code}\n{ask}"))?;
    ensure!(said.trim() == "true false", "{said}");
    Ok(())
}
