<?php
/**
 * Where pages send the numbers. It is nobody's action, so nothing is signed: whoever reads a page sends some. What comes is held against the schema.
 */

if ( ! defined( '_ECRIRE_INC_VERSION' ) ) {
	return;
}

/**
 * Answers with a status and nothing else.
 */
function action_soutien_chiffres_dist() {
	include_spip( 'inc/soutien_chiffres' );
	$status = soutien_receive();
	http_response_code( $status );
	header( 'Cache-Control: no-store' );
	if ( 405 === $status ) {
		header( 'Allow: POST' );
	}
	exit;
}
