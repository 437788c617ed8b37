<?php
/**
 * Plugin Name: Soutien
 * Description: Puts the tag of Soutien on every page that readers see, and keeps optimisers off it.
 * Version:     0.2.0
 * Requires PHP: 7.0
 * License:     MIT OR Apache-2.0
 *
 * Belongs into wp-content/mu-plugins/. docs/wordpress.md says how to install and check it.
 */

defined( 'ABSPATH' ) || exit;

/**
 * What to edit. Besides the first two, each is an attribute of the tag without its "data-", as the README lists them.
 */
const SOUTIEN_OPTIONS = array(
	// Where soutien.js is: from the folder of WordPress on, or a whole address on the same host.
	'src'         => '/assets/soutien/soutien.js',
	// "integrity" of soutien.js in manifest.json. Change it with every update, or leave it empty.
	'integrity'   => '',
	// Where "Support us another way" leads: '/soutenir/' or a whole address.
	'support-url' => '',
	// Readers who are not asked: everybody who is logged in.
	'exempt'      => 'body.logged-in',
);

/**
 * The options above, as plugins and themes may have changed them.
 */
function soutien_options() {
	return (array) apply_filters( 'soutien_options', SOUTIEN_OPTIONS );
}

/* <!-- code: `cargo xtask reference` writes it, as the plugin has it -->

 */

/** The attributes that are URLs. */
const SOUTIEN_URLS = array( /* <!-- urls: `cargo xtask reference` writes them --> */ 'support-url', 'endpoint', 'logo', 'probe', 'probe-twin' /* <!-- /urls --> */ );

/**
 * Where soutien.js is; empty where the option is no address of the web.
 */
function soutien_src() {
	$options = soutien_options();
	$src     = isset( $options['src'] ) && is_string( $options['src'] ) ? trim( $options['src'] ) : '';
	return preg_match( '~^(/|https?://)~', $src ) ? $src : '';
}

/**
 * Registers the script for what readers see: no admin page, feed, AMP page, preview, or frame on another site.
 */
function soutien_enqueue() {
	$is_amp = function_exists( 'amp_is_request' ) && amp_is_request();
	$src    = soutien_src();
	if ( '' === $src || is_admin() || is_feed() || is_embed() || is_preview() || is_customize_preview() || $is_amp ) {
		return;
	}
	// No version, because an address with a query may be kept for good. In the footer, where it leaves a slow line to the style sheets.
	wp_enqueue_script( 'soutien', $src, array(), null, true );
}
add_action( 'wp_enqueue_scripts', 'soutien_enqueue' );

/**
 * Gives the tag its attributes. They come before "src", where Cloudflare wants to see its own.
 */
function soutien_tag( $tag, $handle ) {
	if ( 'soutien' !== $handle ) {
		return $tag;
	}
	$attributes = soutien_attributes( soutien_options() );
	return preg_replace_callback(
		'/<script(?=[^>]*\ssrc=)(?:\s+async\b)?/',
		function () use ( $attributes ) {
			return '<script async' . $attributes;
		},
		$tag,
		1
	);
}
add_filter( 'script_loader_tag', 'soutien_tag', 10, 2 );

/**
 * The attributes as HTML. What cannot be right is left out: names of other attributes, and addresses like "javascript:".
 */
function soutien_attributes( $options ) {
	$html = ' data-cfasync="false" data-no-optimize="1" data-no-defer="1" data-pagespeed-no-defer';
	foreach ( $options as $name => $value ) {
		$value = is_scalar( $value ) ? trim( (string) $value ) : '';
		if ( 'src' === $name || '' === $value || ! preg_match( '/^[a-z]+(-[a-z]+)*$/D', $name ) ) {
			continue;
		}
		if ( 'integrity' === $name ) {
			if ( preg_match( '~^sha(256|384|512)-[A-Za-z0-9+/]+=*$~', $value ) ) {
				$html .= ' integrity="' . esc_attr( $value ) . '"';
			}
			continue;
		}
		if ( in_array( $name, SOUTIEN_URLS, true ) ) {
			$addresses = array();
			foreach ( preg_split( '/\s+/', $value ) as $address ) {
				$addresses[] = esc_url( $address, array( 'http', 'https' ) );
			}
			$value = implode( ' ', array_filter( $addresses ) );
		} else {
			$value = esc_attr( $value );
		}
		if ( '' !== $value ) {
			$html .= ' data-' . $name . '="' . $value . '"';
		}
	}
	return $html;
}

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
/* 
<!-- /code --> */
