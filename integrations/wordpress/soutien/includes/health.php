<?php
/**
 * What WordPress' Site Health says of Soutien: whether readers can get its files, and whether the numbers can arrive.
 */

defined( 'ABSPATH' ) || exit;

/**
 * Adds the tests. Those that ask the site itself run one after another in the background.
 *
 * @param array $tests Of Site Health.
 * @return array
 */
function soutien_add_health( $tests ) {
	$tests['direct']['soutien_notices'] = array(
		'label' => __( 'Notices about ad blockers', 'soutien' ),
		'test'  => 'soutien_health_notices',
	);
	$tests['direct']['soutien_caches']  = array(
		'label' => __( 'Page caches', 'soutien' ),
		'test'  => 'soutien_health_caches',
	);
	foreach ( array( 'files', 'names', 'policy', 'numbers' ) as $name ) {
		$tests['async'][ 'soutien_' . $name ] = array(
			'label'             => __( 'Soutien', 'soutien' ),
			'test'              => rest_url( 'soutien/v1/health/' . $name ),
			'has_rest'          => true,
			'async_direct_test' => 'soutien_health_' . $name,
		);
	}
	return $tests;
}
add_filter( 'site_status_tests', 'soutien_add_health' );

/**
 * Makes REST answer with the tests, for those who may see Site Health.
 */
function soutien_register_health() {
	soutien_load_words();
	foreach ( array( 'files', 'names', 'policy', 'numbers' ) as $name ) {
		register_rest_route(
			'soutien/v1',
			'/health/' . $name,
			array(
				'methods'             => 'GET',
				'callback'            => 'soutien_health_' . $name,
				'permission_callback' => function () {
					return current_user_can( 'view_site_health_checks' );
				},
			)
		);
	}
}
add_action( 'rest_api_init', 'soutien_register_health' );

/**
 * A result as Site Health takes it.
 *
 * @param string $name    Of the test.
 * @param string $problem What is wrong; empty where nothing is.
 * @param string $label   What holds where nothing is wrong.
 * @param string $remedy  What to do where something is.
 * @return array
 */
function soutien_health( $name, $problem, $label, $remedy = '' ) {
	return array(
		'label'       => '' === $problem ? $label : $problem,
		'status'      => '' === $problem ? 'good' : 'recommended',
		'badge'       => array(
			'label' => __( 'Soutien', 'soutien' ),
			'color' => 'blue',
		),
		'description' => '<p>' . esc_html( '' === $problem ? $label : $remedy ) . '</p>',
		'actions'     => '',
		'test'        => 'soutien_' . $name,
	);
}

/**
 * What the site answers to a request of its own.
 *
 * @param string $address   Of the site.
 * @param array  $arguments As wp_remote_request() takes them.
 * @return array|WP_Error
 */
function soutien_ask_site( $address, $arguments = array() ) {
	/** This filter is documented in wp-includes/class-wp-http-streams.php */
	$verifies = apply_filters( 'https_local_ssl_verify', false );
	return wp_remote_request(
		$address,
		$arguments + array(
			'timeout'     => 10,
			'redirection' => 0,
			'sslverify'   => $verifies,
		)
	);
}

/**
 * Whether readers get the files, and of which type.
 *
 * @return array
 */
function soutien_health_files() {
	$good = __( 'Readers can get the files of Soutien', 'soutien' );
	foreach ( array( 'soutien.js', 'soutien.wasm', 'soutien.plain.js', 'appeal.js' ) as $file ) {
		$answer = soutien_ask_site( soutien_address( 'site/' . soutien_release()['hash'] . '/soutien/' . $file ), array( 'method' => 'HEAD' ) );
		$status = is_wp_error( $answer ) ? $answer->get_error_message() : wp_remote_retrieve_response_code( $answer );
		if ( 200 !== $status ) {
			return soutien_health(
				'files',
				/* translators: 1: a file, 2: what the server answered. */
				sprintf( __( 'Readers cannot get %1$s of Soutien: %2$s', 'soutien' ), $file, $status ),
				$good,
				__( 'Let the server give out the files in the plugin’s folder “site”, also those that end in .wasm. A security plugin may forbid it.', 'soutien' )
			);
		}
		if ( 'soutien.wasm' === $file && 'application/wasm' !== wp_remote_retrieve_header( $answer, 'content-type' ) ) {
			return soutien_health(
				'files',
				__( 'The server does not know the type of .wasm files', 'soutien' ),
				$good,
				__( 'Soutien works all the same, with a warning in the browser’s console. Let the server send application/wasm for them.', 'soutien' )
			);
		}
	}
	return soutien_health( 'files', '', $good );
}

/**
 * Whether the addresses are such that no filter list takes them for ads.
 *
 * @return array
 */
function soutien_health_names() {
	$path = (string) wp_parse_url( soutien_address( 'site/' ), PHP_URL_PATH );
	// What general rules of EasyList and EasyPrivacy look for in addresses (lists of November 2026), as whole words.
	$is_hit = preg_match( '~(^|[/._-])(ads?|adblock|adserver|advert(ising|s)?|banners?|publicite|pubs?|sponsors?|tracking|analytics|stats)([/._-]|$)~i', $path, $word );
	return soutien_health(
		'names',
		/* translators: %s: a word. */
		$is_hit ? sprintf( __( 'A filter list may hit the address of Soutien: “%s” is in it', 'soutien' ), $word[2] ) : '',
		__( 'The address of Soutien has no word that filter lists look for', 'soutien' ),
		__( 'Name the plugin’s folder “soutien”, and keep plugins in a folder with a neutral name.', 'soutien' )
	);
}

