//go:build !race

package bot

// raceDetector: tests that walk everything take a sample.
const raceDetector = false
