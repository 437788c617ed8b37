<?php
/**
 * Reads what web/numbers.js sends, as docs/numbers.schema.json has it, and says what counts. Values in and values out: each system keeps them in
 * its own way.
 */

/** No body is longer, in bytes: a batch of 200 events has half as many. */
const SOUTIEN_LONGEST_BODY = 65536;

/** How many batches count from one place in a minute. Readers who open several pages at once send a few. */
const SOUTIEN_MOST_A_MINUTE = 60;

/** What is counted, in the order in which it is shown. Those that begin with "by-" are the blocked views by what blocks. */
const SOUTIEN_NUMBERS = array(
	'blocked',
	'clear',
	'unsure',
	'by-extension',
	'by-network',
	'by-browser',
	'by-tracking-protection',
	'by-none',
	'shown',
	'recovered',
	'relapsed',
	'refused',
	'support',
);

/** The words that a batch may have. */
const SOUTIEN_KINDS  = array( 'blocked', 'clear', 'unsure' );
const SOUTIEN_CAUSES = array( 'extension', 'network', 'browser', 'tracking-protection', 'none' );
const SOUTIEN_CLOSED = array( 'button', 'esc', 'backdrop', 'never', 'page' );

/**
 * Reads a body.
 *
 * @param string $body What was sent.
 * @return array|null Under "batch" its number, 16 hexadecimal digits, under "weight" for how many views each verdict stands, and under "events" what
 *                    happened; null where the schema does not allow it.
 */
function soutien_read_batch( $body ) {
	if ( ! is_string( $body ) || strlen( $body ) > SOUTIEN_LONGEST_BODY ) {
		return null;
	}
	// As objects, since an empty array and an empty object are not the same. Nothing that the schema allows is deeper.
	$batch = json_decode( $body, false, 4 );
	if ( ! is_object( $batch ) || array_diff( array_keys( get_object_vars( $batch ) ), array( 'version', 'batch', 'events', 'weight' ) ) ) {
		return null;
	}
	$id     = isset( $batch->batch ) ? $batch->batch : null;
	$events = isset( $batch->events ) ? $batch->events : null;
	if ( ! isset( $batch->version ) || 1 !== $batch->version || ! is_string( $id ) || ! preg_match( '/^[0-9a-f]{16}$/D', $id ) ) {
		return null;
	}
	if ( ! is_array( $events ) || ! $events || count( $events ) > 200 ) {
		return null;
	}
	// It is there only where it is more than one.
	$weight = 1;
	if ( property_exists( $batch, 'weight' ) ) {
		$weight = $batch->weight;
		if ( ! is_int( $weight ) || $weight < 2 || $weight > 1000 ) {
			return null;
		}
	}
	$read    = array();
	$n_first = 0;
	foreach ( $events as $event ) {
		$event = is_object( $event ) ? get_object_vars( $event ) : array();
		if ( ! soutien_is_event( $event ) ) {
			return null;
		}
		$n_first += isset( $event['first'] ) ? 1 : 0;
		$read[]   = $event;
	}
	return $n_first > 1 ? null : array(
		'batch'  => $id,
		'weight' => $weight,
		'events' => $read,
	);
}

/**
 * How often what happened, by a batch.
 *
 * @param array $batch   As soutien_read_batch() gives it.
 * @param array $options Those of the tag, of which `count` says for how many views a verdict may stand at most: a heavier one weighs as much.
 * @return int[] By some of SOUTIEN_NUMBERS.
 */
function soutien_counts( $batch, $options ) {
	$most   = isset( $options['count'] ) ? max( 1, (int) $options['count'] ) : 1;
	$counts = array();
	foreach ( $batch['events'] as $event ) {
		// Whoever sees the notice is counted, be the view drawn or not.
		$times = isset( $event['first'] ) ? min( $batch['weight'], $most ) : 1;
		foreach ( soutien_counted( $event ) as $name ) {
			$counts[ $name ] = ( isset( $counts[ $name ] ) ? $counts[ $name ] : 0 ) + $times;
		}
	}
	return $counts;
}

/**
 * Whether the schema allows an event.
 *
 * @param array $event Its fields.
 * @return bool
 */
