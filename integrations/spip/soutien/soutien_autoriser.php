<?php
/**
 * Who may do what. To set Soutien up is to configure the site, for which SPIP's own rule holds.
 */

if ( ! defined( '_ECRIRE_INC_VERSION' ) ) {
	return;
}

/**
 * What SPIP calls to have this file.
 */
function soutien_autoriser() {
}

/**
 * Whether somebody may see the numbers: administrators may.
 *
 * @param string $faire What somebody wants to do.
 * @param string $type  With what.
 * @param int    $id    With which.
 * @param array  $qui   Who it is.
 * @param array  $opt   Nothing here.
 * @return bool
 */
function autoriser_soutien_voirstats_dist( $faire, $type, $id, $qui, $opt ) {
	return '0minirezo' === $qui['statut'];
}

/**
 * Whether somebody has the numbers in the menu.
 *
 * @param string $faire What somebody wants to do.
 * @param string $type  With what.
 * @param int    $id    With which.
 * @param array  $qui   Who it is.
 * @param array  $opt   Nothing here.
 * @return bool
 */
function autoriser_soutien_menu_dist( $faire, $type, $id, $qui, $opt ) {
	return autoriser( 'voirstats', '_soutien', $id, $qui, $opt );
}

/**
 * Whether somebody has the form in the menu.
 *
 * @param string $faire What somebody wants to do.
 * @param string $type  With what.
 * @param int    $id    With which.
 * @param array  $qui   Who it is.
 * @param array  $opt   Nothing here.
 * @return bool
 */
function autoriser_configurersoutien_menu_dist( $faire, $type, $id, $qui, $opt ) {
	return autoriser( 'configurer', '_soutien', $id, $qui, $opt );
}