/**
 * Whether the site's own policy lets Soutien run.
 *
 * @return array
 */
function soutien_health_policy() {
	$good   = __( 'The site’s policy lets Soutien run', 'soutien' );
	$answer = soutien_ask_site( home_url( '/' ) );
	$policy = is_wp_error( $answer ) ? '' : wp_remote_retrieve_header( $answer, 'content-security-policy' );
	$policy = strtolower( is_array( $policy ) ? implode( '; ', $policy ) : $policy );
	$rules  = array();
	foreach ( preg_split( '/\s*[;,]\s*/', $policy, -1, PREG_SPLIT_NO_EMPTY ) as $rule ) {
		$words                     = preg_split( '/\s+/', $rule );
		$rules[ array_shift( $words ) ] = $words;
	}
	$host   = (string) wp_parse_url( soutien_address( '' ), PHP_URL_HOST );
	$allows = function ( $directive ) use ( $rules, $host ) {
		$words = isset( $rules[ $directive ] ) ? $rules[ $directive ] : ( isset( $rules['default-src'] ) ? $rules['default-src'] : array( '*' ) );
		foreach ( $words as $word ) {
			if ( in_array( $word, array( "'self'", '*', 'https:', 'http:' ), true ) || false !== strpos( $word, $host ) ) {
				return true;
			}
		}
		return false;
	};
	foreach ( array( 'script-src', 'connect-src' ) as $directive ) {
		if ( ! $allows( $directive ) ) {
			return soutien_health(
				'policy',
				/* translators: %s: a directive of a content security policy. */
				sprintf( __( 'The content security policy keeps Soutien out: %s', 'soutien' ), $directive ),
				$good,
				/* translators: %s: a directive of a content security policy. */
				sprintf( __( 'Add \'self\' to %s. For the module itself, script-src takes \'wasm-unsafe-eval\'; without it, Soutien runs as JavaScript.', 'soutien' ), $directive )
			);
		}
	}
	return soutien_health( 'policy', '', $good );
}

/**
 * Whether numbers can arrive.
 *
 * @return array
 */
function soutien_health_numbers() {
	$settings = soutien_settings();
	$good     = __( 'The numbers of Soutien can arrive', 'soutien' );
	if ( ! $settings['numbers'] || 'off' === $settings['mode'] ) {
		return soutien_health( 'numbers', '', __( 'Soutien takes no numbers here, as the settings say', 'soutien' ) );
	}
	if ( ! $settings['proxy'] && ( isset( $_SERVER['HTTP_X_FORWARDED_FOR'] ) || isset( $_SERVER['HTTP_CF_CONNECTING_IP'] ) ) ) {
		return soutien_health(
			'numbers',
			__( 'To Soutien, all readers have the same address', 'soutien' ),
			$good,
			__( 'They come by way of a proxy or CDN. Say so in the settings of Soutien, or numbers are lost once many readers come in a minute.', 'soutien' )
		);
	}
	// A body that counts for nothing gets as far as the reader of batches, which says that it is none.
	$answer = soutien_ask_site(
		soutien_address( 'numbers.php' ),
		array(
			'method'  => 'POST',
			'body'    => '{}',
			'headers' => array( 'Sec-Fetch-Site' => 'same-origin' ),
		)
	);
	$status = is_wp_error( $answer ) ? $answer->get_error_message() : wp_remote_retrieve_response_code( $answer );
	return soutien_health(
		'numbers',
		/* translators: %s: what the server answered. */
		400 === $status ? '' : sprintf( __( 'The numbers of Soutien cannot arrive: %s', 'soutien' ), $status ),
		$good,
		__( 'Let the server run the plugin’s file numbers.php. A security plugin may forbid PHP files among the plugins; then name another address under “Where the numbers go”.', 'soutien' )
	);
}

/**
 * Whether readers may see two notices.
 *
 * @return array
 */
function soutien_health_notices() {
	$others = soutien_other_notices();
	return soutien_health(
		'notices',
		/* translators: %s: names of plugins. */
		$others ? sprintf( __( 'Readers may see two notices about ad blockers: %s has one as well', 'soutien' ), implode( ', ', $others ) ) : '',
		__( 'No other plugin asks readers about ad blockers', 'soutien' ),
		__( 'Switch the other notice off. Both together are closed without being read.', 'soutien' )
	);
}

/**
 * Whether a change of the tag reaches readers at once.
 *
 * @return array
 */
function soutien_health_caches() {
	$is_left = defined( 'WP_CACHE' ) && WP_CACHE && ! soutien_known_caches();
	return soutien_health(
		'caches',
		$is_left ? __( 'There is a page cache that Soutien cannot empty', 'soutien' ) : '',
		__( 'No page cache of this site is unknown to Soutien', 'soutien' ),
		__( 'After each change of the settings, and after an update, empty it by hand. Until then, readers get pages as they were before.', 'soutien' )
	);
}
