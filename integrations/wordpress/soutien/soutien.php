<?php
/**
 * Plugin Name:       Soutien
 * Description:       Tells whether a reader blocks the site's ads, and asks politely for support. Small, accessible, in 25 languages; a “no” is heard.
 * Version:           0.2.0
 * Requires at least: 6.1
 * Requires PHP:      7.4
 * License:           MIT
 * License URI:       https://opensource.org/license/mit
 * Text Domain:       soutien
 * Domain Path:       /languages
 */

defined( 'ABSPATH' ) || exit;

if ( defined( 'SOUTIEN_OPTIONS' ) ) {
	// The must-use file has the same functions, and was there before.
	add_action(
		'admin_notices',
		function () {
			echo '<div class="notice notice-warning"><p>';
			echo esc_html__( 'Soutien is there twice: the must-use file soutien.php in wp-content/mu-plugins does the work. Delete it, and this plugin takes over.', 'soutien' );
			echo '</p></div>';
		}
	);
	return;
}

/** This file, by which WordPress knows the plugin. */
const SOUTIEN_FILE = __FILE__;

require __DIR__ . '/includes/settings.php';
require __DIR__ . '/includes/readers.php';
require __DIR__ . '/includes/tag.php';
require __DIR__ . '/includes/optimisers.php';
require __DIR__ . '/includes/places.php';

if ( is_admin() || wp_doing_cron() || ( defined( 'WP_CLI' ) && WP_CLI ) ) {
	require __DIR__ . '/shared/values.php';
	require __DIR__ . '/shared/numbers.php';
	require __DIR__ . '/includes/numbers.php';
	require __DIR__ . '/includes/others.php';
}
if ( is_admin() ) {
	require __DIR__ . '/includes/fields.php';
	require __DIR__ . '/includes/page.php';
	require __DIR__ . '/includes/numbers-page.php';
	require __DIR__ . '/includes/privacy.php';
}
require __DIR__ . '/includes/health.php';
if ( defined( 'WP_CLI' ) && WP_CLI ) {
	require __DIR__ . '/includes/command.php';
}
