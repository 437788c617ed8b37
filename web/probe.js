// Requested under a name that filter lists block and under one that they don't; whoever gets this file gets this word.
export default "soutien";
