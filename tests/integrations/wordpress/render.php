<?php
/**
 * Prints the head and the foot of a page as the real WordPress makes them, with the must-use plugins of the folder that it is given.
 */

// WordPress itself may be older than this PHP, and its own warnings are none of ours.
set_error_handler(
	function ( $level, $message, $file, $line ) {
		if ( false !== strpos( $file, '/mu-plugins/' ) ) {
			throw new ErrorException( $message, 0, $level, $file, $line );
		}
		return true;
	}
);

define( 'ABSPATH', $argv[1] . '/' );
define( 'SITE', $argv[2] );
$_SERVER['HTTP_HOST']   = (string) parse_url( SITE, PHP_URL_HOST );
$_SERVER['REQUEST_URI'] = '/';
$table_prefix           = 'wp_';

require ABSPATH . 'wp-settings.php';
do_action( 'wp_head' );
do_action( 'wp_footer' );
