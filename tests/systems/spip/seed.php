<?php
/**
 * What a test does on a site by SPIP's own functions: begins as SPIP does, in the folder of the site, and does what stands on its input.
 */

$_SERVER['REQUEST_URI']     = '/spip.php';
$_SERVER['REQUEST_METHOD']  = 'GET';
$_SERVER['SCRIPT_FILENAME'] = getcwd() . '/spip.php';
$_SERVER['HTTP_HOST']       = 'presse.localhost';
$_SERVER['SERVER_PORT']     = 80;
if ( is_file( 'vendor/autoload.php' ) ) {
	require 'vendor/autoload.php';
}
require 'ecrire/inc_version.php';
include_spip( 'base/abstract_sql' );
include_spip( 'inc/config' );
include_spip( 'auth/spip' );
eval( stream_get_contents( STDIN ) );
