<?php
/**
 * The numbers of this site: a row for each day and each thing that is counted.
 */

defined( 'ABSPATH' ) || exit;

/** By this, an update knows whether the table is what it should be. */
const SOUTIEN_SCHEMA = 1;

/**
 * Makes the table of this site.
 */
function soutien_make_table() {
	global $wpdb;
	require_once ABSPATH . 'wp-admin/includes/upgrade.php';
	dbDelta(
		"CREATE TABLE {$wpdb->prefix}soutien_numbers (
			day date NOT NULL,
			name varchar(32) NOT NULL,
			total bigint(20) unsigned NOT NULL,
			PRIMARY KEY  (day,name)
		) {$wpdb->get_charset_collate()};"
	);
	update_option( SOUTIEN_OPTION, array( 'schema' => SOUTIEN_SCHEMA ) + soutien_settings() );
}

/**
 * Sees to it that this site has its table and its settings, be the plugin new here, on a new site of many, or updated.
 */
function soutien_prepare() {
	$settings = get_option( SOUTIEN_OPTION );
	if ( ! isset( $settings['schema'] ) || SOUTIEN_SCHEMA !== $settings['schema'] ) {
		soutien_make_table();
	}
}
add_action( 'admin_init', 'soutien_prepare' );

/**
 * What has been counted.
 *
 * @param string $from The first day, as in "2026-11-29".
 * @param string $to   The last day.
 * @return array By days in order, the numbers by their names. Days on which nothing was counted are there as well.
 */
function soutien_days( $from, $to ) {
	global $wpdb;
	$rows = $wpdb->get_results(
		$wpdb->prepare( "SELECT day, name, total FROM {$wpdb->prefix}soutien_numbers WHERE day BETWEEN %s AND %s", $from, $to )
	);
	$days = array();
	$none = array_fill_keys( SOUTIEN_NUMBERS, 0 );
	for ( $day = new DateTimeImmutable( $from ); $day <= new DateTimeImmutable( $to ); $day = $day->modify( '+1 day' ) ) {
		$days[ $day->format( 'Y-m-d' ) ] = $none;
	}
	foreach ( (array) $rows as $row ) {
		if ( isset( $days[ $row->day ][ $row->name ] ) ) {
			$days[ $row->day ][ $row->name ] = (int) $row->total;
		}
	}
	return $days;
}

/**
 * A day that somebody has named.
 *
 * @param mixed  $day     As it was given.
 * @param string $default Where it is none.
 * @return string As in "2026-11-29".
 */
function soutien_day( $day, $default ) {
	$is_day = is_string( $day ) && preg_match( '/^([1-9]\d{3})-(\d\d)-(\d\d)$/D', $day, $parts ) && checkdate( (int) $parts[2], (int) $parts[3], (int) $parts[1] );
	return $is_day ? $day : $default;
}

/**
 * Today, and the first of so many days that end with it, by the site's own clock.
 *
 * @param int $n_days How many.
 * @return string[] The first and the last day.
 */
function soutien_last_days( $n_days ) {
	$today = current_datetime();
	return array( $today->modify( '-' . ( $n_days - 1 ) . ' days' )->format( 'Y-m-d' ), $today->format( 'Y-m-d' ) );
}

/**
 * A rate in words.
 *
 * @param float|null $rate From 0 to 1.
 * @return string
 */
function soutien_percent( $rate ) {
	/* translators: %s: a number of percent. */
	return null === $rate ? '–' : sprintf( __( '%s %%', 'soutien' ), number_format_i18n( 100 * $rate, 1 ) );
}
