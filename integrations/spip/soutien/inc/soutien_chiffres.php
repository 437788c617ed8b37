<?php
/**
 * Takes the numbers in, as sums a day, and gives them back. Nothing about a reader is kept.
 */

if ( ! defined( '_ECRIRE_INC_VERSION' ) ) {
	return;
}

require_once __DIR__ . '/../shared/numbers.php';

/** Who counts has it, so that two at a time lose nothing. */
define( 'SOUTIEN_LOCK', _DIR_TMP . 'soutien.lock' );

/** Where the sums are. */
const SOUTIEN_TABLE = 'spip_soutien_chiffres';

/**
 * Takes in what a request brings.
 *
 * @return int The status of the answer.
 */
function soutien_receive() {
	include_spip( 'inc/soutien' );
	$settings = soutien_settings();
	if ( 'POST' !== $_SERVER['REQUEST_METHOD'] ) {
		return 405;
	}
	if ( 'off' === $settings['mode'] || 'oui' !== $settings['numbers'] ) {
		return 404;
	}
	if ( ! soutien_is_own_request( $_SERVER ) ) {
		return 403;
	}
	// What is longer is not even read.
	$body = file_get_contents( 'php://input', false, null, 0, SOUTIEN_LONGEST_BODY + 1 );
	if ( strlen( (string) $body ) > SOUTIEN_LONGEST_BODY || ( isset( $_SERVER['CONTENT_LENGTH'] ) && $_SERVER['CONTENT_LENGTH'] > SOUTIEN_LONGEST_BODY ) ) {
		return 413;
	}
	$batch = soutien_read_batch( $body );
	if ( null === $batch ) {
		return 400;
	}
	$address = isset( $_SERVER['REMOTE_ADDR'] ) ? $_SERVER['REMOTE_ADDR'] : '';
	include_spip( 'base/abstract_sql' );
	include_spip( 'inc/flock' );
	$lock = spip_fopen_lock( SOUTIEN_LOCK, 'w', LOCK_EX );
	sql_demarrer_transaction();
	$status = soutien_count( $batch['batch'], soutien_counts( $batch, $settings['options'] ), $address, time() );
	sql_terminer_transaction();
	if ( $lock ) {
		spip_fclose_unlock( $lock );
	}
	return $status;
}

/**
 * Counts a batch, once.
 *
 * @param string $batch   Its number.
 * @param int[]  $counts  As soutien_counts() gives them.
 * @param string $address Of the network it comes from.
 * @param int    $now     In seconds since 1970.
 * @return int The status of the answer.
 */
function soutien_count( $batch, $counts, $address, $now ) {
	include_spip( 'inc/securiser_action' );
	$day    = date( 'Y-m-d', $now );
	$place  = 'de:' . soutien_place_of_address( $address, secret_du_site(), $day );
	$minute = intdiv( $now, 60 );
	// The minute and how many there were in it are one number.
	$packed = (int) soutien_total( '', $place );
	$n_sent = intdiv( $packed, 1000 ) === $minute ? $packed % 1000 : 0;
	if ( $n_sent >= SOUTIEN_MOST_A_MINUTE ) {
		return 429;
	}
	if ( ! soutien_write( '', $place, $minute * 1000 + $n_sent + 1 ) ) {
		return 503;
	}
	list( $place, $number ) = soutien_place_of_batch( $batch );
	$place                  = 'lot:' . $place;
	$seen                   = soutien_total( '', $place );
	if ( null !== $seen && (int) $seen === (int) $number ) {
		return 204;
	}
	soutien_write( '', $place, (int) $number );
	foreach ( $counts as $name => $n ) {
		soutien_write( $day, $name, (int) soutien_total( $day, $name ) + $n );
	}
	return 204;
}

/**
 * What a row of the table is found by.
 *
 * @param string $day  As in "2026-11-29", or empty.
 * @param string $name Of what is counted.
 * @return string[]
 */
function soutien_row( $day, $name ) {
	return array( 'jour=' . sql_quote( $day, '', 'text' ), 'nom=' . sql_quote( $name, '', 'text' ) );
}

/**
 * A number of the table.
 *
 * @param string $day  As in "2026-11-29", or empty.
 * @param string $name Of what is counted.
 * @return string|int|null Null where there is none.
 */
function soutien_total( $day, $name ) {
	$total = sql_getfetsel( 'total', SOUTIEN_TABLE, soutien_row( $day, $name ) );
	return is_numeric( $total ) ? $total : null;
}

/**
 * Writes a number into the table.
 *
 * @param string $day   As in "2026-11-29", or empty.
 * @param string $name  Of what is counted.
 * @param int    $total The number.
 * @return bool Whether it could be written.
 */
function soutien_write( $day, $name, $total ) {
	if ( null !== soutien_total( $day, $name ) ) {
		return (bool) sql_updateq( SOUTIEN_TABLE, array( 'total' => $total ), soutien_row( $day, $name ) );
	}
	$row = array(
		'jour'  => $day,
		'nom'   => $name,
		'total' => $total,
	);
	return false !== sql_insertq( SOUTIEN_TABLE, $row );
}

/**
 * The numbers of the last days, today included, those without any left out.
 *
 * @param int $n_days How many days.
 * @return array By day, as in "2026-11-29", the newest first: the numbers by the names of SOUTIEN_NUMBERS.
 */
function soutien_days( $n_days ) {
	include_spip( 'base/abstract_sql' );
	$first = date( 'Y-m-d', strtotime( '-' . ( max( 1, (int) $n_days ) - 1 ) . ' days' ) );
	$rows  = sql_allfetsel( 'jour, nom, total', SOUTIEN_TABLE, 'jour>=' . sql_quote( $first, '', 'text' ), '', 'jour DESC' );
	$days  = array();
	foreach ( $rows as $row ) {
		if ( ! isset( $days[ $row['jour'] ] ) ) {
			$days[ $row['jour'] ] = array_fill_keys( SOUTIEN_NUMBERS, 0 );
		}
		if ( in_array( $row['nom'], SOUTIEN_NUMBERS, true ) ) {
			$days[ $row['jour'] ][ $row['nom'] ] = (int) $row['total'];
		}
	}
	return $days;
}
