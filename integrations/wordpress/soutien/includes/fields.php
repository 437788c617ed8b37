<?php
/**
 * The form: which sections and controls it has, and what becomes of what it sends. The options of the tag are rows of the one table.
 */

defined( 'ABSPATH' ) || exit;

/** The sections of the form with the options of the tag that each has. What none of them names is in the last one. */
const SOUTIEN_SECTIONS = array(
	'does'    => array(),
	'notice'  => array( 'view', 'title', 'text', 'support-url', 'logo', 'lang', 'images', 'dismiss' ),
	'when'    => array( 'policy', 'after-views', 'snooze', 'delay', 'share', 'revision' ),
	'who'     => array( 'exempt' ),
	'numbers' => array( 'consent', 'count', 'analytics', 'endpoint' ),
	'more'    => array(),
);

/**
 * The titles of the sections.
 *
 * @return string[] By their names.
 */
function soutien_section_titles() {
	return array(
		'does'    => __( 'What Soutien does', 'soutien' ),
		'notice'  => __( 'The notice', 'soutien' ),
		'when'    => __( 'When to ask', 'soutien' ),
		'who'     => __( 'Who is not asked, and where', 'soutien' ),
		'numbers' => __( 'Numbers and consent', 'soutien' ),
		'more'    => __( 'More', 'soutien' ),
	);
}

/**
 * What choices are called.
 *
 * @return string[] By the words of the options.
 */
function soutien_choice_words() {
	return array(
		'modal'      => __( 'A dialog over the page', 'soutien' ),
		'banner'     => __( 'A strip at the edge of the window', 'soutien' ),
		'inline'     => __( 'In an empty ad slot', 'soutien' ),
		'gentle'     => __( 'Gently: from the second page on, and less often each time', 'soutien' ),
		'once'       => __( 'Once: closed is closed for good', 'soutien' ),
		'always'     => __( 'On every page', 'soutien' ),
		'silent'     => __( 'Never', 'soutien' ),
		'yes'        => __( 'Yes', 'soutien' ),
		'no'         => __( 'No', 'soutien' ),
		'on'         => __( 'On', 'soutien' ),
		'off'        => __( 'Off', 'soutien' ),
		'cover'      => __( 'Covered until the site is allowed', 'soutien' ),
		'auto'       => __( 'Automatic', 'soutien' ),
		'tcf'        => __( 'A consent manager by TCF', 'soutien' ),
		'gcm'        => __( 'Google’s consent mode', 'soutien' ),
		'event'      => __( 'An event of your page', 'soutien' ),
		'wp'         => __( 'WordPress’ consent API', 'soutien' ),
		'given'      => __( 'You need none', 'soutien' ),
		'datalayer'  => __( 'Google Tag Manager', 'soutien' ),
		'matomo'     => 'Matomo',
		'plausible'  => 'Plausible',
		''           => __( 'No', 'soutien' ),
	);
}

/**
 * What an option is called and does.
 *
 * @param string $key Of the option.
 * @return string[] "label" and "does".
 */
function soutien_texts( $key ) {
	static $texts;
	if ( null === $texts ) {
		$texts = require __DIR__ . '/../shared/option-texts.php';
	}
	return $texts[ $key ];
}

/**
 * A text of the table as HTML: what is code there is so here, and what leads to another document is its name alone.
 *
 * @param string $text In Markdown, of which nothing else is used.
 * @return string
 */
function soutien_html( $text ) {
	$text = preg_replace( '/\[([^\]]*)\]\([^)]*\)/', '$1', esc_html( $text ) );
	return preg_replace( '/`([^`]*)`/', '<code>$1</code>', $text );
}

/**
 * Makes WordPress know the form.
 */
