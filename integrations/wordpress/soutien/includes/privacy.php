<?php
/**
 * What a site's own policy may say of Soutien, where WordPress gathers such texts.
 */

defined( 'ABSPATH' ) || exit;

/**
 * Offers the text.
 */
function soutien_add_privacy() {
	$text = '<p class="privacy-policy-tutorial">' . esc_html__( 'Soutien looks in the reader’s browser whether ads are blocked. This is what your policy may say of it:', 'soutien' ) . '</p>'
		. '<p>' . esc_html__( 'This site looks, in your browser alone, whether its ads are blocked, and asks for your support where they are. When you close that message, your browser keeps until when it stays away. Nothing else is kept before you have consented.', 'soutien' ) . '</p>'
		. '<p>' . esc_html__( 'With your consent to being counted, your browser tells this site whether ads were blocked and what became of the message. We keep sums for each day; neither your address nor anything else that leads to you is kept with them.', 'soutien' ) . '</p>';
	wp_add_privacy_policy_content( __( 'Soutien', 'soutien' ), $text );
}
add_action( 'admin_init', 'soutien_add_privacy' );
