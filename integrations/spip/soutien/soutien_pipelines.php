<?php
/**
 * Puts the tag on the pages of the site.
 *
 * The pipeline is affichage_final and no other. SPIP's compressor takes what is in the head, which insert_head fills, and makes one file of it: the
 * loader would not find the files beside it. And what insert_head gives is kept in the page cache with the page, for whoever comes next. This
 * pipeline comes after both, on every request.
 */

if ( ! defined( '_ECRIRE_INC_VERSION' ) ) {
	return;
}

/**
 * Puts the tag at the end of a page.
 *
 * @param string $page What SPIP sends.
 * @return string
 */
function soutien_affichage_final( $page ) {
	// Feeds and other backends have no type of HTML, and what SPIP loads into a page by itself has no end of a body.
	if ( empty( $GLOBALS['html'] ) || ! is_string( $page ) ) {
		return $page;
	}
	$end = strripos( $page, '</body>' );
	if ( false === $end ) {
		return $page;
	}
	include_spip( 'inc/soutien' );
	$settings = soutien_settings();
	if ( 'off' === $settings['mode'] || soutien_is_no_page_for_readers() ) {
		return $page;
	}
	return substr( $page, 0, $end ) . soutien_tag( $settings, soutien_is_exempt( $settings ) ) . "\n" . substr( $page, $end );
}
