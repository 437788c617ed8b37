<?php
/**
 * Asks MariaDB for a test: reads one request as JSON, and prints the rows of its last query as JSON. Arguments: the socket, the database.
 */

mysqli_report( MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT );
$database = new mysqli( 'localhost', 'root', '', $argv[2], 0, $argv[1] );
$database->set_charset( 'utf8mb4' );
$request = json_decode( stream_get_contents( STDIN ), true, 512, JSON_THROW_ON_ERROR );

/** The rows of a query. */
$rows = function ( $query ) use ( $database ) {
	$result = $database->query( $query );
	return is_bool( $result ) ? array() : $result->fetch_all( MYSQLI_ASSOC );
};
$tables = function ( $name ) use ( $rows ) {
	return array_map( 'current', $rows( "SHOW TABLES FROM `$name`" ) );
};

switch ( $request['what'] ) {
	case 'query':
		$answer = $rows( $request['query'] );
		break;

	// All of another site's tables, with this one's name wherever that one's is. Both have the same length, as what PHP has serialised asks for.
	case 'copy':
		$from = $request['from'];
		foreach ( $tables( $from ) as $table ) {
			$rows( "CREATE TABLE `$table` LIKE `$from`.`$table`" );
			$columns = array();
			foreach ( $rows( "SHOW COLUMNS FROM `$table`" ) as $column ) {
				$is_text   = preg_match( '/char|text/', $column['Type'] );
				$columns[] = $is_text ? "REPLACE( `{$column['Field']}`, '$from', '$argv[2]' )" : "`{$column['Field']}`";
			}
			$rows( "INSERT INTO `$table` SELECT " . implode( ', ', $columns ) . " FROM `$from`.`$table`" );
		}
		$answer = array();
		break;

	// Every row, under a name that it keeps when it is written anew: that of an option or of a piece of metadata, or its number.
	case 'rows':
		$answer = array();
		foreach ( $tables( $argv[2] ) as $table ) {
			$answer[ $table ] = implode( ', ', array_column( $rows( "SHOW COLUMNS FROM `$table`" ), 'Field' ) );
			$primary          = array_column( $rows( "SHOW KEYS FROM `$table` WHERE Key_name = 'PRIMARY'" ), 'Column_name' );
			foreach ( $rows( "SELECT * FROM `$table`" ) as $row ) {
				$name = array_intersect_key( $row, array_flip( $primary ) );
				foreach ( array( 'option_name', 'meta_key' ) as $key ) {
					if ( isset( $row[ $key ] ) ) {
						$row  = array_diff_key( $row, array_flip( $primary ) );
						$name = array_filter( $row, fn( $column ) => $column === $key || preg_match( '/_id$/', $column ), ARRAY_FILTER_USE_KEY );
					}
				}
				$name = "$table " . implode( ' ', $name );
				// Metadata may have the same name twice.
				$answer[ $name ] = ( $answer[ $name ] ?? '' ) . json_encode( $row, JSON_INVALID_UTF8_SUBSTITUTE );
			}
		}
		break;
}
echo json_encode( $answer, JSON_INVALID_UTF8_SUBSTITUTE | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR );
