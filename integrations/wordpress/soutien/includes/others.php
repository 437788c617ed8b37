<?php
/**
 * What else is on the site: other notices about ad blockers, of which a reader would see two, and page caches, which keep the old tag.
 */

defined( 'ABSPATH' ) || exit;

/** Plugins with a notice of their own, by their folders. */
const SOUTIEN_OTHER_NOTICES = array(
	'ad-inserter'                 => 'Ad Inserter',
	'ad-inserter-pro'             => 'Ad Inserter Pro',
	'advanced-ads-pro'            => 'Advanced Ads Pro',
	'chp-ads-block-detector'      => 'CHP Ads Block Detector',
	'ad-blocking-detector'        => 'Ad Blocking Detector',
	'adblock-notify-by-bweb'      => 'Adblock Notify',
	'ad-blocker-notify-lite'      => 'AdBlock Notify Lite',
	'adunblocker'                 => 'AdUnblocker',
	'deblocker'                   => 'DeBlocker',
	'quads-ads-blocker'           => 'WP Quads',
	'simple-adblock-notice'       => 'Simple Adblock Notice',
	'jetpack-ads-blocker-message' => 'Ads Blocker Message',
);

/** Page caches by name: the function that empties each, or the action that does. */
const SOUTIEN_CACHES = array(
	'WP Rocket'        => array( 'rocket_clean_domain', null ),
	'W3 Total Cache'   => array( 'w3tc_flush_all', null ),
	'WP Super Cache'   => array( 'wp_cache_clear_cache', null ),
	'WP Fastest Cache' => array( 'wpfc_clear_all_cache', null ),
	'Cache Enabler'    => array( null, 'cache_enabler_clear_complete_cache' ),
	'LiteSpeed Cache'  => array( null, 'litespeed_purge_all' ),
	'Breeze'           => array( null, 'breeze_clear_all_cache' ),
	'Speed Optimizer'  => array( 'sg_cachepress_purge_cache', null ),
	'Kinsta'           => array( null, 'kinsta_clear_cache_all' ),
	'Nginx Helper'     => array( null, 'rt_nginx_helper_purge_all' ),
	'Cachify'          => array( null, 'cachify_flush_cache' ),
);

/**
 * The names of whatever else asks readers about their blockers.
 *
 * @return string[]
 */
function soutien_other_notices() {
	$plugins = (array) get_option( 'active_plugins', array() );
	if ( is_multisite() ) {
		$plugins = array_merge( $plugins, array_keys( (array) get_site_option( 'active_sitewide_plugins', array() ) ) );
	}
	$found = array();
	foreach ( $plugins as $plugin ) {
		$folder = dirname( $plugin );
		if ( isset( SOUTIEN_OTHER_NOTICES[ $folder ] ) ) {
			$found[] = SOUTIEN_OTHER_NOTICES[ $folder ];
		}
	}
	// Site Kit's is switched on by itself: https://sitekit.withgoogle.com/documentation/using-site-kit/ad-blocking-recovery/.
	$site_kit = get_option( 'googlesitekit_adsense_settings' );
	if ( is_array( $site_kit ) && ! empty( $site_kit['useAdBlockerDetectionSnippet'] ) ) {
		$found[] = 'Site Kit';
	}
	// Themes of TieLabs have one among their options.
	$theme = get_option( 'tie_' . get_template() . '_options', get_option( 'tie_options' ) );
	if ( is_array( $theme ) && ! empty( $theme['ad_blocker_detector'] ) ) {
		$found[] = wp_get_theme()->get( 'Name' );
	}
	return $found;
}

/**
 * The page caches of this site that can be told.
 *
 * @return string[] Their names.
 */
function soutien_known_caches() {
	$known = array();
	foreach ( SOUTIEN_CACHES as $name => list( $function, $action ) ) {
		if ( ( $function && function_exists( $function ) ) || ( $action && has_action( $action ) ) ) {
			$known[] = $name;
		}
	}
	return $known;
}

/**
 * Empties page caches, so that readers get the tag as it is now.
 *
 * @return string[] The names of those that could be told.
 */
function soutien_empty_caches() {
	$known = soutien_known_caches();
	foreach ( $known as $name ) {
		list( $function, $action ) = SOUTIEN_CACHES[ $name ];
		if ( $function ) {
			$function();
		} else {
			do_action( $action );
		}
	}
	return $known;
}

/**
 * After something of the tag has changed: empties what can be emptied, and remembers what to say of it on the next page of the admin.
 */
function soutien_tag_changed() {
	$told     = soutien_empty_caches();
	$is_known = defined( 'WP_CACHE' ) && WP_CACHE;
	set_transient( 'soutien_caches', array( $told, $is_known && ! $told ), MINUTE_IN_SECONDS );
}
add_action( 'update_option_' . SOUTIEN_OPTION, 'soutien_tag_changed' );
add_action( 'add_option_' . SOUTIEN_OPTION, 'soutien_tag_changed' );
