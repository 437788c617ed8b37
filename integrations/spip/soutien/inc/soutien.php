<?php
/**
 * What is set, and the tag that comes of it.
 */

if ( ! defined( '_ECRIRE_INC_VERSION' ) ) {
	return;
}

require_once __DIR__ . '/../shared/values.php';

/** Under which name SPIP keeps what is set. */
const SOUTIEN_META = 'soutien';

/** Whom SPIP knows by status: administrators, editors, and visitors with an account. */
const SOUTIEN_STATUSES = array( '0minirezo', '1comite', '6forum' );

/**
 * What holds after the installation: a week of measuring tells whether there is anything to ask for.
 *
 * @return array "mode"; "numbers": whether they are counted here, "oui" or "non"; who is not asked: "statuses", "session" with fields of the session,
 *               "rubriques" and "articles" with numbers; "options": those of the tag that are not the default.
 */
function soutien_defaults() {
	return array(
		'mode'      => 'measure',
		'numbers'   => 'oui',
		'statuses'  => SOUTIEN_STATUSES,
		'session'   => '',
		'rubriques' => '',
		'articles'  => '',
		'options'   => array(),
	);
}

/**
 * What is set, with the defaults for what is not.
 *
 * @return array As soutien_defaults() has it.
 */
function soutien_settings() {
	include_spip( 'inc/config' );
	$kept     = lire_config( SOUTIEN_META );
	$defaults = soutien_defaults();
	$settings = is_array( $kept ) ? array_intersect_key( $kept, $defaults ) + $defaults : $defaults;
	// Somebody else may have written it.
	foreach ( array( 'statuses', 'options' ) as $name ) {
		if ( ! is_array( $settings[ $name ] ) ) {
			$settings[ $name ] = $defaults[ $name ];
		}
	}
	return $settings;
}

/**
 * Keeps what is set: of that, what is not the default.
 *
 * @param array $settings As soutien_defaults() has it.
 */
function soutien_keep( $settings ) {
	include_spip( 'inc/config' );
	$kept = array();
	foreach ( soutien_defaults() as $name => $default ) {
		if ( $settings[ $name ] !== $default ) {
			$kept[ $name ] = $settings[ $name ];
		}
	}
	if ( $kept ) {
		ecrire_config( SOUTIEN_META, $kept );
	} else {
		effacer_config( SOUTIEN_META );
	}
}

/**
 * What is built: its version, and the folder of the files for readers.
 *
 * @return array
 */
function soutien_release() {
	static $release;
	if ( null === $release ) {
		$release = require __DIR__ . '/../shared/release.php';
	}
	return $release;
}

/**
 * The folder of the site as addresses have it, from the first slash on: a page may be reached by more than one name, and by https where SPIP
 * sees http.
 *
 * @return string As in "/" or "/journal/".
 */
function soutien_folder_of_site() {
	$path = parse_url( url_de_base(), PHP_URL_PATH );
	return is_string( $path ) && '' !== $path ? $path : '/';
}

/**
 * Where a file of the plugin is, for a browser.
 *
 * @param string $name Its path in the plugin.
 * @return string
 */
function soutien_address( $name ) {
	$folder = _DIR_PLUGIN_SOUTIEN;
	// In the private area, SPIP's folders begin with the way out of it.
	if ( _DIR_RACINE && 0 === strpos( $folder, _DIR_RACINE ) ) {
		$folder = substr( $folder, strlen( _DIR_RACINE ) );
	}
	return soutien_folder_of_site() . $folder . $name;
}

/**
 * The tag.
 *
 * @param array $settings  As soutien_defaults() has it.
 * @param bool  $is_exempt Whether this reader is not asked.
 * @return string
 */
function soutien_tag( $settings, $is_exempt ) {
	$release    = soutien_release();
	$attributes = array();
	foreach ( $settings['options'] as $key => $value ) {
		// Another version of the plugin may have kept it.
		$value = soutien_value( $key, $value );
		if ( null !== $value && '' !== $value ) {
			$attributes[ 'data-' . $key ] = $value;
		}
	}
	if ( $is_exempt || 'ask' !== $settings['mode'] ) {
		$attributes['data-policy'] = 'silent';
	}
	if ( 'oui' === $settings['numbers'] && ! isset( $attributes['data-endpoint'] ) ) {
		$attributes['data-endpoint'] = soutien_folder_of_site() . 'spip.php?action=soutien_chiffres';
	}
	$attributes['src'] = soutien_address( 'site/' . $release['hash'] . '/soutien/soutien.js' );
	// What optimisers between SPIP and the reader go by; the first has to come before the address.
	$tag = '<script async data-cfasync="false" data-pagespeed-no-defer';
	foreach ( $attributes as $name => $value ) {
		$tag .= ' ' . $name . '="' . spip_htmlspecialchars( $value, ENT_QUOTES ) . '"';
	}
	return $tag . '></script>';
}