function soutien_register_form() {
	register_setting( 'soutien', SOUTIEN_OPTION, array( 'sanitize_callback' => 'soutien_sanitize' ) );
	$titles = soutien_section_titles();
	$named  = array_merge( ...array_values( SOUTIEN_SECTIONS ) );
	foreach ( SOUTIEN_SECTIONS as $section => $keys ) {
		add_settings_section( $section, esc_html( $titles[ $section ] ), '__return_empty_string', 'soutien' );
		$keys = 'more' === $section ? array_diff( array_keys( soutien_table() ), $named ) : array_intersect( $keys, array_keys( soutien_table() ) );
		if ( 'does' === $section ) {
			add_settings_field( 'soutien-mode', esc_html__( 'Readers who block ads', 'soutien' ), 'soutien_draw_mode', 'soutien', $section );
		}
		if ( 'who' === $section ) {
			add_settings_field( 'soutien-readers', esc_html__( 'Readers who are logged in', 'soutien' ), 'soutien_draw_readers', 'soutien', $section );
			add_settings_field( 'soutien-types', esc_html__( 'Content', 'soutien' ), 'soutien_draw_content', 'soutien', $section );
			$args = array( 'label_for' => 'soutien-paths' );
			add_settings_field( 'soutien-paths', esc_html__( 'Addresses', 'soutien' ), 'soutien_draw_paths', 'soutien', $section, $args );
		}
		if ( 'numbers' === $section ) {
			add_settings_field( 'soutien-numbers', esc_html__( 'Numbers', 'soutien' ), 'soutien_draw_numbers', 'soutien', $section );
		}
		foreach ( $keys as $key ) {
			$args = array( 'key' => $key );
			if ( 'several' !== soutien_table()[ $key ]['control'] ) {
				$args['label_for'] = 'soutien-' . $key;
			}
			add_settings_field( 'soutien-' . $key, esc_html( soutien_texts( $key )['label'] ), 'soutien_draw_option', 'soutien', $section, $args );
		}
	}
}
add_action( 'admin_init', 'soutien_register_form' );

/**
 * Draws the control of an option.
 *
 * @param array $args Its "key".
 */
function soutien_draw_option( $args ) {
	$key   = $args['key'];
	$row   = soutien_table()[ $key ];
	$kept  = soutien_settings()['options'];
	$value = isset( $kept[ $key ] ) ? $kept[ $key ] : '';
	$name  = SOUTIEN_OPTION . '[options][' . $key . ']';
	$id    = 'soutien-' . $key;
	$words = soutien_choice_words();
	if ( 'choice' === $row['control'] ) {
		printf( '<select id="%s" name="%s" aria-describedby="%s-does">', esc_attr( $id ), esc_attr( $name ), esc_attr( $id ) );
		foreach ( $row['choices'] as $choice ) {
			$is_initial = $choice === $row['initial'] || '' === $choice;
			$label      = isset( $words[ $choice ] ) ? $words[ $choice ] : soutien_language( $choice );
			/* translators: %s: what holds where nothing is chosen. */
			$label = $is_initial ? sprintf( __( '%s (default)', 'soutien' ), $label ) : $label;
			printf( '<option value="%s" %s>%s</option>', esc_attr( $is_initial ? '' : $choice ), selected( $value, $is_initial ? '' : $choice, false ), esc_html( $label ) );
		}
		echo '</select>';
	} elseif ( 'several' === $row['control'] ) {
		printf( '<fieldset aria-describedby="%s-does"><legend class="screen-reader-text">%s</legend>', esc_attr( $id ), esc_html( soutien_texts( $key )['label'] ) );
		foreach ( $row['choices'] as $choice ) {
			$is_chosen = in_array( $choice, explode( ' ', $value ), true );
			printf( '<label><input type="checkbox" name="%s[]" value="%s" %s> %s</label><br>', esc_attr( $name ), esc_attr( $choice ), checked( $is_chosen, true, false ), esc_html( $words[ $choice ] ) );
		}
		echo '</fieldset>';
	} elseif ( 'number' === $row['control'] ) {
		printf(
			'<input type="number" class="small-text" id="%s" name="%s" value="%s" placeholder="%s" min="%d" %s aria-describedby="%s-does">',
			esc_attr( $id ),
			esc_attr( $name ),
			esc_attr( $value ),
			esc_attr( $row['initial'] ),
			isset( $row['least'] ) ? (int) $row['least'] : 0,
			isset( $row['most'] ) ? 'max="' . (int) $row['most'] . '"' : '',
			esc_attr( $id )
		);
	} else {
		// Not as an address of the browser's kind, which would refuse "/soutenir/".
		$is_long = 'text' === $key;
		$format  = $is_long
			? '<textarea class="large-text" rows="3" maxlength="1000" id="%s" name="%s" placeholder="%s" aria-describedby="%s-does">%s</textarea>'
			: '<input type="text" class="regular-text" maxlength="1000" id="%s" name="%s" placeholder="%s" aria-describedby="%s-does" value="%s">';
		$hint    = '' === $row['initial'] || ! in_array( $row['takes'], array( 'milliseconds', 'seconds' ), true ) ? $row['example'] : $row['initial'];
		// What is sent anyway is a better hint than an example.
		$hint = 'endpoint' === $key ? (string) wp_parse_url( soutien_address( 'numbers.php' ), PHP_URL_PATH ) : $hint;
		$hint = 'exempt' === $key ? 'body.logged-in' : $hint;
		printf( $format, esc_attr( $id ), esc_attr( $name ), esc_attr( in_array( $key, array( 'title', 'text' ), true ) ? '' : $hint ), esc_attr( $id ), $is_long ? esc_textarea( $value ) : esc_attr( $value ) );
	}
	printf( '<p class="description" id="%s-does">%s</p>', esc_attr( $id ), wp_kses( soutien_html( ucfirst( soutien_texts( $key )['does'] ) ), array( 'code' => array() ) ) );
}

