<?php
/**
 * The numbers as a file for a spreadsheet.
 */

if ( ! defined( '_ECRIRE_INC_VERSION' ) ) {
	return;
}

/**
 * Sends it to who may see the numbers, by an address that SPIP has signed.
 */
function action_soutien_csv_dist() {
	$securiser_action = charger_fonction( 'securiser_action', 'inc' );
	$n_days           = (int) $securiser_action();
	include_spip( 'inc/autoriser' );
	if ( ! autoriser( 'voirstats', '_soutien' ) ) {
		http_response_code( 403 );
		exit;
	}
	include_spip( 'inc/soutien_chiffres' );
	header( 'Content-Type: text/csv; charset=utf-8' );
	header( 'Content-Disposition: attachment; filename="soutien.csv"' );
	header( 'Cache-Control: no-store' );
	// A spreadsheet reads names of ours and numbers, and nothing that anybody else has written.
	$line = function ( $cells ) {
		echo implode( ',', $cells ) . "\r\n";
	};
	$line( array_merge( array( 'day' ), SOUTIEN_NUMBERS ) );
	foreach ( soutien_days( $n_days ) as $day => $numbers ) {
		$line( array_merge( array( $day ), array_values( $numbers ) ) );
	}
	exit;
}
