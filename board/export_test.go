package board

// KeyFromSeed lets vectors and tests have fixed keys.
var KeyFromSeed = keyFromSeed

// NewFile is the name that an interrupted write leaves.
const NewFile = newFile
