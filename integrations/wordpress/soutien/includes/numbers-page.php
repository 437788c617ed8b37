<?php
/**
 * The page with the numbers: what a week of readers, or a year, comes to.
 */

defined( 'ABSPATH' ) || exit;

/**
 * What the numbers are called.
 *
 * @return string[] By their names.
 */
function soutien_number_words() {
	return array(
		'blocked'                => __( 'Blocked views', 'soutien' ),
		'clear'                  => __( 'Views with ads', 'soutien' ),
		'unsure'                 => __( 'Unsure', 'soutien' ),
		'by-extension'           => __( 'Blocked by an extension', 'soutien' ),
		'by-network'             => __( 'Blocked by the network', 'soutien' ),
		'by-browser'             => __( 'Blocked by the browser', 'soutien' ),
		'by-tracking-protection' => __( 'Blocked by tracking protection', 'soutien' ),
		'by-none'                => __( 'Blocked by something else', 'soutien' ),
		'shown'                  => __( 'Notices shown', 'soutien' ),
		'recovered'              => __( 'Readers who allowed the site', 'soutien' ),
		'relapsed'               => __( 'Readers who block again', 'soutien' ),
		'refused'                => __( 'Asked never to be asked again', 'soutien' ),
		'support'                => __( 'Went to another way of support', 'soutien' ),
	);
}

/**
 * The days that somebody has asked for.
 *
 * @return string[] The first and the last one.
 */
function soutien_days_asked() {
	$last = soutien_last_days( 28 );
	$get  = function ( $name ) {
		// Nothing is changed by what is asked for here.
		return isset( $_GET[ $name ] ) ? sanitize_text_field( wp_unslash( $_GET[ $name ] ) ) : ''; // phpcs:ignore WordPress.Security.NonceVerification
	};
	$from = soutien_day( $get( 'from' ), $last[0] );
	$to   = soutien_day( $get( 'to' ), $last[1] );
	// More than two years are a table for another program.
	$is_long = strtotime( $to ) - strtotime( $from ) > 800 * DAY_IN_SECONDS;
	return $from > $to || $is_long ? $last : array( $from, $to );
}

/**
 * Draws the page.
 */
function soutien_draw_numbers_page() {
	if ( ! current_user_can( 'edit_others_posts' ) ) {
		return;
	}
	list( $from, $to ) = soutien_days_asked();
	$days  = soutien_days( $from, $to );
	$sum   = soutien_sum( $days );
	$rates = soutien_rates( $sum );
	echo '<div class="wrap soutien"><h1>' . esc_html__( 'Readers who block ads', 'soutien' ) . '</h1>';
	printf(
		'<form method="get" class="soutien-days"><input type="hidden" name="page" value="soutien-numbers"><label>%s <input type="date" name="from" value="%s"></label> <label>%s <input type="date" name="to" value="%s"></label> <button class="button">%s</button> <a class="button" href="%s">%s</a></form>',
		esc_html__( 'From', 'soutien' ),
		esc_attr( $from ),
		esc_html__( 'to', 'soutien' ),
		esc_attr( $to ),
		esc_html__( 'Show', 'soutien' ),
		esc_url( wp_nonce_url( admin_url( 'admin-post.php?action=soutien_csv&from=' . $from . '&to=' . $to ), 'soutien-csv' ) ),
		esc_html__( 'Download as CSV', 'soutien' )
	);
	$count   = isset( soutien_settings()['options']['count'] ) ? (int) soutien_settings()['options']['count'] : 1;
	$figures = array(
		array( 'block-rate', __( 'Block rate', 'soutien' ), soutien_percent( $rates['block-rate'] ), __( 'blocked views of those with a verdict', 'soutien' ) ),
		array( 'eligible', __( 'Views', 'soutien' ), number_format_i18n( $rates['eligible'] ), __( 'with a verdict, after consent', 'soutien' ) ),
		array( 'shown', __( 'Notices shown', 'soutien' ), number_format_i18n( $sum['shown'] ), __( 'each of them can be closed', 'soutien' ) ),
		array( 'allow-rate', __( 'Allow rate', 'soutien' ), soutien_percent( $rates['allow-rate'] ), __( 'readers who allowed the site, of the notices shown', 'soutien' ) ),
	);
	echo '<dl class="soutien-figures">';
	foreach ( $figures as list( $name, $label, $figure, $what ) ) {
		printf( '<div data-figure="%s"><dt>%s</dt><dd><b>%s</b> <span>%s</span></dd></div>', esc_attr( $name ), esc_html( $label ), esc_html( $figure ), esc_html( $what ) );
	}
	echo '</dl>';
	if ( $count > 1 ) {
		/* translators: %s: a number. */
		echo '<p>' . esc_html( sprintf( __( 'One view in %s is counted and stands for so many; what happens to notices is counted each time.', 'soutien' ), number_format_i18n( $count ) ) ) . '</p>';
	}
	if ( 0 === $rates['eligible'] ) {
		echo '<p>' . esc_html__( 'There are no numbers of these days. They come after a reader’s consent, as the settings say it is known.', 'soutien' ) . '</p>';
	} else {
		soutien_draw_chart( $days );
	}
	soutien_draw_causes( $sum );
	soutien_draw_days( $days );
	echo '</div>';
}

