<?php

return array(
	'soutien_description' => 'Reconnaît quand le navigateur d’un lecteur bloque les publicités du site, lui demande poliment d’autoriser le site, et compte, sans rien garder du lecteur, combien de pages vues sont bloquées et ce que donnent les messages. Tout reste sur votre site.',
	'soutien_nom' => 'Soutien',
	'soutien_slogan' => 'Mesurer les bloqueurs de publicité, et demander poliment',
);
