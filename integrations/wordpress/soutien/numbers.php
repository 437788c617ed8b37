<?php
/**
 * Takes what web/numbers.js sends. A request a view passes every page cache, so that this loads of WordPress only what it takes to reach the
 * database: no plugins, no theme, no session. It keeps no address, sets no cookie, and answers with a status alone.
 */

require __DIR__ . '/shared/numbers.php';

/**
 * Ends with a status.
 *
 * @param int $status Of HTTP.
 */
function soutien_answer( $status ) {
	http_response_code( $status );
	header( 'Cache-Control: no-store' );
	header( 'X-Robots-Tag: noindex' );
	exit;
}

/**
 * Where WordPress is: above this file, or where the server begins, for those who keep their plugins elsewhere.
 *
 * @return string|null The path of wp-load.php.
 */
function soutien_wordpress() {
	$folders = array();
	for ( $folder = __DIR__; dirname( $folder ) !== $folder; $folder = dirname( $folder ) ) {
		$folders[] = $folder;
		$folders[] = $folder . '/wp';
	}
	if ( ! empty( $_SERVER['DOCUMENT_ROOT'] ) ) {
		array_push( $folders, $_SERVER['DOCUMENT_ROOT'], $_SERVER['DOCUMENT_ROOT'] . '/wp' );
	}
	foreach ( $folders as $folder ) {
		if ( is_file( $folder . '/wp-load.php' ) ) {
			return $folder . '/wp-load.php';
		}
	}
	return null;
}

ini_set( 'display_errors', '0' );
if ( ! isset( $_SERVER['REQUEST_METHOD'] ) || 'POST' !== $_SERVER['REQUEST_METHOD'] ) {
	header( 'Allow: POST' );
	soutien_answer( 405 );
}
if ( ! soutien_is_own_request( $_SERVER ) ) {
	soutien_answer( 403 );
}
$soutien_body = (string) file_get_contents( 'php://input', false, null, 0, SOUTIEN_LONGEST_BODY + 1 );
if ( strlen( $soutien_body ) > SOUTIEN_LONGEST_BODY ) {
	soutien_answer( 413 );
}
// Junk does not get as far as the database.
$soutien_batch = soutien_read_batch( $soutien_body );
if ( null === $soutien_batch ) {
	soutien_answer( 400 );
}
$soutien_wordpress = soutien_wordpress();
if ( null === $soutien_wordpress ) {
	soutien_answer( 503 );
}
define( 'SHORTINIT', true );
define( 'DONOTCACHEPAGE', true );
require $soutien_wordpress;
require __DIR__ . '/includes/settings.php';
require __DIR__ . '/includes/receiver.php';

soutien_answer( soutien_receive( $soutien_batch, $_SERVER ) );
