<?php
/**
 * The tag, on every page that readers see. The must-use file has the same code: `cargo xtask reference` writes it there.
 */

defined( 'ABSPATH' ) || exit;

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