/**
 * The name of a language in its own words, where PHP knows it.
 *
 * @param string $code As in "fr".
 * @return string
 */
function soutien_language( $code ) {
	return function_exists( 'locale_get_display_language' ) ? locale_get_display_language( $code, $code ) . ' (' . $code . ')' : $code;
}

/**
 * Draws what Soutien does.
 */
function soutien_draw_mode() {
	$modes = array(
		'off'     => array( __( 'Nothing', 'soutien' ), __( 'No page has anything of Soutien.', 'soutien' ) ),
		'measure' => array( __( 'Measure', 'soutien' ), __( 'The first step: for a week, count who blocks ads, and ask nobody.', 'soutien' ) ),
		'ask'     => array( __( 'Measure and ask', 'soutien' ), __( 'Readers who block ads see the notice, as set below.', 'soutien' ) ),
	);
	echo '<fieldset><legend class="screen-reader-text">' . esc_html__( 'Readers who block ads', 'soutien' ) . '</legend>';
	foreach ( $modes as $mode => list( $label, $does ) ) {
		printf(
			'<p><label><input type="radio" name="%s[mode]" value="%s" %s> <strong>%s</strong></label><br><span class="description">%s</span></p>',
			esc_attr( SOUTIEN_OPTION ),
			esc_attr( $mode ),
			checked( soutien_settings()['mode'], $mode, false ),
			esc_html( $label ),
			esc_html( $does )
		);
	}
	echo '</fieldset>';
}

/**
 * Draws a group of checkboxes of what may be chosen several times.
 *
 * @param string $name    Of the setting.
 * @param string $legend  What the group is.
 * @param array  $choices What each is called, by its value.
 * @param array  $chosen  The values.
 */
function soutien_draw_several( $name, $legend, $choices, $chosen ) {
	if ( ! $choices ) {
		return;
	}
	printf( '<fieldset><legend>%s</legend>', esc_html( $legend ) );
	foreach ( $choices as $value => $label ) {
		printf(
			'<label class="soutien-choice"><input type="checkbox" name="%s[%s][]" value="%s" %s> %s</label> ',
			esc_attr( SOUTIEN_OPTION ),
			esc_attr( $name ),
			esc_attr( $value ),
			checked( in_array( (string) $value, array_map( 'strval', $chosen ), true ), true, false ),
			esc_html( $label )
		);
	}
	echo '</fieldset>';
}

/**
 * Draws which readers are not asked.
 */
function soutien_draw_readers() {
	$settings = soutien_settings();
	soutien_draw_switch( 'logged-in', __( 'Ask nobody who is logged in', 'soutien' ) );
	$roles = array_map( 'translate_user_role', wp_list_pluck( get_editable_roles(), 'name' ) );
	soutien_draw_several( 'roles', __( 'or nobody who is', 'soutien' ), $roles, $settings['roles'] );
	echo '<p class="description">' . esc_html__( 'Memberships that WordPress does not know by a role: the filter “soutien_is_asked”, or the selectors below.', 'soutien' ) . '</p>';
}

/**
 * Draws on which content nobody is asked.
 */
function soutien_draw_content() {
	$settings = soutien_settings();
	$types    = wp_list_pluck( get_post_types( array( 'public' => true ), 'objects' ), 'label' );
	unset( $types['attachment'] );
	soutien_draw_several( 'types', __( 'Ask nobody on', 'soutien' ), $types, $settings['types'] );
	$terms = get_terms(
		array(
			'taxonomy'   => 'category',
			'hide_empty' => false,
			'number'     => 200,
			'fields'     => 'id=>name',
		)
	);
	soutien_draw_several( 'terms', __( 'or in the categories', 'soutien' ), is_array( $terms ) ? $terms : array(), $settings['terms'] );
	echo '<p class="description">' . esc_html__( 'Single posts and pages: a switch beside the text that is edited.', 'soutien' ) . '</p>';
}

/**
 * Draws at which addresses nobody is asked.
 */
function soutien_draw_paths() {
	printf(
		'<textarea class="large-text code" rows="3" id="soutien-paths" name="%s[paths]" placeholder="/abonnement/*" aria-describedby="soutien-paths-does">%s</textarea><p class="description" id="soutien-paths-does">%s</p>',
		esc_attr( SOUTIEN_OPTION ),
		esc_textarea( implode( "\n", soutien_settings()['paths'] ) ),
		wp_kses( soutien_html( __( 'One in a line, from the first slash on; `*` stands for anything.', 'soutien' ) ), array( 'code' => array() ) )
	);
}

