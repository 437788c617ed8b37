<?php
/**
 * Where the inline notice may stand, as a block and as a shortcode; and the posts on which nobody is asked.
 */

defined( 'ABSPATH' ) || exit;

/**
 * A place for the inline notice. It takes no room until the notice is there.
 *
 * @return string HTML.
 */
function soutien_place() {
	return '<div data-appeal-slot style="min-width:250px;min-height:90px"></div>';
}

/**
 * Loads the translations. What readers get has no words of the plugin's, so only those who edit wait for them.
 */
function soutien_load_words() {
	load_plugin_textdomain( 'soutien', false, dirname( plugin_basename( SOUTIEN_FILE ) ) . '/languages' );
}

/**
 * Makes WordPress know the block, the shortcode and the mark of a post.
 */
function soutien_register_places() {
	add_shortcode( 'soutien', 'soutien_place' );
	register_block_type( 'soutien/place', array( 'render_callback' => 'soutien_place' ) + ( is_admin() ? soutien_block_for_editors() : array() ) );
	foreach ( get_post_types( array( 'public' => true ) ) as $type ) {
		register_post_meta(
			$type,
			SOUTIEN_QUIET,
			array(
				'type'              => 'boolean',
				'single'            => true,
				'default'           => false,
				'show_in_rest'      => true,
				'sanitize_callback' => 'rest_sanitize_boolean',
				'auth_callback'     => function ( $allowed, $key, $post ) {
					return current_user_can( 'edit_post', $post );
				},
			)
		);
	}
}
add_action( 'init', 'soutien_register_places' );

/**
 * What the editor shows of the block, and by which script.
 *
 * @return array As register_block_type() takes it.
 */
function soutien_block_for_editors() {
	soutien_load_words();
	$needs = array( 'wp-block-editor', 'wp-blocks', 'wp-components', 'wp-element' );
	wp_register_script( 'soutien-place', soutien_address( 'assets/place.js' ), $needs, soutien_release()['version'], true );
	wp_add_inline_script( 'soutien-place', 'const soutienPlace = ' . wp_json_encode( __( 'The Soutien notice may stand here.', 'soutien' ) ) . ';', 'before' );
	return array(
		'api_version'   => 2,
		'title'         => __( 'Place for the Soutien notice', 'soutien' ),
		'description'   => __( 'Where the notice stands in the form “inline”, for readers who block ads. Others see nothing.', 'soutien' ),
		'category'      => 'widgets',
		'icon'          => 'megaphone',
		'supports'      => array( 'html' => false ),
		'editor_script' => 'soutien-place',
	);
}

/**
 * Adds the panel to the block editor of posts; that of widgets and of the whole site edits none.
 */
function soutien_add_panel() {
	$screen = get_current_screen();
	if ( ! $screen || 'post' !== $screen->base ) {
		return;
	}
	$needs = array( 'wp-components', 'wp-core-data', 'wp-data', 'wp-edit-post', 'wp-editor', 'wp-element', 'wp-plugins' );
	wp_enqueue_script( 'soutien-quiet', soutien_address( 'assets/quiet.js' ), $needs, soutien_release()['version'], true );
	$words = array(
		'panel' => __( 'Soutien', 'soutien' ),
		'label' => __( 'Ask nobody on this page', 'soutien' ),
		'help'  => __( 'Readers who block ads are counted here, and not asked.', 'soutien' ),
		'key'   => SOUTIEN_QUIET,
	);
	wp_add_inline_script( 'soutien-quiet', 'const soutienQuiet = ' . wp_json_encode( $words ) . ';', 'before' );
}
add_action( 'enqueue_block_editor_assets', 'soutien_add_panel' );

/**
 * Puts the same choice into the classic editor.
 *
 * @param string $type Of the post.
 */
function soutien_add_box( $type ) {
	if ( ! in_array( $type, get_post_types( array( 'public' => true ) ), true ) ) {
		return;
	}
	// The block editor has a panel of its own.
	add_meta_box( 'soutien', __( 'Soutien', 'soutien' ), 'soutien_box', $type, 'side', 'default', array( '__back_compat_meta_box' => true ) );
}
add_action( 'add_meta_boxes', 'soutien_add_box' );

/**
 * Draws it.
 *
 * @param WP_Post $post That is edited.
 */
function soutien_box( $post ) {
	wp_nonce_field( 'soutien-quiet-' . $post->ID, 'soutien-nonce' );
	printf(
		'<label><input type="checkbox" name="soutien-quiet" value="1" %s> %s</label><p class="description">%s</p>',
		checked( (bool) get_post_meta( $post->ID, SOUTIEN_QUIET, true ), true, false ),
		esc_html__( 'Ask nobody on this page', 'soutien' ),
		esc_html__( 'Readers who block ads are counted here, and not asked.', 'soutien' )
	);
}

/**
 * Keeps what the classic editor has sent.
 *
 * @param int $post The number of the post.
 */
function soutien_save_box( $post ) {
	$nonce = isset( $_POST['soutien-nonce'] ) ? sanitize_text_field( wp_unslash( $_POST['soutien-nonce'] ) ) : '';
	if ( ! wp_verify_nonce( $nonce, 'soutien-quiet-' . $post ) || ! current_user_can( 'edit_post', $post ) ) {
		return;
	}
	if ( empty( $_POST['soutien-quiet'] ) ) {
		delete_post_meta( $post, SOUTIEN_QUIET );
	} else {
		update_post_meta( $post, SOUTIEN_QUIET, '1' );
	}
}
add_action( 'save_post', 'soutien_save_box' );
