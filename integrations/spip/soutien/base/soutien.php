<?php
/**
 * The table of the numbers.
 */

if ( ! defined( '_ECRIRE_INC_VERSION' ) ) {
	return;
}

/**
 * Describes the table to SPIP: a sum a row, by day and name. What has no day is what the counting itself remembers: which batches came, and how many
 * from where in this minute, in 4096 places each.
 *
 * @param array $tables Those of SPIP.
 * @return array
 */
function soutien_declarer_tables_auxiliaires( $tables ) {
	$tables['spip_soutien_chiffres'] = array(
		'field' => array(
			'jour'  => "varchar(10) DEFAULT '' NOT NULL",
			'nom'   => "varchar(32) DEFAULT '' NOT NULL",
			'total' => "bigint DEFAULT '0' NOT NULL",
		),
		'key'   => array(
			'PRIMARY KEY' => 'jour, nom',
		),
	);
	return $tables;
}
