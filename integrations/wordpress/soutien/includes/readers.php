<?php
/**
 * Whether this reader is asked on this page, as the server knows it. Whoever is not asked is measured all the same.
 */

defined( 'ABSPATH' ) || exit;

/**
 * Whether this reader may be asked on this page.
 *
 * @return bool
 */
function soutien_is_asked() {
	$settings  = soutien_settings();
	$is_asked  = ! soutien_is_exempt( $settings ) && ! soutien_is_quiet( $settings );
	/**
	 * Lets a membership plugin, or whoever else knows, say that a reader is not asked.
	 *
	 * @param bool $is_asked By the settings.
	 */
	return (bool) apply_filters( 'soutien_is_asked', $is_asked );
}

/**
 * Whether this reader is among those that are not asked.
 *
 * @param array $settings As soutien_settings() gives them.
 * @return bool
 */
function soutien_is_exempt( $settings ) {
	if ( ! is_user_logged_in() ) {
		return false;
	}
	return $settings['logged-in'] || array_intersect( $settings['roles'], wp_get_current_user()->roles );
}

/**
 * Whether nobody is asked on this page.
 *
 * @param array $settings As soutien_settings() gives them.
 * @return bool
 */
function soutien_is_quiet( $settings ) {
	if ( is_singular() ) {
		$post = get_queried_object();
		if ( get_post_meta( $post->ID, SOUTIEN_QUIET, true ) || in_array( $post->post_type, $settings['types'], true ) ) {
			return true;
		}
		if ( $settings['terms'] && has_term( $settings['terms'], 'category', $post ) ) {
			return true;
		}
	}
	if ( $settings['terms'] && is_category( $settings['terms'] ) ) {
		return true;
	}
	$path = isset( $_SERVER['REQUEST_URI'] ) ? (string) wp_parse_url( esc_url_raw( wp_unslash( $_SERVER['REQUEST_URI'] ) ), PHP_URL_PATH ) : '';
	foreach ( $settings['paths'] as $pattern ) {
		if ( soutien_fits( $pattern, $path ) ) {
			return true;
		}
	}
	return false;
}

/**
 * Whether a path is what a pattern says, be it with a slash at its end or without.
 *
 * @param string $pattern In which * stands for anything.
 * @param string $path    As a browser asks for it.
 * @return bool
 */
function soutien_fits( $pattern, $path ) {
	$expression = str_replace( '\*', '.*', preg_quote( rtrim( $pattern, '/' ), '~' ) );
	return (bool) preg_match( '~^' . $expression . '/?$~Di', rawurldecode( $path ) ) || (bool) preg_match( '~^' . $expression . '/?$~Di', $path );
}
