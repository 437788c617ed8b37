<?php

return array(
	'soutien_description' => 'Tells when a reader’s browser blocks the site’s ads, asks politely that the site be allowed, and counts, keeping nothing about the reader, how many views are blocked and what comes of the notices. Everything stays on your site.',
	'soutien_nom' => 'Soutien',
	'soutien_slogan' => 'Measure ad blockers, and ask politely',
);
