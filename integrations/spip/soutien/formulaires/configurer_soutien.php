<?php
/**
 * The form: what Soutien does, who is not asked, and every option of the tag.
 */

if ( ! defined( '_ECRIRE_INC_VERSION' ) ) {
	return;
}

include_spip( 'inc/soutien' );
include_spip( 'inc/autoriser' );

/** The options that most sites set; the others are folded away. */
const SOUTIEN_FIRST = array( 'lang', 'view', 'policy', 'title', 'text', 'logo', 'support-url', 'consent' );

/**
 * What the form shows.
 *
 * @return array|false False for who may not configure the site.
 */
function formulaires_configurer_soutien_charger_dist() {
	if ( ! autoriser( 'configurer', '_soutien' ) ) {
		return false;
	}
	return soutien_fields( soutien_settings(), array() );
}

/**
 * Looks at what was sent.
 *
 * @return array What is wrong, by fields.
 */
function formulaires_configurer_soutien_verifier_dist() {
	if ( ! autoriser( 'configurer', '_soutien' ) ) {
		return array( 'message_erreur' => _T( 'soutien:erreur_autorisation' ) );
	}
	list( , $errors ) = soutien_sent();
	if ( $errors ) {
		$errors['message_erreur'] = _T( 'soutien:erreur_formulaire' );
	}
	return $errors;
}

/**
 * Keeps what was sent.
 *
 * @return array What is said of it.
 */
function formulaires_configurer_soutien_traiter_dist() {
	if ( ! autoriser( 'configurer', '_soutien' ) ) {
		return array( 'message_erreur' => _T( 'soutien:erreur_autorisation' ) );
	}
	list( $settings ) = soutien_sent();
	soutien_keep( $settings );
	// Pages that browsers may keep for a while are asked for again.
	include_spip( 'inc/invalideur' );
	suivre_invalideur( 'soutien' );
	return array(
		'message_ok' => _T( 'config_info_enregistree' ),
		'editable'   => true,
	);
}

/**
 * What somebody has sent, as it is kept.
 *
 * @return array The settings as soutien_defaults() has them, and what is wrong, by fields, as HTML.
 */
function soutien_sent() {
	$settings            = soutien_defaults();
	$errors              = array();
	$mode                = _request( 'mode' );
	$settings['numbers'] = 'oui' === _request( 'numbers' ) ? 'oui' : 'non';
	if ( in_array( $mode, SOUTIEN_MODES, true ) ) {
		$settings['mode'] = $mode;
	} else {
		$errors['mode'] = soutien_complaint( $mode, _T( 'soutien:attendu_choix' ) );
	}
	$statuses             = _request( 'statuses' );
	$settings['statuses'] = array_values( array_intersect( SOUTIEN_STATUSES, is_array( $statuses ) ? $statuses : array() ) );
	$lists                = array(
		'session'   => array( '/^[a-z_]\w*(=[^\s=]+)?$/Di', _T( 'soutien:attendu_session' ) ),
		'rubriques' => array( '/^[1-9]\d{0,8}$/D', _T( 'soutien:attendu_numeros' ) ),
		'articles'  => array( '/^[1-9]\d{0,8}$/D', _T( 'soutien:attendu_numeros' ) ),
	);
	foreach ( $lists as $name => list( $pattern, $expected ) ) {
		$sent              = _request( $name );
		$words             = is_string( $sent ) ? preg_split( '/[\s,;]+/', $sent, -1, PREG_SPLIT_NO_EMPTY ) : array();
		$settings[ $name ] = implode( ' ', $words );
		if ( preg_grep( $pattern, $words, PREG_GREP_INVERT ) || strlen( $settings[ $name ] ) > 1000 ) {
			$errors[ $name ] = soutien_complaint( $sent, $expected );
		}
	}
	foreach ( array_keys( soutien_table() ) as $key ) {
		$field = soutien_field( $key );
		$sent  = _request( $field );
		$value = soutien_value( $key, null === $sent ? '' : $sent );
		if ( null === $value ) {
			$errors[ $field ] = soutien_complaint( $sent, _T( 'soutienoptions:values_' . soutien_word( $key ) ) );
		} elseif ( '' !== $value ) {
			$settings['options'][ $key ] = $value;
		}
	}
	return array( $settings, $errors );
}

/**
 * A key or a value as words of a language file have it.
 *
 * @param string $text Of the table.
 * @return string
 */
function soutien_word( $text ) {
	return str_replace( '-', '_', $text );
}

/**
 * Under which name the form sends an option.
 *
 * @param string $key Of the option.
 * @return string
 */
function soutien_field( $key ) {
	return 'option_' . soutien_word( $key );
}

/**
 * Says what was found and what is expected.
 *
 * @param mixed  $found    What was sent.
 * @param string $expected As HTML.
 * @return string As HTML.
 */
