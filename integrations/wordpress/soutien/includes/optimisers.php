<?php
/**
 * Keeps optimisers off the tag and its files. The must-use file has the same code: `cargo xtask reference` writes it there.
 */

defined( 'ABSPATH' ) || exit;

/**
 * The path of soutien.js as optimisers look for it in addresses and tags. It is never empty, which would fit everything.
 */
function soutien_path() {
	$path = (string) wp_parse_url( soutien_src(), PHP_URL_PATH );
	return preg_match( '~\.js$~', $path ) ? $path : '/soutien.js';
}

/**
 * For optimisers that take a list of parts of addresses.
 */
function soutien_exclude_path( $list ) {
	$list   = (array) $list;
	$list[] = soutien_path();
	return $list;
}
foreach (
	array(
		// LiteSpeed Cache: minifying and combining, deferring and delaying, and both in its guest mode.
		'litespeed_optimize_js_excludes',
		'litespeed_optm_js_defer_exc',
		'litespeed_optm_gm_js_exc',
		// Perfmatters.
		'perfmatters_minify_js_exclusions',
		'perfmatters_defer_js_exclusions',
		'perfmatters_delay_js_exclusions',
	) as $soutien_filter
) {
	add_filter( $soutien_filter, 'soutien_exclude_path' );
}

/**
 * For WP Rocket, whose list is one of expressions, some of which have to fit a path as a whole.
 */
function soutien_exclude_pattern( $list ) {
	$list   = (array) $list;
	$list[] = '(.*)' . soutien_path();
	return $list;
}
foreach ( array( 'rocket_exclude_js', 'rocket_exclude_defer_js', 'rocket_delay_js_exclusions' ) as $soutien_filter ) {
	add_filter( $soutien_filter, 'soutien_exclude_pattern' );
}

/**
 * For SiteGround's Speed Optimizer, whose list is one of names of scripts.
 */
function soutien_exclude_handle( $list ) {
	$list   = (array) $list;
	$list[] = 'soutien';
	return $list;
}
foreach ( array( 'sgo_js_minify_exclude', 'sgo_javascript_combine_exclude', 'sgo_js_async_exclude' ) as $soutien_filter ) {
	add_filter( $soutien_filter, 'soutien_exclude_handle' );
}
unset( $soutien_filter );

/**
 * For Autoptimize, whose list is a text with commas, or has the parts of addresses as its keys.
 */
function soutien_exclude_autoptimize( $list ) {
	if ( is_array( $list ) ) {
		$list[ soutien_path() ] = '';
		return $list;
	}
	return implode( ', ', array_filter( array( trim( (string) $list ), soutien_path() ) ) );
}
add_filter( 'autoptimize_filter_js_exclude', 'soutien_exclude_autoptimize' );

/**
 * For W3 Total Cache, which asks about each tag.
 */
function soutien_exclude_w3tc( $minify, $tag ) {
	return $minify && false === strpos( (string) $tag, soutien_path() );
}
add_filter( 'w3tc_minify_js_do_tag_minification', 'soutien_exclude_w3tc', 10, 2 );