/**
 * Draws the block rate of each day as lines, with the same in the table below for whoever does not see them.
 *
 * @param array $days As soutien_days() gives them.
 */
function soutien_draw_chart( $days ) {
	$rates = array_map(
		function ( $numbers ) {
			return soutien_rates( $numbers )['block-rate'];
		},
		array_values( $days )
	);
	$known = array_filter( $rates, 'is_float' ) + array_filter( $rates, 'is_int' );
	$top   = max( 0.1, ceil( 10 * max( $known ) ) / 10 );
	$width = 800;
	$step  = $width / max( 1, count( $rates ) - 1 );
	$parts = array();
	$dots  = '';
	$part  = array();
	foreach ( $rates as $index => $rate ) {
		if ( null === $rate ) {
			// A day without views has no rate, and no line leads over it.
			$parts[] = $part;
			$part    = array();
			continue;
		}
		$point  = sprintf( '%.1F,%.1F', $index * $step, 200 - 200 * $rate / $top );
		$part[] = $point;
		$dots  .= sprintf( '<circle cx="%.1F" cy="%.1F" r="3"/>', $index * $step, 200 - 200 * $rate / $top );
	}
	$parts[] = $part;
	$lines   = '';
	foreach ( array_filter( $parts ) as $part ) {
		$lines .= '<polyline points="' . implode( ' ', $part ) . '"/>';
	}
	$grid = '';
	foreach ( array( 0, 0.5, 1 ) as $height ) {
		$y     = 200 - 200 * $height;
		$grid .= sprintf( '<line x1="0" x2="%d" y1="%d" y2="%d"/><text x="-8" y="%d">%s</text>', $width, $y, $y, $y + 4, esc_html( soutien_percent( $height * $top ) ) );
	}
	$names = array_keys( $days );
	$first = mysql2date( get_option( 'date_format' ), reset( $names ) );
	$last  = mysql2date( get_option( 'date_format' ), end( $names ) );
	/* translators: 1: the first day, 2: the last day, 3: the lowest rate, 4: the highest rate. */
	$about = sprintf( __( 'From %1$s to %2$s, the block rate lies between %3$s and %4$s. The table below has each day.', 'soutien' ), $first, $last, soutien_percent( min( $known ) ), soutien_percent( max( $known ) ) );
	printf(
		'<figure class="soutien-chart"><figcaption>%1$s</figcaption><svg viewBox="-70 -15 890 260" role="img" aria-label="%2$s"><g class="grid">%3$s</g><g class="rate">%4$s%5$s</g><g class="ends"><text x="0" y="228">%6$s</text><text x="%7$d" y="228" class="last">%8$s</text></g></svg></figure>',
		esc_html__( 'Block rate by day', 'soutien' ),
		esc_attr( $about ),
		// The parts are made of numbers, and of what is escaped above.
		$grid, // phpcs:ignore WordPress.Security.EscapeOutput
		$lines, // phpcs:ignore WordPress.Security.EscapeOutput
		$dots, // phpcs:ignore WordPress.Security.EscapeOutput
		esc_html( $first ),
		(int) $width,
		esc_html( $last )
	);
}