/**
 * Whether this is a page on which readers read nothing: an error, what an author sees before it is published, or a way to log in.
 *
 * @return bool
 */
function soutien_is_no_page_for_readers() {
	$is_preview = defined( '_VAR_PREVIEW' ) && _VAR_PREVIEW;
	return $is_preview || test_espace_prive() || http_response_code() >= 400 || in_array( _request( 'page' ), array( 'login', 'spip_pass' ), true );
}

/**
 * Whether this reader is not asked, or nobody is on this page. SPIP asks on every request, so that the answer is this reader's alone.
 *
 * @param array $settings As soutien_defaults() has it.
 * @return bool
 */
function soutien_is_exempt( $settings ) {
	$session   = isset( $GLOBALS['visiteur_session'] ) && is_array( $GLOBALS['visiteur_session'] ) ? $GLOBALS['visiteur_session'] : array();
	$page      = isset( $GLOBALS['contexte'] ) && is_array( $GLOBALS['contexte'] ) ? $GLOBALS['contexte'] : array();
	$is_exempt = soutien_is_known( $settings, $session ) || soutien_is_quiet( $settings, $page );
	return (bool) pipeline(
		'soutien_exempter',
		array(
			'args' => array(
				'session'  => $session,
				'contexte' => $page,
			),
			'data' => $is_exempt,
		)
	);
}

/**
 * Whether a session is one of those that are not asked.
 *
 * @param array $settings As soutien_defaults() has it.
 * @param array $session  SPIP's; empty for who is not logged in.
 * @return bool
 */
function soutien_is_known( $settings, $session ) {
	$status = isset( $session['statut'] ) ? $session['statut'] : '';
	if ( ! empty( $session['id_auteur'] ) && in_array( $status, $settings['statuses'], true ) ) {
		return true;
	}
	foreach ( preg_split( '/ /', $settings['session'], -1, PREG_SPLIT_NO_EMPTY ) as $wanted ) {
		list( $field, $value ) = explode( '=', $wanted, 2 ) + array( 1 => null );
		$found                 = isset( $session[ $field ] ) ? $session[ $field ] : '';
		// Plugins keep several values as a list, be it one of PHP or one with commas.
		$found = is_array( $found ) ? array_filter( $found, 'is_scalar' ) : preg_split( '/[,;\s]+/', (string) $found );
		$found = array_diff( array_map( 'strval', $found ), array( '', '0', 'non' ) );
		if ( null === $value ? $found : in_array( $value, $found, true ) ) {
			return true;
		}
	}
	return false;
}

/**
 * Whether a page is one of those on which nobody is asked.
 *
 * @param array $settings As soutien_defaults() has it.
 * @param array $page     What SPIP knows of it: "id_article", "id_rubrique".
 * @return bool
 */
function soutien_is_quiet( $settings, $page ) {
	$numbers  = function ( $text ) {
		return array_map( 'intval', preg_split( '/\D+/', $text, -1, PREG_SPLIT_NO_EMPTY ) );
	};
	$article  = isset( $page['id_article'] ) ? (int) $page['id_article'] : 0;
	$rubrique = isset( $page['id_rubrique'] ) ? (int) $page['id_rubrique'] : 0;
	if ( $article && in_array( $article, $numbers( $settings['articles'] ), true ) ) {
		return true;
	}
	$quiet = $numbers( $settings['rubriques'] );
	if ( ! $quiet ) {
		return false;
	}
	include_spip( 'base/abstract_sql' );
	if ( $article ) {
		$rubrique = (int) sql_getfetsel( 'id_rubrique', 'spip_articles', 'id_article=' . $article );
	}
	// Up to the root; a tree that is a circle has an end here as well.
	for ( $n_left = 50; $rubrique > 0 && $n_left; $n_left-- ) {
		if ( in_array( $rubrique, $quiet, true ) ) {
			return true;
		}
		$rubrique = (int) sql_getfetsel( 'id_parent', 'spip_rubriques', 'id_rubrique=' . $rubrique );
	}
	return false;
}
