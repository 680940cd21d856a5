//go:build soak

package bolt_test

// kills is how often TestKill kills on disk and in memory each.
const kills = 200
