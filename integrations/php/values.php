<?php
/**
 * What may be in an option, by the table that the build writes beside this file. What the tag itself would not take is not kept either.
 */

/** What a plugin does: nothing, measure, or ask as well. */
const SOUTIEN_MODES = array( 'off', 'measure', 'ask' );

/**
 * The options, a row each.
 *
 * @return array By their keys.
 */
function soutien_table() {
	static $table;
	if ( null === $table ) {
		$table = require __DIR__ . '/options.php';
	}
	return $table;
}

/**
 * An option as it is kept.
 *
 * @param string $key   Of the option.
 * @param mixed  $value What a form has sent.
 * @return string|null The value; empty for the default; null where the option cannot be that.
 */
function soutien_value( $key, $value ) {
	$table = soutien_table();
	if ( ! isset( $table[ $key ] ) ) {
		return null;
	}
	$row   = $table[ $key ];
	$value = is_array( $value ) ? implode( ' ', array_filter( $value, 'is_string' ) ) : $value;
	if ( ! is_scalar( $value ) ) {
		return null;
	}
	$value = trim( preg_replace( '/[\x00-\x20\x7f]+/', ' ', (string) $value ) );
	// What is no text is nothing that a page can show.
	if ( ! preg_match( '//u', $value ) || strlen( $value ) > 1000 ) {
		return null;
	}
	if ( '' === $value || $value === $row['initial'] ) {
		return '';
	}
	switch ( $row['takes'] ) {
		case 'url':
			return soutien_is_address( $value ) ? $value : null;
		case 'urls':
			return array_filter( explode( ' ', $value ), 'soutien_is_address' ) === explode( ' ', $value ) ? $value : null;
		case 'word':
		case 'switch':
		case 'language':
			return in_array( $value, $row['choices'], true ) ? $value : null;
		case 'words':
			return array_diff( explode( ' ', $value ), $row['choices'] ) ? null : $value;
		case 'number':
		case 'percent':
		case 'thousand':
			$is_in_range = preg_match( '/^[0-9]{1,6}$/D', $value ) && ( ! isset( $row['most'] ) || (int) $value <= $row['most'] );
			return $is_in_range ? (string) (int) $value : null;
		case 'milliseconds':
		case 'seconds':
			return preg_match( '/^[0-9]{1,6}(ms|s|m|h|d)$/D', $value ) ? $value : null;
		default:
			return $value;
	}
}

/**
 * Whether something is an address of the web, or a relative one.
 *
 * @param string $address As somebody has written it.
 * @return bool
 */
function soutien_is_address( $address ) {
	if ( preg_match( '/[\s<>"\\\\]/', $address ) ) {
		return false;
	}
	// What has a scheme has that of the web; a colon further on is part of a path.
	return (bool) preg_match( '~^https?://[^/]~i', $address ) || ! preg_match( '~^[^/?#]*:~', $address );
}