/**
 * Draws what blocks.
 *
 * @param array $sum As soutien_sum() gives it.
 */
function soutien_draw_causes( $sum ) {
	if ( ! $sum['blocked'] ) {
		return;
	}
	printf( '<h2>%s</h2><table class="widefat striped soutien-causes"><thead><tr><th scope="col">%s</th><th scope="col">%s</th><th scope="col">%s</th></tr></thead><tbody>', esc_html__( 'What blocks', 'soutien' ), esc_html__( 'By', 'soutien' ), esc_html__( 'Views', 'soutien' ), esc_html__( 'Share', 'soutien' ) );
	foreach ( soutien_number_words() as $name => $label ) {
		if ( 0 === strpos( $name, 'by-' ) && $sum[ $name ] ) {
			printf( '<tr><th scope="row">%s</th><td>%s</td><td>%s</td></tr>', esc_html( $label ), esc_html( number_format_i18n( $sum[ $name ] ) ), esc_html( soutien_percent( $sum[ $name ] / $sum['blocked'] ) ) );
		}
	}
	echo '</tbody></table>';
}

/**
 * Draws a table of the days, the latest first.
 *
 * @param array $days As soutien_days() gives them.
 */
function soutien_draw_days( $days ) {
	$columns = array( 'blocked', 'clear', 'unsure', 'shown', 'recovered', 'relapsed', 'refused', 'support' );
	$words   = soutien_number_words();
	printf( '<h2>%s</h2><div class="soutien-scrolls" tabindex="0" role="region" aria-label="%s"><table class="widefat striped"><thead><tr><th scope="col">%s</th><th scope="col">%s</th>', esc_html__( 'Day by day', 'soutien' ), esc_attr__( 'Day by day', 'soutien' ), esc_html__( 'Day', 'soutien' ), esc_html__( 'Block rate', 'soutien' ) );
	foreach ( $columns as $name ) {
		echo '<th scope="col">' . esc_html( $words[ $name ] ) . '</th>';
	}
	echo '</tr></thead><tbody>';
	foreach ( array_reverse( $days ) as $day => $numbers ) {
		printf( '<tr><th scope="row"><time datetime="%s">%s</time></th><td>%s</td>', esc_attr( $day ), esc_html( mysql2date( get_option( 'date_format' ), $day ) ), esc_html( soutien_percent( soutien_rates( $numbers )['block-rate'] ) ) );
		foreach ( $columns as $name ) {
			echo '<td>' . esc_html( number_format_i18n( $numbers[ $name ] ) ) . '</td>';
		}
		echo '</tr>';
	}
	echo '</tbody></table></div>';
}

/**
 * Sends the numbers as CSV.
 */
function soutien_send_csv() {
	if ( ! current_user_can( 'edit_others_posts' ) ) {
		wp_die( esc_html__( 'You may not see the numbers.', 'soutien' ), '', array( 'response' => 403 ) );
	}
	check_admin_referer( 'soutien-csv' );
	list( $from, $to ) = soutien_days_asked();
	nocache_headers();
	header( 'Content-Type: text/csv; charset=utf-8' );
	header( 'Content-Disposition: attachment; filename="soutien-' . $from . '-' . $to . '.csv"' );
	$output = fopen( 'php://output', 'w' );
	fputcsv( $output, array_merge( array( 'day' ), SOUTIEN_NUMBERS ), ',', '"', '' );
	foreach ( soutien_days( $from, $to ) as $day => $numbers ) {
		fputcsv( $output, array_merge( array( $day ), array_values( $numbers ) ), ',', '"', '' );
	}
	exit;
}
add_action( 'admin_post_soutien_csv', 'soutien_send_csv' );
