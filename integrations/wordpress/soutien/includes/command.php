<?php
/**
 * `wp soutien numbers`: the numbers on a terminal.
 */

defined( 'ABSPATH' ) || exit;

/**
 * Prints what has been counted, a row a day.
 *
 * ## OPTIONS
 *
 * [--from=<day>]
 * : The first day, as in 2026-11-29. Without it, the last 28 days.
 *
 * [--to=<day>]
 * : The last day.
 *
 * [--format=<format>]
 * : table, csv, json or yaml.
 * ---
 * default: table
 * ---
 *
 * @param array $arguments Without a name; there are none.
 * @param array $options   By their names.
 */
function soutien_command_numbers( $arguments, $options ) {
	$last = soutien_last_days( 28 );
	foreach ( array( 'from', 'to' ) as $index => $name ) {
		$given = isset( $options[ $name ] ) ? $options[ $name ] : $last[ $index ];
		if ( '' === soutien_day( $given, '' ) ) {
			WP_CLI::error( "found \"$given\" for --$name, expected a day as in 2026-11-29" );
		}
		$last[ $index ] = $given;
	}
	if ( $last[0] > $last[1] ) {
		WP_CLI::error( "found the days from $last[0] to $last[1], expected the earlier one first" );
	}
	$rows = array();
	foreach ( soutien_days( $last[0], $last[1] ) as $day => $numbers ) {
		$rows[] = array( 'day' => $day ) + $numbers;
	}
	WP_CLI\Utils\format_items( isset( $options['format'] ) ? $options['format'] : 'table', $rows, array_merge( array( 'day' ), SOUTIEN_NUMBERS ) );
}
WP_CLI::add_command( 'soutien numbers', 'soutien_command_numbers' );
