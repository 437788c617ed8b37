<?php
/**
 * Takes away all that the plugin has written, on each site.
 */

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

/**
 * Takes away what this site has.
 */
function soutien_uninstall() {
	global $wpdb;
	$wpdb->query( "DROP TABLE IF EXISTS {$wpdb->prefix}soutien_numbers" );
	delete_option( 'soutien' );
	delete_transient( 'soutien_caches' );
	delete_post_meta_by_key( '_soutien_quiet' );
}

if ( is_multisite() ) {
	foreach ( get_sites( array( 'fields' => 'ids', 'number' => 0 ) ) as $soutien_site ) {
		switch_to_blog( $soutien_site );
		soutien_uninstall();
		restore_current_blog();
	}
} else {
	soutien_uninstall();
}