/**
 * Draws a checkbox.
 *
 * @param string $name  Of the setting.
 * @param string $label What it says.
 */
function soutien_draw_switch( $name, $label ) {
	// What is not checked is not sent, so that something else says that it was asked.
	printf(
		'<p><input type="hidden" name="%1$s[%2$s]" value=""><label><input type="checkbox" name="%1$s[%2$s]" value="1" %3$s> %4$s</label></p>',
		esc_attr( SOUTIEN_OPTION ),
		esc_attr( $name ),
		checked( (bool) soutien_settings()[ $name ], true, false ),
		esc_html( $label )
	);
}

/**
 * Draws whether this site takes numbers.
 */
function soutien_draw_numbers() {
	soutien_draw_switch( 'numbers', __( 'Take the numbers here, after consent', 'soutien' ) );
	echo '<p class="description">' . esc_html__( 'Sums for each day, in one table of this site. No address, no cookie, nothing about a reader.', 'soutien' ) . '</p>';
	soutien_draw_switch( 'proxy', __( 'Readers come by way of a proxy or CDN', 'soutien' ) );
	echo '<p class="description">' . wp_kses( soutien_html( __( 'Then the last address of `X-Forwarded-For` limits how much one sender may send, and otherwise all readers would count as one.', 'soutien' ) ), array( 'code' => array() ) ) . '</p>';
}

/**
 * What is kept of what the form has sent. What cannot be is told, and stays as it was.
 *
 * @param mixed $sent By the form, or by whoever else changes the option.
 * @return array With the keys of SOUTIEN_DEFAULTS.
 */
function soutien_sanitize( $sent ) {
	$kept = soutien_settings();
	if ( ! is_array( $sent ) ) {
		return $kept;
	}
	// The table was made before the form was drawn.
	$kept['schema'] = SOUTIEN_SCHEMA;
	if ( isset( $sent['mode'] ) && in_array( $sent['mode'], SOUTIEN_MODES, true ) ) {
		$kept['mode'] = $sent['mode'];
	}
	foreach ( array( 'logged-in', 'numbers', 'proxy' ) as $name ) {
		if ( isset( $sent[ $name ] ) ) {
			$kept[ $name ] = (bool) $sent[ $name ];
		}
	}
	$strings       = function ( $name ) use ( $sent ) {
		return isset( $sent[ $name ] ) && is_array( $sent[ $name ] ) ? array_values( array_filter( $sent[ $name ], 'is_scalar' ) ) : array();
	};
	$kept['roles'] = array_values( array_intersect( $strings( 'roles' ), array_keys( wp_roles()->roles ) ) );
	$kept['types'] = array_values( array_intersect( $strings( 'types' ), get_post_types( array( 'public' => true ) ) ) );
	$kept['terms'] = array_values( array_filter( array_map( 'absint', $strings( 'terms' ) ) ) );
	$paths         = isset( $sent['paths'] ) ? $sent['paths'] : array();
	$paths         = is_array( $paths ) ? $strings( 'paths' ) : explode( "\n", (string) $paths );
	$kept['paths'] = array();
	foreach ( array_filter( array_map( 'trim', $paths ) ) as $path ) {
		if ( preg_match( '~^/[^\s<>"]{0,200}$~D', $path ) ) {
			$kept['paths'][] = $path;
		} else {
			/* translators: 1: what was written. */
			soutien_tell( sprintf( __( 'Addresses: “%1$s” was found, and a path from a slash on was expected, such as /abonnement/*.', 'soutien' ), $path ) );
		}
	}
	$options = isset( $sent['options'] ) && is_array( $sent['options'] ) ? $sent['options'] : array();
	foreach ( soutien_table() as $key => $row ) {
		$given = isset( $options[ $key ] ) ? $options[ $key ] : '';
		$value = soutien_value( $key, $given );
		if ( null === $value ) {
			$found = is_scalar( $given ) ? (string) $given : '';
			/* translators: 1: the name of an option, 2: what was written, 3: an example. */
			soutien_tell( sprintf( __( '%1$s: “%2$s” was found, and something like “%3$s” was expected. It is as it was before.', 'soutien' ), soutien_texts( $key )['label'], $found, $row['example'] ) );
		} elseif ( '' === $value ) {
			unset( $kept['options'][ $key ] );
		} else {
			$kept['options'][ $key ] = $value;
		}
	}
	return $kept;
}

/**
 * Tells of what was wrong in the form.
 *
 * @param string $message As text.
 */
function soutien_tell( $message ) {
	add_settings_error( SOUTIEN_OPTION, 'soutien-' . md5( $message ), esc_html( $message ) );
}