function soutien_complaint( $found, $expected ) {
	$found = is_array( $found ) ? implode( ' ', array_filter( $found, 'is_string' ) ) : (string) $found;
	$found = preg_match( '//u', $found ) ? $found : '?';
	if ( strlen( $found ) > 60 ) {
		$found = mb_strcut( $found, 0, 60, 'UTF-8' ) . '…';
	}
	return _T(
		'soutien:erreur_valeur',
		array(
			'trouve'  => spip_htmlspecialchars( $found, ENT_QUOTES ),
			'attendu' => $expected,
		),
		// SPIP would strip the code out of what is expected; what was found is escaped.
		array( 'sanitize' => false )
	);
}

/**
 * What the form has to show, which is what was sent where there was something wrong with it.
 *
 * @param array $settings As soutien_defaults() has it.
 * @return array
 */
function soutien_fields( $settings ) {
	$is_sent = 'configurer_soutien' === _request( 'formulaire_action' );
	$errors  = array();
	if ( $is_sent ) {
		list( $sent, $errors ) = soutien_sent();
		$settings              = $sent + $settings;
	}
	$text = function ( $name, $kept ) use ( $is_sent ) {
		$sent = $is_sent ? _request( $name ) : null;
		return is_string( $sent ) ? $sent : (string) $kept;
	};
	$rows = array();
	foreach ( soutien_table() as $key => $row ) {
		$kept          = isset( $settings['options'][ $key ] ) ? $settings['options'][ $key ] : $row['initial'];
		$field         = soutien_field( $key );
		$group         = in_array( $key, SOUTIEN_FIRST, true ) ? 'first' : 'others';
		$rows[ $key ]  = array(
			'name'        => $field,
			'group'       => $group,
			'control'     => $row['control'],
			'value'       => $text( $field, $kept ),
			'values'      => explode( ' ', $kept ),
			'choices'     => isset( $row['choices'] ) ? soutien_choices( $key, $row ) : array(),
			'least'       => isset( $row['least'] ) ? $row['least'] : '',
			'most'        => isset( $row['most'] ) ? $row['most'] : '',
			'label'       => _T( 'soutienoptions:label_' . soutien_word( $key ) ),
			'does'        => _T( 'soutienoptions:does_' . soutien_word( $key ) ),
			'default'     => '' === $row['initial'] ? _T( 'soutienoptions:initial_' . soutien_word( $key ) ) : soutien_choice( $key, $row['initial'] ),
			'error'       => isset( $errors[ $field ] ) ? $errors[ $field ] : '',
		);
	}
	$in_group = function ( $group ) use ( $rows ) {
		return array_filter(
			$rows,
			function ( $row ) use ( $group ) {
				return $group === $row['group'];
			}
		);
	};
	$others   = $in_group( 'others' );
	$lists    = array();
	foreach ( array( 'session', 'rubriques', 'articles' ) as $name ) {
		$lists[ $name ] = array(
			'name'  => $name,
			'value' => $text( $name, $settings[ $name ] ),
			'label' => _T( 'soutien:label_' . $name ),
			'does'  => _T( 'soutien:explication_' . $name ),
			'error' => isset( $errors[ $name ] ) ? $errors[ $name ] : '',
		);
	}
	return array(
		'mode'      => $settings['mode'],
		'numbers'   => $settings['numbers'],
		'_modes'    => SOUTIEN_MODES,
		'_statuses' => SOUTIEN_STATUSES,
		'_chosen'   => $settings['statuses'],
		'_lists'    => $lists,
		'_first'    => $in_group( 'first' ),
		'_others'   => $others,
		'_is_open'  => array_filter( array_column( $others, 'error' ) ) ? 'oui' : '',
	);
}

/**
 * What a select or checkboxes offer.
 *
 * @param string $key Of the option.
 * @param array  $row Of the table.
 * @return array Words by values.
 */
function soutien_choices( $key, $row ) {
	$choices = array();
	foreach ( $row['choices'] as $choice ) {
		// Whether anybody is asked at all is said further up.
		if ( 'policy' !== $key || 'silent' !== $choice ) {
			$choices[ $choice ] = soutien_choice( $key, $choice );
		}
	}
	return $choices;
}

/**
 * The words for a value: those of the plugin's language file, for a language its own name, else the value.
 *
 * @param string $key    Of the option.
 * @param string $choice One of its values.
 * @return string
 */
function soutien_choice( $key, $choice ) {
	if ( 'lang' === $key && 'auto' !== $choice ) {
		include_spip( 'inc/lang_liste' );
		return traduire_nom_langue( $choice );
	}
	$words = _T( 'soutien:choix_' . soutien_word( $key ) . '_' . soutien_word( '' === $choice ? 'aucun' : $choice ), array(), array( 'force' => false ) );
	return $words ? $words : $choice;
}
