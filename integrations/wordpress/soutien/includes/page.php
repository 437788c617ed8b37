<?php
/**
 * The page with the settings, and what the admin says elsewhere.
 */

defined( 'ABSPATH' ) || exit;

/**
 * Puts the pages into the menus: settings for those who manage the site, numbers for those who edit what others write.
 */
function soutien_add_pages() {
	$settings = add_options_page( __( 'Soutien', 'soutien' ), __( 'Soutien', 'soutien' ), 'manage_options', 'soutien', 'soutien_draw_page' );
	$numbers  = add_dashboard_page( __( 'Readers who block ads', 'soutien' ), __( 'Readers who block ads', 'soutien' ), 'edit_others_posts', 'soutien-numbers', 'soutien_draw_numbers_page' );
	foreach ( array( $settings, $numbers ) as $page ) {
		add_action( 'admin_print_styles-' . $page, 'soutien_add_style' );
	}
	add_action( 'admin_print_scripts-' . $settings, 'soutien_add_preview' );
}
add_action( 'admin_menu', 'soutien_add_pages' );

/**
 * Adds the style of our pages.
 */
function soutien_add_style() {
	wp_enqueue_style( 'soutien-admin', soutien_address( 'assets/admin.css' ), array(), soutien_release()['version'] );
}

/**
 * Adds what draws the preview, with the words that it says.
 */
function soutien_add_preview() {
	wp_enqueue_script( 'soutien-admin', soutien_address( 'assets/admin.js' ), array(), soutien_release()['version'], true );
	$known = array(
		'page'     => soutien_address( 'preview/preview.html' ),
		'language' => substr( get_user_locale(), 0, 2 ),
		'site'     => substr( get_locale(), 0, 2 ),
		'baits'    => soutien_release()['baits'],
		'failure'  => __( 'The preview cannot be shown here. A security plugin or the server may forbid frames, or files of the plugin.', 'soutien' ),
		/* translators: 1: the name of an option, 2: what was written, 3: what holds. */
		'problem'  => __( '%1$s: “%2$s” cannot be, so it is: %3$s.', 'soutien' ),
	);
	wp_add_inline_script( 'soutien-admin', 'const soutienPreview = ' . wp_json_encode( $known ) . ';', 'before' );
}

/**
 * Draws the page with the settings.
 */
function soutien_draw_page() {
	if ( ! current_user_can( 'manage_options' ) ) {
		return;
	}
	echo '<div class="wrap soutien"><h1>' . esc_html__( 'Soutien', 'soutien' ) . '</h1>';
	soutien_draw_cautions();
	echo '<div class="soutien-columns"><form action="options.php" method="post" id="soutien-form">';
	settings_fields( 'soutien' );
	do_settings_sections( 'soutien' );
	submit_button();
	echo '</form><section class="soutien-preview" aria-labelledby="soutien-preview-title"><h2 id="soutien-preview-title">' . esc_html__( 'Preview', 'soutien' ) . '</h2>';
	echo '<p>' . esc_html__( 'The notice as a reader who blocks ads sees it with these settings, before they are saved.', 'soutien' ) . '</p>';
	printf( '<iframe title="%s"></iframe><p role="status" id="soutien-seen"></p></section></div></div>', esc_attr__( 'Preview of the notice', 'soutien' ) );
}

/**
 * Draws what has to be seen before anything else.
 */
function soutien_draw_cautions() {
	$others = soutien_other_notices();
	if ( $others ) {
		/* translators: %s: names of plugins. */
		$text = sprintf( __( 'Readers may see two notices: %s has one as well. Switch that off before you ask.', 'soutien' ), implode( ', ', $others ) );
		echo '<div class="notice notice-warning"><p>' . esc_html( $text ) . '</p></div>';
	}
	if ( 'measure' === soutien_settings()['mode'] ) {
		printf(
			'<div class="notice notice-info"><p>%s <a href="%s">%s</a></p></div>',
			esc_html__( 'Soutien measures, and asks nobody. After a week, the numbers say whether asking is worth it.', 'soutien' ),
			esc_url( admin_url( 'index.php?page=soutien-numbers' ) ),
			esc_html__( 'The numbers', 'soutien' )
		);
	}
}

/**
 * Says, once, what has become of page caches after a change.
 */
function soutien_draw_caches() {
	$caches = get_transient( 'soutien_caches' );
	if ( ! is_array( $caches ) || ! current_user_can( 'manage_options' ) ) {
		return;
	}
	delete_transient( 'soutien_caches' );
	list( $told, $is_left ) = $caches;
	if ( $told ) {
		/* translators: %s: names of plugins. */
		echo '<div class="notice notice-info is-dismissible"><p>' . esc_html( sprintf( __( 'Soutien has had these page caches emptied: %s. A cache of your host or CDN has to be emptied there.', 'soutien' ), implode( ', ', $told ) ) ) . '</p></div>';
	} elseif ( $is_left ) {
		echo '<div class="notice notice-warning is-dismissible"><p>' . esc_html__( 'Empty your page cache: until then, readers get pages as they were before this change of Soutien.', 'soutien' ) . '</p></div>';
	}
}
add_action( 'admin_notices', 'soutien_draw_caches' );

/**
 * Puts a way to the settings beside the plugin's name.
 *
 * @param string[] $links Of the plugin.
 * @return string[]
 */
function soutien_add_link( $links ) {
	if ( current_user_can( 'manage_options' ) ) {
		array_unshift( $links, sprintf( '<a href="%s">%s</a>', esc_url( admin_url( 'options-general.php?page=soutien' ) ), esc_html__( 'Settings', 'soutien' ) ) );
	}
	return $links;
}
add_filter( 'plugin_action_links_' . plugin_basename( SOUTIEN_FILE ), 'soutien_add_link' );
register_deactivation_hook( SOUTIEN_FILE, 'soutien_empty_caches' );
