<?php
/**
 * What an editor has chosen: one option of WordPress', which it loads with all the others at the beginning of a page.
 */

defined( 'ABSPATH' ) || exit;

/** The name of that option, and of the meta value of a post on which nobody is asked. */
const SOUTIEN_OPTION = 'soutien';
const SOUTIEN_QUIET  = '_soutien_quiet';

/** What holds until somebody chooses. */
const SOUTIEN_DEFAULTS = array(
	// A week without a notice says whether asking is worth it.
	'mode'      => 'measure',
	// The options of the tag that are not the default.
	'options'   => array(),
	// Who is not asked: everybody who is logged in, or readers of these roles.
	'logged-in' => true,
	'roles'     => array(),
	// Where nobody is asked: post types, categories by number, and paths, in which * stands for anything.
	'types'     => array(),
	'terms'     => array(),
	'paths'     => array(),
	// Whether this site takes the numbers.
	'numbers'   => true,
	// Whether readers come by way of a proxy or CDN, which tells their address.
	'proxy'     => false,
);

/**
 * What has been chosen.
 *
 * @return array With the keys of SOUTIEN_DEFAULTS.
 */
function soutien_settings() {
	$settings = get_option( SOUTIEN_OPTION );
	return ( is_array( $settings ) ? $settings : array() ) + SOUTIEN_DEFAULTS;
}

/**
 * What is built: "version", "hash", "integrity" and "baits".
 *
 * @return array
 */
function soutien_release() {
	static $release;
	if ( null === $release ) {
		$release = require __DIR__ . '/../shared/release.php';
	}
	return $release;
}

/**
 * The address of one of the plugin's files.
 *
 * @param string $path From the folder of the plugin on.
 * @return string
 */
function soutien_address( $path ) {
	return plugins_url( $path, SOUTIEN_FILE );
}

/**
 * The options of the tag on this page, as plugins and themes may have changed them.
 *
 * @return array By their names without "data-"; besides, "src".
 */
function soutien_options() {
	$settings = soutien_settings();
	if ( 'off' === $settings['mode'] ) {
		return array();
	}
	$options = array( 'src' => soutien_address( 'site/' . soutien_release()['hash'] . '/soutien/soutien.js' ) ) + $settings['options'];
	if ( $settings['numbers'] ) {
		$options += array( 'endpoint' => soutien_address( 'numbers.php' ) );
	}
	if ( $settings['logged-in'] ) {
		// A page cache may keep the page of a reader who has just come in.
		$options += array( 'exempt' => 'body.logged-in' );
	}
	// Before WordPress knows the page, it does not know who is asked there either; optimisers ask for the address that early.
	if ( 'ask' !== $settings['mode'] || ! did_action( 'wp' ) || ! soutien_is_asked() ) {
		$options['policy'] = 'silent';
	}
	return (array) apply_filters( 'soutien_options', $options );
}