function soutien_is_event( $event ) {
	$is_one_of = function ( $field, $words ) use ( $event ) {
		return isset( $event[ $field ] ) && is_string( $event[ $field ] ) && in_array( $event[ $field ], $words, true );
	};
	$has_only  = function ( $fields ) use ( $event ) {
		return ! array_diff( array_keys( $event ), $fields );
	};
	if ( ! isset( $event['name'] ) || ! is_string( $event['name'] ) ) {
		return false;
	}
	switch ( $event['name'] ) {
		case 'verdict':
			return $has_only( array( 'name', 'kind', 'cause', 'ms', 'first' ) )
				&& $is_one_of( 'kind', SOUTIEN_KINDS ) && $is_one_of( 'cause', SOUTIEN_CAUSES )
				&& isset( $event['ms'] ) && is_int( $event['ms'] ) && $event['ms'] >= 0
				&& ( ! array_key_exists( 'first', $event ) || true === $event['first'] );
		case 'close':
			return $has_only( array( 'name', 'by' ) ) && $is_one_of( 'by', SOUTIEN_CLOSED );
		case 'relapsed':
			return $has_only( array( 'name', 'days' ) ) && isset( $event['days'] ) && in_array( $event['days'], array( 1, 7 ), true );
		default:
			return $has_only( array( 'name' ) ) && in_array( $event['name'], array( 'show', 'support', 'recheck', 'recovered', 'refused' ), true );
	}
}

/**
 * As what an event counts.
 *
 * @param array $event Its fields, as the schema has them.
 * @return string[] Some of SOUTIEN_NUMBERS.
 */
function soutien_counted( $event ) {
	switch ( $event['name'] ) {
		case 'verdict':
			// A view has as many verdicts as there were checks; the first one is the view's.
			if ( ! isset( $event['first'] ) ) {
				return array();
			}
			return 'blocked' === $event['kind'] ? array( 'blocked', 'by-' . $event['cause'] ) : array( $event['kind'] );
		case 'show':
			return array( 'shown' );
		case 'recovered':
		case 'relapsed':
		case 'refused':
		case 'support':
			return array( $event['name'] );
		default:
			return array();
	}
}

/**
 * Whether a request that brings a batch may be one of a page of this site: browsers say where it comes from, and other sites' pages cannot say
 * otherwise.
 *
 * @param array $server As PHP's $_SERVER.
 * @return bool
 */
function soutien_is_own_request( $server ) {
	$get = function ( $name ) use ( $server ) {
		return isset( $server[ $name ] ) && is_string( $server[ $name ] ) ? $server[ $name ] : '';
	};
	if ( 'POST' !== $get( 'REQUEST_METHOD' ) ) {
		return false;
	}
	if ( '' !== $get( 'HTTP_SEC_FETCH_SITE' ) ) {
		return 'same-origin' === $get( 'HTTP_SEC_FETCH_SITE' );
	}
	$origin = parse_url( $get( 'HTTP_ORIGIN' ) );
	if ( ! isset( $origin['host'] ) ) {
		return false;
	}
	$host = $origin['host'] . ( isset( $origin['port'] ) ? ':' . $origin['port'] : '' );
	return strtolower( $host ) === strtolower( $get( 'HTTP_HOST' ) );
}

/**
 * In which of 4096 places a batch is remembered, and as what: by that it is known when it comes again. The next one that falls into the same place
 * takes it, so that the memory stays small, and is as long as the tries of web/numbers.js up to 50 batches a second and beyond.
 *
 * @param string $batch 16 hexadecimal digits.
 * @return array The place, three hexadecimal digits, and a number of 52 bits.
 */
function soutien_place_of_batch( $batch ) {
	return array( substr( $batch, 0, 3 ), hexdec( substr( $batch, 3 ) ) );
}

/**
 * In which of 4096 places an address is counted for this day. One place has many addresses, and no address is kept: nothing leads back from the
 * place to it.
 *
 * @param string $address Of the network.
 * @param string $secret  What only this site knows.
 * @param string $day     As in "2026-11-29".
 * @return string Three hexadecimal digits.
 */
function soutien_place_of_address( $address, $secret, $day ) {
	return substr( hash_hmac( 'sha256', $day . ' ' . $address, $secret ), 0, 3 );
}

/**
 * The numbers of several days together.
 *
 * @param array $days Of each, the numbers by their names.
 * @return int[] By the names of SOUTIEN_NUMBERS.
 */
function soutien_sum( $days ) {
	$sum = array_fill_keys( SOUTIEN_NUMBERS, 0 );
	foreach ( $days as $numbers ) {
		foreach ( $numbers as $name => $total ) {
			$sum[ $name ] += $total;
		}
	}
	return $sum;
}

/**
 * The rates that come of numbers.
 *
 * @param array $numbers By the names of SOUTIEN_NUMBERS.
 * @return array "eligible": the views with the verdict blocked or clear; "block-rate" and "allow-rate": from 0 to 1, or null where there is nothing to
 *               divide by.
 */
function soutien_rates( $numbers ) {
	$of       = function ( $name ) use ( $numbers ) {
		return isset( $numbers[ $name ] ) ? (int) $numbers[ $name ] : 0;
	};
	$eligible = $of( 'blocked' ) + $of( 'clear' );
	return array(
		'eligible'   => $eligible,
		'block-rate' => $eligible ? $of( 'blocked' ) / $eligible : null,
		'allow-rate' => $of( 'shown' ) ? $of( 'recovered' ) / $of( 'shown' ) : null,
	);
}
