<?php
/**
 * What comes with the plugin into the database, and goes with it.
 */

if ( ! defined( '_ECRIRE_INC_VERSION' ) ) {
	return;
}

/**
 * Makes the table of the numbers.
 *
 * @param string $nom_meta_base_version Where SPIP keeps which version of the table there is.
 * @param string $version_cible         Which one there has to be.
 */
function soutien_upgrade( $nom_meta_base_version, $version_cible ) {
	$maj = array(
		'create' => array(
			array( 'maj_tables', array( 'spip_soutien_chiffres' ) ),
		),
	);
	include_spip( 'base/upgrade' );
	maj_plugin( $nom_meta_base_version, $version_cible, $maj );
}

/**
 * Leaves nothing behind.
 *
 * @param string $nom_meta_base_version Where SPIP keeps which version of the table there is.
 */
function soutien_vider_tables( $nom_meta_base_version ) {
	include_spip( 'inc/soutien' );
	include_spip( 'inc/soutien_chiffres' );
	sql_drop_table( 'spip_soutien_chiffres' );
	effacer_meta( SOUTIEN_META );
	effacer_meta( $nom_meta_base_version );
	if ( file_exists( SOUTIEN_LOCK ) ) {
		unlink( SOUTIEN_LOCK );
	}
}
