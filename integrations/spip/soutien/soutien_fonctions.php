<?php
/**
 * What the pages of the private area are written with.
 */

if ( ! defined( '_ECRIRE_INC_VERSION' ) ) {
	return;
}

include_spip( 'inc/soutien_chiffres' );

/**
 * A text as an attribute or an element has it.
 *
 * @param mixed $text Whatever somebody has written.
 * @return string As HTML.
 */
function soutien_escaped( $text ) {
	return spip_htmlspecialchars( (string) $text, ENT_QUOTES );
}

/**
 * Whether two values are the same text; SPIP's own filter takes "0" and "" for one.
 *
 * @param mixed $one   A value.
 * @param mixed $other Another.
 * @return string "oui", or nothing.
 */
function soutien_is_same( $one, $other ) {
	return (string) $one === (string) $other ? 'oui' : '';
}

/**
 * How many days the page of the numbers shows.
 *
 * @param mixed $n_days What the address says.
 * @return int
 */
function soutien_n_days( $n_days ) {
	return max( 1, min( 366, (int) $n_days ) );
}

/**
 * The name of a number.
 *
 * @param string $name One of SOUTIEN_NUMBERS.
 * @return string
 */
function soutien_name( $name ) {
	return _T( 'soutien:nombre_' . str_replace( '-', '_', $name ) );
}

/**
 * A number as the language writes it.
 *
 * @param int $n A number.
 * @return string
 */
function soutien_count_in_words( $n ) {
	return number_format( (int) $n, 0, _T( 'soutien:separateur_decimal' ), _T( 'soutien:separateur_milliers' ) );
}

/**
 * A share in percent.
 *
 * @param float|null $rate From 0 to 1.
 * @return string A dash where there is none.
 */
function soutien_percent( $rate ) {
	if ( ! is_numeric( $rate ) ) {
		return '–';
	}
	return _T( 'soutien:pour_cent', array( 'nombre' => number_format( 100 * $rate, 1, _T( 'soutien:separateur_decimal' ), '' ) ) );
}

/**
 * The block rate of each day as columns. Who does not see it has the same in the table below.
 *
 * @param array $days As soutien_days() gives them.
 * @return string
 */
function soutien_chart( $days ) {
	$rates = array();
	foreach ( array_reverse( $days, true ) as $day => $numbers ) {
		$rates[ $day ] = soutien_rates( $numbers )['block-rate'];
	}
	$most = max( array_filter( $rates ) ? max( $rates ) : 0, 0.05 );
	// A scale that ends at a round number.
	$top     = ceil( 20 * $most ) / 20;
	$width   = 640;
	$height  = 160;
	$step    = $width / max( 7, count( $rates ) );
	$columns = '';
	$place   = 0;
	foreach ( $rates as $day => $rate ) {
		if ( null !== $rate ) {
			$tall     = $rate / $top * $height;
			$columns .= sprintf(
				'<rect x="%.1F" y="%.1F" width="%.1F" height="%.1F"><title>%s</title></rect>',
				$place * $step + 0.15 * $step,
				$height - $tall,
				0.7 * $step,
				$tall,
				soutien_escaped( affdate_court( $day ) . ' – ' . soutien_percent( $rate ) )
			);
		}
		$place++;
	}
	$known = array_filter( $rates, 'is_numeric' );
	$said  = _T(
		'soutien:description_graphique',
		array(
			'premier' => affdate( key( $rates ) ),
			'dernier' => affdate( key( array_slice( $rates, -1, 1, true ) ) ),
			'bas'     => soutien_percent( $known ? min( $known ) : null ),
			'haut'    => soutien_percent( $known ? max( $known ) : null ),
		)
	);
	return '<figure class="soutien-chart"><svg viewBox="0 0 ' . $width . ' ' . ( $height + 1 ) . '" role="img" aria-labelledby="soutien-chart-title soutien-chart-said">'
		. '<title id="soutien-chart-title">' . soutien_escaped( _T( 'soutien:titre_graphique' ) ) . '</title>'
		. '<desc id="soutien-chart-said">' . soutien_escaped( $said ) . '</desc>'
		. $columns . '<path d="M0 ' . ( $height + 0.5 ) . 'H' . $width . '"/></svg>'
		. '<figcaption>' . soutien_escaped( _T( 'soutien:titre_graphique' ) ) . ' – ' . soutien_escaped( $said ) . '</figcaption></figure>';
}
