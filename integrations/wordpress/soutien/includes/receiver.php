<?php
/**
 * Keeps a batch of numbers: loaded by ../numbers.php, with little of WordPress around it.
 */

defined( 'ABSPATH' ) || exit;

/** The day under which the table remembers what came of late, so that it does not count twice or too often. */
const SOUTIEN_MEMORY = '1000-01-01';

/** More than anybody sends in a minute: what a place counts stands below it, and the minute above. */
const SOUTIEN_MINUTE = 1000000;

/**
 * Whether this site takes numbers: the plugin is active, here or on all sites, and has not been told otherwise.
 *
 * @param array $settings As soutien_settings() gives them.
 * @return bool
 */
function soutien_takes_numbers( $settings ) {
	$plugin = basename( dirname( __DIR__ ) ) . '/soutien.php';
	$here   = in_array( $plugin, (array) get_option( 'active_plugins', array() ), true );
	if ( ! $here && is_multisite() ) {
		$here = isset( get_site_option( 'active_sitewide_plugins', array() )[ $plugin ] );
	}
	return $here && $settings['numbers'] && 'off' !== $settings['mode'];
}

/**
 * The address that a request comes from, for the time of this request.
 *
 * @param array $server   As PHP's $_SERVER.
 * @param bool  $is_proxy Whether the site's own proxy tells it, at the end of a list.
 * @return string
 */
function soutien_sender( $server, $is_proxy ) {
	if ( $is_proxy && isset( $server['HTTP_X_FORWARDED_FOR'] ) && is_string( $server['HTTP_X_FORWARDED_FOR'] ) ) {
		$addresses = explode( ',', $server['HTTP_X_FORWARDED_FOR'] );
		return trim( end( $addresses ) );
	}
	return isset( $server['REMOTE_ADDR'] ) ? (string) $server['REMOTE_ADDR'] : '';
}

/**
 * Keeps a batch, if it may count.
 *
 * @param array  $batch  As soutien_read_batch() gives it.
 * @param array  $server As PHP's $_SERVER.
 * @return int The status to answer with: 204 where it counts, or has counted before.
 */
function soutien_receive( $batch, $server ) {
	global $wpdb;
	$settings = soutien_settings();
	if ( ! soutien_takes_numbers( $settings ) ) {
		return 404;
	}
	$day   = current_datetime()->format( 'Y-m-d' );
	list( $place, $number ) = soutien_place_of_batch( $batch['batch'] );
	$sent   = 'batch:' . $place;
	// What is secret here is so without WordPress' functions for it, which are not loaded.
	$secret = DB_NAME . DB_PASSWORD . ( defined( 'AUTH_SALT' ) ? AUTH_SALT : '' );
	$from   = 'from:' . soutien_place_of_address( soutien_sender( $server, $settings['proxy'] ), $secret, $day );
	$minute = (int) floor( time() / 60 ) * SOUTIEN_MINUTE;
	$table  = $wpdb->prefix . 'soutien_numbers';

	// Where the table is missing, the status says so, and nothing else may be said here.
	$wpdb->suppress_errors();
	$known = $wpdb->get_results(
		$wpdb->prepare( "SELECT name, total FROM $table WHERE day = %s AND name IN ( %s, %s )", SOUTIEN_MEMORY, $from, $sent ),
		OBJECT_K
	);
	if ( $wpdb->last_error ) {
		return 503;
	}
	if ( isset( $known[ $sent ] ) && (int) $known[ $sent ]->total === $number ) {
		return 204;
	}
	if ( isset( $known[ $from ] ) && (int) $known[ $from ]->total >= $minute + SOUTIEN_MOST_A_MINUTE ) {
		return 429;
	}
	$values = array( SOUTIEN_MEMORY, $sent, $number, SOUTIEN_MEMORY, $from, $minute + 1 );
	foreach ( soutien_counts( $batch, $settings['options'] ) as $name => $times ) {
		array_push( $values, $day, $name, $times );
	}
	$rows = implode( ', ', array_fill( 0, count( $values ) / 3, '( %s, %s, %d )' ) );
	array_push( $values, SOUTIEN_MEMORY, $from, $minute );
	// Everything at once: what is counted is added to what was, and what is remembered takes its place.
	$kept = $wpdb->query(
		$wpdb->prepare(
			"INSERT INTO $table ( day, name, total ) VALUES $rows ON DUPLICATE KEY UPDATE total = CASE
				WHEN day <> %s THEN total + VALUES( total )
				WHEN name = %s AND total >= %d THEN total + 1
				ELSE VALUES( total ) END",
			$values
		)
	);
	return false === $kept ? 503 : 204;
}
